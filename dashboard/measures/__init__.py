"""Measures: value sets, the union of all results with precedence applied once, and verification against test decks."""

from dashboard.measures.result import check_contract, result_sql
from dashboard.measures.valuesets import STARTER, coverage, empty_valuesets, load_valuesets

__all__ = ["STARTER", "check_contract", "coverage", "empty_valuesets", "load_valuesets", "result_sql"]
