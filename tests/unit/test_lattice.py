"""Suppression: what an attacker can work out from what is shown, by brute force and by subtraction."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.errors import CheckFailed, RefusedError
from dashboard.privacy.lattice import Nesting, Roles, suppress
from dashboard.privacy.policy import EXPERT
from dashboard.privacy.release import Provenance, Released, release

T = 11
ROLES = Roles.from_header(
    {"dimensions": "group_value", "filters": "dimension", "counts": "d; n of d", "sums": "usd by d"}
)
PROVENANCE = Provenance("expert", "w", "queries/cubes/x.sql", (), "", 0)


def table(cells: list[tuple[int, int]], dimension: str = "race") -> pl.DataFrame:
    rows = [(dimension, f"g{i}", d, n, float(d)) for i, (d, n) in enumerate(cells)]
    total = ("all", "all", sum(d for d, _ in cells), sum(n for _, n in cells), 0.0)
    return pl.DataFrame([total, *rows], schema=["dimension", "group_value", "d", "n", "usd"], orient="row")


def small(count: int) -> bool:
    return 0 < count < T


cells = st.lists(st.integers(0, 60).flatmap(lambda d: st.tuples(st.just(d), st.integers(0, d))), min_size=2, max_size=9)


@given(cells)
@settings(max_examples=400, deadline=None)
def test_no_small_count_is_shown_or_had_by_subtraction(given_cells: list[tuple[int, int]]) -> None:
    exact = table(given_cells)
    shown = suppress(exact, ROLES, threshold=T)
    total = shown.filter(pl.col("dimension") == "all").row(0, named=True)
    groups = shown.filter(pl.col("dimension") == "race")
    truth = exact.filter(pl.col("dimension") == "race")
    for row in shown.iter_rows(named=True):
        assert row["d"] is None or not small(row["d"])
        assert row["n"] is None or not small(row["n"])
        assert row["n"] is None or row["d"] is None or not small(row["d"] - row["n"])
    for column in ("d", "n"):
        hidden = groups[column].is_null()
        if total[column] is None or not hidden.any():
            continue
        left = total[column] - (groups[column].sum() or 0)
        assert left == truth.filter(hidden)[column].sum()
        assert not small(left)
        assert (truth.filter(hidden)["d"] > 0).sum() > 1


@given(cells)
@settings(max_examples=200, deadline=None)
def test_hidden_cells_stay_at_least_a_threshold_wide(given_cells: list[tuple[int, int]]) -> None:
    """Bounds of each hidden numerator from the margin, the shown denominators and non-negativity."""
    exact = table(given_cells)
    shown = suppress(exact, ROLES, threshold=T)
    total = shown.filter(pl.col("dimension") == "all").row(0, named=True)
    groups = shown.filter(pl.col("dimension") == "race")
    hidden = groups.filter(pl.col("n").is_null())
    if total["n"] is None or hidden.height < 2 or hidden["d"].null_count():
        return
    left, people = total["n"] - (groups["n"].sum() or 0), hidden["d"].sum()
    if left in {0, people}:
        return  # nobody or everybody: the stated exception for zeros and whole groups
    for d in hidden.filter(pl.col("d") >= T)["d"]:
        low, high = max(0, left - (people - d)), min(d, left)
        assert high - low >= T


def test_a_single_unsafe_cell_takes_the_smallest_safe_one_with_it() -> None:
    shown = suppress(table([(5, 0), (20, 0), (40, 0)]), ROLES, threshold=T)
    assert shown["d"].to_list() == [65, None, None, 40]
    assert shown["suppressed_columns"].to_list()[1] == ["d", "n", "usd"]


def test_a_safe_table_is_left_alone() -> None:
    exact = table([(30, 15), (40, 20)])
    assert suppress(exact, ROLES, threshold=T).select(exact.columns).equals(exact)


def test_an_unsafe_numerator_leaves_its_denominator_visible() -> None:
    shown = suppress(table([(30, 4), (40, 20), (50, 25)]), ROLES, threshold=T)
    assert shown["d"].null_count() == 0
    assert shown["n"].to_list() == [49, None, None, 25]


def test_counts_that_add_up_are_hidden_together() -> None:
    roles = Roles.from_header({"dimensions": "g", "filters": "g", "counts": "e with w; d"})
    frame = pl.DataFrame({"g": ["a"], "w": [50], "e": [3], "d": [47]})
    assert suppress(frame, roles, threshold=T).row(0)[1:4] == (None, None, 47)


MEASURE = Roles.from_header({"filters": "g", "counts": "n of d; d under w; e with w"})
populations = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).flatmap(
        lambda pair: st.tuples(st.just(sum(pair)), st.just(pair[0]), st.just(pair[1]), st.integers(0, pair[0]))
    ),
    min_size=2,
    max_size=7,
)


@given(populations)
@settings(max_examples=300, deadline=None)
def test_no_denominator_comes_back_through_the_initial_population(rows: list[tuple[int, int, int, int]]) -> None:
    """w = d + e in each group, so a hidden d needs a hidden w and e: else it is their difference."""
    frame = pl.DataFrame([("race", *row) for row in rows], schema=["g", "w", "d", "e", "n"], orient="row")
    shown = suppress(frame, MEASURE, threshold=T)
    hidden = {column: shown[column].is_null() for column in ("w", "d", "e", "n")}
    assert (hidden["w"] == hidden["e"]).all()
    assert (hidden["w"] | ~hidden["d"]).all()
    assert (hidden["n"] | ~hidden["d"]).all()
    if any(small(int(frame[column].sum())) for column in ("w", "d", "e")):
        return  # the plan's own figures are hidden: there is nothing to subtract from
    assert all(hidden[column].sum() != 1 for column in ("w", "d", "e"))


def test_null_is_not_computable_and_not_suppressed() -> None:
    frame = table([(30, 15), (40, 20)]).with_columns(usd=pl.lit(None, dtype=pl.Float64))
    shown = suppress(frame, ROLES, threshold=T)
    assert shown["usd"].null_count() == 3
    assert not shown["is_suppressed"].any()


def test_a_part_above_its_whole_is_an_error() -> None:
    with pytest.raises(CheckFailed, match="exceeds"):
        suppress(table([(30, 31), (40, 20)]), ROLES, threshold=T)


def test_counties_are_protected_class_by_class() -> None:
    counties = table([(5, 0), (30, 0), (40, 0), (50, 0)], "county")
    classes = {"g0": ("1",), "g1": ("1",), "g2": ("2",), "g3": ("2",)}
    quintiles = pl.DataFrame(
        [("deprivation", "1", 35, 0, 1.0), ("deprivation", "2", 90, 0, 1.0)], schema=counties.columns, orient="row"
    )
    nesting = Nesting("county", ("deprivation",), classes)
    shown = suppress(pl.concat([counties, quintiles]), ROLES, threshold=T, nesting=nesting)
    by = {row["group_value"]: row["d"] for row in shown.iter_rows(named=True)}
    assert by == {"all": 125, "g0": None, "g1": None, "g2": 40, "g3": 50, "1": 35, "2": 90}


def test_a_class_that_cannot_be_made_safe_loses_its_dimension() -> None:
    counties = table([(5, 0), (30, 0), (40, 0)], "county")
    quintiles = pl.DataFrame(
        [("deprivation", "1", 5, 0, 1.0), ("deprivation", "2", 70, 0, 1.0)], schema=counties.columns, orient="row"
    )
    nesting = Nesting("county", ("deprivation",), {"g0": ("1",), "g1": ("2",), "g2": ("2",)})
    shown = suppress(pl.concat([counties, quintiles]), ROLES, threshold=T, nesting=nesting)
    assert "deprivation" not in shown["dimension"].to_list()
    assert shown.filter(pl.col("dimension") == "county")["d"].to_list() == [None, None, 40]


def test_an_unsafe_class_may_stay_when_its_neighbours_can_trade_places() -> None:
    cells = {"a": ("1", "m"), "b": ("1", "r"), "c": ("2", "m"), "d": ("2", "r")}
    counts = {"a": [5], "b": [7, 20], "c": [8, 20], "d": [9, 20]}
    names = [f"{group}{i}" for group, of in counts.items() for i in range(len(of))]
    values = [(value, 0) for of in counts.values() for value in of]
    counties = table(values, "county").with_columns(group_value=pl.Series(["all", *names]))
    rows = [("deprivation", "1", 32, 0, 1.0), ("deprivation", "2", 57, 0, 1.0), ("rurality", "m", 33, 0, 1.0)]
    nested = pl.DataFrame([*rows, ("rurality", "r", 56, 0, 1.0)], schema=counties.columns, orient="row")
    nesting = Nesting("county", ("deprivation", "rurality"), {name: cells[name[0]] for name in names})
    people = Roles.from_header({"dimensions": "group_value", "filters": "dimension", "counts": "d", "sums": "usd by d"})
    shown = suppress(pl.concat([counties, nested]), people, threshold=T, nesting=nesting)
    assert set(shown["dimension"]) == {"all", "county", "deprivation", "rurality"}
    alone = suppress(pl.concat([counties.head(4), nested]), people, threshold=T, nesting=nesting)
    assert "rurality" not in set(alone["dimension"])


def test_a_plan_too_small_to_show_shows_no_groups() -> None:
    shown = suppress(table([(5, 0), (0, 0)]), ROLES, threshold=T)
    assert shown["dimension"].to_list() == ["all"]


def test_the_gate_fails_closed_on_a_small_count() -> None:
    with pytest.raises(RefusedError, match="reached the gate"):
        release(table([(5, 0), (60, 0)]), ROLES, EXPERT, PROVENANCE, on_lattice=True)


@given(cells)
@settings(max_examples=200, deadline=None)
def test_off_the_lattice_counts_are_midpoints_and_never_small(given_cells: list[tuple[int, int]]) -> None:
    exact = table(given_cells).filter(pl.col("dimension") != "all")
    frame = release(exact, ROLES, EXPERT, PROVENANCE, on_lattice=False).frame
    for row in frame.iter_rows(named=True):
        for column in ("d", "n"):
            assert row[column] is None or row[column] == 0 or (row[column] >= T and row[column] % 6 == 3)


def test_no_row_may_be_one_person() -> None:
    roles = Roles.from_header({"dimensions": "person_id", "counts": "visits"})
    frame = pl.DataFrame({"person_id": [1], "visits": [40]})
    with pytest.raises(RefusedError, match="single people"):
        release(frame, roles, EXPERT, PROVENANCE, on_lattice=False)


def test_only_the_gate_makes_released() -> None:
    with pytest.raises(RefusedError):
        Released(object(), pl.DataFrame(), PROVENANCE)


def test_derive_keeps_provenance_and_notes_the_step() -> None:
    released = release(table([(30, 15), (40, 20)]), ROLES, EXPERT, PROVENANCE, on_lattice=True)
    derived = released.derive(lambda frame: frame.head(1), note="first row")
    assert derived.frame.height == 1
    assert derived.provenance.rule.endswith("first row")
