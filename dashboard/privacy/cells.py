"""What makes the cells of one table safe together: counts by the threshold, sums by the threshold and by dominance.

Counts: no count of 1 to threshold − 1, and none by subtraction. Sums: nobody may learn what one person cost. Someone
who knows their own amount and subtracts it from a sum must stay uncertain of the largest other amount by at least
P_PERCENT of it (the p% rule): what all but the two largest contribute must be at least P_PERCENT of the largest.
Contributions are taken absolutely, so that money taken back hides nobody.
Source: Hundepool et al. 2012, Statistical Disclosure Control, chapter 4 (p% rule; signed contributions).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import polars as pl

P_PERCENT = 0.10
_CENT = 0.005

Row = tuple[int | None, ...]


@dataclass(frozen=True)
class Layout:
    """How the rows of one table hang together.

    classes: of each row, the part of the table that has a visible total of its own.
    units: of each row, the name of the rows that are hidden with it, all or none.
    overlaps: whether one person may be in several rows, as in months; then rows' counts of people don't add up.
    """

    classes: list[tuple[str, ...]]
    units: list[object]
    overlaps: bool = False

    def members(self) -> dict[tuple[str, ...], list[int]]:
        """Rows of each class."""
        found: dict[tuple[str, ...], list[int]] = {}
        for index, name in enumerate(self.classes):
            found.setdefault(name, []).append(index)
        return found

    def with_units(self, rows: set[int]) -> set[int]:
        """These rows and all that are hidden with them."""
        named = {self.units[i] for i in rows}
        return {i for i, unit in enumerate(self.units) if unit in named}


class Cells(Protocol):
    """One table's cells, of a count or of a sum."""

    def is_unsafe(self, index: int) -> bool:
        """Whether this cell may not be shown."""

    def is_union_safe(self, hidden: list[int]) -> bool:
        """Whether hidden cells of one class are together as safe as one published cell."""

    def size(self, index: int) -> int:
        """How many people or events a row has; the smallest is hidden first."""

    def slack(self, hidden: list[int]) -> tuple[float, ...]:
        """By how much the hidden cells could be lower or higher, each of a class's numbers."""

    def needed(self, hidden: list[int]) -> float:
        """How much slack a neighbouring class must have to protect these cells."""


@dataclass(frozen=True)
class Counts:
    """A whole and its parts, one row a cell; nulls are not computable."""

    rows: list[Row]
    threshold: int
    overlaps: bool = False

    def size(self, index: int) -> int:
        """The whole."""
        return self.rows[index][0] or 0

    def is_unsafe(self, index: int) -> bool:
        """Whether a cell shows, or lets be worked out, a count from 1 to threshold − 1."""
        return is_small(self.rows[index], self.threshold)

    def is_union_safe(self, hidden: list[int]) -> bool:
        """At least two cells with somebody in them, that are one safe cell when added up."""
        if not hidden:
            return True
        present = [i for i in hidden if self.size(i) > 0]
        if len(present) < 2:
            return False
        if self.overlaps:
            # The same people may be in all of these rows: then the largest row is all there are.
            return any(not self.is_unsafe(i) for i in present)
        totals = tuple(sum(self.rows[i][c] or 0 for i in hidden) for c in range(len(self.rows[hidden[0]])))
        # A row that exists has somebody in it: each is known to be one at least, so the sum says that much less.
        known = [sum(self.rows[i][c] == self.rows[i][0] for i in present) for c in range(len(totals))]
        spread = [total - least for total, least in zip(totals, known, strict=True) if total]
        return not is_small(totals, self.threshold) and all(left >= self.threshold - 1 for left in spread)

    def slack(self, hidden: list[int]) -> tuple[float, ...]:
        """Per count: by how much the hidden ones could be lower and, of parts, their complements higher."""
        whole, *parts = (sum(self.rows[i][c] or 0 for i in hidden) for c in range(len(self.rows[0])))
        return tuple(min(part, whole - part) for part in parts) or (whole,)

    def needed(self, hidden: list[int]) -> float:
        """The threshold."""
        del hidden
        return self.threshold


def is_small(row: Row, threshold: int) -> bool:
    """Whether a whole, a part of it, or what is left of it is 1 to threshold − 1."""
    whole, parts = row[0], row[1:]
    if whole is None:
        return False
    counts = [whole, *(p for p in parts if p is not None), *(whole - p for p in parts if p is not None)]
    return any(0 < count < threshold for count in counts)


Contribution = tuple[float, float, float, float, int]


