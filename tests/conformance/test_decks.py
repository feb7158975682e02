"""Published test decks, where the machine has them: every case and stratum of every measure that is implemented."""

from __future__ import annotations

import os
from pathlib import Path

import orjson
import pytest

from dashboard.measures.verify import verify_measures

DECKS = os.environ.get("CAREPARITY_DECKS", "")
VALUESETS = [Path(part) for part in os.environ.get("CAREPARITY_VALUESETS", "").split(":") if part]

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not (DECKS and VALUESETS), reason="CAREPARITY_DECKS and CAREPARITY_VALUESETS are not set"),
]


def test_every_case_and_stratum_of_implemented_measures_matches(tmp_path: Path) -> None:
    report = tmp_path / "scores.json"
    status = verify_measures(Path(DECKS), VALUESETS, json=report)
    scores = [one for one in orjson.loads(report.read_bytes()) if one["status"] == "implemented"]
    assert [failure for one in scores for failure in one["failures"]] == []
    assert status == 0
    assert {one["name"] for one in scores} >= {"CMS122", "CMS125"}
    assert all(one["matched"] == one["cases"] and one["rejected"] == 0 for one in scores)
