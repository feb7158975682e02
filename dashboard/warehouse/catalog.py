"""The catalog: reads queries/, checks every file's header, layer and style, and orders the files by what they read.

Folder = schema, file = table. Dependencies come from the SQL itself through DuckDB's own parser; nothing is declared
twice.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from dashboard.errors import CheckFailed, UsageError
from dashboard.sources import capability
from dashboard.warehouse import connect, limits, provided

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LAYERS = (
    "raw",
    "staging",
    "core",
    "marts",
    "blocks",
    "measures",
    "cohorts",
    "published",
    "cubes",
    "panels",
    "checks",
)
# Made by the build or by publish, not by a file of queries/.
PROVIDED = frozenset(
    {"core.person_key", "measures.result"}
    | {f"core.{name}" for name in provided.CORE_COLUMNS}
    | {f"published.{name}" for name in provided.COLUMNS}
)


@dataclass(frozen=True)
class Key:
    """One header key: what it means and in which schemas it is allowed or required."""

    name: str
    meaning: str
    allowed: frozenset[str]
    required: frozenset[str] = frozenset()


_ALL = frozenset(LAYERS) - {"raw"}
_GATE = frozenset({"cubes", "panels"})
_CHECKS = frozenset({"checks"})
KEYS = (
    Key("title", "what the table is, in a few words", _ALL, _ALL),
    Key("question", "the question it answers", _ALL, _ALL - {"staging"}),
    Key("grain", "columns that are unique together (checked on the data)", _ALL, _ALL - {"panels", "checks"}),
    Key("why", "why anyone should care", _ALL, frozenset({"measures"})),
    Key("see", "where to read more", _ALL),
    Key("id", "the measure's published id", frozenset({"measures"}), frozenset({"measures"})),
    Key("better", "which way is good: higher or lower", frozenset({"measures"}), frozenset({"measures"})),
    Key("needs", "what its data must hold, by capability", frozenset({"measures"}), frozenset({"measures"})),
    Key("spec", "specification, version, steward", frozenset({"measures"}), frozenset({"measures"})),
    Key("valuesets", "value sets it names, separated by ;", frozenset({"measures", "blocks", "marts"})),
    Key("dimensions", "columns that say which group a row is", _GATE, _GATE),
    Key(
        "counts",
        "counts of people or events: `a of b`, `a with b` (hidden both or none), `a under b` (hiding a hides b), "
        "`a within cube.b` (no more than the same group's b in another cube); separated by ;",
        _GATE,
    ),
    Key("sums", "sums, each `by` the count that protects it; separated by ;", _GATE),
    Key(
        "contributions",
        "what single people add to a sum: `sum in column`; the column is a list [absolute total, largest, second "
        "largest, what is known of the largest besides, contributing people] by which sums of few people and dominated "
        "ones are hidden, and it never leaves the build; separated by ;",
        frozenset({"cubes"}),
    ),
    Key("overlaps", "dimensions along which one person may be in several rows, such as months", frozenset({"cubes"})),
    Key("hidden_by", "the dimension whose values are hidden in all rows of a table or in none", frozenset({"cubes"})),
    Key("filters", "columns that choose one table out of many", _GATE),
    Key("chart", "how the page draws it", frozenset({"panels"})),
    Key("kind", "conformance, completeness or plausibility", _CHECKS, _CHECKS),
    Key("remedy", "what to do about a finding", _CHECKS, _CHECKS),
    Key("threshold", "more than this is a caution: `0.1 % of claims` or `0 claims`", _CHECKS, _CHECKS),
    Key("not_fit", "more than this, and the data are not fit for use; written like a threshold", _CHECKS),
    Key("affects", "figures that a finding touches, and ids of measures, separated by commas", _CHECKS, _CHECKS),
)
KINDS = ("conformance", "completeness", "plausibility")
# What a page shows and a check can put in doubt; `measures` are all measures, `groups` every split by group or place.
FIGURES = (
    *("people", "member_months", "pmpm_usd", "ed_visits_per_1000", "inpatient_stays_per_1000", "readmission_rate"),
    *("service_category", "cost_distribution", "attribution", "groups", "measures"),
)
_KEYS = {key.name: key for key in KEYS}
_PLACEHOLDER = re.compile(r"^(todo|tbd|n/?a|none|xxx+|fixme|placeholder|\.\.\.|-|\?)$", re.IGNORECASE)
_HEADER_LINE = re.compile(r"^--\s?(?P<key>[a-z_]+):\s*(?P<value>.*)$")
_MORE_LINE = re.compile(r"^--\s{3,}(?P<value>\S.*)$")

# What is known to change meaning silently, on DuckDB 2.0.0 or on the way to Spark.
LINTS = (
    (r"\binterval\s+'?\(?\d+'?\)?\s*days?\b", "a day interval", "Add days as integers: d + 30"),
    (r"\bto_days\s*\(", "to_days()", "Add days as integers: d + 30"),
    (r"\bdate_?diff\s*\(\s*'(year|month)s?'", "date_diff in years or months", "Compare parts of the dates explicitly"),
    (r"\b(dayofweek|weekday)\s*\(", "dayofweek()", "Use isodow(), which numbers days the same everywhere"),
    (r"\brange\s+between\b", "a RANGE window", "Use ROWS, or a join on dates"),
    (r"\blist\s*\([^()]*\border\s+by\b", "list(x order by y)", "Use list_sort over a list"),
    (r"\b(un)?pivot\b", "PIVOT", "Write FILTER (WHERE …) columns"),
    (r"\basof\s+join\b", "an ASOF join", "Use a join and QUALIFY"),
)
_TABLE_FUNCTIONS = {"unnest", "range", "generate_series"}


def queries_root() -> Path:
    """The folder of SQL files: CAREPARITY_QUERIES, or `queries/` of this checkout."""
    return Path(os.environ.get("CAREPARITY_QUERIES") or Path(__file__).parents[2] / "queries")


@dataclass(frozen=True)
class QueryFile:
    """One SQL file with its header, checked."""

    schema: str
    name: str
    path: Path
    shown_path: str
    header: dict[str, str]
    sql: str
    reads: frozenset[str]
    format: str | None = None

    @property
    def full_name(self) -> str:
        """`schema.name`, as other files refer to it."""
        return f"{self.schema}.{self.name}"

    @cached_property
    def body(self) -> str:
        """The statement without comments: what decides whether a table must be rebuilt."""
        return re.sub(r"\s+", " ", re.sub(r"--[^\n]*", " ", self.sql)).strip().rstrip(";")

    @property
    def grain(self) -> tuple[str, ...]:
        """Columns that are unique together; empty when the header names none."""
        return split_list(self.header.get("grain", ""))

    def error(self, what: str, *, line: int = 1, found: str = "", do: str = "") -> CheckFailed:
        """A finding in this file."""
        return CheckFailed(where=f"{self.shown_path}:{line}", what=what, found=found, do=do)


def split_list(text: str, separator: str = ",") -> tuple[str, ...]:
    """Split a header value, dropping empties.

    >>> split_list("year, dimension")
    ('year', 'dimension')
    """
    return tuple(part.strip() for part in text.split(separator) if part.strip())


@dataclass(frozen=True)
class Catalog:
    """Every query file, checked, with the order to build them in."""

    root: Path
    files: tuple[QueryFile, ...]

    @cached_property
    def tables(self) -> dict[str, QueryFile]:
        """Files that become one table each (not staging parts, not panels), by full name."""
        return {f.full_name: f for f in self.files if f.schema not in {"staging", "panels"}}

    def of(self, schema: str) -> list[QueryFile]:
        """The files of one schema, by name."""
        return sorted((f for f in self.files if f.schema == schema), key=lambda f: (f.name, f.format or ""))

    def measure_needs(self) -> list[tuple[str, str]]:
        """(measure id, capability) for everything that a measure's header says it needs, sorted."""
        return sorted((f.header["id"], need) for f in self.of("measures") for need in split_list(f.header["needs"]))

    def build_order(self) -> list[QueryFile]:
        """Table files layer by layer, each after what it reads; ties by name.

        Raises CheckFailed naming the files of a circle.
        """
        graph = {name: sorted(self._reads(name)) for name in sorted(self.tables, key=self._rank)}
        sorter = TopologicalSorter(graph)
        try:
            sorter.prepare()
        except CycleError as error:
            circle = " → ".join(str(name) for name in error.args[1])
            raise CheckFailed(where="queries/", what="files read each other in a circle", found=circle) from None
        order: list[QueryFile] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=self._rank)
            order += [self.tables[name] for name in ready]
            sorter.done(*ready)
        return sorted(order, key=lambda file: LAYERS.index(file.schema))

    def resting_on(self, names: Sequence[str]) -> set[str]:
        """`names` and every table file below them."""
        found, waiting = set[str](), list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._reads(name)
        return found

    def _reads(self, name: str) -> set[str]:
        """Table files that must be built before `name`; measures.result stands for every measure."""
        reads = self.tables[name].reads
        found = {r for r in reads if r in self.tables}
        if "measures.result" in reads:
            found |= {f.full_name for f in self.of("measures")}
        return found

    def _rank(self, name: str) -> tuple[int, str]:
        return LAYERS.index(name.split(".", maxsplit=1)[0]), name


