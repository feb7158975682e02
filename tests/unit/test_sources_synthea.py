"""Synthea's CSV export: both schemas, files mutated in every way that exports and spreadsheets do, and staging."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sources_harness import Loaded, load
from synthea_files import NEWER, OLDER, write

from dashboard.errors import InputError

# What a source says, whatever its files look like: everything downstream starts here.
PEOPLE = (
    """select source_person_id, birth_date, death_date, sex, race, ethnicity, state, zip_code from staging.person"""
)
ENCOUNTERS = (
    "select encounter_id, encounter_class, start_at, end_at, organization_id, type_codes from staging.encounter"
)
LINES = """select claim_id, claim_line_number, claim_type, payer, charge_usd, allowed_usd, paid_usd,
    claim_line_start_date from staging.medical_claim"""
FILLS = "select claim_id, rxnorm_code, dispensing_date, charge_usd, paid_usd from staging.pharmacy_claim"
SPANS = "select source_person_id, payer, payer_type, start_date, end_date from staging.eligibility"
VALUES = (
    "select source_person_id, codes, value_number, value_unit, value_text, effective_start_at from staging.observation"
)
CODED = """select source_person_id, codes, onset_start_at from staging.condition union all
    select source_person_id, codes, performed_start_at from staging.procedure union all
    select source_person_id, codes, authored_at from staging.medication union all
    select source_person_id, codes, occurrence_at from staging.immunization union all
    select source_person_id, codes, onset_start_at from staging.allergy"""
ALL = (PEOPLE, ENCOUNTERS, LINES, FILLS, SPANS, VALUES, CODED)


Facts = list[list[tuple[object, ...]]]


def said(loaded: Loaded) -> Facts:
    """Every fact of a source, in an order of its own."""
    loaded.stage()
    return [sorted(loaded.query(query), key=repr) for query in ALL]


@pytest.fixture
def older(tmp_path: Path) -> Path:
    return write(tmp_path / "in", OLDER)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """What the export says as Synthea writes it."""
    folder = tmp_path_factory.mktemp("expected")
    return said(load(folder, write(folder / "in", OLDER)))


def _change(folder: Path, name: str, change: Callable[[str], str]) -> None:
    path = folder / f"{name}.csv"
    path.write_bytes(change(path.read_bytes().decode()).encode())


def _column(name: str, change: Callable[[str], str]) -> Callable[[str], str]:
    """A change of one column's values in a file without quotes."""

    def changed(text: str) -> str:
        header, *rows = [line.split(",") for line in text.splitlines()]
        at = [h.upper() for h in header].index(name)
        for row in rows:
            row[at] = change(row[at])
        return "\n".join(",".join(row) for row in (header, *rows)) + "\n"

    return changed


def test_every_row_is_accounted_for(tmp_path: Path, older: Path) -> None:
    loaded = load(tmp_path, older)
    expected = {name: text.count("\n") - 1 for name, text in OLDER.items()}
    unused = {"careplans", "devices", "imaging_studies", "supplies"}
    assert loaded.counts() == {
        name: (rows, 0 if name in unused else rows, 0, 0, rows if name in unused else 0)
        for name, rows in expected.items()
    }
    assert len(expected) == 18
    assert loaded.notes == []


def test_the_newer_schema_says_the_same_and_more(tmp_path: Path, older: Path) -> None:
    one = load(tmp_path / "1", older)
    two = load(tmp_path / "2", write(tmp_path / "newer", NEWER))
    assert said(one) == said(two)
    assert two.query("select source_person_id, county_fips from staging.person order by 1") == [
        ("p1", "25021"), ("p2", "01001"), ("p3", None),
    ]  # fmt: skip
    assert two.notes == []


def test_people(tmp_path: Path, older: Path) -> None:
    assert said(load(tmp_path, older))[0] == [
        ("p1", dt.date(1950, 2, 3), None, "female", "White", "Not Hispanic or Latino", "MA", "02188"),
        ("p2", dt.date(1961, 4, 5), dt.date(2021, 6, 7), "male", "Black or African American", "Hispanic or Latino",
         "AL", None),
        ("p3", dt.date(2010, 8, 9), None, "female", "Asian", "Not Hispanic or Latino", "MA", None),
    ]  # fmt: skip


