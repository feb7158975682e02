"""Suppression on the lattice: decided once, at publish, over each declared table.

First strength, and provable for what is published today, one-way tables with a visible margin: after suppression the
cells hidden in a table behave together like one published cell. So what subtraction yields is never a single cell,
never a count of 1 to threshold − 1, and every hidden cell may be anything from zero to the hidden total.
Areas nested in other dimensions (counties in deprivation groups) are protected class by class, so that every margin is
a sum of whole classes; where a class can be made safe neither alone nor among its neighbours, the last nested
dimension is left out, then the next. A count that another cube's count bounds (`within`) is protected as its part, and
is hidden where that is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dashboard.errors import CheckFailed

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
    def columns(self) -> tuple[str, ...]:
        """Every count of the family."""
        return (self.whole, *self.parts, *self.together)


@dataclass(frozen=True)
class Roles:
    """What the gate needs to know of a table, from its header."""

    dimensions: tuple[str, ...]
    filters: tuple[str, ...]
    families: tuple[Family, ...]
    sums: dict[str, str]

    @classmethod
    def from_header(cls, header: dict[str, str]) -> Roles:
        """Read `dimensions`, `filters`, `counts` and `sums` of a query's header.

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
        return cls(dimensions, filters, families, sums)

    @property
    def counts(self) -> tuple[str, ...]:
        """Every count column."""
        return tuple(column for family in self.families for column in family.columns)

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
    """Hide unsafe counts of every one-way table in `frame`, with the complementary cells that protect them.

    frame: one row per filters × dimensions; counts are whole numbers ≥ 0 or null (not computable).
    within: the cube that `roles.within` names, exact and as it will be shown.
    Returns the frame with hidden numbers null and `suppressed_columns` naming them (empty list: nothing hidden);
    without the rows of nested dimensions that could not be shown beside their areas.
    Raises CheckFailed when a count is negative or a part exceeds its whole.
    """
    _check_counts(frame, roles)
    columns = frame.columns
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
    """Add the other cube's exact count, and whether it is hidden; hidden too where that cube shows no such group."""
    if roles.within is None or within is None:
        return frame
    count, bounded = roles.within[1], [family.whole for family in roles.families if family.within]
    exact, shown = within
    keys = [c for c in exact.columns if c in {*roles.dimensions, *roles.filters}]
    is_hidden = pl.col(SUPPRESSED).list.contains(pl.lit(count)).alias(_WITHIN_HIDDEN)
    known = exact.select(*keys, pl.col(count).alias(_WITHIN)).join(shown.select(*keys, is_hidden), on=keys, how="left")
    # People whom the other cube doesn't know (it counts who is present) make its count no smaller than this one.
    return frame.join(known, on=keys, how="left", maintain_order="left").with_columns(
        pl.max_horizontal(_WITHIN, *bounded), pl.col(_WITHIN_HIDDEN).fill_null(value=True)
    )


def _hide(
    table: pl.DataFrame, roles: Roles, threshold: int, nesting: Nesting | None
) -> tuple[dict[str, set[int]], set[tuple[str, str]]]:
    """Rows of one table to hide, by count; and (nested dimension, count) whose margins would tell of these rows.

    Areas are tried in classes of all nested dimensions, then of fewer; a count that is safe in none is protected
    against the plan's total alone, and left out of the nested dimensions.
    """
    is_nested = nesting is not None and "dimension" in table.columns and table["dimension"][0] == nesting.area_level
    dimensions = nesting.dimensions if nesting and is_nested else ()
    of_area = nesting.classes if nesting and is_nested else {}
    areas = table[roles.dimensions[-1]].to_list() if is_nested else [""] * table.height
    hidden: dict[str, set[int]] = {}
    dropped: set[tuple[str, str]] = set()
    for family in roles.families:
        # What is beneath another count is left out wherever that is, for it would give it away.
        most = sum(not any((dimension, c) in dropped for c in family.beneath) for dimension in dimensions)
        for kept in range(most, -1, -1):
            classes = [of_area.get(area, ())[:kept] for area in areas]
            found, is_stuck = _hide_family(table, family, hidden, classes, threshold)
            if not is_stuck or not kept:
                hidden |= found
                dropped |= {(dimension, column) for dimension in dimensions[kept:] for column in family.columns}
                break
    return hidden, dropped


def _hide_family(
    table: pl.DataFrame, family: Family, above: dict[str, set[int]], classes: list[tuple[str, ...]], threshold: int
) -> tuple[dict[str, set[int]], bool]:
    """Rows to hide of one family's counts; and whether some class could not be made safe.

    A margin row (dimension 'all') is a table of one cell and needs only the primary rule.
    """
    base = (family.whole, *family.together)
    marks = table[_WITHIN_HIDDEN].to_list() if _WITHIN_HIDDEN in table.columns else []
    given = {i for i, is_hidden in enumerate(marks) if is_hidden}.union(*(above[column] for column in family.beneath))
    rows, stuck = _hide_columns(table, base, given, classes, threshold)
    if family.within and marks:
        rows, is_stuck = _hide_columns(table, (_WITHIN, family.whole), rows, classes, threshold)
        stuck |= is_stuck
    hidden = dict.fromkeys(base, rows)
    for part in family.parts:
        hidden[part], is_stuck = _hide_columns(table, (family.whole, part), set(rows), classes, threshold)
        stuck |= is_stuck
    return hidden, stuck