def load(root: Path | None = None) -> Catalog:
    """Read and check every file below `root` (default: queries_root()). Raises the first finding."""
    root = root or queries_root()
    problems: list[CheckFailed] = []
    catalog = _scan(root, problems)
    if problems:
        raise problems[0]
    return catalog


def findings(root: Path | None = None) -> tuple[Catalog, list[CheckFailed]]:
    """The catalog of all readable files and every finding, for `careparity check`."""
    problems: list[CheckFailed] = []
    return _scan(root or queries_root(), problems), problems


def _scan(root: Path, problems: list[CheckFailed]) -> Catalog:
    if not any(root.rglob("*.sql")):
        raise UsageError(where=str(root), what="holds no query file", do="Set CAREPARITY_QUERIES to a copy of queries/")
    files: list[QueryFile] = []
    for path in sorted(root.rglob("*.sql")):
        try:
            files.append(read_file(path, root))
        except CheckFailed as error:
            problems.append(error)
    catalog = Catalog(root, tuple(files))
    problems.extend(_name_problems(catalog))
    problems.extend(_measure_problems(catalog))
    if not problems:
        try:
            catalog.build_order()
        except CheckFailed as error:
            problems.append(error)
    return catalog


def _name_problems(catalog: Catalog) -> Iterator[CheckFailed]:
    known = set(catalog.tables) | PROVIDED
    for file in catalog.files:
        for name in sorted(file.reads):
            schema = name.split(".")[0]
            if schema in {"raw", "staging", "reference"} or name in known:
                continue
            yield file.error(f"reads {name}, which no file makes", do=f"Add queries/{name.replace('.', '/')}.sql")


