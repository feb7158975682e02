"""SQL that decodes FHIR's data types: codings, references, dateTimes and choices.

A `Field` names a raw column, the JSON it needs and the SQL that makes the column from it; a resource is a list of
them. JSON paths are dotted; `[]` marks a list (`participant[].individual`). The reader's struct is built from the
paths, so nothing else of a resource is ever read: no name, telecom, street line, SSN or narrative.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dashboard.sources.common_model import CODES
from dashboard.sources.model import quote

CONCEPT = "STRUCT(coding STRUCT(system VARCHAR, code VARCHAR)[])"
# Where the system goes without saying, its URL isn't read: that alone saves a tenth of the time on claims.
SYMBOL = "STRUCT(coding STRUCT(code VARCHAR)[])"
CODING = "STRUCT(system VARCHAR, code VARCHAR)"
REFERENCE = "STRUCT(reference VARCHAR, identifier STRUCT(system VARCHAR, value VARCHAR))"
QUANTITY = "STRUCT(value DOUBLE, unit VARCHAR, code VARCHAR)"
MONEY = "STRUCT(value DOUBLE)"

# Longer text values are narrative: they may say anything about a person and no measure reads them.
MAX_TEXT_VALUE = 80

_CODE_SYSTEMS = {
    "SNOMEDCT": ("http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96"),
    "ICD10CM": (
        "http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-10", "urn:oid:2.16.840.1.113883.6.90",
        "http://terminology.hl7.org/CodeSystem/icd10CM",
    ),
    "ICD10PCS": (
        "http://www.cms.gov/Medicare/Coding/ICD10", "http://hl7.org/fhir/sid/icd-10-pcs",
        "https://www.cms.gov/Medicare/Coding/ICD10", "urn:oid:2.16.840.1.113883.6.4",
    ),
    "ICD9CM": (
        "http://hl7.org/fhir/sid/icd-9-cm", "http://hl7.org/fhir/sid/icd-9-cm/diagnosis",
        "http://terminology.hl7.org/CodeSystem/icd9cm", "urn:oid:2.16.840.1.113883.6.103",
    ),
    "CPT": ("http://www.ama-assn.org/go/cpt", "urn:oid:2.16.840.1.113883.6.12"),
    "HCPCS": (
        "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "urn:oid:2.16.840.1.113883.6.285",
        "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "https://bluebutton.cms.gov/resources/codesystem/hcpcs",
        "http://terminology.hl7.org/CodeSystem/hcpcs-Level-II",
    ),
    "LOINC": ("http://loinc.org", "urn:oid:2.16.840.1.113883.6.1"),
    "RXNORM": ("http://www.nlm.nih.gov/research/umls/rxnorm", "urn:oid:2.16.840.1.113883.6.88"),
    "CVX": ("http://hl7.org/fhir/sid/cvx", "urn:oid:2.16.840.1.113883.12.292"),
    "NDC": ("http://hl7.org/fhir/sid/ndc", "urn:oid:2.16.840.1.113883.6.69"),
    "CDT": ("http://www.ada.org/cdt", "http://terminology.hl7.org/CodeSystem/CDT", "urn:oid:2.16.840.1.113883.6.13"),
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A raw column: name, DuckDB type, the SQL over the record `r`, and the JSON leaves (path → type) it reads.

    is_reference: it holds ids of other resources, to be resolved once everything is loaded.
    """

    column: str
    type: str
    sql: str
    leaves: tuple[tuple[str, str], ...]
    is_reference: bool = False


def struct_type(fields: Iterable[Field]) -> str:
    """The DuckDB STRUCT that reads every leaf of the fields, and nothing else.

    >>> struct_type([Field("a", "VARCHAR", "", (("x.y", "VARCHAR"), ("z[].w", "INTEGER")))])
    'STRUCT("x" STRUCT("y" VARCHAR), "z" STRUCT("w" INTEGER)[])'
    """
    tree: dict[str, Any] = {}
    for path, kind in (leaf for field in fields for leaf in field.leaves):
        *parents, last = path.split(".")
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
        if node.setdefault(last, kind) != kind:
            raise ValueError(f"{path} is declared as {kind} and as {node[last]}")
    return _render(tree)


def _render(tree: dict[str, Any]) -> str:
    parts = []
    for key, value in tree.items():
        kind = value if isinstance(value, str) else _render(value)
        name = key.removesuffix("[]")
        parts.append(f'"{name}" {kind}{"[]" if key.endswith("[]") else ""}')
    return f"STRUCT({', '.join(parts)})"


def path_sql(path: str, root: str = "r") -> str:
    """The SQL that reaches a path; with one list on the way, the list of what lies below it.

    >>> path_sql("diagnosis[].condition")
    'list_transform(r."diagnosis", lambda e: e."condition")'
    """
    head, found, tail = path.partition("[].")
    reach = root + "".join(f'."{part}"' for part in head.removesuffix("[]").split("."))
    if not found:
        return reach
    return f"list_transform({reach}, lambda e: {path_sql(tail, 'e')})"


