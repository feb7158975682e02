"""De-identification policies (45 CFR 164.514): what may leave the protected zone.

A policy is data: which columns of the published person tables may stay, which dimensions the tables may show, and the
threshold below which no count is shown. What a policy does not name is not published.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.errors import RefusedError, UsageError

THRESHOLD = 11

_PERSON_YEAR = frozenset(
    {"person_id", "population", "year", "age_years", "age_band", "sex", "race", "ethnicity", "language"}
    | {"payer_type", "state", "organization_key", "member_months", "pharmacy_member_months", "medical_allowed_usd"}
    | {"medical_paid_usd", "pharmacy_allowed_usd", "pharmacy_paid_usd", "ed_visits", "inpatient_stays", "visits"}
    | {"is_present"}
)
_MEASURE_PERSON = frozenset(
    {"person_id", "measure_id", "group_id", "year", "in_initial_population", "in_denominator", "is_excluded"}
    | {"is_exception", "in_numerator", "stratum_1", "stratum_2", "reason"}
)


@dataclass(frozen=True)
class Policy:
    """One de-identification policy.

    area_level: the one area dimension that is published. County and ZIP3 tables of the same people share cells, so
    publishing both can't be proven safe. nested: dimensions that are unions of areas, protected together with them.
    """

    name: str
    label: str
    basis: str
    in_words: tuple[str, ...]
    area_level: str
    hidden_dimensions: frozenset[str]
    columns: dict[str, frozenset[str]]
    nested: tuple[str, ...] = ()
    threshold: int = THRESHOLD
    dates: str = "year"

    def allows(self, dimension: str) -> bool:
        """Whether tables may be split by this dimension."""
        return dimension not in self.hidden_dimensions


SAFE_HARBOR = Policy(
    name="safe_harbor",
    label="Safe Harbor",
    basis="45 CFR 164.514(b)(2)",
    in_words=(
        "Dates are years only; ages of 90 and over are one group, over all of a person's years.",
        "Places are ZIP3 areas of more than 20,000 people; smaller and unknown ones are 000. No county, and nothing "
        "derived from county or ZIP code, such as deprivation or rurality; no person's organisation.",
        "Person, claim and encounter numbers are random surrogates. Names, contacts and street were never read.",
        f"No table shows a count from 1 to {THRESHOLD - 1} of people or events, nor lets one be worked out.",
    ),
    area_level="zip3",
    hidden_dimensions=frozenset({"county", "deprivation", "rurality"}),
    # Which organisation someone goes to says where they live, more finely than a ZIP3.
    columns={"person_year": _PERSON_YEAR - {"organization_key"} | {"zip3"}, "measure_person": _MEASURE_PERSON},
)

EXPERT = Policy(
    name="expert",
    label="Expert determination",
    basis="45 CFR 164.514(b)(1)",
    in_words=(
        "Dates are years only, on person rows and in tables.",
        "Places are counties, with the deprivation and rurality of the area (not of the person).",
        "Person, claim and encounter numbers are random surrogates. Names, contacts and street were never read.",
        f"No table shows a count from 1 to {THRESHOLD - 1} of people or events, nor lets one be worked out.",
        "These data are synthetic: no determination is recorded because no person is described.",
    ),
    area_level="county",
    hidden_dimensions=frozenset({"zip3"}),
    columns={
        "person_year": _PERSON_YEAR | {"county_fips", "deprivation_quintile", "rurality"},
        "measure_person": _MEASURE_PERSON,
    },
    nested=("deprivation", "rurality"),
    dates="month",
)

_POLICIES = {policy.name: policy for policy in (SAFE_HARBOR, EXPERT)}
_UNAVAILABLE = {"limited_dataset": "a recorded data use agreement, 45 CFR 164.514(e)"}


def choose(name: str | None, *, is_synthetic: bool) -> Policy:
    """The policy of a build: `safe_harbor` for real input, `expert` for synthetic, unless named.

    Raises UsageError for an unknown name, RefusedError where the policy's record is missing.
    """
    if name is None:
        return EXPERT if is_synthetic else SAFE_HARBOR
    if name in _UNAVAILABLE:
        raise RefusedError(
            where="--policy",
            what=f"'{name}' needs {_UNAVAILABLE[name]}, and none can be recorded in this version",
            do="Use safe_harbor",
        )
    if name not in _POLICIES:
        raise UsageError(where="--policy", what=f"unknown policy '{name}'", do=f"Use one of: {', '.join(_POLICIES)}")
    if name == EXPERT.name and not is_synthetic:
        raise RefusedError(
            where="--policy",
            what="'expert' needs a recorded determination (expert, date, expiry, recipients, settings)",
            found="real input without one",
            do="Use safe_harbor, the default",
        )
    return _POLICIES[name]


def named(name: str) -> Policy:
    """The policy a published warehouse was made under. Raises UsageError for an unknown name."""
    if name not in _POLICIES:
        raise UsageError(where="warehouse", what=f"made under the unknown policy '{name}'", do="Build it again")
    return _POLICIES[name]
