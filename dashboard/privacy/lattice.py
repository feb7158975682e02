"""Suppression on the lattice: decided once, at publish, over each declared table.

First strength, and provable for what is published today, one-way tables with a visible margin: after suppression the
cells hidden in a table behave together like one published cell. So what subtraction yields is never a single cell,
never a count of 1 to threshold − 1, and every hidden cell may be anything from zero to the hidden total.
Areas nested in other dimensions (counties in deprivation groups) are protected class by class, so that every margin is
a sum of whole classes; where a class can be made safe neither alone nor among its neighbours, the last nested dimension
is left out, then the next. A count that another cube's count bounds (`within`) is protected as its part, and is hidden
where that is hidden; so is a sum that the other cube has too, of which this table's are then the parts. A sum is hidden
with the count that protects it and, where its header names what single people contribute to it, also where one of them
dominates it (cells.py). In tables whose rows share people (`overlaps`) counts of people don't add up, so one hidden row
must be safe by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from dashboard.errors import CheckFailed
from dashboard.privacy.cells import Amounts, Contribution, Counts, Layout, is_small, protect

if TYPE_CHECKING:
    from collections.abc import Callable

SUPPRESSED = "suppressed_columns"
_WITHIN, _WITHIN_HIDDEN = "within_count", "within_is_hidden"


@dataclass(frozen=True)
class Family:
    """A count and what is counted of it.

    parts: `numerator of denominator`: a part may be hidden while its whole is shown.
    together: `exclusion with initial_population`: hidden all or none, because readers could add them up.
    beneath: `denominator under initial_population`: where the first is hidden the second is too, because what the
        second and its companions show would give the first away.
    within: `initial_population within use.people`: no greater than another cube's count of the same group.
    """

    whole: str
    parts: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    beneath: tuple[str, ...] = ()
    within: tuple[str, ...] = ()

    @property
    def base(self) -> tuple[str, ...]:
        """The whole and what is hidden with it."""
        return (self.whole, *self.together)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every count of the family."""
        return (self.whole, *self.parts, *self.together)


@dataclass(frozen=True)
class Roles:
    """What the gate needs to know of a table, from its header.

    contributions: sum → columns that hold, as [absolute total, largest, second largest], what single people contribute
        to it; fourth, where everyone knows so much of the largest besides (such as a cap that it is above), that, else
        0; fifth how many people contribute. They decide hiding and never leave the build.
    overlaps: dimensions along which one person may be in several rows.
    hidden_by: a dimension each of whose values is hidden in all rows of a table or in none.
    """

    dimensions: tuple[str, ...]
    filters: tuple[str, ...]
    families: tuple[Family, ...]
    sums: dict[str, str]
    contributions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    overlaps: tuple[str, ...] = ()
    hidden_by: str = ""

    @classmethod
    def from_header(cls, header: dict[str, str]) -> Roles:
        """Read what a query's header says of its disclosure roles.

        >>> Roles.from_header({"dimensions": "g", "counts": "d; n of d", "sums": "usd by d"}).sums
        {'usd': 'd'}
        """
        said: dict[str, dict[str, list[str]]] = {}
        for entry in _entries(header.get("counts", ""), ";"):
            name, word, whole = _split(entry, tuple(_WORDS))
            if word == " within ":
                name, whole = whole, name
            of_whole = said.setdefault(whole or name, {})
            if whole:
                of_whole.setdefault(_WORDS[word], []).append(name)
        sums = dict(_split(entry, (" by ",))[::2] for entry in _entries(header.get("sums", ""), ";"))
        # What others are beneath comes after them.
        ordered = sorted(said.items(), key=lambda item: "beneath" in item[1])
        families = tuple(Family(whole, **{k: tuple(v) for k, v in of.items()}) for whole, of in ordered)
        dimensions, filters = _entries(header.get("dimensions", ""), ","), _entries(header.get("filters", ""), ",")
        contributions: dict[str, tuple[str, ...]] = {}
        for entry in _entries(header.get("contributions", ""), ";"):
            total, _, column = _split(entry, (" in ",))
            contributions[total] = (*contributions.get(total, ()), column)
        overlaps = _entries(header.get("overlaps", ""), ",")
        return cls(dimensions, filters, families, sums, contributions, overlaps, header.get("hidden_by", ""))

    @property
    def counts(self) -> tuple[str, ...]:
        """Every count column."""
        return tuple(column for family in self.families for column in family.columns)

    @property
    def inside(self) -> tuple[str, ...]:
        """Columns that never leave the build: what single people contribute."""
        return tuple(column for columns in self.contributions.values() for column in columns)

    @property
    def within(self) -> tuple[str, str] | None:
        """(cube, count) of another cube that bounds a count of this one, if one is named."""
        named = next((family.within[0] for family in self.families if family.within), None)
        return (named.partition(".")[0], named.partition(".")[2]) if named else None


