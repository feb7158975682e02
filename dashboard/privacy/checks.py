"""What the checks of the data say of one population today: the released results, judged by the files as they are."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from dashboard.privacy.panels import check_in_force, panel
from dashboard.privacy.release import Released
from dashboard.warehouse import catalog, quality

PANEL = "data_quality/checks"
VERDICTS = quality.VERDICTS
verdict = quality.verdict


def judged(warehouse: Path, population: str) -> Released:
    """One row a check and result (`quality.judged`), worst first: what was published, judged by today's thresholds.

    Raises CheckFailed naming file and line of a check whose header can't be read.
    """
    judge = partial(quality.judged, known=quality.rules(), threshold=check_in_force(warehouse).threshold)
    return panel(warehouse, PANEL, {"population": population}).derive(judge, note="judged by queries/checks as it is")


def stamp() -> tuple[tuple[str, int], ...]:
    """Name and time of change of every check file: what a judgement rests on beside the warehouse."""
    folder = catalog.queries_root() / "checks"
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.sql")))
