"""The input layer: Parquet or delimited text with Tuva's input-layer names → raw.input_layer_*.

Files are named after their table, with or without `input_layer__`, in any case, or lie as part files in a folder
named after it. Columns may come in any order; unknown ones are ignored and named once.
"""

from __future__ import annotations

from dashboard.sources.input_layer.files import detect
from dashboard.sources.input_layer.load import create, load

__all__ = ["NAME", "create", "detect", "load"]

NAME = "input_layer"
