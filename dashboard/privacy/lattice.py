"""Suppression on the lattice: decided once, at publish, over each declared table.

First strength, and provable for what is published today, one-way tables with a visible margin: after suppression the
cells hidden in a table behave together like one published cell. So what subtraction yields is never a single cell,
never a count of 1 to threshold − 1, and every hidden cell may be anything from zero to the hidden total.
Areas nested in other dimensions (counties in deprivation groups) are protected class by class, so that every margin is
a sum of whole classes; where a class can't be made safe, the nested dimension is left out of that table.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dashboard.errors import CheckFailed

SUPPRESSED = "suppressed_columns"


@dataclass(frozen=True)
class Family:
    """Counts that are hidden together: a denominator and the parts counted of it."""

    whole: str
    parts: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every count of the family."""
        return (self.whole, *self.parts)


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
        parts: dict[str, list[str]] = {}
        for entry in _entries(header.get("counts", ""), ";"):
            name, _, whole = entry.partition(" of ")
            parts.setdefault(whole.strip() or name.strip(), [])
            if whole:
                parts[whole.strip()].append(name.strip())
        sums = dict(_pair(entry) for entry in _entries(header.get("sums", ""), ";"))
        families = tuple(Family(whole, tuple(names)) for whole, names in parts.items())
        dimensions, filters = _entries(header.get("dimensions", ""), ","), _entries(header.get("filters", ""), ",")
        return cls(dimensions, filters, families, sums)

    @property
    def counts(self) -> tuple[str, ...]:
        """Every count column."""
        return tuple(column for family in self.families for column in family.columns)


def _entries(text: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator) if part.strip())


def _pair(entry: str) -> tuple[str, str]:
    name, _, by = entry.partition(" by ")
    return name.strip(), by.strip()


def suppress(
    frame: pl.DataFrame,
    roles: Roles,
    *,
    threshold: int,
    classes: dict[str, str] | None = None,
    area_level: str = "",
    nested: tuple[str, ...] = (),
) -> pl.DataFrame:
    """Hide unsafe counts of every one-way table in `frame`, with the complementary cells that protect them.

    frame: one row per filters × dimensions; counts are whole numbers ≥ 0 or null (not computable).
    classes: for the rows of dimension `area_level`, the class (of nested dimensions) each area lies in.
    Returns the frame with hidden numbers null and `suppressed_columns` naming them (empty list: nothing hidden).
    Raises CheckFailed when a count is negative or a part exceeds its whole.
    """
    _check_counts(frame, roles)
    tables = frame.partition_by(list(roles.filters), maintain_order=True) if roles.filters else [frame]
    stuck: set[tuple[object, ...]] = set()
    done = []
    for table in tables:
        is_area = bool(classes) and "dimension" in table.columns and table["dimension"][0] == area_level
        groups = _classes_of(table, roles, classes or {}) if is_area else [0] * table.height
        hidden, is_stuck = hide(table, roles.families, groups, threshold)
        if is_stuck:
            hidden, _ = hide(table, roles.families, [0] * table.height, threshold)
            stuck.add(_table_key(table, roles))
        done.append(_blank(table, roles, hidden))
    result = pl.concat(done) if done else _blank(frame, roles, {})
    return _without_nested(result, roles, stuck, nested)


def hide(
    table: pl.DataFrame, families: tuple[Family, ...], classes: list[object] | list[int], threshold: int
) -> tuple[dict[str, set[int]], bool]:
    """Rows of one table to hide, by family; and whether some class could not be made safe.

    A margin row (dimension 'all') is a table of one cell and needs only the primary rule.
    """
    hidden: dict[str, set[int]] = {}
    is_stuck = False
    for family in families:
        rows = table.select(family.columns).rows()
        chosen = {index for index, row in enumerate(rows) if _unsafe(row, threshold)}
        if table.height > 1:
            for name in dict.fromkeys(classes):
                members = [index for index, of in enumerate(classes) if of == name]
                is_stuck |= not _complete(rows, chosen, members, threshold)
        hidden[family.whole] = chosen
    return hidden, is_stuck


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
    return sum((rows[i][0] or 0) > 0 for i in hidden) > 1 and not _unsafe(totals, threshold)


def _unsafe(row: tuple[int | None, ...], threshold: int) -> bool:
    """Whether a cell shows, or lets be worked out, a count from 1 to threshold − 1."""
    whole, parts = row[0], row[1:]
    if whole is None:
        return False
    counts = [whole, *(p for p in parts if p is not None), *(whole - p for p in parts if p is not None)]
    return any(0 < count < threshold for count in counts)


def _classes_of(table: pl.DataFrame, roles: Roles, classes: dict[str, str]) -> list[object]:
    return [classes.get(value, "") for value in table[roles.dimensions[-1]]]


def _table_key(table: pl.DataFrame, roles: Roles) -> tuple[object, ...]:
    return tuple(table[column][0] for column in roles.filters if column != "dimension")


def _blank(table: pl.DataFrame, roles: Roles, hidden: dict[str, set[int]]) -> pl.DataFrame:
    columns = {column: family.whole for family in roles.families for column in family.columns}
    columns |= {total: _family_of(by, roles) for total, by in roles.sums.items()}
    marks = [sorted(c for c, whole in columns.items() if i in hidden.get(whole, ())) for i in range(table.height)]
    marked = table.with_columns(pl.Series(SUPPRESSED, marks, dtype=pl.List(pl.String)))
    return marked.with_columns(
        *(
            pl.when(~pl.col(SUPPRESSED).list.contains(pl.lit(column))).then(pl.col(column)).alias(column)
            for column in columns
        ),
        is_suppressed=pl.col(SUPPRESSED).list.len() > 0,
    )


def _family_of(count: str, roles: Roles) -> str:
    for family in roles.families:
        if count in family.columns:
            return family.whole
    raise CheckFailed(where="sums", what=f"'by {count}' names no count of this table", do="Name one under counts:")


def _without_nested(
    frame: pl.DataFrame, roles: Roles, stuck: set[tuple[object, ...]], nested: tuple[str, ...]
) -> pl.DataFrame:
    """Leave nested dimensions out of the tables whose areas could not be protected class by class."""
    if not stuck:
        return frame
    keys = [column for column in roles.filters if column != "dimension"]
    unsafe = pl.DataFrame(list(stuck), schema={k: frame.schema[k] for k in keys}, orient="row")
    kept = frame.filter(~pl.col("dimension").is_in(nested))
    return pl.concat([kept, frame.filter(pl.col("dimension").is_in(nested)).join(unsafe, on=keys, how="anti")])


def _check_counts(frame: pl.DataFrame, roles: Roles) -> None:
    for family in roles.families:
        for part in family.columns:
            wrong = frame.filter((pl.col(part) < 0) | (pl.col(part) > pl.col(family.whole)))
            if wrong.height:
                raise CheckFailed(
                    where="cube", what=f"'{part}' is negative or exceeds '{family.whole}'", found=f"{wrong.height} rows"
                )
