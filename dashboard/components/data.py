"""Released panels for the pages: the only way a page gets numbers.

Kept between runs on what the data *is*: the version that the warehouse's pointer names now, the panel's SQL file and
the filters. The policy is a property of the version. A new build or an edited panel is seen on the next run.

A page shows one population at a time: sources that aren't linked are never added up (queries/core/population.sql).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.components import url_state
from dashboard.errors import UsageError
from dashboard.privacy import Policy, Released
from dashboard.privacy import panel as read_panel
from dashboard.privacy.lattice import Roles
from dashboard.privacy.panels import check_in_force, panel_file

WAREHOUSE_VARIABLE = "CAREPARITY_WAREHOUSE"
POPULATION = "population"
Filter = str | int


def warehouse_path() -> Path:
    """The warehouse that `careparity serve` was given. Raises UsageError when the page runs without one."""
    given = os.environ.get(WAREHOUSE_VARIABLE)
    if not given:
        raise UsageError(where=WAREHOUSE_VARIABLE, what="no warehouse is named", do="Start with `careparity serve`")
    return Path(given)


def load(name: str, **filters: Filter) -> Released:
    """The panel `page/name` with `filters` (column = value), as released numbers; shared and never changed.

    Raises RefusedError when the record of the policy has expired.

    A panel that filters by population is of the chosen one.
    """
    pointer = warehouse_path()
    check_in_force(pointer)  # each time, since what is kept below outlives the record's last day
    file = panel_file(name)
    stamp = file.path.stat().st_mtime_ns
    if POPULATION in Roles.from_header(file.header).filters:
        filters = {POPULATION: population(), **filters}
    return _load(str(pointer), str(pointer.resolve()), stamp, name, tuple(sorted(filters.items())))


@st.cache_resource(show_spinner=False, max_entries=400)
def _load(pointer: str, version: str, stamp: int, name: str, filters: tuple[tuple[str, Filter], ...]) -> Released:
    _ = version, stamp  # part of the key: a new version or an edited panel is another entry
    return read_panel(Path(pointer), name, dict(filters))


@dataclass(frozen=True)
class Facts:
    """What the warehouse says of itself. years: with data; complete_years: with their run-out.

    policy_notice: what must be said of the policy's record, empty without one; withheld: classes of care left out.
    """

    fingerprint: str
    policy: str
    policy_label: str
    area_level: str
    threshold: int
    is_synthetic: bool
    built_at: datetime
    data_through: str | None
    default_year: int | None
    years: list[int]
    complete_years: list[int]
    version: str
    policy_notice: str
    withheld: list[str]

    @property
    def people(self) -> str:
        """Who the numbers are about, in words."""
        if self.is_synthetic:
            return "synthetic people"
        return "real people, still PHI" if self.policy == "limited_dataset" else "real people, de-identified"


def policy() -> Policy:
    """The policy of the warehouse in use, with its record."""
    return check_in_force(warehouse_path())


def facts() -> Facts:
    """The one row of the warehouse in use."""
    row = load("about/warehouse").frame.row(0, named=True)
    return Facts(**{name: row[name] for name in Facts.__dataclass_fields__})


def populations() -> dict[str, str]:
    """Name by population, in the order of the sources; one entry where everything is linked."""
    frame = load("about/populations").frame
    return dict(frame.select(POPULATION, "label").iter_rows())


def population() -> str:
    """The population that the URL names, else the default one."""
    rows = load("about/populations").frame
    default = rows.filter("is_default")[POPULATION].to_list()
    return url_state.read(url_state.SOURCE, rows[POPULATION].to_list(), default[0] if default else "")


def why_missing(needed: tuple[str, ...]) -> str:
    """Why a figure that needs these capabilities is not computable from the sources; empty when it is."""
    rows = load("about/capabilities").frame.rows(named=True)
    missing = [row for row in rows if row["capability"] in needed and not row["is_available"]]
    return "; ".join(dict.fromkeys(_reason(row) for row in missing))


def _reason(row: dict[str, Any]) -> str:
    return str(row["reason"]) or f"no {str(row['capability']).replace('_', ' ')}"