_WORDS = {" of ": "parts", " with ": "together", " under ": "beneath", " within ": "within"}


def _entries(text: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator) if part.strip())


def _split(entry: str, words: tuple[str, ...]) -> tuple[str, str, str]:
    for word in words:
        if word in entry:
            name, _, whole = entry.partition(word)
            return name.strip(), word, whole.strip()
    return entry, "", ""


@dataclass(frozen=True)
class Nesting:
    """Areas nested in other dimensions: counties in deprivation groups, say.

    classes: area → its group in each of `dimensions`, in that order.
    """

    area_level: str
    dimensions: tuple[str, ...]
    classes: dict[str, tuple[str, ...]]


def suppress(
    frame: pl.DataFrame,
    roles: Roles,
    *,
    threshold: int,
    nesting: Nesting | None = None,
    within: tuple[pl.DataFrame, pl.DataFrame] | None = None,
) -> pl.DataFrame:
    """Hide unsafe counts and sums of every one-way table in `frame`, with the complementary cells that protect them.

    frame: one row per filters × dimensions; counts are whole numbers ≥ 0 or null (not computable).
    within: the cube that `roles.within` names, exact and as it will be shown.
    Returns the frame with hidden numbers null and `suppressed_columns` naming them (empty list: nothing hidden);
    without the rows of nested dimensions that could not be shown beside their areas, and without the columns of
    single people's contributions.
    Raises CheckFailed when a count is negative or a part exceeds its whole.
    """
    _check_roles(roles)
    _check_counts(frame, roles)
    columns = [column for column in frame.columns if column not in roles.inside]
    frame = _bounded(frame, roles, within)
    tables = frame.partition_by(list(roles.filters), maintain_order=True) if roles.filters else [frame]
    hidden = [_hide(table, roles, threshold, nesting) for table in tables]
    left_out = {
        (*_table_key(table, roles), dimension, column)
        for table, (_, dropped) in zip(tables, hidden, strict=True)
        for dimension, column in dropped
    }
    done = [
        _blank(table, roles, _with_left_out(table, roles, of, left_out))
        for table, (of, _) in zip(tables, hidden, strict=True)
    ]
    result = pl.concat(done) if done else _blank(frame, roles, {})
    safe = _without_tiny(_without_empty(result, roles, left_out), roles)
    return safe.select(*columns, SUPPRESSED, "is_suppressed")


def _bounded(frame: pl.DataFrame, roles: Roles, within: tuple[pl.DataFrame, pl.DataFrame] | None) -> pl.DataFrame:
    """Add the other cube's exact count, and whether it is hidden; hidden too where that cube shows no such group.

    Of sums that both cubes have, whether the other hides them.
    """
    if roles.within is None or within is None:
        return frame
    count, bounded = roles.within[1], [family.whole for family in roles.families if family.within]
    exact, shown = within
    keys = [c for c in exact.columns if c in {*roles.dimensions, *roles.filters}]
    both = [total for total in roles.sums if total in exact.columns]
    is_hidden = [pl.col(SUPPRESSED).list.contains(pl.lit(c)).alias(_hidden_within(c)) for c in both]
    is_hidden.append(pl.col(SUPPRESSED).list.contains(pl.lit(count)).alias(_WITHIN_HIDDEN))
    known = exact.select(*keys, pl.col(count).alias(_WITHIN)).join(shown.select(*keys, *is_hidden), on=keys, how="left")
    # People whom the other cube doesn't know (it counts who is present) make its count no smaller than this one.
    return frame.join(known, on=keys, how="left", maintain_order="left").with_columns(
        pl.max_horizontal(_WITHIN, *bounded),
        pl.col(_WITHIN_HIDDEN, *map(_hidden_within, both)).fill_null(value=True),
    )


def _hidden_within(total: str) -> str:
    return f"{total}_{_WITHIN_HIDDEN}"


Hidden = dict[str, set[int]]
Dropped = set[tuple[str, str]]


