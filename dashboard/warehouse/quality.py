"""What the checks found, made safe to publish and judged against the thresholds in their files.

Published are counts rounded to midpoints of six, and of a count of 1 to 10 only that it is few: thresholds are judged
on these, on the page and in the build alike, so that no choice of threshold can tell one small number from another.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from dashboard.privacy.release import midpoint_six
from dashboard.warehouse import catalog, connect, limits, provided, tables

if TYPE_CHECKING:
    from dashboard.privacy.policy import Policy
    from dashboard.warehouse.catalog import Catalog, QueryFile
    from dashboard.warehouse.connect import Connection

STATUSES = ("not_fit", "caution", "passed", "nothing")
VERDICTS = {"fit": "fit", "cautions": "fit with cautions", "not_fit": "not fit", "unknown": "not judged"}
_COUNTS = ("found_count", "checked_count")
FINDINGS: dict[str, pl.DataType | type[pl.DataType]] = {
    "check_name": pl.String,
    "check_digest": pl.String,
    "population": pl.String,
    "source": pl.String,
    "group_value": pl.String,
    "found": pl.Int64,
    "checked": pl.Int64,
}


def prepare(con: Connection, reconciliation: pl.DataFrame, *, is_new_load: bool) -> None:
    """Make core.reconciliation, and core.previous_load when the files differ from those of the last build.

    The rows that the last build counted (core.load_count, if it was made) become the previous load.
    """
    con.execute(f"create or replace table core.reconciliation ({provided.CORE_COLUMNS['reconciliation']})")
    con.register("rows_read", reconciliation.to_arrow())
    con.execute("insert into core.reconciliation by name select * exclude (file) from rows_read")
    con.unregister("rows_read")
    con.execute(f"create table if not exists core.previous_load ({provided.CORE_COLUMNS['previous_load']})")
    known = con.execute(
        "select 1 from duckdb_tables() where schema_name = 'core' and table_name = 'load_count'"
    ).fetchall()
    if is_new_load and known:
        con.execute("create or replace table core.previous_load as select * from core.load_count")


def findings(con: Connection, queries: Catalog) -> pl.DataFrame:
    """What every check found, exactly: one row a check, population, source and group; it stays in the protected zone.

    A check counts its findings (found_count) and what it looked at (checked_count), or returns one row a finding. What
    no column ties to a source holds for every population.
    """
    parts = [f"({_select(con, file, _words(file, queries))})" for file in queries.of("checks")]
    if not parts:
        return pl.DataFrame(schema=FINDINGS)
    return connect.query(
        con,
        f"with finding as ({' union all '.join(parts)}), source as ({_SOURCES}), populations as ({_POPULATIONS})"
        " select f.check_name, f.check_digest, coalesce(s.population, p.population) as population, s.source,"
        " f.group_value, sum(f.found)::bigint as found, sum(f.checked)::bigint as checked"
        " from finding as f left join source as s on f.data_source = s.data_source"
        " left join populations as p on s.population is null group by all order by all",
    )


_SOURCES = """
    select
        c.data_source,
        c.population,
        coalesce(d.source, 'source') || case
            when count(*) over (partition by d.source) > 1
                then ' (' || row_number() over (partition by d.source order by c.data_source) || ')'
            else ''
        end as source
    from core.population as c
    left join raw.data_source as d on c.data_source = d.data_source
"""
_POPULATIONS = "select coalesce(max(c.population), '') as population from core.population as c group by c.population"


def _words(file: QueryFile, queries: Catalog) -> str:
    """The statements of a check and of the files it reads: what stands there as a word is no value of a row."""
    return " ".join([file.body, *(queries.tables[name].body for name in sorted(file.reads) if name in queries.tables)])


def _select(con: Connection, file: QueryFile, words: str) -> str:
    """A check's findings as one SELECT: check_name, check_digest, data_source, group_value, found, checked."""
    table = tables.quoted(file.full_name)
    columns = tables.columns_of(con, table)
    source = "t.data_source" if "data_source" in columns else "null"
    named = f"select '{file.name}' as check_name, '{digest_of(file)}' as check_digest"
    if set(columns) >= set(_COUNTS):
        return (
            f"{named}, {source}::varchar as data_source, {_group(columns, words)}::varchar as group_value,"
            f" sum(t.found_count)::bigint as found, sum(t.checked_count)::bigint as checked"
            f" from {table} as t group by all"
        )
    # One row a finding: none at all is a result too.
    rows = f"select {source}::varchar as data_source, 1 as found from {table} as t union all select null, 0"
    return (
        f"{named}, r.data_source, null::varchar as group_value, sum(r.found)::bigint as found,"
        f" null::bigint as checked from ({rows}) as r group by all"
    )