def _measure_problems(catalog: Catalog) -> Iterator[CheckFailed]:
    """Checks that say they affect a measure which no file defines."""
    known = {file.header.get("id") for file in catalog.of("measures")} | set(FIGURES)
    for file in catalog.of("checks"):
        unknown = [part for part in split_list(file.header.get("affects", "")) if part not in known]
        if unknown:
            line = next(n for n, text in enumerate(file.sql.splitlines(), start=1) if re.match(r"--\s?affects:", text))
            yield file.error(
                "'affects' names no measure", line=line, found=", ".join(unknown), do="See queries/measures"
            )


def read_header(path: Path, root: Path) -> dict[str, str]:
    """The checked header of one SQL file, without looking at its statement. Raises CheckFailed naming file and line."""
    relative = path.relative_to(root)
    shown = f"queries/{relative.as_posix()}"
    schema = _names(relative, shown)[0]
    header, lines = _header(path.read_text(encoding="utf-8"), shown)
    _check_header(header, lines, schema, shown)
    return header


def read_file(path: Path, root: Path) -> QueryFile:
    """Read one SQL file. Raises CheckFailed naming file and line."""
    relative = path.relative_to(root)
    shown = f"queries/{relative.as_posix()}"
    schema, name, source_format = _names(relative, shown)
    text = path.read_text(encoding="utf-8")
    header, reads = _understood(text, schema, shown)
    return QueryFile(schema, name, path, shown, dict(header), text, reads, source_format)


@lru_cache(maxsize=2000)  # by what the file says: a process that builds again parses only what changed
def _understood(text: str, schema: str, shown: str) -> tuple[dict[str, str], frozenset[str]]:
    """The checked header of a file and the tables that it reads."""
    header, lines = _header(text, shown)
    _check_header(header, lines, schema, shown)
    _lint(text, shown)
    return header, _reads(text, schema, shown)


