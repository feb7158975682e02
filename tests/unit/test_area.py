"""The crosswalk of county codes that a user gives: layouts in circulation, and what is no crosswalk."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from dashboard.errors import InputError
from dashboard.warehouse import area

PLAIN = "ssa,fips,county\n01000,01001,A\n05060,06013,B\n05200,06037,C\n05210,06037,C\n"
PAIRS = [("01000", "01001"), ("05060", "06013"), ("05200", "06037"), ("05210", "06037")]


def _file(tmp_path: Path, text: str | bytes, name: str = "crosswalk.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "\ufeff" + PLAIN,
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("ssa,fips", '"SSA County Code","FIPS-County"'),
        PLAIN.replace("\n0", "\n").replace(",0", ","),  # a spreadsheet's
        "zip,ssastate,ssacounty,fipsstate,fipscounty\n1,01,01000,01,01001\n2,01,01000,01,01001\n3,05,05060,06,06013\n"
        "4,05,05200,06,06037\n5,05,05210,06,06037\n6,05,,06,06038\n7,05,,,\n",
    ],
    ids=["plain", "bom", "semicolons", "tabs", "crlf", "long names", "no zeros", "by ZIP, with states"],
)
def test_layouts_in_circulation_say_the_same(tmp_path: Path, text: str) -> None:
    assert area.read([_file(tmp_path, text)]).rows() == PAIRS


def test_compressed_files_and_several_files_are_one_crosswalk(tmp_path: Path) -> None:
    first = _file(tmp_path, gzip.compress(PLAIN.encode()), "a.csv.gz")
    second = _file(tmp_path, "fips,ssa\n48453,45940\n01001,01000\n", "b.csv")
    assert area.read([first, second]).rows() == [*PAIRS, ("45940", "48453")]


def test_a_code_of_several_counties_is_left_out(tmp_path: Path) -> None:
    assert area.read([_file(tmp_path, PLAIN + "01000,01003,A\n")]).rows() == PAIRS[1:]


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "ssa,name\n01000,x\n", "ssa_state,fips_state\n01,01\n", b"\x00\x01\x02", ""]
)
def test_what_is_no_crosswalk_is_refused_without_its_content(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(InputError, match=r"--area \(file 1\)") as raised:
        area.read([_file(tmp_path, text)])
    assert "crosswalk.csv" not in str(raised.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        area.read([tmp_path / "nothing.csv"])


def test_without_a_file_there_is_no_crosswalk() -> None:
    assert area.read([]).is_empty()