def codings_sql(codings: str, *, diagnosis: bool = False) -> str:
    """Codes with short system names from a list of Coding; never null. diagnosis: put the dot into ICD codes.

    Dotting costs as much as all the rest, so only the columns that hold diagnoses ask for it.
    """
    urls = [(url, name) for name, known in _CODE_SYSTEMS.items() for url in known]
    # A constant map is looked up several times faster than a CASE of as many branches.
    short = f"map([{', '.join(quote(u) for u, _ in urls)}], [{', '.join(quote(n) for _, n in urls)}])"
    kept = f"list_filter({codings}, lambda c: c.code is not null)"
    packed = f'list_transform({kept}, lambda c: struct_pack("system" := coalesce({short}[c.system], c.system)'
    packed += f", code := {_DOTTED if diagnosis else 'c.code'}))"
    return f"coalesce({packed}, []::{CODES})"


# ICD diagnosis codes have their dot after three characters, ICD-9 E codes after four.
_DOT = "case when c.code[1] = 'E' and contains(c.system, 'icd-9') then 4 else 3 end"
_DOTTED = (
    "case when contains(c.system, '/icd-') and not contains(c.system, 'pcs')"
    f" and not contains(c.code, '.') and length(c.code) > {_DOT}"
    f" then c.code[:{_DOT}] || '.' || c.code[{_DOT} + 1:] else c.code end"
)


def concepts_sql(concepts: str, *, diagnosis: bool = False) -> str:
    """Codes from a list of CodeableConcept."""
    return codings_sql(f"flatten(list_transform({concepts}, lambda e: e.coding))", diagnosis=diagnosis)


def reference_sql(reference: str) -> str:
    """The bare id that a Reference points at; '?system|value' for an identifier to look up; null when contained.

    Handles `urn:uuid:`, `Type/id`, absolute URLs, `/_history/n`, `Type?identifier=system|value` and logical
    references (identifier without reference).
    """
    x = f"{reference}.reference"
    return (
        f"case when {x} is null then '?' || coalesce({reference}.identifier.system, '') || '|'"
        f" || {reference}.identifier.value"
        f" when starts_with({x}, 'urn:') then split_part({x}, ':', -1)"
        f" when contains({x}, '?identifier=') then '?' || url_decode(split_part({x}, '?identifier=', 2))"
        f" when starts_with({x}, '#') then null"
        f" when contains({x}, '/_history/') then split_part(split_part({x}, '/_history/', 1), '/', -1)"
        f" else split_part({x}, '/', -1) end"
    )


def instant_sql(x: str, *, end: bool = False) -> str:
    """A dateTime as local wall time; date-only and partial values become their first (or last) instant."""
    last = " || ' 23:59:59.999'" if end else ""
    month = f"last_day(try_cast({x} || '-01' as date))::varchar" if end else f"({x} || '-01')"
    year = f"({x} || '{'-12-31' if end else '-01-01'}')"
    return (
        f"case when length({x}) >= 19 then case when {x}[20] = '.'"
        f" then try_cast(regexp_extract({x}, '^.{{19}}[.][0-9]{{1,6}}') as timestamp)"
        f" else try_cast({x}[:19] as timestamp) end"
        f" when length({x}) >= 16 then try_cast({x}[:16] as timestamp)"
        f" when length({x}) = 10 then try_cast({x}{last} as timestamp)"
        f" when length({x}) = 7 then try_cast({month}{last} as timestamp)"
        f" when length({x}) = 4 then try_cast({year}{last} as timestamp) end"
    )


# --- fields -------------------------------------------------------------------------------------------------------


def text(column: str, path: str) -> Field:
    """A code, id or short string as it stands."""
    return Field(column, "VARCHAR", path_sql(path), ((path, "VARCHAR"),))


def texts(column: str, path: str) -> Field:
    """A list of strings."""
    return Field(column, "VARCHAR[]", path_sql(path), ((path, "VARCHAR"),))


def number(column: str, path: str) -> Field:
    """A decimal."""
    return Field(column, "DOUBLE", path_sql(path), ((path, "DOUBLE"),))


def integer(column: str, path: str) -> Field:
    """A whole number."""
    return Field(column, "INTEGER", path_sql(path), ((path, "INTEGER"),))


def boolean(column: str, path: str) -> Field:
    """True, false or null."""
    return Field(column, "BOOLEAN", path_sql(path), ((path, "BOOLEAN"),))


def at(column: str, path: str) -> Field:
    """A dateTime as the first instant it may mean."""
    return Field(column, "TIMESTAMP", instant_sql(path_sql(path)), ((path, "VARCHAR"),))