def _hide(table: pl.DataFrame, roles: Roles, threshold: int, nesting: Nesting | None) -> tuple[Hidden, Dropped]:
    """Rows of one table to hide, by count or sum; and (nested dimension, column) whose margins would tell of these.

    Areas are tried in classes of all nested dimensions, then of fewer; a column that is safe in none is protected
    against the plan's total alone, and left out of the nested dimensions.
    """
    is_nested = nesting is not None and "dimension" in table.columns and table["dimension"][0] == nesting.area_level
    dimensions = nesting.dimensions if nesting and is_nested else ()
    areas = [nesting.classes.get(a, ()) for a in table[roles.dimensions[-1]]] if nesting and is_nested else None
    hidden: Hidden = {}
    dropped: Dropped = set()
    steps: list[tuple[tuple[str, ...], tuple[str, ...], Callable[[Layout], tuple[Hidden, bool]]]] = []
    for of in roles.families:
        steps.append((of.base, of.beneath, partial(_hide_base, table, of, hidden, threshold)))
        steps += [((part,), (of.whole,), partial(_hide_part, table, of, part, hidden, threshold)) for part in of.parts]
    for total, by in roles.sums.items():
        steps.append(((total,), (by,), partial(_hide_sum, table, roles, total, hidden, threshold)))
    for columns, above, hide in steps:
        # What is beneath another count, or part of it, is left out wherever that is, for it would give it away.
        most = sum(not any((dimension, c) in dropped for c in above) for dimension in dimensions)
        for kept in range(most, -1, -1):
            found, is_stuck = hide(_layout(table, roles, areas, kept))
            if not is_stuck or not kept:
                hidden |= found
                dropped |= {(dimension, column) for dimension in dimensions[kept:] for column in columns}
                break
    return hidden, dropped


def _layout(table: pl.DataFrame, roles: Roles, areas: list[tuple[str, ...]] | None, kept: int) -> Layout:
    units: list[object] = list(range(table.height))
    if roles.hidden_by:
        others = [c for c in roles.dimensions if c != roles.hidden_by]
        classes = [tuple(map(str, row)) for row in table.select(others).rows()]
        return Layout(classes, table[roles.hidden_by].to_list(), bool(roles.overlaps))
    classes = [of[:kept] for of in areas] if areas else [()] * table.height
    return Layout(classes, units, bool(roles.overlaps))


def _hide_base(
    table: pl.DataFrame, family: Family, above: Hidden, threshold: int, layout: Layout
) -> tuple[Hidden, bool]:
    """Rows in which a whole and what goes with it are hidden; and whether some class could not be made safe."""
    marks = table[_WITHIN_HIDDEN].to_list() if _WITHIN_HIDDEN in table.columns else []
    given = {i for i, is_hidden in enumerate(marks) if is_hidden}.union(*(above[column] for column in family.beneath))
    rows, stuck = protect(_counts(table, family.base, layout, threshold), given, layout)
    if family.within and marks:
        rows, is_stuck = protect(_counts(table, (_WITHIN, family.whole), layout, threshold), rows, layout)
        stuck |= is_stuck
    return dict.fromkeys(family.base, rows), stuck


def _hide_part(
    table: pl.DataFrame, family: Family, part: str, above: Hidden, threshold: int, layout: Layout
) -> tuple[Hidden, bool]:
    """Rows in which a part is hidden: where its whole is, and where it or the rest would be small."""
    rows, stuck = protect(_counts(table, (family.whole, part), layout, threshold), set(above[family.whole]), layout)
    return {part: rows}, stuck


def _counts(table: pl.DataFrame, columns: tuple[str, ...], layout: Layout, threshold: int) -> Counts:
    return Counts(table.select(columns).rows(), threshold, layout.overlaps)


def _hide_sum(
    table: pl.DataFrame, roles: Roles, total: str, above: Hidden, threshold: int, layout: Layout
) -> tuple[Hidden, bool]:
    """Rows in which a sum is hidden: with its count, and where what single people contribute asks for more."""
    by = roles.sums[total]
    marks = table[_hidden_within(total)].to_list() if _hidden_within(total) in table.columns else []
    rows, stuck = above[by] | {i for i, is_hidden in enumerate(marks) if is_hidden}, False
    whole = next(f.whole for f in roles.families if by in f.columns)
    counts = table.select(whole, by).rows() if whole != by else table.select(by).rows()
    few = frozenset(i for i, row in enumerate(counts) if is_small(row, threshold))
    sizes = [row[0] or 0 for row in counts]
    for column in roles.contributions.get(total, ()):
        of_cell = [_contribution(given) for given in table[column].to_list()]
        rows, is_stuck = protect(Amounts(of_cell, sizes, few, layout.overlaps, threshold), rows, layout)
        stuck |= is_stuck
    return {total: rows}, stuck


