"""Outlines of areas: where the browser gets them, what is in them. Files of data/reference/outlines, one a state."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parents[2] / "data" / "reference" / "outlines"
LEVELS = frozenset({"county", "zip3"})


def url(level: str, states: tuple[str, ...]) -> str:
    """The address of the outlines of these states' areas on the dashboard's own server.

    >>> url("county", ("ME", "NH"))
    '/outlines/county/ME-NH.json'
    """
    return f"/outlines/{level}/{'-'.join(states)}.json"


@lru_cache(maxsize=16)
def joined(level: str, states: tuple[str, ...]) -> bytes:
    """One GeoJSON document with the areas of several states (USPS codes); a state without outlines adds nothing."""
    files = [_FOLDER / level / f"{state}.json" for state in sorted(set(states))]
    features = [f for file in files if file.is_file() for f in json.loads(file.read_bytes())["features"]]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")).encode()


@lru_cache(maxsize=16)
def count(level: str, states: tuple[str, ...]) -> int:
    """How many areas of these states have an outline."""
    return len(json.loads(joined(level, states))["features"])
