"""The methods and the words of the pages, in two sentences each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """One method: what it does in two sentences, its formula (LaTeX), its source."""

    name: str
    words: str
    formula: str
    source: str


METHODS = (
    Method(
        "Interval of a rate",
        "The 95% Wilson score interval says which true rates fit what was counted. It stays between 0 and 100% and "
        "holds for small groups, where the textbook interval fails.",
        r"\frac{\hat p + \frac{z^2}{2n} \pm z\sqrt{\frac{\hat p(1-\hat p)}{n} + \frac{z^2}{4n^2}}}{1+\frac{z^2}{n}}",
        "Wilson 1927, J Am Stat Assoc 22:209–212.",
    ),
    Method(
        "Per 1,000",
        "Events are put over the months people were enrolled, as if 1,000 people had been enrolled for a whole year. "
        "People without enrolment have no such figure.",
        r"12{,}000 \times \frac{\text{events}}{\text{member months}}",
        "Usual in US health plans; for example CMS, per 1,000 beneficiary-years.",
    ),
    Method(
        "PMPM",
        "Allowed amounts of care incurred in the year, medical and pharmacy each over its own member months, then "
        "added. Overlapping spans of enrolment count once.",
        r"\frac{\text{medical allowed}}{\text{months}} + \frac{\text{pharmacy allowed}}{\text{pharmacy months}}",
        "Usual in US health plans; the SQL is queries/panels/overview/tiles.sql.",
    ),
    Method(
        "Suppression",
        "No count from 1 to 10 is shown, and enough other cells of the same table are hidden with it that subtraction "
        "yields no single hidden cell. The choice is made once, when the warehouse is published.",
        r"0 < n < 11 \;\Rightarrow\; \text{hidden}",
        "The threshold is the cell size suppression policy of the CMS Research Data Assistance Center.",
    ),
    Method(
        "Against plan",
        "A group is above or below the plan when its whole interval is. A group whose interval holds the plan's rate "
        "can't be told from it, which is not proof that it is the same.",
        r"[\,l, u\,] \not\ni p_{\text{plan}}",
        "Without correction for the number of groups: some will differ by chance.",
    ),
)

GLOSSARY = [
    ("Allowed amount", "what the plan and the member together owe for a service by contract"),
    ("Denominator", "people a measure counts, after exclusions and exceptions"),
    ("Exclusion", "people for whom the measure would make no sense, for example in hospice"),
    ("Initial population", "people a measure looks at before anyone is left out"),
    ("Member month", "one person enrolled for one month"),
    ("Numerator", "people of the denominator for whom the measure's event happened"),
    ("Open gap", "a person of the denominator without the good outcome; where lower is better, one in the numerator"),
    ("Points", "a difference between two percentages"),
    ("Reach", "the share of a group's people with any visit in the year: without one no measure sees them"),
    ("Suppressed", "hidden to protect people; neither zero nor missing"),
    ("Unknown", "the sources don't say; never guessed from names or places"),
    ("ZIP3", "the first three digits of a ZIP code; delivery routes, not an area with a border"),
]