def _group(columns: dict[str, str], words: str) -> str:
    """SQL: what a row of a check is about: years, and attributes and tables that `words` writes out."""
    named = [column for column in ("attribute", "table_name") if column in columns]
    quoted = [f"chr(39) || t.{column} || chr(39)" for column in named]
    shown = [f"case when contains({_literal(words)}, {q}) then t.{c} end" for c, q in zip(named, quoted, strict=True)]
    shown += ["t.year::integer::varchar"] if "year" in columns else []
    return f"concat_ws(', ', {', '.join(shown)})" if shown else "null"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def digest_of(file: QueryFile) -> str:
    """Which statement of a check gave a result: an edited one has to be built again, an edited threshold hasn't."""
    return catalog.digest(file.body)


def published(exact: pl.DataFrame, files: list[QueryFile], *, threshold: int) -> pl.DataFrame:
    """`findings` as it may leave: provided.COLUMNS['check_result'].

    found and checked are rounded, null where they are few (1 to threshold − 1); found_units and checked_units stand in
    for them, exact, where the calendar or files are counted (limits) and not people or events.
    """
    open_ = [file.name for file in files if not limits.parse(file.header["threshold"]).counts_people]
    is_open = pl.col("check_name").is_in(open_)
    few = pl.col("found", "checked").is_between(1, threshold - 1) & ~is_open
    return exact.with_columns(few.fill_null(value=False).name.map(lambda name: f"is_few_{name}")).select(
        *list(FINDINGS)[:-2],
        *(pl.when(~is_open).then(_rounded(name, threshold)).alias(name) for name in ("found", "checked")),
        *(pl.when(is_open).then(name).alias(f"{name}_units") for name in ("found", "checked")),
        "is_few_found",
        "is_few_checked",
    )


