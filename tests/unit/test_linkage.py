"""Crosswalks and named sources: what is read strictly, what links, what stays the same from load to load."""

from __future__ import annotations

import stat
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import sources
from dashboard.cli import _named_source
from dashboard.errors import InputError, UsageError
from dashboard.sources import crosswalk
from dashboard.warehouse import build, connect, vault

HEADER = "data_source,source_person_id,link_id\n"
PEOPLE = "person_id,sex,birth_date,race,ethnicity,death_date\n"
VISITS = "encounter_id,person_id,encounter_type,encounter_start_date,encounter_end_date\n"


def written(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def source(folder: Path, *people: str, visits: int = 1) -> Path:
    """An input-layer source of these people, each with visits in 2024 and 2025."""
    rows = "".join(f"{p},female,1960-01-01,white,,\n" for p in people)
    seen = "".join(
        f"{p}-{n},{p},office visit,2025-03-{n + 1:02},2025-03-{n + 1:02}\n" for p in people for n in range(visits)
    )
    written(folder / "patient.csv", PEOPLE + rows)
    written(folder / "encounter.csv", VISITS + seen)
    return folder


# -- reading -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "a,1,x\nb,2,x\n",
        "\ufeff" + HEADER + "a,1,x\nb,2,x",
        (HEADER + "a,1,x\nb,2,x\n").replace("\n", "\r\n"),
        '"LINK_ID","note","Source_Person_ID","data_source"\n"x","any, thing"," 1 ","a"\nx,,2,b\n\n',
        HEADER + "a,1,x\na,1,x\nb,2,x\n",
    ],
    ids=["plain", "mark, no last line end", "CRLF", "quotes, order, other columns", "a row twice"],
)
def test_a_crosswalk_is_read_however_it_is_written(tmp_path: Path, text: str) -> None:
    found = crosswalk.read(written(tmp_path / "links.csv", text))
    assert sorted(found.rows()) == [("a", "1", "x"), ("b", "2", "x")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data_source,person,link_id\na,77,x\n", "line 1: there is no column source_person_id"),
        ("data_source;source_person_id;link_id\n", "line 1: there is no column"),
        ("link_id," + HEADER + "x,a,77,x\n", "line 1: the header names a column twice"),
        (HEADER + "a,77,x\nb,2\n", "line 3: another number of fields than the header. Found 2 instead of 3"),
        (HEADER + "a,77,x\n\na,78,\n", "line 4: link_id is empty"),
        (HEADER + "a,77,x\nb,2,x\na,77,y\n", "line 4: a person is in two links. Found another link in line 2"),
        (HEADER + 'a,"77,x\nb,2,x\n', "line 3: quotation marks aren't closed"),
        (HEADER.encode() + b"a,77\xff,x\n", "the text isn't UTF-8"),
        ("", "the file is empty"),
    ],
)
def test_a_crosswalk_that_is_wrong_is_refused_by_line_and_without_values(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    with pytest.raises(InputError) as error:
        crosswalk.read(written(tmp_path / "links.csv", text))
    assert said in str(error.value)
    assert "77" not in str(error.value)
    assert "links.csv" not in str(error.value)


def test_a_crosswalk_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--crosswalk: the file can't be read"):
        crosswalk.read(tmp_path / "none.csv")


# -- names -------------------------------------------------------------------------------------------------------------


def test_sources_are_called_by_order_or_by_name(tmp_path: Path) -> None:
    assert _named_source("plan=data/jan") == ("plan", Path("data/jan"))
    assert _named_source("data/a=b") == (None, Path("data/a=b"))
    (existing := tmp_path / "x=y").touch()
    assert _named_source(str(existing)) == (None, existing)
    with pytest.raises(UsageError, match="other characters"):
        sources.by_name([Path("x")], ["Jane Roe"])
    with pytest.raises(UsageError, match="source 2 has no name, and s2 is another's"):
        sources.by_name([Path("x"), Path("y")], ["s2", None])


def test_two_deliveries_of_one_name_are_one_source(tmp_path: Path) -> None:
    january, february = source(tmp_path / "jan", "A", "B"), source(tmp_path / "feb", "B", "C", visits=2)
    written(february / "patient.csv", PEOPLE + "B,male,1960-01-01,white,,\nC,female,1960-01-01,white,,\n")
    con = connect.memory()
    notes: list[str] = []
    rows = sources.load(
        con, [january, february], names=["plan", "plan"], forced_format=None, workdir=tmp_path / "work",
        rejects_path=tmp_path / "rejects.csv", on_progress=build.silent, notes=notes,
    )  # fmt: skip
    people = con.execute("select data_source, person_id from raw.input_layer_patient order by 2").fetchall()
    assert people == [("plan", "A"), ("plan", "B"), ("plan", "C")]
    assert sorted(row.file for row in rows) == [1, 2, 3, 4]
    assert {row.source for row in rows} == {"plan"}
    assert con.execute("select * from raw.data_source").fetchall() == [("plan", "plan", "input_layer", 1)]


# -- surrogates --------------------------------------------------------------------------------------------------------


def people_of(warehouse: Path) -> dict[tuple[str, str], int]:
    con = connect.build(warehouse.with_name(warehouse.name + ".d") / "build.duckdb")
    try:
        rows = connect.query(con, "select * from core.person_key").rows()
    finally:
        con.close()
    return {(data_source, person): surrogate for data_source, person, surrogate in rows}


def test_links_join_and_part_people_and_surrogates_stay(tmp_path: Path) -> None:
    plan, clinic, late = (source(tmp_path / name, "A", "B") for name in ("plan", "clinic", "late"))
    written(clinic / "encounter.csv", VISITS + "c1,A,office visit,2025-05-05,2025-05-05\n")
    written(late / "encounter.csv", VISITS + "l1,A,office visit,2025-07-05,2025-07-05\n")
    out = tmp_path / "w"

    def made(paths: tuple[Path, ...], links: str = "") -> dict[tuple[str, str], int]:
        file = written(tmp_path / "links.csv", HEADER + links) if links else None
        names = tuple(path.name for path in paths)
        notes.extend(build.run(build.Request(paths, out, names=names, crosswalk=file)).notes)
        return people_of(out)

    notes: list[str] = []
    apart = made((plan, clinic))
    assert len(set(apart.values())) == 4
    linked = made((plan, clinic), "plan,A,x\nclinic,A,x\n")
    assert linked["plan", "A"] == linked["clinic", "A"] == min(apart["plan", "A"], apart["clinic", "A"])
    assert {k: v for k, v in linked.items() if k[1] == "B"} == {k: v for k, v in apart.items() if k[1] == "B"}
    assert made((clinic, plan), "clinic,A,x\nplan,A,x\n") == linked
    later = made((plan, clinic, late), "late,A,y\nplan,A,y\nlate,B,z\nelsewhere,B,z\nplan,none,q\n")
    assert later["late", "A"] == later["plan", "A"] == apart["plan", "A"]
    assert later["clinic", "A"] == apart["clinic", "A"]
    assert [note for note in notes if "Crosswalk" in note] == [
        "Crosswalk: 1 rows name a data source that isn't in this load (1 such names)."
        " A source is called s1, s2 … by its order, or as in --source NAME=PATH.",
        "Crosswalk: 1 rows are of people who aren't in this load.",
    ]
    assert made((plan, clinic)) == apart
    assert stat.S_IMODE((tmp_path / "w.d" / "vault.duckdb").stat().st_mode) == 0o600


members = st.tuples(st.sampled_from("abc"), st.sampled_from("12345"))
loads = st.lists(
    st.tuples(st.sets(members, min_size=1), st.dictionaries(members, st.sampled_from("xyz")), st.randoms()), max_size=5
)


@given(loads)
def test_own_surrogates_last_and_a_link_takes_the_oldest(history: list) -> None:  # type: ignore[type-arg]
    """Whatever was loaded and linked before: the same people and links give the same surrogates, in any order."""
    known = pl.DataFrame(
        schema={"data_source": pl.String, "source_person_id": pl.String, "person_id": pl.Int32, "first_load": pl.Int32}
    )
    own: dict[tuple[str, str], int] = {}
    since: dict[tuple[str, str], int] = {}
    for number, (people, links, random) in enumerate(history):
        came = pl.DataFrame(sorted(people), schema=["data_source", "source_person_id"], orient="row")
        known = pl.concat([known, vault._drawn(came, known)])
        for data_source, person, surrogate, _ in known.rows():
            assert own.setdefault((data_source, person), surrogate) == surrogate
            since.setdefault((data_source, person), number)
        rows = [(*person, link) for person, link in links.items()]
        table = pl.DataFrame(random.sample(rows, len(rows)), schema=crosswalk.SCHEMA, orient="row")
        found = vault.linked(known.sample(fraction=1, shuffle=True), table)
        for data_source, person, surrogate in found.rows():
            link = links.get((data_source, person))
            group = [p for p in own if links.get(p) == link] if link else [(data_source, person)]
            assert surrogate == own[min(group, key=lambda p: (since[p], own[p]))]
    assert len(set(own.values())) == len(own)


# -- data sources that rows name themselves ----------------------------------------------------------------------------


def own_source(folder: Path, name: str, *people: str) -> Path:
    """An input-layer source whose rows name their data source."""
    source(folder, *people)
    for file in ("patient.csv", "encounter.csv"):
        header, *rows = (folder / file).read_text().splitlines()
        written(folder / file, "\n".join([f"data_source,{header}", *(f"{name},{row}" for row in rows)]) + "\n")
    return folder


def test_two_sources_that_call_themselves_the_same_are_told_apart_by_name_or_refused(tmp_path: Path) -> None:
    first, second = own_source(tmp_path / "a", "Payer", "A"), own_source(tmp_path / "b", "Payer", "A", "B")
    with pytest.raises(InputError, match=r"another source holds too\. Found in sources 1 and 2"):
        build.run(build.Request((first, second), tmp_path / "w"))
    build.run(build.Request((first, second), tmp_path / "w", names=("plan", "clinic")))
    apart = people_of(tmp_path / "w")
    assert set(apart) == {("plan/Payer", "A"), ("clinic/Payer", "A"), ("clinic/Payer", "B")}
    links = written(tmp_path / "links.csv", HEADER + "plan,A,x\nclinic/Payer,B,x\n")
    build.run(build.Request((first, second), tmp_path / "w", names=("plan", "clinic"), crosswalk=links))
    linked = people_of(tmp_path / "w")
    assert linked["plan/Payer", "A"] == linked["clinic/Payer", "B"]
    again = written(tmp_path / "links.csv", HEADER + "plan,A,x\nplan/Payer,A,y\nclinic,B,x\n")
    with pytest.raises(InputError, match="people are in two links, once under the source's name"):
        build.run(build.Request((first, second), tmp_path / "w", names=("plan", "clinic"), crosswalk=again))


def test_one_source_of_several_data_sources_keeps_their_people_apart(tmp_path: Path) -> None:
    folder = own_source(tmp_path / "a", "One", "A")
    header, row = (folder / "patient.csv").read_text().splitlines()
    written(folder / "patient.csv", f"{header}\n{row}\n{row.replace('One', 'Two')}\n")
    build.run(build.Request((folder,), tmp_path / "w"))
    assert set(people_of(tmp_path / "w")) == {("One", "A"), ("Two", "A")}
    con = connect.open_published(tmp_path / "w")
    labels = con.execute("select population, label from published.population order by 1").fetchall()
    assert labels == [("p1", "s1 · input layer (1)"), ("p2", "s1 · input layer (2)")]
