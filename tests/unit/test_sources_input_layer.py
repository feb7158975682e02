"""The input layer: names, columns, strict text, Parquet in place, duplicates, and staging."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from sources_harness import load

from dashboard.errors import InputError
from dashboard.sources.delimited.text import count_records
from dashboard.sources.input_layer.files import table_name

CLAIMS = """claim_id,claim_line_number,claim_type,person_id,claim_start_date,paid_amount,diagnosis_code_1,note
c1,1,professional,p1,2025-01-02,10.50,E1165,"a, b"
c1,2,professional,p1,2025-01-02,,I10,
c2,1,institutional,p2,2025-02-03,7,E11.9,"line
break"
"""


def _write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path.parent


def _claims(tmp_path: Path, text: str | bytes, name: str = "medical_claim.csv"):
    return load(tmp_path, _write(tmp_path / "in" / name, text))


def test_a_table_is_read_and_typed(tmp_path: Path) -> None:
    loaded = _claims(tmp_path, CLAIMS).stage()
    assert loaded.counts() == {"medical_claim": (3, 3, 0, 0, 0)}
    assert loaded.notes == ["s1 medical_claim: columns not read: note"]
    query = """select claim_id, claim_line_number, claim_start_date, paid_usd::double, diagnosis_codes,
        status, data_source from staging.medical_claim order by 1, 2"""
    day = dt.date(2025, 1, 2)
    assert loaded.query(query) == [
        ("c1", 1, day, 10.5, ["E11.65"], "active", "s1"),
        ("c1", 2, day, None, ["I10"], "active", "s1"),
        ("c2", 1, dt.date(2025, 2, 3), 7.0, ["E11.9"], "active", "s1"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("line\nbreak", "line break").replace("\n", "\r\n"),
        lambda text: text.replace('"a, b"', "ab").replace(",", ";"),
        lambda text: text.replace('"a, b"', "ab").replace(",", "\t"),
        lambda text: text.upper().replace("PROFESSIONAL", "professional"),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n",
        lambda text: text.replace("2025-01-02", "20250102"),
        lambda text: text.replace("2025-01-02", "01/02/2025"),
        lambda text: text.replace("2025-01-02", "02.01.2025"),
        lambda text: text.replace("2025-01-02", "2-Jan-2025"),
        lambda text: text.replace("2025-01-02", "1/2/2025 00:00"),
        lambda text: text.replace("10.50", "$10.50").replace(",1,", ",1.0,"),
        lambda text: text.replace('"a, b"', "ab").replace(",", ";").replace("10.50", "10,50"),
        lambda text: text.replace("note", ""),
    ],
    ids=[
        "bom",
        "crlf",
        "semicolon",
        "tab",
        "upper case",
        "no final newline",
        "blank lines",
        "yyyymmdd",
        "us date",
        "day.month.year",
        "month by name",
        "with a time",
        "money and .0",
        "decimal comma",
        "unnamed column",
    ],
)
def test_ways_of_writing_the_same_file(tmp_path: Path, change) -> None:
    loaded = _claims(tmp_path, change(CLAIMS))
    assert loaded.counts() == {"medical_claim": (3, 3, 0, 0, 0)}
    first = loaded.query(
        "select min(claim_start_date), max(claim_start_date), sum(paid_amount)::double"
        " from raw.input_layer_medical_claim"
    )
    assert first == [(dt.date(2025, 1, 2), dt.date(2025, 2, 3), 17.5)]


def test_columns_in_any_order_and_in_part_files(tmp_path: Path) -> None:
    frame = pl.read_csv(CLAIMS.encode())
    for number, part in enumerate((frame.head(1), frame.tail(2).select(reversed(frame.columns)))):
        path = tmp_path / "in" / "medical_claim" / f"part-{number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_csv(path)
    loaded = load(tmp_path, tmp_path / "in")
    assert loaded.counts() == {"medical_claim": (3, 3, 0, 0, 0)}
    assert loaded.query(
        "select count(distinct person_id), sum(paid_amount)::double from raw.input_layer_medical_claim"
    ) == [(2, 17.5)]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("medical_claim.csv", "medical_claim"),
        ("INPUT_LAYER__Medical_Claim.CSV", "medical_claim"),
        ("x/pharmacy_claim/part-00001.snappy.parquet", "pharmacy_claim"),
        ("lab_result_03.csv", "lab_result"),
        ("observation_notes.csv", None),
        ("claims.csv", None),
    ],
)
def test_names(name: str, table: str | None) -> None:
    assert table_name(name) == table


def test_missing_required_columns_are_one_error_that_lists_them_all(tmp_path: Path) -> None:
    _write(tmp_path / "in" / "medical_claim.csv", "claim_id,person,claim_start_date\na,b,2025-01-01\n")
    _write(tmp_path / "in" / "patient.csv", "person_id,gender\na,b\n")
    with pytest.raises(InputError) as caught:
        load(tmp_path, tmp_path / "in")
    for column in ("medical_claim.claim_line_number", "medical_claim.person_id", "patient.sex", "patient.birth_date"):
        assert column in str(caught.value)


def test_missing_optional_columns_are_null(tmp_path: Path) -> None:
    loaded = load(
        tmp_path, _write(tmp_path / "in" / "patient.csv", "person_id,birth_date,sex\np1,1950-01-01,F\n")
    ).stage()
    found = loaded.query("select sex, sex_code, race, county_fips, is_deceased from staging.person")
    assert found == [("female", "248152002", None, None, False)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("c9,1,professional,p9", "another number of fields than the header"),
        ("c9,1,professional,p9,2025-01-01,1,I10,n,extra", "another number of fields than the header"),
        ('c9,1,professional,p9,2025-01-01,1,I10,"open', "quotation marks aren't closed or stand in the wrong place"),
        ('c9,1,professional,p9,2025-01-01,1,I10,"a"b', "quotation marks aren't closed or stand in the wrong place"),
        ("c9,1,professional,,2025-01-01,1,I10,n", "no readable person_id"),
        ("c9,one,professional,p9,2025-01-01,1,I10,n", "no readable claim_line_number"),
        ("c9,1,professional,p9,2025-13-01,1,I10,n", "no readable claim_start_date"),
        ("c9,1,professional,p9,1/2/25,1,I10,n", "no readable claim_start_date"),
    ],
)
@pytest.mark.parametrize("last", [True, False])
def test_bad_rows_are_rejected_one_by_one(tmp_path: Path, line: str, reason: str, last: bool) -> None:
    header, first, rest = CLAIMS.split("\n", 2)
    text = f"{header}\n{first}\n{rest}{line}" if last else f"{header}\n{first}\n{line}\n{rest}"
    loaded = _claims(tmp_path, text)
    assert loaded.counts() == {"medical_claim": (4, 3, 0, 1, 0)}
    assert loaded.rejects == [f"s1,1,{4 if last else 2},medical_claim,{reason}"]


def test_half_a_last_line_is_rejected(tmp_path: Path) -> None:
    text = CLAIMS.replace("line\nbreak", "x").rstrip("\n")
    loaded = _claims(tmp_path, text[:-12])
    assert loaded.counts() == {"medical_claim": (3, 2, 0, 1, 0)}


def test_unreadable_optional_values_stay_empty_and_are_told_once(tmp_path: Path) -> None:
    loaded = _claims(tmp_path, CLAIMS.replace("10.50", "ten"))
    assert loaded.counts()["medical_claim"] == (3, 3, 0, 0, 0)
    assert "s1 medical_claim: 1 values of paid_amount can't be read; left empty" in loaded.notes


def test_other_encodings_are_one_error(tmp_path: Path) -> None:
    for number, content in enumerate((CLAIMS.replace("a, b", "é").encode("latin-1"), CLAIMS.encode("utf-16"))):
        with pytest.raises(InputError, match=r"UTF-8|UTF-16"):
            load(tmp_path / str(number), _write(tmp_path / str(number) / "in" / "medical_claim.csv", content))


def test_a_column_named_twice_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="twice"):
        _claims(tmp_path, CLAIMS.replace("note", "claim_type"))


def test_only_identical_versions_of_a_line_are_duplicates(tmp_path: Path) -> None:
    header = "claim_id,claim_line_number,claim_type,person_id,claim_start_date,paid_amount,adjustment_type\n"
    line = "c1,1,professional,p1,2025-01-02,{},{}\n"
    text = (
        header + line.format("10", "") + line.format("-10", "reversal") + line.format("10", "") + line.format("12", "")
    )
    loaded = _claims(tmp_path, text)
    assert loaded.counts() == {"medical_claim": (4, 3, 1, 0, 0)}
    assert loaded.query("select row_number from raw.input_layer_medical_claim order by 1") == [(2,), (3,), (4,)]


def _parquet(folder: Path, frame: pl.DataFrame, name: str = "medical_claim.parquet") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(folder / name)
    return folder


def test_parquet_is_a_view_and_equals_text(tmp_path: Path) -> None:
    frame = pl.read_csv(CLAIMS.encode(), try_parse_dates=True)
    one = load(tmp_path / "1", _parquet(tmp_path / "1" / "in", frame)).stage()
    two = _claims(tmp_path / "2", CLAIMS).stage()
    query = "select * from staging.medical_claim order by claim_id, claim_line_number"
    assert one.query(query) == two.query(query)
    kinds = one.query("select table_type from information_schema.tables where table_name like '%medical_claim__1%'")
    assert kinds == [("VIEW",)]


def test_bad_and_repeated_rows_leave_a_parquet_view(tmp_path: Path) -> None:
    frame = pl.read_csv(CLAIMS.encode(), try_parse_dates=True)
    folder = _parquet(tmp_path / "in", frame, "medical_claim_1.parquet")
    broken = frame.head(1).with_columns(pl.lit(None, pl.String).alias("person_id"))
    _parquet(folder, pl.concat([frame, broken]), "medical_claim_2.parquet")
    loaded = load(tmp_path, folder)
    assert [(r.file, r.read, r.loaded, r.duplicate, r.rejected) for r in loaded.rows] == [
        (1, 3, 0, 3, 0),
        (2, 4, 3, 0, 1),
    ]
    assert loaded.rejects == ["s1,2,4,medical_claim,no readable person_id"]
    assert loaded.query("select file_ordinal, row_number from raw.input_layer_medical_claim order by all") == [
        (2, 1),
        (2, 2),
        (2, 3),
    ]


def test_parquet_with_text_columns_is_typed(tmp_path: Path) -> None:
    frame = pl.read_csv(CLAIMS.encode(), infer_schema=False)
    loaded = load(tmp_path, _parquet(tmp_path / "in", frame))
    assert loaded.query("select max(claim_start_date) from raw.input_layer_medical_claim") == [(dt.date(2025, 2, 3),)]


@pytest.mark.parametrize("spoil", [lambda b: b[:-20], lambda b: b"PAR1" + b[4:200] + b"PAR1", lambda b: b"x" * 500])
def test_damaged_parquet_is_one_error(tmp_path: Path, spoil) -> None:
    folder = _parquet(tmp_path / "in", pl.read_csv(CLAIMS.encode()))
    path = folder / "medical_claim.parquet"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(InputError, match="Parquet"):
        load(tmp_path, folder)


def test_text_that_claims_to_be_a_table_but_is_binary(tmp_path: Path) -> None:
    folder = _parquet(tmp_path / "in", pl.read_csv(CLAIMS.encode()), "medical_claim.csv")
    with pytest.raises(InputError, match="isn't the delimited text"):
        load(tmp_path, folder)


def test_tables_that_nobody_reads_are_ignored_but_counted(tmp_path: Path) -> None:
    _write(tmp_path / "in" / "appointment.csv", "appointment_id\n1\n2\n")
    loaded = load(tmp_path, _write(tmp_path / "in" / "patient.csv", "person_id,birth_date,sex\np1,1950-01-01,F\n"))
    assert loaded.counts() == {"appointment": (2, 0, 0, 0, 2), "patient": (1, 1, 0, 0, 0)}


def test_the_data_source_of_the_file_wins(tmp_path: Path) -> None:
    text = "person_id,birth_date,sex,data_source\np1,1950-01-01,F,plan a\np2,1950-01-01,F,\n"
    loaded = load(tmp_path, _write(tmp_path / "in" / "patient.csv", text)).stage()
    assert loaded.query("select data_source from staging.person order by 1") == [("plan a",), ("s1",)]


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ("h\n", 0),
        ("h\na", 1),
        ("h\na\n\n  \r\nb\n", 2),
        ('h\n"a\n\nb"\nc\n', 2),
        ("h\r\na\r\nb\r\n", 2),
        ('h\n""\n', 1),
    ],
)
def test_the_independent_count(tmp_path: Path, text: str, records: int) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    assert count_records(path, "a") == records


def test_capabilities_follow_the_rows(tmp_path: Path) -> None:
    from dashboard.sources import capabilities

    _write(tmp_path / "in" / "patient.csv", "person_id,birth_date,sex\np1,1950-01-01,F\n")
    loaded = _claims(tmp_path, CLAIMS).stage()
    found = {name: (is_available, reason) for _, name, is_available, reason in capabilities(loaded.con)}
    assert found["paid_amounts"] == (True, "")
    assert found["enrolment"] == (False, "no enrolment is stated")