def test_money_moves_are_not_added_to_charges(tmp_path: Path, older: Path) -> None:
    loaded = load(tmp_path, older).stage()
    sums = "select sum(charge_usd)::double, sum(paid_usd)::double from staging."
    medical, fills = loaded.query(sums + "medical_claim")[0], loaded.query(sums + "pharmacy_claim")[0]
    assert (medical[0] + fills[0], medical[1] + fills[1]) == (130.5 + 98.11, 70.0 + 17.33)
    # Independently, from the file: charges by type, payments by who pays.
    rows = [line.split(",") for line in OLDER["claims_transactions"].splitlines()]
    at = {name: i for i, name in enumerate(rows[0])}
    charged = sum(float(r[at["AMOUNT"]]) for r in rows[1:] if r[at["TYPE"]] == "CHARGE")
    paid = sum(float(r[at["PAYMENTS"]]) for r in rows[1:] if r[at["METHOD"]] == "ECHECK")
    assert (charged, paid) == pytest.approx((medical[0] + fills[0], medical[1] + fills[1]))


def test_what_identifies_people_is_never_read(tmp_path: Path, older: Path) -> None:
    loaded = load(tmp_path, older)
    tables = loaded.query("select table_schema || '.' || table_name from information_schema.tables")
    kept = " ".join(str(loaded.query(f"select * from {table}")) for (table,) in tables if table.startswith("raw.syn"))
    for secret in ("999-11", "S9991", "X1234", "Ada1", "Bell2", "1 Elm Street", "5550001", "Grace3", "Quincy"):
        assert secret not in kept, secret


def test_columns_in_any_order(tmp_path: Path, older: Path, expected: Facts) -> None:
    def turn(text: str) -> str:
        return "\n".join(",".join(reversed(line.split(","))) for line in text.splitlines()) + "\n"

    for name in OLDER:
        _change(older, name, turn)
    assert said(load(tmp_path, older)) == expected


def test_an_extra_column_is_noted_once(tmp_path: Path, older: Path) -> None:
    _change(older, "encounters", lambda text: re.sub("(?m)$", ",x", text.rstrip()).replace("x", "EXTRA", 1) + "\n")
    loaded = load(tmp_path, older)
    assert loaded.notes == ["s1 encounters: columns not read: extra"]


def test_missing_and_renamed_columns_are_one_error(tmp_path: Path, older: Path) -> None:
    _change(older, "patients", lambda text: text.replace("BIRTHDATE", "BORN", 1))
    _change(older, "encounters", lambda text: text.replace("ENCOUNTERCLASS", "CLASS", 1).replace("STOP", "TO", 1))
    _change(older, "claims_transactions", lambda text: text.replace("CHARGEID", "LINE", 1))
    with pytest.raises(InputError) as caught:
        load(tmp_path, older)
    for missing in (
        "patients.birthdate",
        "encounters.encounterclass",
        "encounters.stop",
        "claims_transactions.chargeid",
    ):
        assert missing in str(caught.value)
    assert "patients.csv" not in str(caught.value)


def test_files_of_other_names_are_told_by_their_columns(tmp_path: Path, older: Path, expected: Facts) -> None:
    for number, path in enumerate(sorted(older.iterdir())):
        path.rename(older / f"export-{number}.csv")
    assert said(load(tmp_path / "2", older)) == expected


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text.replace("\n", "\r\n").replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\r\n",
        lambda text: "\n".join(",".join(f'"{v}"' for v in line.split(",")) for line in text.splitlines()) + "\n",
        lambda text: text.split("\n", 1)[0].lower() + "\n" + text.split("\n", 1)[1],
    ],
    ids=["bom", "crlf", "semicolons", "tabs", "no last line end", "blank lines", "all quoted", "lower case header"],
)
def test_other_ways_of_writing_a_file(
    tmp_path: Path, older: Path, change: Callable[[str], str], expected: Facts
) -> None:
    for name in OLDER:
        _change(older, name, change)
    assert said(load(tmp_path / "2", older)) == expected


