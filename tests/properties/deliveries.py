"""Deliveries to build from, cut into files that a test may add, change, rename or copy, and how to compare warehouses.

A delivery is a dict of file names and their content. To try another format, write a function that returns one, and
give it to the checks of test_file_order.py and test_incremental.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import orjson
import polars as pl

from dashboard.sources import synthetic
from dashboard.warehouse import build, catalog, connect


class Files(dict[str, bytes]):
    """Content by file name."""

    def __repr__(self) -> str:
        """Short, because a failing property prints its arguments."""
        return f"{len(self)} files"


LAYERS = ("core", "marts", "blocks", "measures", "published", "cubes", "checks")
# What differs between builds of one content: when it was built, and what was there before it.
OF_A_BUILD = frozenset({"published.warehouse", "core.previous_load"})


def write(folder: Path, files: Files) -> Path:
    """Make `folder` hold exactly these files."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def input_layer(folder: Path, *, people: int = 40, parts: int = 3) -> Files:
    """A small population in the input layer: each table in `parts` files, the first of them Parquet, the others CSV.

    Two files hold rows of the same people and visits that contradict each other.
    """
    synthetic.write_population(folder, people=people, seed=5)
    files = Files()
    for table in sorted(p for p in folder.iterdir() if p.is_dir()):
        rows = pl.read_parquet(table / "*.parquet").with_row_index("row_number")
        for part in range(parts):
            name = f"{table.name}/{part}{'.csv' if part else '.parquet'}"
            own = rows.filter(pl.col("row_number") % parts == part).drop("row_number")
            if part == 2 and table.name in _CONTRADICTED:
                other = rows.filter(pl.col("row_number") % parts == 1).drop("row_number").head(4)
                own = pl.concat([own, other.with_columns(**_CONTRADICTED[table.name])])
            files[name] = _written(own, name)
    return files


_CONTRADICTED = {
    "patient": {"sex": pl.lit("unknown"), "zip_code": pl.lit("30301")},
    "encounter": {"encounter_type": pl.lit("other")},
}


def _written(rows: pl.DataFrame, name: str) -> bytes:
    out = BytesIO()
    if name.endswith(".csv"):
        rows.write_csv(out)
    else:
        rows.write_parquet(out)
    return out.getvalue()


def without_some_rows(files: Files, name: str) -> bytes:
    """The content of one file, of the input layer or NDJSON, without every third row."""
    if name.endswith((".csv", ".ndjson")):
        lines = files[name].splitlines(keepends=True)
        first = 1 if name.endswith(".csv") else 0
        return b"".join(line for n, line in enumerate(lines) if n < first or n % 3)
    rows = pl.read_parquet(files[name]).with_row_index("row_number")
    return _written(rows.filter(pl.col("row_number") % 3 != 0).drop("row_number"), name)


def fhir_r4(*, people: int = 9, parts: int = 3) -> Files:
    """A small population in FHIR R4: NDJSON by type and part, and Bundles for a third of the people."""
    files: dict[str, list[bytes]] = {}
    for number in range(people):
        resources = list(_resources(number))
        if number % 3 == 2:
            bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]}
            files[f"bundle-{number}.json"] = [orjson.dumps(bundle)]
            continue
        for resource in resources:
            name = f"{resource['resourceType']}/{number % parts}.ndjson"
            files.setdefault(name, []).append(orjson.dumps(resource) + b"\n")
    return Files({name: b"".join(lines) for name, lines in files.items()})