def _hide_columns(
    table: pl.DataFrame, columns: tuple[str, ...], chosen: set[int], classes: list[tuple[str, ...]], threshold: int
) -> tuple[set[int], bool]:
    """Rows in which `columns` (a whole, then its parts) are hidden: the unsafe ones, and those that protect them."""
    rows = table.select(columns).rows()
    chosen |= {index for index, row in enumerate(rows) if _unsafe(row, threshold)}
    if table.height == 1:
        return chosen, False
    members: dict[tuple[str, ...], list[int]] = {}
    for index, name in enumerate(classes):
        members.setdefault(name, []).append(index)
    stuck = [name for name, of in members.items() if not _complete(rows, chosen, of, threshold)]
    slack = {name: _slack(rows, [i for i in of if i in chosen]) for name, of in members.items()}
    return chosen, not all(_has_exchange(name, slack, threshold) for name in stuck)


def _slack(rows: list[tuple[int | None, ...]], hidden: list[int]) -> tuple[int, ...]:
    """Per count: by how much the hidden ones of a class could be lower and, of parts, their complements higher."""
    whole, *parts = (sum(rows[i][c] or 0 for i in hidden) for c in range(len(rows[0])))
    return tuple(min(part, whole - part) for part in parts) or (whole,)


def _has_exchange(name: tuple[str, ...], slack: dict[tuple[str, ...], tuple[int, ...]], threshold: int) -> bool:
    """Whether a class of two nested dimensions that is not safe alone is safe among its neighbours.

    Readers know the hidden sums of its row and its column (a deprivation group, a rurality), not of the class. If some
    other row and other column cross it in three classes that could each take or give up to the threshold, people may
    be moved round these four without changing anything shown, so its counts stay at least a threshold wide. That is
    asked of every count of which any is hidden; a whole moves with its parts.
    """
    if len(name) != 2:
        return False
    first, second = name
    others = [of for of in slack if len(of) == 2 and of[0] != first and of[1] != second]
    counts = [c for c in range(len(slack[name])) if any(of[c] for of in slack.values())]
    nothing = (0,) * len(slack[name])
    return all(
        any(
            min(slack.get((first, b), nothing)[c], slack.get((a, second), nothing)[c], slack[a, b][c]) >= threshold
            for a, b in others
        )
        for c in counts
    )


def _complete(rows: list[tuple[int | None, ...]], chosen: set[int], members: list[int], threshold: int) -> bool:
    """Hide more cells of one class until those hidden are together as safe as one published cell."""
    spare = sorted((i for i in members if i not in chosen and (rows[i][0] or 0) > 0), key=lambda i: (rows[i][0], i))
    while not _union_safe(rows, [i for i in members if i in chosen], threshold):
        if not spare:
            return False
        chosen.add(spare.pop(0))
    return True


def _union_safe(rows: list[tuple[int | None, ...]], hidden: list[int], threshold: int) -> bool:
    if not hidden:
        return True
    totals = tuple(sum(rows[i][c] or 0 for i in hidden) for c in range(len(rows[hidden[0]])))
    present = [i for i in hidden if (rows[i][0] or 0) > 0]
    # A row that exists has somebody in it: each of these is known to be one at least, so the sum says that much less.
    spread = [total - sum(rows[i][c] == rows[i][0] for i in present) for c, total in enumerate(totals) if total]
    return len(present) > 1 and not _unsafe(totals, threshold) and all(left >= threshold - 1 for left in spread)


def _unsafe(row: tuple[int | None, ...], threshold: int) -> bool:
    """Whether a cell shows, or lets be worked out, a count from 1 to threshold − 1."""
    whole, parts = row[0], row[1:]
    if whole is None:
        return False
    counts = [whole, *(p for p in parts if p is not None), *(whole - p for p in parts if p is not None)]
    return any(0 < count < threshold for count in counts)


def _table_key(table: pl.DataFrame, roles: Roles) -> tuple[object, ...]:
    return tuple(table[column][0] for column in roles.filters if column != "dimension")


def _blank(table: pl.DataFrame, roles: Roles, hidden: dict[str, set[int]]) -> pl.DataFrame:
    """Null the hidden numbers and name them; a sum is hidden with the count that protects it."""
    protector = {column: column for column in roles.counts} | roles.sums
    if unknown := sorted(set(roles.sums.values()) - set(roles.counts)):
        raise CheckFailed(where="sums", what=f"no count is called {', '.join(unknown)}", do="Name one under counts:")
    marks = [sorted(c for c, by in protector.items() if i in hidden.get(by, ())) for i in range(table.height)]
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


def _check_counts(frame: pl.DataFrame, roles: Roles) -> None:
    for family in roles.families:
        for part in family.columns:
            wrong = frame.filter((pl.col(part) < 0) | (pl.col(part) > pl.col(family.whole)))
            if wrong.height:
                raise CheckFailed(
                    where="cube", what=f"'{part}' is negative or exceeds '{family.whole}'", found=f"{wrong.height} rows"
                )
