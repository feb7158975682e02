"""Places as a policy lets them leave: one level of areas, small ones merged, in tables and on person rows alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from dashboard.privacy.areas import merged
from dashboard.privacy.cells import together
from dashboard.privacy.lattice import Nesting
from dashboard.privacy.policy import NESTED, NESTED_COLUMNS
from dashboard.warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.privacy.policy import Policy
    from dashboard.warehouse.connect import Connection

UNKNOWN_ZIP3 = "000"
_COLUMN = {"county": "county_fips", "zip3": "zip3"}
_MEMBERS = {"area_level": pl.String, "group_id": pl.String, "area_id": pl.String, "state": pl.String}


@dataclass(frozen=True)
class Places:
    """Which area each area is published as.

    source: the level that tables hold in the protected zone (counties or ZIP3s); level: the one that is published.
    published: area → what it is published as: of counties those that change, of ZIP3s all that may be told (any other
    is 000). members: the areas of each merged group.
    """

    source: str
    level: str
    published: dict[str, str] = field(default_factory=dict)
    members: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_MEMBERS))
    nesting: Nesting | None = None

    @property
    def is_merged(self) -> bool:
        """Whether areas are published as larger ones, so that nothing of the single area may stand beside them."""
        return self.members.height > 0

    def left_out(self, policy: Policy) -> frozenset[str]:
        """Columns that would tell a merged group's areas apart: what is known of a county, where counties merged."""
        return NESTED_COLUMNS if self.is_merged and not policy.is_limited_dataset else frozenset()

    def column(self, column: str) -> str:
        """SQL: a column of a person table `t`, with its areas as published (they are in the table `place`)."""
        if column != _COLUMN[self.source] or (self.source == "county" and not self.published):
            return f't."{column}"'
        otherwise = f"'{UNKNOWN_ZIP3}'" if self.source == "zip3" else f"t.{column}"
        known = f"(select p.published from place as p where p.area_id = t.{column})"
        return f"coalesce({known}, {otherwise}) as {column}"

    def merge(
        self, frame: pl.DataFrame, numbers: Sequence[str], contributions: Sequence[str], grain: list[str]
    ) -> pl.DataFrame:
        """A cube with its areas as published, their numbers added up; null where all that is added is null.

        contributions: columns of [absolute total, largest, second largest], of people who are in one area each.
        """
        is_area = pl.col("dimension") == self.source
        area = pl.col("group_value")
        otherwise = pl.lit(UNKNOWN_ZIP3) if self.source == "zip3" else area
        value = pl.when(is_area).then(area.replace_strict(self.published, default=otherwise)).otherwise(area)
        named = frame.with_columns(
            value.alias("group_value"),
            pl.when(is_area).then(pl.lit(self.level)).otherwise("dimension").alias("dimension"),
        )
        added = [pl.when(pl.col(c).count() > 0).then(pl.col(c).sum()).alias(c) for c in numbers]
        return named.group_by(grain, maintain_order=True).agg(*added, *map(together, contributions))


NO_PLACES = Places("county", "county")


def places_of(con: Connection, policy: Policy) -> Places:
    """The places of a build under its policy. reads: marts.person_year, reference.area."""
    level = policy.area_level
    source = "zip3" if level == "zip3" else "county"
    people = connect.query(con, _PEOPLE.format(column=_COLUMN[source], level=source))
    larger = _larger(people, level)
    counted = people.with_columns(pl.col("area_id").replace_strict(larger, default=None).alias("group_id"))
    known = counted.drop_nulls("group_id").group_by("group_id").agg(pl.col("state").min(), pl.col("people").sum())
    few = merged({a: (s, n) for a, s, n in known.rows()}, policy.area_floor, level=level) if policy.area_floor else {}
    published = {area: few.get(group, group) for area, group in larger.items()}
    if source == "county":
        published = {area: name for area, name in published.items() if name != area}
    con.register(
        "place_frame",
        pl.DataFrame(
            {"area_id": list(published), "published": list(published.values())},
            schema={"area_id": pl.String, "published": pl.String},
        ).to_arrow(),
    )
    con.execute("create or replace temp table place as select * from place_frame")
    con.unregister("place_frame")
    members = _members(con, people, published, (source, level))
    return Places(source, level, published, members, _nesting(con, policy, bool(few)))


# How many people live in each area in the year (and population) with fewest, so that a group has enough in each.
_PEOPLE = """
with counted as (
    select {column} as area_id, population, year, count(*) filter (where is_present) as people
    from marts.person_year
    where {column} is not null
    group by all
)

select
    c.area_id,
    a.state,
    s.area_id as state_id,
    coalesce(min(c.people) filter (where c.people > 0), 0) as people,
    '{level}' = 'zip3' and c.area_id in (select z.zip3 from reference.zip3_small as z) as is_small
from counted as c
left join reference.area as a on a.area_level = '{level}' and c.area_id = a.area_id
left join reference.area as s on s.area_level = 'state' and a.state = s.state
group by all
order by c.area_id
"""


def _larger(people: pl.DataFrame, level: str) -> dict[str, str]:
    """What each known area is published as whatever its people: itself, or its state; ZIP3s must be large."""
    known = people.filter(pl.col("state").is_not_null() & ~pl.col("is_small"))
    return dict(known.select("area_id", "state_id" if level == "state" else pl.col("area_id").alias("same")).rows())


def _members(con: Connection, people: pl.DataFrame, published: dict[str, str], places: tuple[str, str]) -> pl.DataFrame:
    """Every area of each group, people or none, to be drawn as it; an area that is published as itself is in none.

    An area without anyone of ours counts as a member too: the list of a group's areas must not tell where people live.
    """
    source, level = places
    listed = connect.query(con, _LISTED, [source])
    alone = set(people["area_id"]) - {area for area, name in published.items() if name != area}
    known = people.filter(pl.col("area_id").is_in([area for area, name in published.items() if name != area]))
    of_state = {state: published[area] for area, state in known.select("area_id", "state").rows()}
    rows = [
        (level, published.get(area) or of_state[state], area, state)
        for area, state in listed.rows()
        if area not in alone and state in of_state
    ]
    return pl.DataFrame(rows, schema=_MEMBERS, orient="row")


_LISTED = """
select a.area_id, a.state
from reference.area as a
where
    a.area_level = ?
    and not (a.area_level = 'zip3' and a.area_id in (select z.zip3 from reference.zip3_small as z))
order by a.area_id
"""


def _nesting(con: Connection, policy: Policy, is_merged: bool) -> Nesting | None:
    """Which deprivation and rurality group each county lies in; none where counties merge across them."""
    if not policy.nested or is_merged:
        return None
    rows = connect.query(
        con,
        "select county_fips, any_value(deprivation_quintile)::varchar as deprivation,"
        " any_value(rurality)::varchar as rurality from marts.person_year where county_fips is not null group by 1",
    ).rows()
    return Nesting("county", NESTED, {r[0]: (str(r[1]), str(r[2])) for r in rows})
