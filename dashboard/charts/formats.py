"""How every number on a page, in a tooltip, in alt text and in a sentence is written.

A hidden number is a word, never an empty cell or a zero; so is one that the source can't answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SUPPRESSED = "Suppressed"
NOT_COMPUTABLE = "Not computable"
MINUS = "\u2212"

_TIMES = 5  # from here on a change reads better as times than as percent

Unit = Literal["count", "percent", "per_1000", "pmpm"]
Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True)
class Quantity:
    """What a column of numbers is: its name for people, its unit, and which way is good.

    percent columns hold fractions (0.123 is 12.3%); the others hold what is written.
    """

    name: str
    unit: Unit
    better: Better = "neither"

    def text(self, value: float | None, *, is_suppressed: bool = False) -> str:
        """The number with its unit, or the word for why there is none.

        >>> Quantity("PMPM", "pmpm").text(412.3)
        '$412 PMPM'
        >>> Quantity("Screened", "percent").text(None, is_suppressed=True)
        'Suppressed'
        """
        if value is None:
            return SUPPRESSED if is_suppressed else NOT_COMPUTABLE
        return _WRITERS[self.unit](value)

    def change(self, now: float, before: float) -> str:
        """A signed difference with its unit: points for percentages, else percent of the earlier number, or times it.

        >>> Quantity("Screened", "percent").change(0.70, 0.741)
        '−4.1 points'
        >>> Quantity("People", "count").change(110, 100)
        '+10.0%'
        >>> Quantity("PMPM", "pmpm").change(1273, 16)
        '80 times'
        """
        if self.unit == "percent":
            return points(100 * (now - before))
        if not before:
            return "new"
        return (
            f"{now / before:,.0f} times" if now >= _TIMES * before > 0 else f"{signed(100 * (now - before) / before)}%"
        )

    def range(self, low: float, high: float) -> str:
        """A range with its unit once.

        >>> Quantity("ED visits", "per_1000").range(217, 340), Quantity("Screened", "percent").range(0.213, 0.274)
        ('217–340 per 1,000', '21.3–27.4%')
        """
        first, last = self.text(low), self.text(high)
        if first == last:
            return first
        return f"{first.removesuffix('%').removesuffix(' per 1,000').removesuffix(' PMPM')}–{last.removeprefix('$')}"

    def axis(self, value: float) -> float:
        """The value in the unit of an axis (percent for fractions)."""
        return 100 * value if self.unit == "percent" else value


def count(value: int | float) -> str:
    """A whole number with thousands separated.

    >>> count(1234)
    '1,234'
    """
    return f"{value:,.0f}"


def percent(value: float) -> str:
    """A fraction as a percentage with one decimal.

    >>> percent(0.1234)
    '12.3%'
    """
    return f"{100 * value:.1f}%"


def interval(value: float, lower: float, upper: float) -> str:
    """A fraction with its interval.

    >>> interval(0.123, 0.118, 0.129)
    '12.3% (11.8–12.9)'
    """
    return f"{percent(value)} ({100 * lower:.1f}–{100 * upper:.1f})"


def signed(value: float) -> str:
    """One decimal with its sign; a real minus, and no sign on zero.

    >>> signed(-4.13), signed(0.02)
    ('−4.1', '0.0')
    """
    rounded = round(value, 1)
    return f"{MINUS if rounded < 0 else '+' if rounded > 0 else ''}{abs(rounded):.1f}"


def points(value: float) -> str:
    """A difference of percentages.

    >>> points(-4.1)
    '−4.1 points'
    """
    return f"{signed(value)} points"


def plural(number: int, noun: str) -> str:
    """A count with its noun.

    >>> plural(1, "area"), plural(3, "area")
    ('1 area', '3 areas')
    """
    return f"{count(number)} {noun}" if number == 1 else f"{count(number)} {noun}s"


_WRITERS = {
    "count": count,
    "percent": percent,
    "per_1000": lambda value: f"{value:,.0f} per 1,000",
    "pmpm": lambda value: f"${value:,.0f} PMPM",
}
