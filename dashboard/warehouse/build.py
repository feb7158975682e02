"""The build: sources → raw → staging → core → marts → blocks → measures → published and cubes → one published file.

A table is rebuilt when its statement or the content of anything it reads has changed, and not otherwise. Each table is
committed with its fingerprint, and the published file is swapped in last, so a build may be killed at any moment and
simply run again.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from time import perf_counter

import orjson
import polars as pl

from dashboard import measures, sources
from dashboard.errors import InputError, UsageError
from dashboard.privacy import policy as policies
from dashboard.privacy import record as records
from dashboard.privacy import sensitive
from dashboard.sources import crosswalk
from dashboard.warehouse import area, connect, content, provided, publish, quality, reference, tables, vault
from dashboard.warehouse.catalog import Catalog, Fingerprints, QueryFile, digest, load
from dashboard.warehouse.connect import Connection

SYNTHETIC_MARK = "careparity_demo.json"
RECONCILIATION_SCHEMA = {
    "source": pl.String,
    "format": pl.String,
    "file": pl.Int64,
    "type": pl.String,
    "read": pl.Int64,
    "loaded": pl.Int64,
    "duplicate": pl.Int64,
    "rejected": pl.Int64,
    "ignored": pl.Int64,
}

# What a layer's progress bar is called.
_STEPS = {
    "core": "Linking people, claims and events",
    "marts": "Adding up by person and year",
    "blocks": "Shared parts of measures",
    "measures": "Measures",
    "published": "Published person tables",
    "cubes": "Declared tables",
    "checks": "Data checks",
}
# Nothing is made from these, so whether they say the same as before matters to nobody.
_READ_BY_NONE = frozenset({"checks"})
FileHashes = dict[str, str]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Request:
    """What to build: sources, policy, value sets, periods, and where to.

    names: what each source is called, in the order of `sources` (None or missing: s1, s2 …); crosswalk: a CSV file
    that links people across sources; area: CSV files that translate county codes;
    policy_record: a TOML file (privacy/record.py); withhold: sensitive classes to leave out; only: build these tables
    and what they rest on, and publish nothing.
    """

    sources: tuple[Path, ...]
    out: Path
    policy: str | None = None
    format: str | None = None
    valuesets: tuple[Path, ...] = ()
    years: tuple[int, ...] = ()
    memory: str = connect.DEFAULT_MEMORY
    queries: Path | None = None
    names: tuple[str | None, ...] = ()
    crosswalk: Path | None = None
    area: tuple[Path, ...] = ()
    policy_record: Path | None = None
    withhold: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


@dataclass
class Result:
    """What a build did: the published file, tables rebuilt, the reconciliation by file and type, the rejects file.

    checks: quality.judged with exact counts.
    """

    published: Path
    policy: str
    rebuilt: list[str] = field(default_factory=list)
    reconciliation: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RECONCILIATION_SCHEMA))
    rejects: Path | None = None
    notes: tuple[str, ...] = ()
    checks: pl.DataFrame = field(default_factory=pl.DataFrame)
    seconds: float = 0.0


def silent(_step: str, _done: int, _total: int) -> None:
    """No progress shown."""


def run(request: Request, on_progress: Progress = silent) -> Result:
    """Build the warehouse of `request`.

    Raises InputError for unreadable sources, CheckFailed for a query that fails, RefusedError for a policy that can't
    be granted, UsageError for a folder in use or a full disk. The previous warehouse is untouched by any of them.
    """
    started = perf_counter()
    catalog = load(request.queries)
    reference.check_years(request.years)
    folder = _folder(request.out)
    with _private(), _locked(folder), _spill(folder) as spill:
        con = connect.build(folder / "build.duckdb", memory_limit=request.memory, temp_directory=spill)
        try:
            result = _Build(con, catalog, request, folder, spill, on_progress).run()
        except OSError as error:
            raise _disk_error(error) from error
        except connect.Error as error:
            raise tables.sql_error(None, error) from None
        finally:
            con.close()
    result.seconds = perf_counter() - started
    return result


def _folder(out: Path) -> Path:
    if out.exists() and not out.is_symlink():
        raise UsageError(where=f"--out {out}", what="exists and is not a warehouse", do="Choose another name")
    folder = out.with_name(out.name + ".d")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(where=f"--out {out}", what="the folder can't be made", found=error.strerror or "") from None
    folder.chmod(0o700)
    return folder


@contextmanager
def _private() -> Iterator[None]:
    """Whatever is written meanwhile, DuckDB's own log and spill too, only its owner may read."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the warehouse for one build at a time; the lock goes with the process, however it ends."""
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                where=str(folder), what="another build is using this warehouse", do="Wait for it to end"
            ) from None
        yield


