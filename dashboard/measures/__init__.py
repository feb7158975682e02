"""Measures: value sets, the union of all results with precedence applied once, and verification against test decks."""

from dashboard.measures.result import check_contract, column_findings, result_sql
from dashboard.measures.valuesets import STARTER, coverage, empty_valuesets, load_valuesets, name_findings

__all__ = [
    "STARTER",
    "check_contract",
    "column_findings",
    "coverage",
    "empty_valuesets",
    "load_valuesets",
    "name_findings",
    "result_sql",
]
