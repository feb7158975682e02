"""Merged areas: every group and every area left alone has people enough, and nobody is lost."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from dashboard.privacy.areas import merged

AREAS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.tuples(st.sampled_from(["MA", "NH", "VT"]), st.integers(0, 60)),
    max_size=14,
)


@given(areas=AREAS, floor=st.integers(1, 80), level=st.sampled_from(["county", "zip3"]))
def test_no_group_is_below_the_floor_unless_all_are_one(
    areas: dict[str, tuple[str, int]], floor: int, level: str
) -> None:
    groups = merged(areas, floor, level=level)
    assert set(groups) <= set(areas)
    people: Counter[str] = Counter()
    for area, (_, count) in areas.items():
        people[groups.get(area, area)] += count
    assert sum(people.values()) == sum(count for _, count in areas.values())
    assert all(count >= floor for count in people.values()) or len(people) <= 1


@given(areas=AREAS, floor=st.integers(1, 80))
def test_the_order_of_areas_changes_nothing(areas: dict[str, tuple[str, int]], floor: int) -> None:
    backwards = dict(reversed(list(areas.items())))
    assert merged(areas, floor, level="county") == merged(backwards, floor, level="county")


@given(areas=AREAS, floor=st.integers(1, 80))
def test_a_group_of_one_state_is_called_after_it(areas: dict[str, tuple[str, int]], floor: int) -> None:
    for area, name in merged(areas, floor, level="county").items():
        assert name in {f"Smaller counties of {areas[area][0]}", "Smaller counties of several states"}
