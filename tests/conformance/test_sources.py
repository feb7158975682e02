"""Published inputs, when CAREPARITY_INPUTS names their folder: counts made independently must be met exactly."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from sources_harness import Loaded, load

from dashboard.sources.fhir_r4.resources import RESOURCES

INPUTS = os.environ.get("CAREPARITY_INPUTS", "")
pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not INPUTS, reason="set CAREPARITY_INPUTS to the folder of published inputs"),
]


@pytest.fixture(scope="module")
def smart(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    source = Path(INPUTS) / "fhir_r4_bundles_smart.tar.gz"
    return load(tmp_path_factory.mktemp("smart"), source).stage()


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return orjson.loads((Path(INPUTS) / "expected_counts.json").read_bytes())["fhir_r4_bundles_smart"]


def test_every_resource_is_read_and_accounted(smart: Loaded, expected: dict[str, Any]) -> None:
    counts = smart.counts()
    counts.pop("unrecognised")
    assert {kind: row[0] for kind, row in counts.items()} == expected["rows"]
    for kind, (read, loaded, duplicate, rejected, ignored) in counts.items():
        distinct = expected["distinct_ids"][kind]
        used = kind in RESOURCES
        assert (loaded, rejected, ignored) == ((distinct, 0, 0) if used else (0, 0, read))
        assert duplicate == (read - distinct if used else 0)


def test_encounters_by_class_and_local_year(smart: Loaded, expected: dict[str, Any]) -> None:
    classes = smart.query("select class_code, count(*) from staging.encounter group by 1")
    assert dict(classes) == expected["encounter_class"]
    years = dict(smart.query("select year(start_date)::varchar, count(*) from staging.encounter group by 1"))
    assert {year: years.get(year) for year in expected["encounters_by_year_local"]} == expected[
        "encounters_by_year_local"
    ]


def test_the_claims_add_up(smart: Loaded) -> None:
    lines = smart.query("select sum(charge_usd)::double, count(distinct claim_id) from staging.medical_claim")
    header = smart.query("select sum(totals[1].amount_usd), count(*) from raw.fhir_r4_explanation_of_benefit")
    assert lines == [(pytest.approx(header[0][0], abs=1), header[0][1])]


@pytest.mark.parametrize("name", ["fhir_bulk_ndjson_smart10_partial.tar.gz", "eob_bluebutton_bcda.tar.gz"])
def test_other_exports_load_and_balance(tmp_path: Path, name: str) -> None:
    loaded = load(tmp_path, Path(INPUTS) / name).stage()
    assert loaded.query("select count(*) > 0 from staging.person") == [(True,)]
    assert sum(row.loaded for row in loaded.rows) > 0


def test_bulk_identifier_references_resolve(tmp_path: Path) -> None:
    loaded = load(tmp_path, Path(INPUTS) / "fhir_bulk_ndjson_smart10_partial.tar.gz")
    query = """select count(*), count(organization.id), count(practitioner.id) from raw.fhir_r4_encounter as encounter
        left join raw.fhir_r4_organization as organization on organization.id = encounter.organization_id
        left join raw.fhir_r4_practitioner as practitioner on practitioner.id = encounter.practitioner_id"""
    total, organizations, practitioners = loaded.query(query)[0]
    assert (organizations, practitioners) == (total, total)