def _rounded(column: str, threshold: int) -> pl.Expr:
    """A count rounded to the midpoint of its band of six, no less than the threshold; null from 1 to threshold − 1."""
    count, least = pl.col(column), -(-(threshold - 3) // 6) * 6 + 3
    rounded = pl.max_horizontal(midpoint_six(count), pl.lit(least))
    return pl.when(count <= 0).then(count).when(count >= threshold).then(rounded)


def coverage(con: Connection, policy: Policy) -> pl.DataFrame:
    """Rows by population, source, kind and month (year, where the policy knows no months): safe counts, few as null."""
    period = "strftime(c.month_start, '%Y-%m')" if policy.allows_months else "strftime(c.month_start, '%Y')"
    frame = connect.query(
        con,
        f"with source as ({_SOURCES}) select s.population, s.source, c.table_name, {period} as period,"
        " sum(c.row_count)::bigint as row_count from core.load_count as c"
        " inner join source as s on c.data_source = s.data_source"
        " where year(c.month_start) in (select year from reference.period) group by all order by all",
    )
    safe = frame.with_columns(_rounded("row_count", policy.threshold))
    return safe.with_columns(is_few=pl.col("row_count").is_null())


@dataclass(frozen=True)
class Rule:
    """What a check's file says today: its words, and the limits it is judged by."""

    name: str
    path: str
    header: dict[str, str]
    digest: str

    @property
    def threshold(self) -> limits.Limit:
        """More than this is a caution."""
        return limits.parse(self.header["threshold"])

    @property
    def not_fit(self) -> limits.Limit | None:
        """More than this, and the data are not fit."""
        return limits.parse(self.header["not_fit"]) if "not_fit" in self.header else None

    @property
    def affects(self) -> tuple[str, ...]:
        """Figures and measure ids that a finding touches."""
        return catalog.split_list(self.header["affects"])

    def status(self, found: float | None, checked: float | None) -> str:
        """One of STATUSES for one result."""
        if found is None or (checked == 0 and not found):
            return "nothing"
        if self.not_fit and self.not_fit.exceeded(found, checked):
            return "not_fit"
        return "caution" if self.threshold.exceeded(found, checked) else "passed"


_RULES: dict[Path, tuple[int, Rule]] = {}


def rules(root: Path | None = None) -> list[Rule]:
    """The rule of every check file as it is now, by name; a file is read again when it has changed on disk.

    Raises CheckFailed naming file and line of a header that can't be read.
    """
    root = root or catalog.queries_root()
    found = []
    for path in sorted((root / "checks").glob("*.sql")):
        stamp = path.stat().st_mtime_ns
        if path not in _RULES or _RULES[path][0] != stamp:
            file = catalog.read_file(path, root)
            _RULES[path] = (stamp, Rule(file.name, file.shown_path, file.header, digest_of(file)))
        found.append(_RULES[path][1])
    return found


def judged(results: pl.DataFrame, known: list[Rule], *, threshold: int) -> pl.DataFrame:
    """One row a check and result row, with `status`, `is_outdated` and what the file says; worst first.

    results: as `published`; few are judged as half the threshold. A check that found nothing to look at, or hasn't run
    yet, has one row 'nothing'; results whose file is gone are left out.
    """
    rows = {name: of.to_dicts() for (name,), of in results.group_by("check_name")}
    judged_rows = [_judged(rule, row, threshold // 2) for rule in known for row in rows.get(rule.name, [{}])]
    frame = pl.DataFrame(judged_rows, schema=_JUDGED)
    order = pl.col("status").replace_strict(dict(zip(STATUSES, range(len(STATUSES)), strict=True)))
    share = (pl.col("found") / pl.col("checked")).fill_nan(None)
    by = [order, share, "check_name", "source", "group_value"]
    return frame.sort(by, descending=[False, True, False, False, False], nulls_last=[False, True, False, False, False])


_JUDGED: dict[str, pl.DataType | type[pl.DataType]] = FINDINGS | {
    "is_few_found": pl.Boolean,
    "is_few_checked": pl.Boolean,
    "status": pl.String,
    "is_outdated": pl.Boolean,
    "title": pl.String,
    "question": pl.String,
    "kind": pl.String,
    "threshold": pl.String,
    "not_fit": pl.String,
    "unit": pl.String,
    "affects": pl.List(pl.String),
    "remedy": pl.String,
    "why": pl.String,
    "path": pl.String,
}


def _judged(rule: Rule, row: dict[str, Any], few: int) -> dict[str, Any]:
    said = {key: rule.header.get(key) for key in ("title", "question", "kind", "threshold", "not_fit", "remedy", "why")}
    is_few = {name: bool(row.get(f"is_few_{name}")) for name in ("found", "checked")}
    counts = {name: row.get(f"{name}_units") if row.get(name) is None else row[name] for name in is_few}
    numbers = [few if is_few[name] else counts[name] for name in counts]
    return {
        **{name: row.get(name) for name in FINDINGS},
        **counts,
        **said,
        "check_name": rule.name,
        "is_few_found": is_few["found"],
        "is_few_checked": is_few["checked"],
        "status": rule.status(*numbers),
        "is_outdated": bool(row) and row["check_digest"] != rule.digest,
        "unit": rule.threshold.unit,
        "affects": list(rule.affects),
        "path": rule.path,
    }


def with_exact(frame: pl.DataFrame, exact: pl.DataFrame) -> pl.DataFrame:
    """`judged` rows with the exact `findings` in place of the rounded ones, for the steward's own terminal."""
    keys = ["check_name", "population", "source", "group_value"]
    counts = exact.select(*keys, "found", "checked")
    return frame.drop("found", "checked").join(counts, on=keys, how="left", nulls_equal=True, maintain_order="left")


def verdict(frame: pl.DataFrame) -> str:
    """'not_fit' if any check says so, 'cautions' if any is over its threshold, 'fit', or 'unknown' if none could look.

    frame: `judged` rows of one population.
    """
    found = set(frame["status"].unique())
    if "not_fit" in found:
        return "not_fit"
    if "caution" in found:
        return "cautions"
    return "fit" if "passed" in found else "unknown"