def _names(relative: Path, shown: str) -> tuple[str, str, str | None]:
    parts = relative.with_suffix("").parts
    depth = {"staging": 3, "panels": 3}.get(parts[0], 2)
    if parts[0] not in LAYERS or parts[0] == "raw" or len(parts) != depth:
        raise CheckFailed(
            where=shown,
            what="is not in a folder that is a schema",
            do=f"Use queries/<schema>/<table>.sql with one of: {', '.join(LAYERS[1:])}",
        )
    if not re.fullmatch(r"[a-z][a-z0-9_]*", parts[-1]):
        raise CheckFailed(where=shown, what="has a name that is not lower snake case", do="Rename the file")
    if parts[0] == "panels":
        return "panels", f"{parts[1]}/{parts[2]}", None
    return parts[0], parts[-1], parts[1] if parts[0] == "staging" else None


def _header(text: str, shown: str) -> tuple[dict[str, str], dict[str, int]]:
    header: dict[str, str] = {}
    lines: dict[str, int] = {}
    last = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("--"):
            break
        if match := _HEADER_LINE.match(line):
            last = match["key"]
            if last in header:
                raise CheckFailed(where=f"{shown}:{number}", what=f"key '{last}' stands twice", do="Keep one")
            header[last], lines[last] = match["value"].strip(), number
        elif (more := _MORE_LINE.match(line)) and last:
            header[last] += " " + more["value"].strip()
    return header, lines


def _check_header(header: dict[str, str], lines: dict[str, int], schema: str, shown: str) -> None:
    for name, value in header.items():
        where = f"{shown}:{lines[name]}"
        allowed = sorted(key.name for key in KEYS if schema in key.allowed)
        if name not in allowed:
            raise CheckFailed(where=where, what=f"unknown key '{name}'", do=f"Use one of: {', '.join(allowed)}")
        if not value or _PLACEHOLDER.match(value):
            raise CheckFailed(where=where, what=f"key '{name}' is empty or a placeholder", do="Write it out")
        if name == "better" and value not in {"higher", "lower"}:
            raise CheckFailed(where=where, what="'better' must be higher or lower", found=f"'{value}'")
        if name == "needs" and (unknown := sorted(set(split_list(value)) - capability.NAMES)):
            do = f"Use: {', '.join(sorted(capability.NAMES))}"
            raise CheckFailed(where=where, what="'needs' names no capability", found=", ".join(unknown), do=do)
        if schema == "checks":
            _check_rule(name, value, where)
    missing = [key.name for key in KEYS if schema in key.required and key.name not in header]
    if missing:
        raise CheckFailed(where=f"{shown}:1", what=f"the header lacks {', '.join(missing)}", do="Add `-- key: value`")


def _check_rule(name: str, value: str, where: str) -> None:
    """The parts of a check's header that are read by machine."""
    if name == "kind" and value not in KINDS:
        raise CheckFailed(where=where, what="unknown kind", found=f"'{value}'", do=f"Use one of: {', '.join(KINDS)}")
    if name in {"threshold", "not_fit"}:
        try:
            limits.parse(value)
        except ValueError as error:
            raise CheckFailed(where=where, what=f"'{name}' {error}", found=f"'{value}'", do=limits.FORM) from None
    if name == "affects":
        unknown = [part for part in split_list(value) if part not in FIGURES and not re.fullmatch(r"[A-Z]\w+", part)]
        if unknown:
            do = f"Use measure ids or: {', '.join(FIGURES)}"
            raise CheckFailed(where=where, what="'affects' names no figure", found=", ".join(unknown), do=do)


def _lint(text: str, shown: str) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        code = line.split("--", 1)[0]
        for pattern, what, do in LINTS:
            if re.search(pattern, code, re.IGNORECASE):
                raise CheckFailed(where=f"{shown}:{number}", what=f"{what} may change meaning silently", do=do)


