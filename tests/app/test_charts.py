"""Charts accept released numbers only, draw what was released, and say the same in words."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from dashboard.charts import (
    Quantity,
    area_map,
    bars,
    bullet,
    dots,
    outlines,
    palette,
    sparkline,
    strip,
    trend,
    waterfall,
)
from dashboard.errors import RefusedError
from dashboard.privacy import Provenance, Released, release
from dashboard.privacy.lattice import Roles
from dashboard.privacy.policy import EXPERT
from dashboard.stats.rates import compared, quantile_breaks, with_wilson

SHARE = Quantity("Screened", "percent", "higher")
PROVENANCE = Provenance("expert", "feed", "queries/panels/x/y.sql", (), "", 0)


def released(frame: pl.DataFrame) -> Released:
    return release(frame, Roles((), (), (), {}), EXPERT, PROVENANCE, on_lattice=True)


@pytest.fixture
def areas() -> Released:
    frame = pl.DataFrame(
        {
            "area_id": ["33001", "33003", "33005", "33007"],
            "area_name": ["Belknap, NH", "Carroll, NH", "Cheshire, NH", "Coos, NH"],
            "value": [0.5, 0.6, 0.7, None],
            "is_suppressed": [False, False, False, True],
            "versus_plan": ["below", "no clear difference", "above", None],
        }
    )
    return released(frame)


def a_map(areas: Released, **drawn: object) -> object:
    url = outlines.url("county", ("NH",))
    return area_map(areas, quantity=SHARE, outlines_url=url, states=("NH",), outlined=10, **drawn)


def test_a_bare_frame_is_refused() -> None:
    frame = pl.DataFrame({"year": [1, 2], "rate": [0.1, 0.2]})
    with pytest.raises(RefusedError, match="released numbers only"):
        sparkline(frame, "rate", SHARE, mode=None)  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match="released numbers only"):
        dots(frame, label="year", quantity=SHARE, plan=None, mode=None)  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match="released numbers only"):
        strip(frame, quantity=SHARE, plan=None, chosen=None, mode=None)  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match="released numbers only"):
        a_map(frame)  # type: ignore[arg-type]


COST = Quantity("Allowed per member per month", "pmpm", "lower")


def test_new_charts_refuse_a_bare_frame() -> None:
    frame = pl.DataFrame({"label": ["a"], "value": [1.0], "is_suppressed": [False]})
    with pytest.raises(RefusedError, match="released numbers only"):
        bars(frame, label="label", value="value", quantity=COST, plan=None, mode=None)  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match="released numbers only"):
        waterfall(frame, quantity=COST, mode=None)  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match="released numbers only"):
        trend(frame, series={"value": "A"}, quantity=COST, step="year", mode=None)  # type: ignore[arg-type]


def test_the_waterfall_s_parts_lead_from_one_total_to_the_other() -> None:
    frame = pl.DataFrame(
        {
            "label": ["2024", "Inpatient", "Pharmacy", "Hidden", "2025"],
            "total": [100.0, None, None, None, 104.0],
            "change": [None, 10.0, -6.0, None, None],
            "text": [None, "+$10.00", "−$6.00", None, None],
        }
    )
    chart = waterfall(released(frame), quantity=COST, mode="dark")
    assert chart.data.select("kind", "low", "high").rows() == [
        ("total", 100.0, 100.0),
        ("more", 100.0, 110.0),
        ("less", 104.0, 110.0),
        ("hidden", None, None),
        ("total", 104.0, 104.0),
    ]
    assert chart.alt.endswith(
        "2024: $100 PMPM; 2025: $104 PMPM. The largest changes: Inpatient +$10.00, Pharmacy −$6.00."
    )


def test_months_still_arriving_are_no_part_of_the_line() -> None:
    frame = pl.DataFrame(
        {
            "period_start": [date(2025, month, 1) for month in (1, 2, 3)],
            "medical": [400.0, None, 300.0],
            "is_mature": [True, True, False],
        }
    )
    chart = trend(released(frame), series={"medical": "Medical"}, quantity=COST, step="month", mode=None)
    assert chart.data.select("when", "value", "is_mature", "label").rows() == [
        ("2025-01-01", 400.0, True, "Medical"),
        ("2025-03-01", 300.0, False, None),
    ]
    assert "from $400 PMPM in January 2025 to $400 PMPM in January 2025" in chart.alt
    assert chart.alt.endswith("1 more still incomplete, drawn hollow.")
    nothing = trend(released(frame.clear()), series={"medical": "Medical"}, quantity=COST, step="month", mode=None)
    assert "no month can be shown" in nothing.alt


def test_bars_say_hidden_rows_and_keep_the_frame_s_order() -> None:
    frame = pl.DataFrame({"who": ["b", "a", "c"], "usd": [2.0, 3.0, None], "is_suppressed": [False, False, True]})
    chart = bars(released(frame), label="who", value="usd", quantity=COST, plan=2.5, mode=None)
    assert chart.data.select("label", "order", "text").rows() == [
        ("b", 0, "$2 PMPM"),
        ("a", 1, "$3 PMPM"),
        ("c", 2, "Suppressed"),
    ]
    assert "lowest b $2 PMPM, highest a $3 PMPM; plan $2 PMPM" in chart.alt
    assert json.dumps(chart.spec).count('"stack": null') > 0, "stacked bars lose the order of the frame"


def test_every_area_is_in_one_class_of_the_legend(areas: Released) -> None:
    drawn = a_map(areas)
    assert sum(entry.areas for entry in drawn.legend) == 10
    assert [(e.label, e.areas) for e in drawn.legend if e.areas and (e.is_hatched or "Nobody" in e.label)] == [
        ("Suppressed", 1),
        ("Nobody, or no value", 6),
    ]
    assert drawn.chart.data["hidden"].to_list() == [False, False, False, True]
    assert "1 area suppressed" in drawn.chart.alt


def test_the_plan_s_side_is_worse_or_better_by_the_measure(areas: Released) -> None:
    higher = a_map(areas, by_plan=True)
    assert higher.legend[0].label == "Below the plan (worse)"
    assert higher.legend[0].fill == palette.LIGHT.diverging[0]
    lower = area_map(
        areas,
        quantity=Quantity("Poor control", "percent", "lower"),
        outlines_url="/outlines/county/NH.json",
        states=("NH",),
        outlined=10,
        by_plan=True,
    )
    assert lower.legend[0].label == "Below the plan (better)"
    assert lower.legend[0].fill == palette.LIGHT.diverging[2]


def test_no_number_of_a_hidden_area_is_in_the_map(areas: Released) -> None:
    hidden = a_map(areas).chart.data.filter(pl.col("area_id") == "33007").row(0, named=True)
    assert hidden["text"] == "Suppressed"
    assert hidden["class"] is None


def test_specs_are_compiled_once_and_hold_no_data_and_no_other_host(areas: Released) -> None:
    first, second = a_map(areas).chart, a_map(areas).chart
    assert first.spec is second.spec
    text = json.dumps(first.spec)
    assert '"values"' not in text
    assert text.replace("https://vega.github.io/schema/", "").count("http") == 0, "only the schema's name is an address"


def test_dots_say_hidden_rows(areas: Released) -> None:
    frame = pl.DataFrame({"name": ["A", "B"], "numerator": [20, None], "denominator": [100, None]})
    chart = dots(released(with_wilson(frame)), label="name", quantity=SHARE, plan=0.25, mode="dark")
    assert chart.data["short"].to_list() == ["20.0% of 100", ""]
    assert chart.alt.endswith("plan 25.0%. 1 suppressed.")


def test_small_images_have_words_and_no_script() -> None:
    trend = released(pl.DataFrame({"year": [2023, 2024], "rate": [0.1, 0.2]}))
    image = sparkline(trend, "rate", SHARE, mode="dark")
    assert 'alt="Trend of Screened. 2023: 10.0%, 2024: 20.0%"' in image
    assert sparkline(trend.derive(lambda f: f.head(1)), "rate", SHARE, mode=None) == ""
    assert 'alt="&lt;b&gt;"' in bullet(0.2, 0.1, 0.3, label="<b>", mode=None)


def test_wilson_agrees_with_the_published_example() -> None:
    # Newcombe 1998, Stat Med 17:857–872, table I: 81 of 263 → 0.2553 to 0.3662; 0 of 20 → 0 to 0.1611.
    frame = with_wilson(pl.DataFrame({"numerator": [81, 0], "denominator": [263, 20]}))
    assert frame["lower"].round(4).to_list() == [0.2553, 0.0]
    assert frame["upper"].round(4).to_list() == [0.3662, 0.1611]


def test_compared_needs_the_whole_interval() -> None:
    frame = pl.DataFrame({"lower": [0.3, 0.1, 0.1, None], "upper": [0.4, 0.19, 0.3, None]}, strict=False)
    assert compared(frame, 0.2)["versus_plan"].to_list() == ["above", "below", "no clear difference", None]


@pytest.mark.parametrize(("values", "expected"), [([1.0], []), ([], []), ([2.0, 2.0], []), ([1.0, 2.0], [1.0])])
def test_quantile_breaks_of_few_values(values: list[float], expected: list[float]) -> None:
    assert quantile_breaks(pl.Series(values, dtype=pl.Float64), 5) == expected


@pytest.mark.parametrize("level", sorted(outlines.LEVELS))
def test_outlines_are_wound_for_the_sphere(level: str) -> None:
    """Exterior rings clockwise (negative planar area), or the map library draws the rest of the globe."""
    folder = Path(__file__).parents[2] / "data/reference/outlines" / level
    for file in sorted(folder.glob("*.json")):
        for feature in json.loads(file.read_bytes())["features"]:
            for polygon in feature["geometry"]["coordinates"]:
                assert signed_area(polygon[0]) < 0, f"{file.name} {feature['id']}"
                assert all(signed_area(hole) > 0 for hole in polygon[1:]), f"{file.name} {feature['id']} hole"


def signed_area(ring: list[list[float]]) -> float:
    assert ring[0] == ring[-1], "a ring must be closed"
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def test_outlines_cover_the_listed_counties() -> None:
    assert outlines.count("county", ("NH", "VT")) == 24
    assert outlines.count("county", ("ZZ",)) == 0
    ids = [f["id"] for f in json.loads(outlines.joined("county", ("VT", "NH")))["features"]]
    assert len(ids) == len(set(ids))
