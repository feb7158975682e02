"""The input layer: Parquet or delimited text with Tuva's input-layer names → raw.input_layer_*.

Files are named after their table, with or without `input_layer__`, in any case, or lie as part files in a folder
named after it. Columns may come in any order; unknown ones are ignored and named once.
"""

from __future__ import annotations

from dashboard.sources import delimited
from dashboard.sources.input_layer.files import detect, table_name
from dashboard.sources.input_layer.tables import TABLES, UNUSED
from dashboard.sources.model import Connection, LoadContext, Member, Reconciliation

__all__ = ["NAME", "create", "detect", "load"]

NAME = "input_layer"
TYPES_STAND_ALONE = True
LAYOUT = delimited.Layout(
    NAME,
    TABLES,
    UNUSED,
    recognise=lambda member: table_name(member.name),
    has_data_source=True,
    advice="Add them with the input layer's names; the header must be the first line.",
)


def create(con: Connection) -> None:
    """Create every raw.input_layer_<table>, empty."""
    delimited.create(con, LAYOUT)


def load(context: LoadContext, members: list[Member]) -> list[Reconciliation]:
    """Load the tables of one source. Raises InputError for missing columns, damage and other encodings."""
    rows = delimited.load(context, members, LAYOUT)
    context.data_sources |= delimited.data_sources(context, LAYOUT, TABLES["patient"])
    return rows
