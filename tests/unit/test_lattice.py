"""Suppression: what an attacker can work out from what is shown, by brute force and by subtraction."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.errors import CheckFailed, RefusedError
from dashboard.privacy.cells import together
from dashboard.privacy.lattice import Nesting, Roles, suppress
from dashboard.privacy.policy import EXPERT
from dashboard.privacy.release import Provenance, Released, release
from dashboard.warehouse import catalog

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


def test_a_part_that_cannot_be_made_safe_by_class_takes_no_whole_with_it() -> None:
    counties = table([(30, 4), (40, 20), (50, 25), (60, 30)], "county")
    quintiles = pl.DataFrame(
        [("deprivation", "1", 30, 4, 1.0), ("deprivation", "2", 150, 75, 1.0)], schema=counties.columns, orient="row"
    )
    nesting = Nesting("county", ("deprivation",), {"g0": ("1",), "g1": ("2",), "g2": ("2",), "g3": ("2",)})
    shown = suppress(pl.concat([counties, quintiles]), ROLES, threshold=T, nesting=nesting)
    assert shown["d"].null_count() == 0
    assert shown.filter(pl.col("dimension") == "deprivation")["n"].null_count() == 2
    assert shown.filter(pl.col("dimension") == "county")["n"].to_list() == [None, None, 25, 30]


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


MONEY = Roles.from_header(
    {
        "dimensions": "group_value",
        "filters": "dimension",
        "counts": "d",
        "sums": "usd by d",
        "contributions": "usd in of",
    }
)


def money(cells: list[tuple[int, float, float, float]], dimension: str = "race") -> pl.DataFrame:
    """(people, absolute total, largest, second largest) of each group, and the margin with its own two largest."""
    rows = [(dimension, f"g{i}", d, total, [total, one, two]) for i, (d, total, one, two) in enumerate(cells)]
    ends = sorted((amount for _, _, one, two in cells for amount in (one, two)), reverse=True)
    total = sum(cell[1] for cell in cells)
    margin = ("all", "all", sum(cell[0] for cell in cells), total, [total, ends[0], ends[1]])
    return pl.DataFrame([margin, *rows], schema=["dimension", "group_value", "d", "usd", "of"], orient="row")


def test_a_sum_that_one_person_dominates_is_hidden_with_a_companion() -> None:
    shown = suppress(
        money([(20, 100_000, 95_000, 1_000), (30, 60_000, 9_000, 8_000), (40, 1e6, 9e4, 8e4)]), MONEY, threshold=T
    )
    assert shown["d"].to_list() == [90, 20, 30, 40]
    assert shown["usd"].to_list() == [1_160_000, None, None, 1e6]
    assert "of" not in shown.columns


def test_the_second_largest_contributor_is_the_one_who_could_tell() -> None:
    by_two = money([(20, 100_000, 50_000, 48_000), (20, 100_000, 50_000, 44_000), (90, 1e6, 9e4, 8e4)])
    assert suppress(by_two, MONEY, threshold=T)["usd"].to_list() == [1_200_000, None, None, 1e6]
    fair = money([(20, 100_000, 50_000, 44_000), (90, 1e6, 9e4, 8e4)])
    assert suppress(fair, MONEY, threshold=T)["usd"].null_count() == 0


def test_few_people_are_masked_by_more_money_than_one_other_has() -> None:
    """Nine people, and eleven of whom one has nearly all: that one could subtract, so a third group is hidden."""
    cells = [(9, 90_000.0, 10_000.0, 10_000.0), (11, 60_000.0, 30_000.0, 27_000.0), (50, 80_000.0, 5_000.0, 5_000.0)]
    assert suppress(money(cells), MONEY, threshold=T)["usd"].to_list() == [230_000, None, None, 80_000]
    cells[1] = (11, 1_000.0, 100.0, 100.0)
    assert suppress(money(cells), MONEY, threshold=T)["usd"].to_list() == [231_000 - 60_000, None, None, None]


MONTHS = Roles.from_header(
    {
        "dimensions": "m",
        "filters": "y",
        "overlaps": "m",
        "counts": "d",
        "sums": "usd by d",
        "contributions": "usd in of",
    }
)


def test_months_share_their_people_so_one_hidden_month_must_be_safe_by_itself() -> None:
    """Six and seven people may be the same seven; two small months are hidden with a large one."""
    rows = [
        (1, "1", 6, 600.0, [600.0, 100, 100]),
        (1, "2", 7, 700.0, [700.0, 100, 100]),
        (1, "3", 40, 4e3, [4e3, 100, 99]),
    ]
    rows.append((1, "4", 50, 5e3, [5e3, 100, 99]))
    shown = suppress(pl.DataFrame(rows, schema=["y", "m", "d", "usd", "of"], orient="row"), MONTHS, threshold=T)
    assert shown["d"].to_list() == [None, None, None, 50]
    assert shown["usd"].to_list() == [None, None, None, 5e3]


BY_CATEGORY = Roles.from_header(
    {"dimensions": "m, c", "filters": "y", "overlaps": "m, c", "hidden_by": "c", "counts": "d", "sums": "usd by d",
     "contributions": "usd in of"}
)  # fmt: skip


def test_a_category_is_hidden_in_all_months_or_in_none() -> None:
    people = {"dialysis": (3, 14), "laboratory": (30, 31), "office": (60, 61)}
    rows = [
        (1, month, name, d, d * 10.0, [d * 10.0, 10.0, 10.0])
        for name, of in people.items()
        for month, d in enumerate(of)
    ]
    shown = suppress(
        pl.DataFrame(rows, schema=["y", "m", "c", "d", "usd", "of"], orient="row"), BY_CATEGORY, threshold=T
    )
    assert set(shown.filter(pl.col("d").is_null())["c"]) == {"dialysis", "laboratory"}
    assert set(shown.filter(pl.col("d").is_not_null())["c"]) == {"office"}


def test_contributions_of_areas_that_merge_are_merged() -> None:
    of = [[10.0, 5.0, 3.0, 0.0, 4.0], [7.0, 7.0, None, 0.0, 1.0], [1.0, 1.0]]
    frame = pl.DataFrame({"g": ["a", "a", "b"], "of": of})
    merged = frame.group_by("g", maintain_order=True).agg(together("of"))["of"].to_list()
    assert merged == [[17, 7, 5, 0, 5], [1, 1, 0, 0, 0]]


def test_a_sum_of_few_contributors_is_hidden_however_many_people_there_are() -> None:
    """Three people of 50 have cost: what they cost is theirs, and so is what is left of the total without them."""
    few, many, none = [30.0, 10.0, 10.0, 0.0, 3.0], [900.0, 20.0, 20.0, 0.0, 50.0], [None, None, None, 0.0, 0.0]
    rows = [("x", "few", 50, 30.0, few), ("x", "many", 60, 900.0, many), ("x", "none", 40, 0.0, none)]
    rows += [("x", "more", 70, 900.0, many), ("all", "all", 220, 1830.0, [1830.0, 20.0, 20.0, 0.0, 103.0])]
    frame = pl.DataFrame(rows, schema=["dimension", "group_value", "people", "usd", "of"], orient="row")
    header = {"dimensions": "group_value", "filters": "dimension", "counts": "people", "sums": "usd by people"}
    shown = suppress(frame, Roles.from_header(header | {"contributions": "usd in of"}), threshold=T)
    # Nobody contributes to 'none': hiding it besides protects nobody.
    assert shown["usd"].is_null().to_list() == [True, True, True, False, False]
    assert shown["people"].to_list() == [50, 60, 40, 70, 220]


def test_what_is_known_of_the_largest_besides_makes_it_easier_to_tell() -> None:
    """Eleven people above a cap of 100, 60 in excess, 30 and 10 by two. Another 20: 15 % of 130, but 7 % of 280."""
    rows = [("all", "all", 50, 11, 60.0, [60.0, 30.0, 10.0, 100.0])]
    header = {"dimensions": "group_value", "filters": "dimension", "counts": "above of d", "sums": "usd by above"}
    roles = Roles.from_header(header | {"contributions": "usd in of"})
    frame = pl.DataFrame(rows, schema=["dimension", "group_value", "d", "above", "usd", "of"], orient="row")
    assert suppress(frame, roles, threshold=T)["usd"].to_list() == [60]
    higher = frame.with_columns(of=pl.Series([[60.0, 30.0, 10.0, 250.0]]))
    assert suppress(higher, roles, threshold=T)["usd"].to_list() == [None]
    nobody = frame.with_columns(above=pl.lit(0), usd=pl.lit(0.0), of=pl.Series([[0.0, 0.0, None, 250.0]]))
    assert suppress(nobody, roles, threshold=T)["usd"].to_list() == [0]


def test_a_contribution_needs_a_sum() -> None:
    roles = Roles.from_header({"counts": "d", "contributions": "usd in of"})
    with pytest.raises(CheckFailed, match="no sum is called usd"):
        suppress(pl.DataFrame({"d": [20]}), roles, threshold=T)


def test_readmitted_people_do_not_tell_how_few_are_in_another_group() -> None:
    """Groups of 5 and 12 are hidden together, 17 by subtraction: twelve readmitted in the second would leave 5."""
    header = {"dimensions": "group_value", "filters": "dimension", "counts": "people"}
    names = ["dimension", "group_value", "people"]
    use = pl.DataFrame(
        [("x", "a", 5), ("x", "b", 12), ("x", "c", 100), ("all", "all", 117)], schema=names, orient="row"
    )
    shown_use = suppress(use, Roles.from_header(header), threshold=T)
    assert shown_use["people"].to_list() == [None, None, 100, 117]
    stays = [("p1", 2025, "x", group, n, n + 20, n, 0) for group, n in (("b", 12), ("c", 50))]
    columns = ["population", "year", *names, "index_stays", "readmissions", "planned_readmissions"]
    cube = pl.DataFrame([*stays, ("p1", 2025, "all", "all", 62, 102, 62, 0)], schema=columns, orient="row")
    of_year = [frame.with_columns(population=pl.lit("p1"), year=pl.lit(2025)) for frame in (use, shown_use)]
    roles = Roles.from_header(catalog.load().tables["cubes.readmission"].header)
    shown = suppress(cube, roles, threshold=T, within=(of_year[0], of_year[1]))
    assert shown.filter(pl.col("group_value") == "b")["people"].to_list() == [None]


def test_a_rank_of_cost_is_hidden_where_few_of_it_are_below_the_cap() -> None:
    """Fifteen cost most, twelve of them above the cap: the plan's excess would leave what the other three cost."""
    file = catalog.load().tables["cubes.use"]
    below = [c for c in Roles.from_header(file.header).contributions["medical_allowed_usd"] if "ranked" in c]
    header = {"dimensions": "group_value", "filters": "dimension", "counts": "people"}
    header |= {"sums": "medical_allowed_usd by people", "contributions": f"medical_allowed_usd in {below[0]}"}
    rows = [
        ("x", "top 1 %", 15, 9e6, [6e5, 2e5, 2e5, 0.0, 3.0]),
        ("x", "next 4 %", 60, 6e6, [6e6, 2e5, 2e5, 0.0, 60.0]),
    ]
    rows += [("x", "other 90 %", 900, 6e6, [6e6, 9e3, 9e3, 0.0, 900.0]), ("all", "all", 975, 21e6, None)]
    columns = ["dimension", "group_value", "people", "medical_allowed_usd", below[0]]
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    shown = suppress(frame, Roles.from_header(header), threshold=T)
    assert shown["medical_allowed_usd"].to_list() == [None, None, 6e6, 21e6]