def _contribution(given: list[float | None] | None) -> Contribution:
    """Absolute total, largest, second largest, what is known besides, and contributors; zero where there are none."""
    known = [value or 0.0 for value in given or ()] + [0.0] * 5
    return known[0], known[1], known[2], known[3], int(known[4])


def _table_key(table: pl.DataFrame, roles: Roles) -> tuple[object, ...]:
    return tuple(table[column][0] for column in roles.filters if column != "dimension")


def _blank(table: pl.DataFrame, roles: Roles, hidden: dict[str, set[int]]) -> pl.DataFrame:
    """Null the hidden numbers and name them."""
    protector = (*roles.counts, *roles.sums)
    marks = [sorted(c for c in protector if i in hidden.get(c, ())) for i in range(table.height)]
    marked = table.with_columns(pl.Series(SUPPRESSED, marks, dtype=pl.List(pl.String)))
    return marked.with_columns(
        *(pl.when(~pl.col(SUPPRESSED).list.contains(pl.lit(c))).then(pl.col(c)).alias(c) for c in protector),
        is_suppressed=pl.col(SUPPRESSED).list.len() > 0,
    )


def _with_left_out(
    table: pl.DataFrame, roles: Roles, hidden: dict[str, set[int]], left_out: set[tuple[object, ...]]
) -> dict[str, set[int]]:
    """Hide whole columns of a nested dimension's table where its margins would tell of its areas."""
    if "dimension" not in table.columns:
        return hidden
    key = (*_table_key(table, roles), table["dimension"][0])
    every = set(range(table.height))
    return {column: every if (*key, column) in left_out else rows for column, rows in hidden.items()}


def _without_empty(frame: pl.DataFrame, roles: Roles, left_out: set[tuple[object, ...]]) -> pl.DataFrame:
    """Leave out tables of nested dimensions in which no count is left to show."""
    if not left_out:
        return frame
    keys = list(roles.filters)
    named = {of[-2] for of in left_out}
    shown = pl.any_horizontal(pl.col(column).is_not_null() for column in roles.counts)
    empty = (
        frame.filter(pl.col("dimension").is_in(named))
        .group_by(keys)
        .agg(shown.any().alias("any"))
        .filter(~pl.col("any"))
    )
    return frame.join(empty.select(keys), on=keys, how="anti")


def _without_tiny(frame: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    """Where even the whole plan's count is hidden, show no groups: which of them exist would say who those few are."""
    wholes = [family.whole for family in roles.families if family.parts]
    if "dimension" not in frame.columns or not wholes:
        return frame
    keys = [column for column in roles.filters if column != "dimension"]
    hidden = pl.all_horizontal(pl.col(SUPPRESSED).list.contains(pl.lit(whole)) for whole in wholes)
    tiny = frame.filter((pl.col("dimension") == "all") & hidden)
    grouped = frame.filter(pl.col("dimension") != "all")
    kept = grouped.join(tiny.select(keys), on=keys, how="anti") if keys else grouped.clear() if tiny.height else grouped
    return pl.concat([frame.filter(pl.col("dimension") == "all"), kept])


def _check_roles(roles: Roles) -> None:
    if unknown := sorted(set(roles.sums.values()) - set(roles.counts)):
        raise CheckFailed(where="sums", what=f"no count is called {', '.join(unknown)}", do="Name one under counts:")
    if unknown := sorted(set(roles.contributions) - set(roles.sums)):
        raise CheckFailed(where="contributions", what=f"no sum is called {', '.join(unknown)}", do="Name one in sums:")


def _check_counts(frame: pl.DataFrame, roles: Roles) -> None:
    for family in roles.families:
        for part in family.columns:
            wrong = frame.filter((pl.col(part) < 0) | (pl.col(part) > pl.col(family.whole)))
            if wrong.height:
                raise CheckFailed(
                    where="cube", what=f"'{part}' is negative or exceeds '{family.whole}'", found=f"{wrong.height} rows"
                )
