"""How much a check may find: the `threshold:` and `not_fit:` of a check file, read strictly.

A limit is a share (`0.1 % of claims`) or a number (`0 claims`). Found and checked are what was published: rounded, and
of 1 to 10 only that they are few, so that no choice of limit can tell one small number from another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LIMIT = re.compile(
    r"(?P<amount>\d+(?:\.\d+)?)(?:\s*(?P<share>%)\s+of)?\s+(?P<unit>[a-z][a-z]*(?:[ -][a-z]+)*)", re.ASCII
)
# What is counted of the calendar or of the files is no count of people or events: such numbers are shown as they are.
_NOT_PEOPLE = frozenset({"months", "years", "sources", "tables", "steps"})
FORM = "Write `0.1 % of claims` or `0 claims`"


@dataclass(frozen=True)
class Limit:
    """A limit: a share in percent or a number, and what is counted."""

    amount: float
    is_share: bool
    unit: str

    @property
    def counts_people(self) -> bool:
        """Whether its unit is people or events, whose small counts are protected."""
        return self.unit not in _NOT_PEOPLE

    def exceeded(self, found: float, checked: float | None) -> bool:
        """Whether `found` is over the limit; a share of nothing is not.

        >>> parse("1 % of claims").exceeded(2, 100), parse("1 % of claims").exceeded(1, 100)
        (True, False)
        """
        if not self.is_share:
            return found > self.amount
        return bool(checked) and found * 100 > self.amount * (checked or 0)


def parse(text: str) -> Limit:
    """The limit that a header writes. Raises ValueError with what is wrong.

    >>> parse("0.1 % of claims")
    Limit(amount=0.1, is_share=True, unit='claims')
    >>> parse("0 claim lines").counts_people, parse("2 months").counts_people
    (True, False)
    """
    match = _LIMIT.fullmatch(text.strip())
    if match is None:
        raise ValueError("is neither a share nor a number with its unit")
    amount, is_share = float(match["amount"]), match["share"] is not None
    if is_share and amount > 100:
        raise ValueError("is a share of more than 100 %")
    if not is_share and amount != int(amount):
        raise ValueError("is a number of things, so a whole one")
    return Limit(amount, is_share, match["unit"])