def _us(day: str) -> str:
    """2020-03-04 as 3/4/2020; with a time as 3/4/2020 9:30:15."""
    if not re.match(r"\d{4}-", day):
        return day
    at = dt.datetime.fromisoformat(day.rstrip("Z"))
    date = f"{at.month}/{at.day}/{at.year}"
    return date if len(day) == 10 else f"{date} {at.hour}:{at.minute:02}:{at.second:02}"


def _german(day: str) -> str:
    return dt.date.fromisoformat(day[:10]).strftime("%d.%m.%Y") if re.match(r"\d{4}-", day) else day


@pytest.mark.parametrize(
    ("name", "column", "change"),
    [
        ("patients", "BIRTHDATE", _us),
        ("patients", "BIRTHDATE", _german),
        ("patients", "DEATHDATE", _us),
        ("patients", "ZIP", lambda v: v.lstrip("0")),
        ("patients", "ZIP", lambda v: f"{v.lstrip('0')}.0" if v else v),
        ("encounters", "START", _us),
        ("encounters", "STOP", _us),
        ("encounters", "CODE", lambda v: f"{v}.0"),
        ("conditions", "START", _us),
        ("conditions", "START", lambda v: v.replace("-", "")),
        ("payer_transitions", "START_YEAR", _us),
        ("observations", "DATE", _us),
        ("immunizations", "CODE", lambda v: v.lstrip("0")),
        ("medications", "CODE", lambda v: f"{v}.0"),
        ("medications", "DISPENSES", lambda v: f"{v}.0"),
        ("claims_transactions", "AMOUNT", lambda v: f"${v}" if v else v),
        ("claims_transactions", "AMOUNT", lambda v: f"{v}00" if v else v),
        ("claims_transactions", "PAYMENTS", lambda v: f" {v} " if v else v),
        ("claims_transactions", "CHARGEID", lambda v: f"{v}.0"),
        ("claims_transactions", "PROCEDURECODE", lambda v: f"{v}.0"),
        ("claims", "HEALTHCARECLAIMTYPEID1", lambda v: f"{v}.0"),
    ],
)
def test_what_a_spreadsheet_does_is_undone_where_it_can_be(
    tmp_path: Path, older: Path, name: str, column: str, change: Callable[[str], str], expected: Facts
) -> None:
    _change(older, name, _column(column, change))
    loaded = load(tmp_path / "2", older)
    assert loaded.rejects == []
    assert said(loaded) == expected


def test_thousands_and_decimal_commas(tmp_path: Path, older: Path) -> None:
    _change(older, "claims_transactions", lambda text: text.replace("CHARGE,100.50", 'CHARGE,"2,100.50"'))
    loaded = load(tmp_path / "1", older).stage()
    assert loaded.query("select max(charge_usd)::double from staging.medical_claim") == [(2100.5,)]
    _change(older, "claims_transactions", lambda text: text.replace('"2,100.50"', "2.100#50").replace(",", ";"))
    _change(older, "claims_transactions", lambda text: text.replace("2.100#50", "2.100,50"))
    loaded = load(tmp_path / "2", older).stage()
    assert loaded.query("select max(charge_usd)::double from staging.medical_claim") == [(2100.5,)]


def test_times_that_were_cut_leave_the_day(tmp_path: Path, older: Path) -> None:
    _change(older, "encounters", _column("START", lambda v: v[:10]))
    loaded = load(tmp_path, older).stage()
    assert loaded.query("select min(start_date), count(start_at) from staging.encounter") == [(dt.date(2020, 3, 4), 4)]
    assert loaded.rejects == []


