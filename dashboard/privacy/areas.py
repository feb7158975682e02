"""Areas with few people merge into named groups, so that they are counted somewhere and don't go blank."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PLURAL = {"county": "counties", "zip3": "ZIP3 areas", "state": "states"}


def merged(areas: Mapping[str, tuple[str, int]], floor: int, *, level: str) -> dict[str, str]:
    """Area → the group it is counted in, for every area that is merged; the others aren't in the result.

    areas: area id → (its state, its people). Within a state the areas below `floor` are one group; while that is below
    `floor` itself the state's next larger area joins it. A state that ends as one group below the floor joins the other
    such states, and with them, where needed, the state group or area that has fewest people. So every group and every
    area left alone has `floor` people or more, unless all of them together have fewer.

    >>> merged({"25001": ("MA", 500), "25003": ("MA", 40), "25005": ("MA", 70)}, 100, level="county")
    {'25003': 'Smaller counties of MA', '25005': 'Smaller counties of MA'}
    """
    people = {area: count for area, (_, count) in areas.items()}
    groups: dict[str, list[str]] = {}
    left: dict[str, list[str]] = {}
    by_state: dict[str, list[str]] = {}
    for area in sorted(areas, key=lambda a: (people[a], a)):
        by_state.setdefault(areas[area][0] if level != "state" else "", []).append(area)
    for state, members in sorted(by_state.items()):
        few = _fewest(members, people, floor)
        left |= {area: [area] for area in members[len(few) :]}
        if few:
            groups[f"Smaller {_PLURAL[level]}" + (f" of {state}" if state else "")] = few
    return _across_states(groups, left, people, floor, level)


def _fewest(members: list[str], people: Mapping[str, int], floor: int) -> list[str]:
    """The first of `members` (fewest people first) that are below the floor, and as many as lift them to it."""
    small = sum(people[area] < floor for area in members)
    if not small:
        return []
    small = max(small, 2)
    while small < len(members) and _count(members[:small], people) < floor:
        small += 1
    return members[:small]


def _across_states(
    groups: dict[str, list[str]], left: dict[str, list[str]], people: Mapping[str, int], floor: int, level: str
) -> dict[str, str]:
    below = [name for name, members in groups.items() if _count(members, people) < floor]
    rest = [area for name in below for area in groups.pop(name)]
    while rest and _count(rest, people) < floor and (others := groups | left):
        smallest = min(others, key=lambda name: (_count(others[name], people), name))
        rest += (groups if smallest in groups else left).pop(smallest)
    if rest:
        groups[f"Smaller {_PLURAL[level]} of several states" if level != "state" else "Smaller states"] = rest
    return {area: name for name, members in groups.items() for area in sorted(members)}


def _count(members: Iterable[str], people: Mapping[str, int]) -> int:
    return sum(people[area] for area in members)