@contextmanager
def _spill(folder: Path) -> Iterator[Path]:
    """A private folder for exploded files and DuckDB's spill; emptied before and after."""
    spill = folder / "spill"
    shutil.rmtree(spill, ignore_errors=True)
    spill.mkdir(mode=0o700)
    try:
        yield spill
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def _disk_error(error: OSError) -> UsageError | OSError:
    if error.errno in {28, 122}:
        return UsageError(where="disk", what="there is no space left", do="Free some space, then try again")
    return error


class _Build:
    """One run over the build database; every step commits on its own."""

    def __init__(
        self, con: Connection, catalog: Catalog, request: Request, folder: Path, spill: Path, on_progress: Progress
    ) -> None:
        self.con, self.catalog, self.request = con, catalog, request
        self.folder, self.spill, self.on_progress = folder, spill, on_progress
        con.execute("create schema if not exists meta")
        con.execute("create table if not exists meta.state (name varchar primary key, value varchar)")
        tables.create_schemas(con)

    def run(self) -> Result:
        """Every step in order; see the module's head."""
        self._check_sources()
        valuesets = measures.load_valuesets(self.request.valuesets, self.catalog)
        cache = orjson.loads(self._get("file hashes") or "{}")
        self.is_synthetic = is_synthetic(self.request.sources, cache)
        policy = self._policy()
        is_incremental = self._get("people") is not None
        self._refuse_twice(cache)
        links = crosswalk.read(self.request.crosswalk) if self.request.crosswalk else vault.NO_LINKS
        prints = Fingerprints(self.catalog, self._load(cache) | self._facts())
        tables.stage(self.con, self.catalog)
        self._link(prints, links, is_incremental=is_incremental)
        context = self._reference(prints, policy, valuesets)
        self._prepare_checks(prints)
        rebuilt = self._tables(prints)
        if self.request.only:
            return Result(self.folder / "build.duckdb", policy.name, rebuilt)
        context, checks = self._checked(replace(context, capabilities=self._capabilities()))
        name = publish.fingerprint(self.catalog, prints, context)
        self.on_progress("Suppressing and publishing", 0, 1)
        path = publish.publish(self.con, self.catalog, self.request.out, name, context)
        self.on_progress("Suppressing and publishing", 1, 1)
        rejects = self.folder / "rejects.csv"
        found = rejects if rejects.exists() and context.reconciliation["rejected"].sum() else None
        notes = tuple(orjson.loads(self._get("notes") or "[]") + orjson.loads(self._get("link notes") or "[]"))
        if not context.years:
            notes += ("No year has a dated service, so the pages will be empty. Choose years with --period.",)
        return Result(path, policy.name, rebuilt, context.reconciliation, found, notes, checks)

    def _link(self, prints: Fingerprints, links: pl.DataFrame, *, is_incremental: bool) -> None:
        """Make core.person_key anew when the people or the crosswalk changed, or the vault is gone."""
        code = Path(vault.__file__).read_text()
        wanted = digest(prints.of("staging.person"), prints.of("raw.data_source"), links.write_csv(), code)
        if self._get("core.person_key") != wanted or not self._vault.exists():
            self._set("core.person_key", "")
            notes = vault.update(self.con, self._vault, is_incremental=is_incremental, links=links)
            self._set("link notes", orjson.dumps(notes).decode())
            self._set("people", content.of_table(self.con, "core.person_key"))
            self._set("core.person_key", wanted)
        prints.given["core.person_key"] = self._get("people") or wanted

    @property
    def _vault(self) -> Path:
        return self.folder / "vault.duckdb"

    def _policy(self) -> policies.Policy:
        """The policy asked for, with its record; and the classes that it or the command withholds."""
        record = records.read(self.request.policy_record) if self.request.policy_record else None
        asked = {*self.request.withhold, *(record.settings.withhold if record else ())}
        self.withheld = tuple(sorted(asked))
        sensitive.check_known(self.withheld, sensitive.read())
        return policies.choose(self.request.policy, is_synthetic=self.is_synthetic, record=record)

    def _check_sources(self) -> None:
        for path in self.request.sources:
            if not path.exists():
                raise InputError(where=f"--source {path}", what="no such file or folder", do="Check the path")

    def _refuse_twice(self, cache: FileHashes) -> None:
        """Raise UsageError when two sources hold the same content: their people would be counted twice."""
        seen: dict[tuple[str, ...], Path] = {}
        for path in self.request.sources:
            known = seen.setdefault(sources.contents(path, cache), path)
            if known is not path:
                raise UsageError(
                    where=f"--source {path}",
                    what="holds the same files as another source",
                    found=str(known),
                    do="Give each source once",
                )

    def _load(self, cache: FileHashes) -> dict[str, str]:
        """Load the sources unless they are those loaded last; returns a digest of each raw table's content."""
        inputs = digest(
            sources.fingerprint(self.request.sources, cache),
            *(str(path.resolve()) for path in self.request.sources),  # raw tables may be views on the files themselves
            ",".join(name or "" for name in self.request.names),
            self.request.format or "",
            _code_hash(),
        )
        self._set("file hashes", orjson.dumps(cache).decode())
        if self._get("raw") == inputs:
            return dict(orjson.loads(self._get("raw content") or "{}"))
        self._set("raw", "")
        notes: list[str] = []
        fed: dict[tuple[str, str], list[str]] = {}
        rows = sources.load(
            self.con,
            list(self.request.sources),
            names=self.request.names,
            forced_format=self.request.format,
            workdir=self.spill,
            rejects_path=self.folder / "rejects.csv",
            on_progress=self.on_progress,
            notes=notes,
            cache=cache,
            fed=fed,
        )
        names = {name for file in self.catalog.of("staging") for name in file.reads if name.startswith("raw.")}
        code = {name: _code_hash(name) for name in sources.formats()}
        found = content.of_raw(self.con, sorted(names | {"raw.data_source", "raw.coarse_date"}), fed, code)
        self._set("raw content", orjson.dumps(found).decode())
        self._set("notes", orjson.dumps(notes).decode())
        self._set("reconciliation", orjson.dumps([row.as_dict() for row in rows]).decode())
        self._set("capabilities", "")
        self._set("raw", inputs)
        return found

    def _facts(self) -> dict[str, str]:
        """Make the reference tables that staging may read anew when they changed; returns a digest of each."""
        ssa_county = area.read(self.request.area)
        prints = reference.fingerprints(is_synthetic=self.is_synthetic)
        prints["reference.ssa_county"] = digest(ssa_county.write_csv())
        wanted = digest(*(f"{name}={value}" for name, value in sorted(prints.items())))
        if self._get("facts") != wanted:
            self._set("facts", "")
            reference.create(self.con, ssa_county, is_synthetic=self.is_synthetic)
            self._set("capabilities", "")
            self._set("facts", wanted)
        return prints

    def _reference(self, prints: Fingerprints, policy: policies.Policy, valuesets: pl.DataFrame) -> publish.Context:
        """Value sets, periods and withheld classes, made anew when they changed."""
        con = self.con
        prints.given["reference.valueset"] = digest(valuesets.write_csv())
        through, years = self._years(prints)
        periods = reference.periods(years, through)
        prints.given["reference.period"] = digest(periods.write_json())
        withheld = pl.DataFrame({"class": self.withheld}, schema={"class": pl.String})
        prints.given["reference.withheld_class"] = digest(*self.withheld)
        wanted = digest(*(f"{k}={v}" for k, v in sorted(prints.given.items()) if k.startswith("reference.")))
        if self._get("reference") != wanted:
            self._set("reference", "")
            reference.put(con, "reference.valueset", valuesets)
            reference.put(con, "reference.period", periods)
            reference.put(con, "reference.withheld_class", withheld)
            self._set("reference", wanted)
        complete = tuple(periods.filter("is_complete")["year"])
        rows = pl.DataFrame(orjson.loads(self._get("reconciliation") or "[]"), schema=RECONCILIATION_SCHEMA)
        return publish.Context(
            policy,
            self.is_synthetic,
            through,
            tuple(years),
            complete,
            rows,
            pl.DataFrame(),
            measures.coverage(self.catalog, valuesets),
            sensitive.in_words(self.withheld),
        )

    def _years(self, prints: Fingerprints) -> tuple[date | None, tuple[int, ...]]:
        """The last day with a service, and the years of the build; looked for again when services or the day change."""
        dated = (prints.of(f"staging.{table}") for table in ("eligibility", *(name for name, _ in reference.DATED)))
        wanted = digest(*dated, str(date.today()))
        known, _, found = (self._get("years") or "").partition(" ")
        if known != wanted:
            through = reference.data_through(self.con)
            found = orjson.dumps((through, reference.years_with_data(self.con, through))).decode()
            self._set("years", f"{wanted} {found}")
        day, years = orjson.loads(found)
        return date.fromisoformat(day) if day else None, self.request.years or tuple(years)

    def _prepare_checks(self, prints: Fingerprints) -> None:
        """Make what checks compare the data with: the rows of the files, and the counts of the load before."""
        load, rows = digest(self._get("raw content") or ""), orjson.loads(self._get("reconciliation") or "[]")
        with self._together():
            frame = pl.DataFrame(rows, schema=RECONCILIATION_SCHEMA)
            quality.prepare(self.con, frame, is_new_load=self._get("load counted") != load)
            self._set("load counted", load)
            self._prepare_needs()
        for name in provided.CORE_COLUMNS:
            prints.given[f"core.{name}"] = content.of_table(self.con, f"core.{name}")

    def _checked(self, context: publish.Context) -> tuple[publish.Context, pl.DataFrame]:
        """The context with what the checks found, made safe; and the exact findings, judged, worst first."""
        files = self.catalog.of("checks")
        exact = quality.findings(self.con, self.catalog)
        threshold = context.policy.threshold
        safe = quality.published(exact, files, threshold=threshold)
        more = {"check_result": safe, "coverage": quality.coverage(self.con, context.policy)}
        judged = quality.judged(safe, quality.rules(self.catalog.root), threshold=threshold)
        return replace(context, provided=context.provided | more), quality.with_exact(judged, exact)

    def _capabilities(self) -> pl.DataFrame:
        """What each population's data can answer, and why not."""
        return connect.query(self.con, "select * from core.capability order by population, capability")

    def _prepare_needs(self) -> None:
        """Make what each source can answer, and what each measure needs: core.source_capability, core.measure_need."""
        known = self._get("capabilities")
        found = [tuple(row) for row in orjson.loads(known)] if known else sources.capabilities(self.con)
        self._set("capabilities", orjson.dumps(found).decode())
        rows = {"source_capability": found, "measure_need": self.catalog.measure_needs()}
        for name, columns in ((name, provided.CORE_COLUMNS[name]) for name in rows):
            self.con.execute(f"create or replace table core.{name} ({columns})")
            marks = ", ".join("?" for _ in columns.split(","))
            if rows[name]:
                self.con.executemany(f"insert into core.{name} values ({marks})", rows[name])

    def _tables(self, prints: Fingerprints) -> list[str]:
        """Build what changed, in order; forget tables whose file is gone. Returns the names of what was built.

        A table that was made again but says the same as before leaves those after it alone.
        """
        order = self.catalog.build_order()
        self._forget({f.full_name for f in order})
        if self.request.only:
            wanted = self.catalog.resting_on(self.request.only)
            order = [f for f in order if f.full_name in wanted]
        of_layer = Counter(file.schema for file in order)
        done: Counter[str] = Counter()
        built: list[str] = []
        for file in order:
            name = file.full_name
            made_from, _, holds = (self._get(name) or "").partition(" ")
            if made_from != prints.of(name):
                self.on_progress(_STEPS.get(file.schema, file.schema), done[file.schema], of_layer[file.schema])
                self._result_before(file, prints)
                holds = self._make(file, prints.of(name))
                built.append(name)
            prints.known[name] = holds
            done[file.schema] += 1
        return built

    def _forget(self, known: set[str]) -> None:
        """Drop tables whose file is gone."""
        rows = self.con.execute("select name from meta.state where name like '%.%'").fetchall()
        for (name,) in rows:
            if name not in known and name not in {"core.person_key", "measures.result"}:
                self.con.execute(f"drop table if exists {tables.quoted(name)}")
                self.con.execute("delete from meta.state where name = ?", [name])

    def _make(self, file: QueryFile, made_from: str) -> str:
        """Make a table; returns a digest of what it holds, or of what it was made from where it is large."""
        with self._together():
            rows = tables.materialise(self.con, file)
            is_compared = rows <= content.COMPARED_ROWS and file.schema not in _READ_BY_NONE
            holds = content.of_table(self.con, file.full_name) if is_compared else made_from
            self._set(file.full_name, f"{made_from} {holds}")
        return holds

    def _result_before(self, file: QueryFile, prints: Fingerprints) -> None:
        """Make measures.result just before the first table that reads it."""
        if "measures.result" not in file.reads or self._get("measures.result") == prints.of("measures.result"):
            return
        measures.check_contract(self.con, self.catalog)
        with self._together():
            self.con.execute(f"create or replace table measures.result as {measures.result_sql(self.catalog)}")
            self._set("measures.result", prints.of("measures.result"))

    @contextmanager
    def _together(self) -> Iterator[None]:
        """A table and the note of what it was made from are committed together or not at all."""
        self.con.execute("begin")
        try:
            yield
            self.con.execute("commit")
        except BaseException:
            self.con.execute("rollback")
            raise

    def _get(self, name: str) -> str | None:
        # Fetched to the end: after fetchone alone, a relation on this connection is refused as "unfinished result".
        rows = self.con.execute("select value from meta.state where name = ?", [name]).fetchall()
        return rows[0][0] if rows and rows[0][0] else None

    def _set(self, name: str, value: str) -> None:
        self.con.execute("insert or replace into meta.state values (?, ?)", [name, value])


