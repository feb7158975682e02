"""One set of colours for pages and charts, in light and dark. Colour only carries data; nothing is said by it alone.

Categories: Okabe & Ito 2008, "Color Universal Design". The sequential scale is one blue in even steps of lightness,
always running from the ground's side (less) to the ink's side (more). The diverging scale is orange to blue.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

Mode = Literal["light", "dark"]

OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")


@dataclass(frozen=True)
class Palette:
    """Colours of one mode. sequential: least to most; diverging: worse, no clear difference, better."""

    mode: Mode
    ground: str
    raised: str
    ink: str
    muted: str
    line: str
    accent: str
    sequential: tuple[str, ...]
    diverging: tuple[str, str, str]
    unknown: str
    hatch: tuple[str, str]

    @property
    def categories(self) -> tuple[str, ...]:
        """At most seven; an eighth category is "other"."""
        return OKABE_ITO


LIGHT = Palette(
    mode="light",
    ground="#FCFCFB",
    raised="#F3F4F3",
    ink="#1A1F24",
    muted="#56606B",
    line="#D9DDE0",
    accent="#0B5C9E",
    sequential=("#DCEAF5", "#A9CCE6", "#6FA8D3", "#3880B8", "#0F5289"),
    diverging=("#C8570B", "#F0E6CC", "#1F6FB5"),
    unknown="#E4E5E3",
    hatch=("#B9BDBF", "#F3F4F3"),
)
DARK = Palette(
    mode="dark",
    ground="#14171A",
    raised="#1D2226",
    ink="#E9ECEE",
    muted="#A9B2BB",
    line="#363D44",
    accent="#74B7F2",
    sequential=("#20384C", "#28587F", "#3A7DB2", "#66A7DA", "#B0D6F3"),
    diverging=("#F0883E", "#77705F", "#5AA9EE"),
    unknown="#2E3439",
    hatch=("#6B7379", "#22282D"),
)


@cache
def of(mode: str | None) -> Palette:
    """The palette of a mode; light when the browser has not said."""
    return DARK if mode == "dark" else LIGHT


def stripes(palette: Palette, count: int = 14) -> dict[str, object]:
    """The hatch of suppressed areas: a diagonal gradient with hard stops, which both renderers can draw."""
    stops: list[dict[str, object]] = []
    for index in range(count):
        colour = palette.hatch[index % 2]
        stops += [{"offset": index / count, "color": colour}, {"offset": (index + 1) / count, "color": colour}]
    return {"gradient": "linear", "x1": 0, "y1": 0, "x2": 1, "y2": 1, "stops": stops}