def test_days_before_months_are_seen_from_the_column(tmp_path: Path, older: Path, expected: Facts) -> None:
    def british(day: str) -> str:
        return dt.date.fromisoformat(day).strftime("%d/%m/%Y") if day else day

    _change(older, "conditions", _column("START", british))  # one of them is the 20th
    assert said(load(tmp_path, older)) == expected


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("patients", "1950-02-03", "", "no readable birthdate"),
        ("patients", "1950-02-03", "2/3/50", "no readable birthdate"),
        ("patients", "2021-06-07", "soon", "deathdate can't be read with certainty"),
        ("encounters", "185345009", "1.85345E+08", "code can't be read with certainty"),
        ("encounters", "2020-03-04T09:30:00Z", "2020-13-04T09:30:00Z", "no readable start"),
        ("observations", "4548-4", "", "no readable code"),
        ("medications", "860975", "8.6098E+05", "no readable code"),
        ("claims_transactions", "CHARGE,100.50", "CHARGE,many", "amount can't be read with certainty"),
        ("claims_transactions", "CHARGE,100.50", "REFUND,100.50", "type is none of the five kinds of transaction"),
    ],
)
def test_what_has_no_certain_meaning_is_rejected(
    tmp_path: Path, older: Path, name: str, old: str, new: str, reason: str
) -> None:
    _change(older, name, lambda text: text.replace(old, new, 1))
    loaded = load(tmp_path, older)
    read, kept, _, rejected, _ = loaded.counts()[name]
    assert (read, kept, rejected) == (OLDER[name].count("\n") - 1, read - 1, 1)
    assert [line.split(",", 4)[3:] for line in loaded.rejects] == [[name, reason]]


def test_dates_in_both_orders_are_read_only_where_they_are_certain(tmp_path: Path, older: Path) -> None:
    header, *rows = OLDER["conditions"].splitlines()
    days = ["20/03/2020", "03/20/2020", "03/04/2020"]
    lines = [day + row[row.index(",") :] for day, row in zip(days, rows, strict=True)]
    (older / "conditions.csv").write_text("\n".join([header, *lines]) + "\n")
    loaded = load(tmp_path, older).stage()
    assert loaded.rejects == ["s1,3,3,conditions,no readable start"] or loaded.counts()["conditions"] == (3, 2, 0, 1, 0)
    assert loaded.query("select distinct onset_start_at::date from staging.condition") == [(dt.date(2020, 3, 20),)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-30],
        lambda text: text.rstrip("\n") + ',"open\n',
        lambda text: text.rstrip("\n") + "\nonly,three,fields\n",
    ],
    ids=["half a last line", "open quote", "too few fields"],
)
def test_a_broken_line_costs_that_line(tmp_path: Path, older: Path, spoil: Callable[[str], str]) -> None:
    _change(older, "encounters", spoil)
    loaded = load(tmp_path, older)
    read, kept, duplicate, rejected, ignored = loaded.counts()["encounters"]
    assert (read - kept, duplicate, rejected, ignored) == (1, 0, 1, 0)


def test_repeated_rows_and_files_count_once(tmp_path: Path, older: Path, expected: Facts) -> None:
    for name in OLDER:
        _change(older, name, lambda text: text + text.split("\n", 2)[1] + "\n")
        shutil.copy(older / f"{name}.csv", older / f"{name}_2.csv")
    loaded = load(tmp_path / "2", older)
    assert said(loaded) == expected
    for name, (read, kept, duplicate, _, ignored) in loaded.counts().items():
        rows = OLDER[name].count("\n") - 1
        assert read == 2 * (rows + 1)
        assert (kept, duplicate) == ((rows, rows + 2) if not ignored else (0, 0))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_the_order_and_splitting_of_files_change_nothing(
    tmp_path: Path, order: tuple[int, ...], expected: Facts
) -> None:
    for name, text in OLDER.items():
        header, *rows = text.splitlines()
        for part, place in enumerate(order):
            path = tmp_path / "parts" / f"{place}" / f"{name}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join([header, *reversed(rows[part::3])]) + "\n")
    assert said(load(tmp_path / "2", tmp_path / "parts")) == expected


