"""Policy records as text, for tests: fictional, valid unless changed."""

from __future__ import annotations

from pathlib import Path

LIMITED = """\
kind = "limited_dataset"
covered_entity = "Fictional Health Plan"
document = "agreement 7"
purpose = "a county profile"
recipients = ["Fictional County Health Department"]
permitted_uses = ["public_health"]
date = 2026-01-15
expires = 2999-01-14
internal_note = "kept in the safe"
"""
EXPERT = """\
kind = "expert"
covered_entity = "Fictional Health Plan"
document = "determination 3"
expert = "A. Statistician"
method = "risk report of February"
purpose = "an equity report"
recipients = ["the public"]
permitted_uses = ["publication of tables"]
date = 2026-02-03
expires = 2999-02-02

[settings]
dates = "year"
area_level = "county"
area_floor = 100
threshold = 20
"""


def written(folder: Path, text: str) -> Path:
    """A record file with this text."""
    path = folder / "record.toml"
    path.write_text(text, encoding="utf-8")
    return path
