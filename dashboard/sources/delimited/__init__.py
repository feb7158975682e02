"""Loads formats that are made of tables: delimited text (or Parquet) → raw.<format>_<table>, strictly.

A format of this kind is a `Layout`: its tables, how a file is recognised, and what differs. It is no format itself
(it has no NAME). A format's module is then

    NAME = "my_format"
    LAYOUT = Layout(NAME, TABLES, UNUSED, recognise)

    def create(con):            return delimited.create(con, LAYOUT)
    def load(context, members): return delimited.load(context, members, LAYOUT)

and a `detect(member)` that is true for the files which `recognise` knows. Every raw relation has data_source,
file_ordinal (of the file in the source), row_number (record in the file, from 1, blank lines not counted) and the
table's columns, typed; absent columns are null.

What every such format gets: header, delimiter, encoding and byte order mark settled before anything is read
(text.py); an independent count of records; ragged and wrongly quoted rows refused one by one; repairs of what
spreadsheets do, where only one meaning is possible (reading.py); rows without a required value refused; duplicates;
one error for all missing columns of all files; a note for columns that aren't read; and an account that is held
against what was stored (load.py).
"""

from __future__ import annotations

from dashboard.sources.delimited.load import create, data_sources, load
from dashboard.sources.delimited.tables import Column, Layout, Rule, Table, table
from dashboard.sources.delimited.text import header_of

__all__ = ["Column", "Layout", "Rule", "Table", "create", "data_sources", "header_of", "load", "table"]
