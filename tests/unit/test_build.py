"""The build: what is rebuilt, what stays, what is refused, and that a kill leaves a whole warehouse."""

from __future__ import annotations

import os
import shutil
import stat
import time
from pathlib import Path

import polars as pl
import pytest

from dashboard.errors import CheckFailed, InputError, RefusedError, UsageError
from dashboard.privacy import panel
from dashboard.sources import synthetic
from dashboard.warehouse import build, connect
from dashboard.warehouse.templates import write_template


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tiny") / "demo"
    synthetic.write_population(out, people=300, seed=3)
    build.mark_synthetic(out)
    return out


@pytest.fixture(scope="module")
def tiny_built(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "w"
    build.run(build.Request((tiny,), out))
    return out


@pytest.fixture
def warehouse(tiny_built: Path, tmp_path: Path) -> Path:
    """A copy of a built warehouse, to build into."""
    shutil.copytree(tiny_built.with_name("w.d"), tmp_path / "w.d")
    (tmp_path / "w").symlink_to(tiny_built.readlink())
    return tmp_path / "w"


def test_nothing_changed_means_nothing_rebuilt(tiny: Path, warehouse: Path) -> None:
    before = warehouse.readlink()
    result = build.run(build.Request((tiny,), warehouse))
    assert result.rebuilt == []
    assert warehouse.readlink() == before


def test_another_delivery_goes_into_the_same_warehouse(warehouse: Path, tmp_path: Path) -> None:
    more = tmp_path / "more"
    synthetic.write_population(more, people=310, seed=3)
    build.mark_synthetic(more)
    before = warehouse.readlink()
    result = build.run(build.Request((more,), warehouse))
    assert "core.person" in result.rebuilt
    assert warehouse.readlink() != before


def test_an_edited_measure_rebuilds_only_what_depends_on_it(tiny: Path, warehouse: Path, queries: Path) -> None:
    file = queries / "measures" / "cms125.sql"
    before = panel(warehouse, "care_gaps/measures").frame.filter(pl.col("measure_id") == "CMS125")
    text = file.read_text()
    file.write_text(text.replace("select\n", "select distinct\n", 1) if "select\n" in text else text + " -- changed")
    result = build.run(build.Request((tiny,), warehouse))
    assert "measures.cms125" in result.rebuilt
    assert "measures.cms122" not in result.rebuilt
    assert not any(name.startswith(("core.", "marts.")) for name in result.rebuilt)
    after = panel(warehouse, "care_gaps/measures").frame.filter(pl.col("measure_id") == "CMS125")
    assert after.height == before.height


def test_an_edited_panel_shows_at_once(warehouse: Path, queries: Path) -> None:
    file = queries / "panels" / "overview" / "tiles.sql"
    assert panel(warehouse, "overview/tiles").frame.height > 0
    file.write_text(file.read_text().rstrip().rstrip(";") + "\nlimit 0\n")
    os.utime(file, ns=(time.time_ns(), time.time_ns()))
    assert panel(warehouse, "overview/tiles").frame.height == 0


def test_surrogates_survive_a_rebuild_and_are_not_derived(tiny: Path, warehouse: Path) -> None:
    def keys() -> pl.DataFrame:
        con = connect.build(warehouse.with_name("w.d") / "vault.duckdb")
        try:
            return connect.query(con, "select * from person order by source_person_id")
        finally:
            con.close()

    before = keys()
    con = connect.build(warehouse.with_name("w.d") / "build.duckdb")
    con.execute("delete from meta.state where name in ('raw', 'core.person_key')")
    con.close()
    build.run(build.Request((tiny,), warehouse))
    assert keys().equals(before)
    assert before["person_id"].n_unique() == before.height == 300
    assert abs(before.select(pl.corr("person_id", pl.int_range(pl.len()))).item()) < 0.3


def test_a_missing_vault_refuses(tiny: Path, warehouse: Path) -> None:
    (warehouse.with_name("w.d") / "vault.duckdb").unlink()
    with pytest.raises(RefusedError, match="vault of this warehouse is missing"):
        build.run(build.Request((tiny,), warehouse))


def test_protected_files_are_private(warehouse: Path) -> None:
    folder = warehouse.with_name("w.d")
    assert stat.S_IMODE((folder / "vault.duckdb").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "build.duckdb").stat().st_mode) == 0o600


def test_the_published_file_is_locked(warehouse: Path, tmp_path: Path) -> None:
    con = connect.open_published(warehouse)
    for statement in (
        "create table published.x as select 1",
        f"copy (select 1) to '{tmp_path}/leak.csv'",
        f"attach '{warehouse.with_name('w.d')}/vault.duckdb' as v",
        "set enable_external_access = true",
        "select * from read_csv('/etc/hostname')",
    ):
        with pytest.raises(connect.Error):
            con.execute(statement)


def test_no_date_no_source_id_and_no_direct_identifier_is_published(warehouse: Path) -> None:
    con = connect.open_published(warehouse)
    columns = con.execute(
        "select table_name, column_name, data_type from duckdb_columns() where not internal"
    ).fetchall()
    dated = [c for c in columns if c[2].startswith(("DATE", "TIME")) and (c[0], c[1]) != ("warehouse", "built_at")]
    # The policy of synthetic people lets tables tell months, by their first day; nothing else is dated.
    months = [(table, column) for table, column, _ in dated if column == "month_start"]
    assert [(table, column) for table, column, _ in dated] == months
    assert {table for table, _ in months} == {"cost_category_month", "use_month"}
    for table, column in months:
        assert con.execute(f"select count(*) from cubes.{table} where day({column}) <> 1").fetchall() == [(0,)]
    forbidden = {"source_person_id", "birth_date", "zip_code", "member_id", "claim_id", "name", "npi"}
    assert not [c for c in columns if c[1] in forbidden and c[0] not in {"query", "valueset"}]