def _code_hash(room: str = "*") -> str:
    """The code of the readers: what they share, and the rooms that match; it is part of what was loaded."""
    folder = Path(sources.__file__).parent
    files = sorted({*folder.glob("*.py"), *folder.glob("delimited/*.py"), *folder.glob(f"{room}/**/*.py")})
    return digest(*(path.read_text() for path in files))


def mark_synthetic(folder: Path) -> None:
    """Write the mark by which a build knows that `folder` holds exactly what `careparity demo` wrote."""
    mark = folder / SYNTHETIC_MARK
    mark.unlink(missing_ok=True)
    mark.write_bytes(orjson.dumps({"fingerprint": _content(folder, {})}))


def is_synthetic(paths: Sequence[Path], cache: FileHashes) -> bool:
    """Whether every source is a folder written by `careparity demo` and not changed by a byte since."""
    return bool(paths) and all(_is_marked(path, cache) for path in paths)


def _is_marked(folder: Path, cache: FileHashes) -> bool:
    mark = folder / SYNTHETIC_MARK
    if not mark.is_file():
        return False
    try:
        wanted = orjson.loads(mark.read_bytes())["fingerprint"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return False
    return bool(_content(folder, cache) == wanted)


def _content(folder: Path, cache: FileHashes) -> str:
    """What a demo folder holds, but for its mark."""
    return sources.fingerprint(sorted(p for p in folder.iterdir() if p.name != SYNTHETIC_MARK), cache)