@dataclass(frozen=True)
class Amounts:
    """One sum: per cell what its people contribute, and how many they are.

    contributions: absolute total, largest, second largest, and what is known of the largest besides, in USD, and how
        many people contribute (0 where nothing says so); all zero where nobody contributes.
    few: the cells whose count is unsafe: their people together are protected as one contributor is, and so are those
        of cells to which fewer people than `threshold` contribute.
    """

    contributions: list[Contribution]
    sizes: list[int]
    few: frozenset[int]
    overlaps: bool = False
    threshold: int = 0

    def size(self, index: int) -> int:
        """How many people or events the cell has."""
        return self.sizes[index]

    def is_unsafe(self, index: int) -> bool:
        """Whether few people contribute, or the second largest could tell the largest amount to within P_PERCENT."""
        return self._has_few(index) or self._is_dominated([index])

    def _has_few(self, index: int) -> bool:
        return 0 < self.contributions[index][4] < self.threshold

    def _is_dominated(self, rows: list[int]) -> bool:
        of = self._of(rows)
        totals, firsts, seconds, knowns, _ = zip(*of, strict=True) if of else ((), (), (), (), ())
        if self.overlaps:
            # The two largest may be the same two people in all of these rows.
            first, second, known = sum(firsts), sum(seconds), sum(knowns)
        else:
            first, second = sorted((*firsts, *seconds, 0.0, 0.0), reverse=True)[:2]
            known = max(knowns, default=0.0)
        return first > 0 and sum(totals) - first - second + _CENT < P_PERCENT * (first + known)

    def _of(self, rows: list[int]) -> list[Contribution]:
        return [self.contributions[i] for i in rows]

    def is_union_safe(self, hidden: list[int]) -> bool:
        """Not dominated, and no cell of few people is nearly all of it, not even to somebody in another cell."""
        few = [i for i in hidden if i in self.few or self._has_few(i)]
        people = [self.contributions[i][4] for i in hidden]
        # The same people may contribute to all of these rows: then the largest row has all there are.
        contributors = max(people, default=0) if self.overlaps else sum(people)
        is_enough = not 0 < contributors < self.threshold
        return is_enough and not self._is_dominated(hidden) and all(self._is_masked(i, hidden) for i in few)

    def _is_masked(self, index: int, hidden: list[int]) -> bool:
        others = self._of([i for i in hidden if i != index])
        largest = [first for _, first, *_ in others]
        own = sum(largest) if self.overlaps else max(largest, default=0.0)
        return sum(total for total, *_ in others) - own + _CENT >= P_PERCENT * self.contributions[index][0]

    def slack(self, hidden: list[int]) -> tuple[float, ...]:
        """What is hidden less what its largest contributors know of it."""
        return (sum(total - first for total, first, *_ in self._of(hidden)),)

    def needed(self, hidden: list[int]) -> float:
        """P_PERCENT of the largest contribution, or of all that few people contribute."""
        few = {i for i in hidden if i in self.few or self._has_few(i)}
        of_people = [self.contributions[i] for i in hidden if i not in few]
        of_few = [self.contributions[i][0] for i in few]
        return P_PERCENT * (sum(first + known for _, first, _, known, _ in of_people if first) + sum(of_few))


def together(column: str) -> pl.Expr:
    """Aggregate contributions of cells that share nobody, [total, largest, second, known, people], to those of all."""
    largest = pl.col(column).list.slice(1, 2).explode().drop_nulls().sort(descending=True)
    ends = [largest.get(place, null_on_oob=True).fill_null(0.0) for place in (0, 1)]
    known = pl.col(column).list.get(3, null_on_oob=True).max().fill_null(0.0)
    people = pl.col(column).list.get(4, null_on_oob=True).sum()
    return pl.concat_list(pl.col(column).list.first().sum(), *ends, known, people).alias(column)


def protect(cells: Cells, chosen: set[int], layout: Layout) -> tuple[set[int], bool]:
    """The rows to hide, `chosen` and the unsafe ones among them; and whether some class could not be made safe.

    A table of one row is a margin and needs only the primary rule.
    """
    height = len(layout.units)
    chosen = layout.with_units(chosen | {i for i in range(height) if cells.is_unsafe(i)})
    if height == 1:
        return chosen, False
    members = layout.members()
    stuck = [name for name, of in members.items() if not _complete(cells, chosen, of, layout)]
    hidden = {name: [i for i in of if i in chosen] for name, of in members.items()}
    slack = {name: cells.slack(of) for name, of in hidden.items()}
    return chosen, not all(_has_exchange(name, slack, cells.needed(hidden[name])) for name in stuck)


def _complete(cells: Cells, chosen: set[int], members: list[int], layout: Layout) -> bool:
    """Hide more rows of one class, the smallest first, until the hidden are together as safe as one published cell."""
    sizes: dict[object, int] = {}
    for index, unit in enumerate(layout.units):
        sizes[unit] = sizes.get(unit, 0) + cells.size(index)
    spare = sorted((i for i in members if i not in chosen and cells.size(i) > 0), key=lambda i: sizes[layout.units[i]])
    while not cells.is_union_safe([i for i in members if i in chosen]):
        if not spare:
            return False
        chosen |= layout.with_units({spare.pop(0)})
    return True


def _has_exchange(name: tuple[str, ...], slack: dict[tuple[str, ...], tuple[float, ...]], needed: float) -> bool:
    """Whether a class of two nested dimensions that is not safe alone is safe among its neighbours.

    Readers know the hidden sums of its row and its column (a deprivation group, a rurality), not of the class. If some
    other row and other column cross it in three classes that could each take or give up what is needed, people may
    be moved round these four without changing anything shown, so its numbers stay at least that wide. That is
    asked of every number of which any is hidden; a whole moves with its parts.
    """
    if len(name) != 2:
        return False
    first, second = name
    others = [of for of in slack if len(of) == 2 and of[0] != first and of[1] != second]
    numbers = [c for c in range(len(slack[name])) if any(of[c] for of in slack.values())]
    nothing = (0.0,) * len(slack[name])
    return all(
        any(
            min(slack.get((first, b), nothing)[c], slack.get((a, second), nothing)[c], slack[a, b][c]) >= needed
            for a, b in others
        )
        for c in numbers
    )