def _reads(text: str, schema: str, shown: str) -> frozenset[str]:
    tree = _parse(text, shown)
    names, ctes, functions = set[str](), set[str](), set[str]()
    _walk(tree, names, ctes, functions)
    for function in sorted(functions - _TABLE_FUNCTIONS):
        raise CheckFailed(
            where=f"{shown}:1", what=f"reads through {function}()", do="Read tables of the warehouse only"
        )
    for name in sorted(n for n in names if "." not in n and n not in ctes):
        raise CheckFailed(where=f"{shown}:1", what=f"'{name}' is neither a step of this file nor schema.table")
    qualified = frozenset(n for n in names if "." in n)
    for name in sorted(qualified):
        _check_layer(name, schema, shown)
    return qualified


def _check_layer(name: str, schema: str, shown: str) -> None:
    layer = name.split(".", maxsplit=1)[0]
    if layer == "reference":
        return
    if layer not in LAYERS:
        raise CheckFailed(
            where=f"{shown}:1", what=f"reads {name}, which is in no layer", do=f"Use: {', '.join(LAYERS)}"
        )
    if LAYERS.index(layer) > LAYERS.index(schema):
        raise CheckFailed(where=f"{shown}:1", what=f"a {schema} file reads the later layer {name}", do="Turn it round")
    if schema == "panels" and layer not in {"published", "cubes"}:
        raise CheckFailed(where=f"{shown}:1", what=f"a panel reads the protected {name}", do="Read published or cubes")


def _parse(text: str, shown: str) -> object:
    row = _parser().execute("select json_serialize_sql(?)", [text]).fetchone()
    tree = orjson.loads(row[0]) if row else {}
    if tree.get("error"):
        line = text.encode()[: int(tree.get("position") or 0)].count(b"\n") + 1
        raise CheckFailed(where=f"{shown}:{line}", what="is not one SELECT", found=tree.get("error_message", ""))
    if len(tree["statements"]) != 1:
        raise CheckFailed(where=f"{shown}:1", what="holds more than one statement", do="One idea a file")
    return tree["statements"][0]


_PARSERS: list[connect.Connection] = []


def _parser() -> connect.Connection:
    if not _PARSERS:
        _PARSERS.append(connect.memory(threads=1))
    return _PARSERS[0].cursor()


def _walk(node: object, names: set[str], ctes: set[str], functions: set[str]) -> None:
    if isinstance(node, list):
        for item in node:
            _walk(item, names, ctes, functions)
    elif isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            schema, table = node.get("schema_name") or "", node["table_name"]
            names.add(f"{schema}.{table}" if schema else table)
        elif node.get("type") == "TABLE_FUNCTION":
            functions.add(str(node["function"].get("function_name")))
        if isinstance(node.get("cte_map"), dict):
            ctes.update(entry["key"] for entry in node["cte_map"]["map"])
        for value in node.values():
            _walk(value, names, ctes, functions)


def key_table() -> str:
    """The header keys as a Markdown table, for queries/README.md."""
    rows = ["| key | means | needed in | allowed in |", "|---|---|---|---|"]
    for key in KEYS:
        allowed = "all" if key.allowed == _ALL else ", ".join(sorted(key.allowed))
        rows.append(f"| `{key.name}` | {key.meaning} | {', '.join(sorted(key.required)) or '–'} | {allowed} |")
    return "\n".join(rows)


def digest(*parts: str) -> str:
    """A short content hash of the parts, order mattering."""
    hasher = hashlib.sha256()
    for part in parts:
        hasher.update(part.encode() + b"\0")
    return hasher.hexdigest()[:20]


@dataclass
class Fingerprints:
    """Fingerprint of every table: its statement and the fingerprints of what it reads, down to the input."""

    catalog: Catalog
    given: dict[str, str]
    known: dict[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The fingerprint of `schema.table`; of raw.*, reference.* and what was built as `given` or `known` has it."""
        if name not in self.known:
            self.known[name] = self._compute(name)
        return self.known[name]

    def _compute(self, name: str) -> str:
        if name in self.given:
            return self.given[name]
        if name.startswith(("raw.", "reference.")):
            return "absent"
        if name == "measures.result":
            return digest(*(self.of(f.full_name) for f in self.catalog.of("measures")))
        if name.startswith("staging."):
            parts = [f for f in self.catalog.of("staging") if f.full_name == name]
            return digest(*(digest(f.body, *(self.of(r) for r in sorted(f.reads))) for f in parts))
        if name in self.catalog.tables:
            file = self.catalog.tables[name]
            return digest(file.body, *(self.of(r) for r in sorted(file.reads)))
        return "provided"
