"""The crosswalk from Social Security county codes to FIPS county codes, from files that the user gives with --area.

CMS files of its older kinds name counties by Social Security codes. The crosswalk is published in many layouts, by ZIP
code or by county, so the two columns are told by their names and by what they hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from dashboard.errors import InputError

SCHEMA = {"ssa_county_code": pl.String, "county_fips": pl.String}
_COUNTY = r"^\d{4,5}$"
_MOSTLY = 0.9  # of a column's filled cells are county codes


def read(paths: Sequence[Path]) -> pl.DataFrame:
    """`ssa_county_code`, `county_fips`: five digits each, one row a Social Security code, sorted.

    paths: CSV files, compressed with gzip or not, delimited by comma, semicolon or tab. A code for which the files
    state several counties is left out, since none of them would be certain. No file: no rows. Raises InputError for a
    file that can't be read or has no such pair of columns.
    """
    parts = [_pairs(path, f"--area (file {number})") for number, path in enumerate(paths, 1)]
    pairs = pl.concat([pl.DataFrame(schema=SCHEMA), *parts]).unique()
    once = pairs.filter(pl.len().over("ssa_county_code") == 1)
    return once.sort("ssa_county_code")


def _pairs(path: Path, where: str) -> pl.DataFrame:
    frame = _table(path, where)
    ssa, fips = (_county_column(frame, word) for word in ("ssa", "fips"))
    if ssa is None or fips is None:
        missing = " and ".join(name for name, found in (("SSA", ssa), ("FIPS", fips)) if found is None)
        raise InputError(
            where=where, what="the file has no pair of columns with SSA and FIPS county codes",
            found=f"no {missing} column of four or five digits among {frame.width}",
            do="Give a CSV whose header names both, such as ssa_county_code,county_fips; state and county together.",
        )  # fmt: skip
    codes = [
        pl.col(column).str.strip_chars().str.zfill(5).alias(name)
        for column, name in zip((ssa, fips), SCHEMA, strict=True)
    ]
    return frame.filter(*(pl.col(column).str.strip_chars().str.contains(_COUNTY) for column in (ssa, fips))).select(
        codes
    )


def _table(path: Path, where: str) -> pl.DataFrame:
    """The file as text, without quotation of what it says in any error."""
    best: pl.DataFrame | None = None
    for separator in (",", ";", "\t"):
        try:
            frame = pl.read_csv(path, infer_schema=False, separator=separator, comment_prefix="#")
        except (OSError, pl.exceptions.PolarsError):
            continue
        best = frame if best is None or frame.width > best.width else best
    if best is None:
        raise InputError(
            where=where, what="the file can't be read as a table", found="another kind of file, or none",
            do="Give a CSV file in UTF-8 with one header line; it may be compressed with gzip.",
        )  # fmt: skip
    return best


def _county_column(frame: pl.DataFrame, word: str) -> str | None:
    """The column named after `word` that holds county codes, state and county together; None where there is none."""
    named = [name for name in frame.columns if word in re.sub(r"[^a-z]", "", name.lower())]
    for name in named:
        cells = frame[name].drop_nulls().str.strip_chars()
        if cells.len() and cells.str.contains(_COUNTY).sum() >= _MOSTLY * cells.len():
            return name
    return None