def test_real_input_gets_safe_harbor_and_expert_is_refused(tiny: Path, tmp_path: Path) -> None:
    real = tmp_path / "real"
    shutil.copytree(tiny, real)
    (real / build.SYNTHETIC_MARK).unlink()
    with pytest.raises(RefusedError, match="recorded determination"):
        build.run(build.Request((real,), tmp_path / "w", policy="expert"))
    result = build.run(build.Request((real,), tmp_path / "w"))
    assert result.policy == "safe_harbor"
    con = connect.open_published(tmp_path / "w")
    found = {row[0] for row in con.execute("select distinct dimension from cubes.use").fetchall()}
    assert not found & {"county", "deprivation", "rurality"}
    for table in ("use_month", "cost_category_month"):
        assert con.execute(f"select count(*) from cubes.{table}").fetchall() == [(0,)], "Safe Harbor keeps years only"
    columns = {row[0] for row in con.execute("describe published.person_year").fetchall()}
    assert not columns & {"county_fips", "deprivation_quintile", "rurality"}
    oldest = con.execute("select max(age_years) from published.person_year").fetchone()
    assert oldest is not None and oldest[0] <= 90


def test_a_touched_demo_counts_as_real(tiny: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(tiny, changed)
    assert build.is_synthetic([changed], {})
    (changed / "extra.csv").write_text("a\n1\n")
    assert not build.is_synthetic([changed], {})


@pytest.mark.parametrize("policy", ["limited_dataset", "hope"])
def test_other_policies_are_refused(tiny: Path, tmp_path: Path, policy: str) -> None:
    with pytest.raises((RefusedError, UsageError)):
        build.run(build.Request((tiny,), tmp_path / "w", policy=policy))


def test_bad_input_leaves_the_warehouse_alone(warehouse: Path, tmp_path: Path) -> None:
    bad = tmp_path / "export.tar.gz"
    bad.write_bytes(b"this is no archive")
    before = warehouse.readlink()
    with pytest.raises(InputError):
        build.run(build.Request((bad,), warehouse))
    assert warehouse.readlink() == before
    assert panel(warehouse, "overview/tiles").frame.height > 0


def test_a_failing_query_names_its_file_and_never_a_row(tiny: Path, warehouse: Path, queries: Path) -> None:
    file = queries / "published" / "person_year.sql"
    file.write_text(file.read_text() + "\n-- changed\n")
    header = file.read_text().split("select")[0]
    file.write_text(
        header.split("with ")[0]
        + "select p.person_id, p.year, cast(p.sex as integer) as age_years from marts.person_year as p\n"
    )
    with pytest.raises(CheckFailed) as error:
        build.run(build.Request((tiny,), warehouse))
    assert "queries/published/person_year.sql" in str(error.value)
    assert "female" not in str(error.value)


def test_duplicate_rows_break_the_grain(tiny: Path, warehouse: Path, queries: Path) -> None:
    file = queries / "published" / "organization.sql"
    body = file.read_text()
    header = "\n".join(line for line in body.splitlines() if line.startswith("--"))
    statement = "\n".join(line for line in body.splitlines() if not line.startswith("--"))
    file.write_text(f"{header}\nselect * from ({statement}) as a union all select * from ({statement}) as b\n")
    with pytest.raises(CheckFailed, match="rows are not unique by"):
        build.run(build.Request((tiny,), warehouse))


def test_two_builds_at_once_the_second_says_so(tiny: Path, warehouse: Path) -> None:
    with build._locked(warehouse.with_name("w.d")), pytest.raises(UsageError, match="another build"):
        build.run(build.Request((tiny,), warehouse))


def test_a_query_does_not_trip_over_a_half_read_result() -> None:
    con = connect.memory()
    con.execute("begin")
    con.execute("create table t as select * from range(3) as r(x)")
    con.execute("select x from t").fetchone()
    assert connect.query(con, "select count(*) as n from t")["n"].to_list() == [3]
    con.execute("commit")
    assert connect.query(con, "select count(*) as n from t")["n"].to_list() == [3]


def test_the_same_source_twice_is_refused(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the same files as another source"):
        build.run(build.Request((tiny, tiny.parent / "demo" / "."), tmp_path / "w"))
    (tmp_path / "one" / "patient").mkdir(parents=True)
    shutil.copy(next((tiny / "patient").iterdir()), tmp_path / "one" / "patient" / "1.parquet")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    (tmp_path / "two" / "patient" / "1.parquet").rename(tmp_path / "two" / "patient" / "of-june-1.parquet")
    with pytest.raises(UsageError, match="the same files as another source"):
        build.run(build.Request((tmp_path / "one", tmp_path / "two"), tmp_path / "w"))


def test_a_new_check_counts_its_rows_as_findings(tiny: Path, warehouse: Path, queries: Path) -> None:
    write_template("check", "odd_age")
    file = queries / "checks" / "odd_age.sql"
    file.write_text(file.read_text().replace("where p.birth_date > p.death_date", "where p.birth_date is not null"))
    found = build.run(build.Request((tiny,), warehouse)).checks.filter(pl.col("title") == "Odd age")
    assert found.select("found", "checked").rows() == [(300, None)]


def test_a_second_connection_to_the_published_file_is_locked_too(warehouse: Path) -> None:
    first, second = connect.open_published(warehouse), connect.open_published(warehouse)
    assert (
        first.execute("select count(*) from cubes.use").fetchall()
        == second.sql("from cubes.use").aggregate("count(*)").fetchall()
    )
    with pytest.raises(connect.Error):
        second.execute("set enable_external_access = true")