def until(column: str, path: str) -> Field:
    """A dateTime as the last instant it may mean."""
    return Field(column, "TIMESTAMP", instant_sql(path_sql(path), end=True), ((path, "VARCHAR"),))


def day(column: str, path: str) -> Field:
    """The local date of a dateTime; the first day of a partial one."""
    return Field(column, "DATE", f"cast({instant_sql(path_sql(path))} as date)", ((path, "VARCHAR"),))


def last_day(column: str, path: str) -> Field:
    """The local date of a dateTime; the last day of a partial one."""
    return Field(column, "DATE", f"cast({instant_sql(path_sql(path), end=True)} as date)", ((path, "VARCHAR"),))


def span(column: str, choice: str) -> tuple[Field, Field]:
    """`<column>_start_at` and `<column>_end_at` of a choice X[x]: dateTime or instant (a point), or Period."""
    points = (f"{choice}DateTime", f"{choice}Instant")
    period = (f"{choice}Period.start", f"{choice}Period.end")
    leaves = tuple((path, "VARCHAR") for path in (*points, *period))
    start = ", ".join(instant_sql(path_sql(path)) for path in (*points, period[0]))
    end = ", ".join(instant_sql(path_sql(path), end=True) for path in (*points, period[1]))
    return (
        Field(f"{column}_start_at", "TIMESTAMP", f"coalesce({start})", leaves),
        Field(f"{column}_end_at", "TIMESTAMP", f"coalesce({end})", leaves),
    )


def codes(column: str, path: str, *, diagnosis: bool = False) -> Field:
    """The codings of a CodeableConcept, or of a list of them."""
    reach = path_sql(path)
    many = "[]" in path
    sql = concepts_sql(reach, diagnosis=diagnosis) if many else codings_sql(f"{reach}.coding", diagnosis=diagnosis)
    return Field(column, CODES, sql, ((path, CONCEPT),))


def symbols(column: str, path: str) -> Field:
    """Only the codes of a list of CodeableConcept, where the system goes without saying."""
    listed = f"flatten(list_transform({path_sql(path)}, lambda e: list_transform(e.coding, lambda c: c.code)))"
    return Field(column, "VARCHAR[]", f"coalesce({listed}, []::VARCHAR[])", ((path, SYMBOL),))


def symbol(column: str, path: str) -> Field:
    """The first code of a CodeableConcept, where the system goes without saying."""
    return Field(column, "VARCHAR", f"{path_sql(path)}.coding[1].code", ((path, SYMBOL),))


def reference(column: str, path: str) -> Field:
    """The id of what a Reference points at; of the first one in a list."""
    sql = f"{path_sql(path)}[1]" if "[]" in path else path_sql(path)
    return Field(column, "VARCHAR", reference_sql(f"({sql})"), ((path, REFERENCE),), is_reference=True)


def references(column: str, path: str) -> Field:
    """The ids that a list of References points at."""
    sql = f"list_transform({path_sql(path)}, lambda e: {reference_sql('e')})"
    return Field(column, "VARCHAR[]", sql, ((path, REFERENCE),), is_reference=True)


def patient(path: str) -> Field:
    """The patient that the row is about; null when it is about something else (a group, a device)."""
    target = f"{path_sql(path)}.reference"
    sql = (
        f"case when contains({target}, '/') and not contains({target}, 'Patient/')"
        f" and not contains({target}, 'Patient?') then null else {reference_sql(path_sql(path))} end"
    )
    return Field("patient_id", "VARCHAR", sql, ((path, REFERENCE),), is_reference=True)


def reasons(column: str, *paths: str) -> Field:
    """Why something has its status or was not done: the given concepts and the extensions that say so.

    Extensions, by the end of their URL: statusReason (event-, request-), notDoneReason, doNotPerformReason.
    """
    wanted = "lambda x: regexp_matches(x.url, '(statusReason|[nN]otDoneReason|doNotPerformReason)$')"
    extension = f'list_transform(list_filter(r.extension, {wanted}), lambda x: x."valueCodeableConcept".coding)'
    own = [path_sql(path) for path in paths]
    lists = [f"list_transform({sql}, lambda e: e.coding)" if "[]" in path else f"[{sql}.coding]"
             for path, sql in zip(paths, own, strict=True)]  # fmt: skip
    joined = f"flatten(list_concat({', '.join([*lists, extension])}))"
    leaves = tuple((path, CONCEPT) for path in paths)
    return Field(column, CODES, codings_sql(joined), (*leaves, *EXTENSION))


EXTENSION = (("extension[].url", "VARCHAR"), ("extension[].valueCodeableConcept", CONCEPT))


def custom(column: str, kind: str, sql: str, *leaves: tuple[str, str]) -> Field:
    """Anything else: SQL over the record `r` and the JSON it needs."""
    return Field(column, kind, sql, leaves)
