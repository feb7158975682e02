"""`careparity check`: everything that can be said of queries/ without a warehouse."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from dashboard.errors import CareParityError, UsageError
from dashboard.privacy.lattice import Roles
from dashboard.warehouse import cases, tables
from dashboard.warehouse.catalog import Catalog, QueryFile, findings, key_table, queries_root
from dashboard.warehouse.connect import Connection, Error

_TABLE_START, _TABLE_END = "<!-- keys: made by `make fix` -->", "<!-- end of keys -->"
_NEEDS_CASE = {"core", "marts", "blocks", "measures", "cubes"}


def check_queries(paths: list[Path]) -> tuple[list[str], str]:
    """Findings in words, and one line that sums up.

    paths: only report findings in files below these; empty: all.
    """
    started = perf_counter()
    catalog, problems = findings()
    found = [problem.block() for problem in problems]
    chosen = [file for file in catalog.files if _is_below(file, paths)]
    if not chosen and not found:
        raise UsageError(where=", ".join(map(str, paths)), what="no query file there", do="Name one below queries/")
    ran = 0
    if not found:
        more, ran = _check_cases(catalog, chosen)
        found += more + _check_measures(catalog, chosen) + _check_panels(catalog, chosen) + _check_key_table(catalog)
    files = f"{len(chosen)} files, {ran} cases, {perf_counter() - started:.1f} s"
    return found, f"{files}: {f'{len(found)} findings' if found else 'all well'}"


def _is_below(file: QueryFile, paths: list[Path]) -> bool:
    return not paths or any(file.path.resolve().is_relative_to(path.resolve()) for path in paths)


def _check_cases(catalog: Catalog, chosen: list[QueryFile]) -> tuple[list[str], int]:
    try:
        runner = cases.Runner(catalog)
    except CareParityError as error:
        return [error.block()], 0
    found: list[str] = []
    ran = 0
    for file in chosen:
        try:
            given = cases.read(file)
        except CareParityError as error:
            found.append(error.block())
            continue
        if not given and file.schema in _NEEDS_CASE:
            found.append(file.error("has no case", do=f"Add {cases.case_path(file).name} beside it").block())
        for case in given:
            ran += 1
            found += runner.run(file, case)
    return found, ran


def _check_measures(catalog: Catalog, chosen: list[QueryFile]) -> list[str]:
    """Names of value sets, and the columns of the measure contract."""
    from dashboard import measures
    from dashboard.warehouse import connect

    con = connect.memory(threads=1)
    tables.skeleton(con, catalog)
    places = {file.shown_path for file in chosen}
    problems = [*measures.name_findings(catalog), *measures.column_findings(con, catalog)]
    return [problem.block() for problem in problems if problem.where.rsplit(":", 1)[0] in places]


def _check_panels(catalog: Catalog, chosen: list[QueryFile]) -> list[str]:
    """Cubes and panels must name columns they have under dimensions, filters, counts and sums."""
    from dashboard.warehouse import connect

    con = connect.memory(threads=1)
    tables.skeleton(con, catalog)
    tables.published_skeleton(con)
    found: list[str] = []
    inside = {file.full_name: Roles.from_header(file.header).inside for file in catalog.of("cubes")}
    # Cubes first: then what never leaves the build is taken away, and a panel that reads it doesn't bind.
    for file in sorted(chosen, key=lambda file: file.schema == "panels"):
        if file.schema not in {"cubes", "panels"}:
            continue
        if file.schema == "panels":
            _leave_inside(con, inside)
        try:
            columns = tables.columns_of(con, f"({file.body})", file)
            roles = Roles.from_header(file.header)
            named = {*roles.dimensions, *roles.filters, *roles.counts, *roles.sums, *roles.inside, *file.grain}
            if missing := sorted(named - set(columns)):
                found.append(file.error("its header names columns it lacks", found=", ".join(missing)).block())
        except (CareParityError, Error) as error:
            found.append(error.block() if isinstance(error, CareParityError) else str(error))
    return found


def _leave_inside(con: Connection, inside: dict[str, tuple[str, ...]]) -> None:
    for table, columns in inside.items():
        for column in columns:
            con.execute(f"alter table {table} drop column if exists {column}")


def _check_key_table(catalog: Catalog) -> list[str]:
    guide = catalog.root / "README.md"
    if not guide.exists() or key_table() in guide.read_text(encoding="utf-8"):
        return []
    return ["queries/README.md: the key table is out of date. Run `make fix`."]


def renew_key_table() -> None:
    """Write the key table of the catalog into queries/README.md, between its marks."""
    guide = queries_root() / "README.md"
    before, _, rest = guide.read_text(encoding="utf-8").partition(_TABLE_START)
    _, _, after = rest.partition(_TABLE_END)
    guide.write_text(f"{before}{_TABLE_START}\n{key_table()}\n{_TABLE_END}{after}", encoding="utf-8")