def _resources(number: int) -> Iterable[dict[str, object]]:
    """One person's record: cover, visits with what was found at them, and their claims."""
    patient = {"reference": f"Patient/p{number}"}
    yield {
        "resourceType": "Patient",
        "id": f"p{number}",
        "gender": "female" if number % 2 else "male",
        "birthDate": f"{1950 + 4 * number}-03-0{number % 9 + 1}",
        "address": [{"postalCode": f"3030{number % 5}", "state": "GA"}],
    }
    yield {
        "resourceType": "Coverage",
        "id": f"cov{number}",
        "status": "active",
        "beneficiary": patient,
        "payor": [{"display": "Plan"}],
        "period": {"start": "2023-01-01", "end": "2025-12-31"},
    }
    for visit in range(1 + number % 3):
        day = f"202{3 + visit}-0{1 + number % 8}-1{visit}"
        encounter = {"reference": f"Encounter/e{number}-{visit}"}
        yield {
            "resourceType": "Encounter",
            "id": f"e{number}-{visit}",
            "status": "finished",
            "class": {"code": "EMER" if visit == 2 else "AMB"},
            "subject": patient,
            "period": {"start": f"{day}T09:00:00Z", "end": f"{day}T10:00:00Z"},
        }
        yield {
            "resourceType": "Condition",
            "id": f"c{number}-{visit}",
            "subject": patient,
            "encounter": encounter,
            "onsetDateTime": day,
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "44054006"}]},
        }
        yield {
            "resourceType": "Observation",
            "id": f"o{number}-{visit}",
            "status": "final",
            "subject": patient,
            "encounter": encounter,
            "effectiveDateTime": day,
            "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4"}]},
            "valueQuantity": {"value": 6.5 + number / 10, "unit": "%"},
        }
        yield {
            "resourceType": "ExplanationOfBenefit",
            "id": f"b{number}-{visit}",
            "status": "active",
            "type": {"coding": [{"code": "professional"}]},
            "patient": patient,
            "billablePeriod": {"start": day, "end": day},
            "item": [
                {
                    "sequence": 1,
                    "productOrService": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "99213"}]},
                    "servicedDate": day,
                    "locationCodeableConcept": {"coding": [{"code": "11"}]},
                    "adjudication": [
                        {
                            "category": {"coding": [{"code": "benefit"}]},
                            "amount": {"value": 80.25 + visit, "currency": "USD"},
                        }
                    ],
                }
            ],
        }


def build_afresh(request: build.Request, *, vault_of: Path) -> None:
    """Build a warehouse from nothing but the vault of another, so that both call people by the same surrogates."""
    folder = request.out.with_name(request.out.name + ".d")
    shutil.rmtree(folder, ignore_errors=True)
    request.out.unlink(missing_ok=True)
    folder.mkdir()
    shutil.copy(vault_of.with_name(vault_of.name + ".d") / "vault.duckdb", folder)
    build.run(request)


def surrogates(out: Path) -> dict[tuple[str, str], int]:
    """Who is who in the vault of a warehouse."""
    vault = connect.build(out.with_name(out.name + ".d") / "vault.duckdb")
    try:
        rows = vault.execute("select data_source, source_person_id, person_id from person").fetchall()
    finally:
        vault.close()
    return {(row[0], row[1]): row[2] for row in rows}


def differences(one: Path, two: Path, *, leave_out: frozenset[str] = frozenset()) -> list[str]:
    """Names of tables, protected or published, that don't hold the same rows in two warehouses."""
    files = [(one.with_name(f"{one.name}.d") / "build.duckdb", two.with_name(f"{two.name}.d") / "build.duckdb")]
    files.append((one.resolve(), two.resolve()))
    return [name for pair in files for name in _different(*pair, leave_out | OF_A_BUILD | _told_by_the_last_load())]


def _told_by_the_last_load() -> frozenset[str]:
    """Checks that compare with the load before, which a first build doesn't have, and what is made of them."""
    told = {f.full_name for f in catalog.load().files if "core.previous_load" in f.reads}
    return frozenset(told | ({"published.check_result"} if told else set()))


def _different(one: Path, two: Path, leave_out: frozenset[str]) -> list[str]:
    con = connect.memory()
    con.execute(f"attach '{one}' as one (read_only)")
    con.execute(f"attach '{two}' as two (read_only)")
    names = [_tables(con, which) for which in ("one", "two")]
    found = sorted((names[0] ^ names[1]) - leave_out)
    for name in sorted((names[0] & names[1]) - leave_out):
        left, right = _select(con, f"one.{name}"), _select(con, f"two.{name}")
        if con.execute(f"({left} except all {right}) union all ({right} except all {left}) limit 1").fetchall():
            found.append(name)
    con.close()
    return found


def _select(con: connect.Connection, table: str) -> str:
    """All columns, floats without their last bits: those depend on the order in which numbers were added."""
    rounded = {
        "DOUBLE": 'round("{0}", 6) as "{0}"',
        "DOUBLE[]": 'list_transform("{0}", lambda x: round(x, 6)) as "{0}"',
    }
    columns = con.execute(f"describe {table}").fetchall()
    listed = (rounded.get(kind, '"{0}"').format(name) for name, kind, *_ in columns)
    return f"select {', '.join(listed)} from {table}"


def _tables(con: connect.Connection, database: str) -> set[str]:
    rows = con.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = $1", [database]
    ).fetchall()
    return {name for (name,) in rows if name.split(".")[0] in LAYERS}