def test_two_exports_of_one_person_keep_the_fuller_row(tmp_path: Path, older: Path) -> None:
    header, first, *_ = OLDER["patients"].splitlines()
    died = first.replace("1950-02-03,", "1950-02-03,2024-01-02", 1)
    for name in ("patients_0.csv", "patients_9.csv"):
        path = older / name
        path.write_text(f"{header}\n{died}\n")
        loaded = load(tmp_path / name, older).stage()
        assert loaded.query("select death_date from staging.person where source_person_id = 'p1'") == [
            (dt.date(2024, 1, 2),)
        ]
        path.unlink()


def test_the_format_can_be_forced_and_is_recognised_beside_others(tmp_path: Path, older: Path) -> None:
    (older / "patient.csv").write_text("person_id,birth_date,sex\np1,1999-01-01,male\n")
    (older / "picture.json").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    loaded = load(tmp_path / "1", older).stage()
    people = loaded.query("select data_source, source_person_id from staging.person order by all")
    assert people == [("s1", "p1"), ("s1.synthea_csv", "p1"), ("s1.synthea_csv", "p2"), ("s1.synthea_csv", "p3")]
    assert {row.source for row in loaded.rows} == {"s1"}
    assert loaded.counts()["unrecognised"] == (1, 0, 0, 0, 1)
    assert any("isn't read" in note and "picture" not in note for note in loaded.notes)
    forced = load(tmp_path / "2", older, forced_format="synthea_csv").stage()
    assert forced.query("select distinct data_source from staging.person") == [("s1",)]
    assert forced.counts()["unrecognised"] == (2, 0, 0, 0, 2)


def test_a_foreign_file_alone_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "picture.json").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    with pytest.raises(InputError, match="promises"):
        load(tmp_path, tmp_path / "in")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>not found</body></html>",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"sep=,\n",
        OLDER["payers"].split("\n", 1)[1].encode(),
    ],
    ids=["empty", "a web page", "a picture", "a hint for a spreadsheet", "no header"],
)
def test_a_file_that_only_has_the_name_is_told(tmp_path: Path, older: Path, content: bytes) -> None:
    (older / "patients.csv").write_bytes(content)
    loaded = load(tmp_path / "1", older)
    assert loaded.counts()["unrecognised"] == (1, 0, 0, 0, 1)
    assert [note.split(":")[1] for note in loaded.notes] == [" file 13 isn't read"]
    with pytest.raises(InputError, match="other columns than Synthea's patients"):
        load(tmp_path / "2", older, forced_format="synthea_csv")


@pytest.mark.parametrize("spoil", [lambda t: t.encode("utf-16"), lambda t: t.replace("\n", "\r").encode()])
def test_a_file_in_another_encoding_stops_the_load(tmp_path: Path, older: Path, spoil: Callable[[str], bytes]) -> None:
    (older / "patients.csv").write_bytes(spoil(OLDER["patients"]))
    with pytest.raises(InputError, match="Export it again"):
        load(tmp_path, older)


def test_empty_columns_at_the_end_are_left_out(tmp_path: Path, older: Path, expected: Facts) -> None:
    _change(older, "patients", lambda text: text.replace("\n", ",,\n"))
    loaded = load(tmp_path / "2", older)
    assert said(loaded) == expected
    assert loaded.notes == ["s1 patients: columns not read: unnamed 26, unnamed 27"]


def test_transitions_in_years_cover_whole_years_and_say_so(tmp_path: Path, older: Path) -> None:
    """The oldest exports name years only: a span from 2014 to 2014 is the year 2014."""
    _change(older, "payer_transitions", _column("START_YEAR", lambda value: value[:4]))
    _change(older, "payer_transitions", _column("END_YEAR", lambda value: value[:4]))
    loaded = load(tmp_path / "1", older).stage()
    spans = loaded.query("select start_date, end_date from staging.eligibility where end_date is not null")
    assert spans
    assert {(start.month, start.day, end.month, end.day) for start, end in spans} == {(1, 1, 12, 31)}
    assert loaded.query("select distinct subject, date_precision from raw.coarse_date") == [("enrolment", "year")]
