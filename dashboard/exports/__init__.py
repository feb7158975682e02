"""Exports: `Released` numbers → bytes that explain themselves. Only here is a download made."""

from dashboard.exports.csv_file import csv_bytes, file_name

__all__ = ["csv_bytes", "file_name"]
