"""What stands at the top and the bottom of every page, and what a page is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from dashboard.components import data, quality, url_state
from dashboard.components.markup import link, show


@dataclass(frozen=True)
class Page:
    """A page of the navigation: title, the question it answers, its place in the order, and what draws it."""

    title: str
    question: str
    order: int
    render: Callable[[], None]


def head(question: str, period: str) -> data.Facts:
    """The context line and the page's question; returns what the warehouse says of itself."""
    facts = data.facts()
    through = f"data to {facts.data_through}" if facts.data_through else "no dated data"
    parts = [
        f"<strong>Plan · {escape(period)}</strong>",
        f"{escape(facts.policy_label)} policy",
        escape(through),
        facts.people,
        quality.line().markup,
    ]
    show(
        f'<p class="cp-context">{" · ".join(parts)} · local use, not signed in</p>{_terms(facts)}'
        f'<h1 class="cp-question">{escape(question)}</h1>'
    )
    return facts


def _terms(facts: data.Facts) -> str:
    """What must stand on every page: the terms of the policy's record, and the care that no figure holds."""
    lines = [facts.policy_notice] if facts.policy_notice else []
    if facts.withheld:
        lines.append(f"Withheld: {', '.join(facts.withheld)}. Every figure lacks this care, its cost and its visits")
    role = ' role="note"' if lines else ""
    return "".join(f'<p class="cp-terms"{role}>{escape(line)}.</p>' for line in lines)


def foot(page: str, pinned: dict[str, str | int]) -> None:
    """Freshness, rule and a link that pins every control of the view."""
    facts = data.facts()
    href = escape(f"/{page}?{urlencode({**pinned, **url_state.carried()})}")
    show(
        f'<p class="cp-note">Warehouse {escape(facts.fingerprint[:8])}, built {facts.built_at:%Y-%m-%d %H:%M} UTC. '
        f"Counts of 1–{facts.threshold - 1} and what would reveal them are suppressed. "
        f'<a href="{href}" target="_self">Link to exactly this view</a> · {link("About", "about").markup}</p>'
    )
