"""Names of dimensions and groups as people read them, and the order groups come in."""

from __future__ import annotations

import polars as pl

DIMENSIONS = {
    "race": "race",
    "ethnicity": "ethnicity",
    "language": "language",
    "sex": "sex",
    "age_band": "age",
    "payer_type": "payer",
    "deprivation": "deprivation of the area",
    "rurality": "rurality of the area",
}
# These have an order of their own; the others are sorted by their rate.
_ORDERED = frozenset({"age_band", "deprivation", "rurality"})
_NAMES = {
    "000": "Small or unknown areas (000)",
    "deprivation:1": "1, least deprived",
    "deprivation:5": "5, most deprived",
    "rurality:metro": "Metropolitan",
}


def dimension_name(dimension: str) -> str:
    """How a dimension is called in a sentence.

    >>> dimension_name("payer_type")
    'payer'
    """
    return DIMENSIONS.get(dimension, dimension.replace("_", " "))


def group_name(value: str, dimension: str = "") -> str:
    """How a group is called.

    >>> group_name("medicaid"), group_name("5", "deprivation")
    ('Medicaid', '5, most deprived')
    """
    return _NAMES.get(f"{dimension}:{value}") or _NAMES.get(value) or value[:1].upper() + value[1:]


def ordered(frame: pl.DataFrame, dimension: str, *, best_first: bool) -> pl.DataFrame:
    """Groups in their natural order, or by rate; unknown and hidden ones last."""
    last = (pl.col("group_value") == "Unknown", pl.col("rate").is_null())
    if dimension in _ORDERED:
        return frame.sort(*last[:1], "group_value")
    return frame.sort(*last, "rate", "group_value", descending=[False, False, best_first, False])
