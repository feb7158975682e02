"""Value sets: what a user imported, the starter lists for what is missing, and single codes that measures name.

A measure or block names its value sets in its header (`-- valuesets: A; B; LOINC|71802-3`). A name with a bar is a
single code, SYSTEM|code, and is its own value set. Everything else must be a set that the starter file knows, with
codes where an open code system has them and without where only licensed ones do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from dashboard.errors import InputError
from dashboard.warehouse.catalog import split_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dashboard.errors import CheckFailed
    from dashboard.warehouse.catalog import Catalog, QueryFile

STARTER = Path(__file__).parents[2] / "data" / "reference" / "valueset_starter.csv"
# Columns of an import, as value-set downloads are commonly flattened; others are ignored.
_NEEDED = ("oid", "name", "system", "code")
_VERSION = "vs_version"
SCHEMA = {
    "oid": pl.String,
    "name": pl.String,
    "version": pl.String,
    "system": pl.String,
    "code": pl.String,
    "status": pl.String,
}
# Names under which downloads list the code systems that events carry by their short name.
_SYSTEMS = {
    "http://snomed.info/sct": "SNOMEDCT",
    "SNOMEDCT_US": "SNOMEDCT",
    "http://loinc.org": "LOINC",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD10CM",
    "http://hl7.org/fhir/sid/icd-9-cm": "ICD9CM",
    "http://www.cms.gov/Medicare/Coding/ICD10": "ICD10PCS",
    "http://www.ama-assn.org/go/cpt": "CPT",
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": "HCPCS",
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": "HCPCS",
    "HCPCS Level II": "HCPCS",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RXNORM",
    "http://hl7.org/fhir/sid/cvx": "CVX",
    "http://hl7.org/fhir/sid/ndc": "NDC",
    "http://www.ada.org/cdt": "CDT",
}


_SINGLE_CODE = re.compile(r"[A-Z][A-Z0-9]*\|\S+")


@dataclass(frozen=True)
class Named:
    """A value set that a query file names in its header."""

    name: str
    file: QueryFile

    @property
    def is_code(self) -> bool:
        """Whether it is a single code, SYSTEM|code."""
        return "|" in self.name


def named(catalog: Catalog) -> list[Named]:
    """Every value set named in a header, file by file."""
    return [Named(name, file) for file in catalog.files for name in split_list(file.header.get("valuesets", ""), ";")]


def empty_valuesets() -> pl.DataFrame:
    """`reference.valueset` without a row."""
    return pl.DataFrame(schema=SCHEMA)


def load_valuesets(paths: Sequence[Path], catalog: Catalog) -> pl.DataFrame:
    """The rows of `reference.valueset`: one per value set and code.

    paths: CSV files with columns oid, name, system, code and, if there, vs_version; sets that stand in several files
        are united. An imported set replaces the starter set of the same oid or name.
    Returns oid (null for a single code), name, version (may be null), system, code and status: 'imported', 'starter'
        or 'code' (a single code that a header names). Where two imported sets share a name, both are called
        'name [oid]'.
    Raises InputError for a file that can't be read or lacks a column, CheckFailed for a name nobody knows.
    """
    starter = _read(STARTER, "starter")
    imported = pl.concat([empty_valuesets(), *(_read(path, "imported") for path in paths)])
    imported = _distinct_names(imported.unique(["oid", "system", "code"], keep="first", maintain_order=True))
    check_names(catalog, {*starter["name"], *imported["name"]})
    kept = starter.filter(~pl.col("oid").is_in(imported["oid"].implode())).filter(
        ~pl.col("name").is_in(imported["name"].implode())
    )
    frame = pl.concat([imported, kept, _single_codes(catalog)]).filter(pl.col("code").is_not_null())
    return frame.sort("name", "system", "code")


def check_names(catalog: Catalog, known: set[str]) -> None:
    """Raise CheckFailed for a header that names a value set which is neither imported nor in the starter file."""
    for problem in _unknown(catalog, known):
        raise problem


def name_findings(catalog: Catalog) -> list[CheckFailed]:
    """What is wrong with the names of value sets in headers and in the SQL below them.

    A header names exactly the sets that its SQL quotes, and only sets that the starter file knows.
    """
    known = set(_read(STARTER, "starter")["name"])
    found = list(_unknown(catalog, known))
    for file in catalog.files:
        if file.schema not in {"marts", "blocks", "measures"}:
            continue
        declared = set(split_list(file.header.get("valuesets", ""), ";"))
        quoted = set(re.findall(r"'([^'\n]+)'", file.body))
        used = {text for text in quoted if text in known or _SINGLE_CODE.fullmatch(text)}
        for name in sorted(used ^ declared):
            where = "the SQL, but not the header," if name in used else "the header, but not the SQL,"
            found.append(file.error(f"{where} names the value set '{name}'", do="Name it in both, or in neither"))
    return found


def _unknown(catalog: Catalog, known: set[str]) -> Iterator[CheckFailed]:
    for entry in named(catalog):
        if not entry.is_code and entry.name not in known:
            yield entry.file.error(
                f"names the value set '{entry.name}', which is unknown",
                do=f"Correct the name, or add the set to data/reference/{STARTER.name}",
            )


def coverage(catalog: Catalog, frame: pl.DataFrame) -> pl.DataFrame:
    """How each named value set is filled: name, status ('imported', 'starter', 'code' or 'missing'), codes."""
    names = pl.DataFrame({"name": sorted({entry.name for entry in named(catalog)})}, schema={"name": pl.String})
    filled = frame.group_by("name").agg(pl.col("status").first(), pl.len().cast(pl.Int64).alias("codes"))
    return (
        names.join(filled, on="name", how="left")
        .with_columns(pl.col("status").fill_null("missing"), pl.col("codes").fill_null(0))
        .sort("name")
    )


def _read(path: Path, status: str) -> pl.DataFrame:
    where = f"data/reference/{path.name}" if path == STARTER else f"--valuesets {path}"
    try:
        frame = pl.read_csv(path, infer_schema=False, comment_prefix="#")
    except (OSError, pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise InputError(
            where=where, what="can't be read as a value-set file", found=type(error).__name__, do="Give it as UTF-8 CSV"
        ) from None
    if missing := [column for column in _NEEDED if column not in frame.columns]:
        raise InputError(
            where=where,
            what=f"lacks the column {', '.join(missing)}",
            found=", ".join(frame.columns),
            do=f"Give the columns {', '.join(_NEEDED)}",
        )
    version = pl.col(_VERSION) if _VERSION in frame.columns else pl.lit(None, pl.String)
    trimmed = frame.with_columns(pl.col(*_NEEDED).str.strip_chars())
    if (holes := trimmed.filter(pl.col("name").is_null() | (pl.col("name") == "")).height) > 0:
        raise InputError(where=where, what="has rows without a value-set name", found=f"{holes:,} rows", do="Name them")
    return trimmed.select(
        pl.col("oid"),
        pl.col("name"),
        version.alias("version"),
        pl.col("system").replace(_SYSTEMS),
        pl.col("code").replace("", None),
        pl.lit(status).alias("status"),
    )


def _distinct_names(frame: pl.DataFrame) -> pl.DataFrame:
    shared = pl.col("oid").n_unique().over("name") > 1
    return frame.with_columns(
        pl.when(shared).then(pl.format("{} [{}]", "name", "oid")).otherwise(pl.col("name")).alias("name")
    )


def _single_codes(catalog: Catalog) -> pl.DataFrame:
    names = sorted({entry.name for entry in named(catalog) if entry.is_code})
    rows = [(None, name, None, *name.split("|", 1), "code") for name in names]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
