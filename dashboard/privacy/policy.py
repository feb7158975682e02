"""De-identification policies (45 CFR 164.514): what may leave the protected zone.

A policy is data: which columns of the published person tables may stay, which dimensions the tables may show, how
finely time and place, and the threshold below which no count is shown. What a policy does not name is not published.
`safe_harbor` is fixed; `limited_dataset` and `expert` take their settings from a record (privacy/record.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.errors import RefusedError, UsageError
from dashboard.privacy.record import LEAST_THRESHOLD, OPTION, Settings, check_in_force, in_words

if TYPE_CHECKING:
    from dashboard.privacy.record import PolicyRecord

THRESHOLD = LEAST_THRESHOLD

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
_PERSON = frozenset(
    {"person_id", "population", "sex", "race", "ethnicity", "language", "state", "county_fips", "zip_code"}
    | {"is_deceased", "birth_date", "death_date"}
)
# Deprivation and rurality are those of a county: they say something of it, and are unions of counties in tables.
NESTED = ("deprivation", "rurality")
NESTED_COLUMNS = frozenset({"deprivation_quintile", "rurality"})
_PLACES = {"county": frozenset({"county_fips"}) | NESTED_COLUMNS, "zip3": frozenset({"zip3"}), "state": frozenset()}
_PLACES_IN_WORDS = {
    "county": "Places are counties, with the deprivation and rurality of the area (not of the person)",
    "zip3": "Places are ZIP3 areas",
    "state": "Places are states",
}
_SURROGATES = "Person, claim and encounter numbers are random surrogates. Names, contacts and street were never read."
_NOT_PUBLISHED: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Policy:
    """One de-identification policy, with the record it rests on.

    area_level: the one area dimension that is published. County and ZIP3 tables of the same people share cells, so
    publishing both can't be proven safe. nested: dimensions that are unions of areas, protected together with them.
    area_floor: areas with fewer people are merged into named groups. dates: the finest date that leaves ('year',
    'month', 'day'; person rows hold dates under 'day' only). columns: by person table; one that a policy names without
    a column isn't published.
    """

    name: str
    label: str
    basis: str
    in_words: tuple[str, ...]
    area_level: str
    columns: dict[str, frozenset[str]]
    nested: tuple[str, ...] = ()
    threshold: int = THRESHOLD
    dates: str = "year"
    area_floor: int = 0
    record: PolicyRecord | None = None

    def allows(self, dimension: str) -> bool:
        """Whether tables may be split by this dimension."""
        return dimension not in self.hidden_dimensions

    @property
    def hidden_dimensions(self) -> frozenset[str]:
        """Dimensions that no table may be split by. A state is a union of counties, made of them at publish."""
        shown = "zip3" if self.area_level == "zip3" else "county"
        return frozenset({"county", "zip3", *NESTED}) - {shown, *self.nested}

    @property
    def allows_months(self) -> bool:
        """Whether tables may be split by month."""
        return self.dates != "year"

    @property
    def is_limited_dataset(self) -> bool:
        """Whether what is published is still protected health information."""
        return self.name == "limited_dataset"

    @property
    def notice(self) -> str:
        """What every page and every file must say of the record; empty where the policy needs none."""
        if self.record is None:
            return ""
        said = f"{self.record.title}; recipients: {', '.join(self.record.recipients)}; expires "
        said += in_words(self.record.expires)
        if self.is_limited_dataset:
            return f"Limited data set: still PHI, under the {said}"
        return said[:1].upper() + said[1:]


def _suppression(threshold: int) -> str:
    return f"No table shows a count from 1 to {threshold - 1} of people or events, nor lets one be worked out."


SAFE_HARBOR = Policy(
    name="safe_harbor",
    label="Safe Harbor",
    basis="45 CFR 164.514(b)(2)",
    in_words=(
        "Dates are years only; ages of 90 and over are one group, over all of a person's years.",
        "Places are ZIP3 areas of more than 20,000 people; smaller and unknown ones are 000. No county, and nothing "
        "derived from county or ZIP code, such as deprivation or rurality; no person's organisation.",
        _SURROGATES,
        _suppression(THRESHOLD),
    ),
    area_level="zip3",
    # Which organisation someone goes to says where they live, more finely than a ZIP3.
    columns={
        "person": _NOT_PUBLISHED,
        "person_year": _PERSON_YEAR - {"organization_key"} | {"zip3"},
        "measure_person": _MEASURE_PERSON,
    },
)


def _expert(settings: Settings, record: PolicyRecord | None) -> Policy:
    months = "years only on person rows; tables may show months" if settings.dates == "month" else "years only"
    basis = (
        f"All of this is as determined by {record.expert}: {record.method}."
        if record
        else "These data are synthetic: no determination is recorded because no person is described."
    )
    return Policy(
        name="expert",
        label="Expert determination",
        basis="45 CFR 164.514(b)(1)",
        in_words=(
            f"Dates are {months}.", _places(settings), _SURROGATES, _suppression(settings.threshold), basis,
        ),
        area_level=settings.area_level,
        columns={
            "person": _NOT_PUBLISHED,
            "person_year": _PERSON_YEAR | _PLACES[settings.area_level],
            "measure_person": _MEASURE_PERSON,
        },
        nested=NESTED if settings.area_level == "county" else (),
        threshold=settings.threshold,
        dates=settings.dates,
        area_floor=settings.area_floor,
        record=record,
    )  # fmt: skip


def _limited(record: PolicyRecord) -> Policy:
    settings = record.settings
    return Policy(
        name="limited_dataset",
        label="Limited data set",
        basis="45 CFR 164.514(e)",
        in_words=(
            "This is still protected health information: only the recipients of the agreement may use it, only for "
            "what the agreement permits, and they may neither identify nor contact anyone.",
            "The published file keeps birth and death dates, county and five-digit ZIP code on person rows.",
            f"{_places(settings)} What pages and files show are counts, sums and rates of groups.",
            _SURROGATES,
            _suppression(settings.threshold),
        ),
        area_level=settings.area_level,
        columns={
            "person": _PERSON,
            "person_year": _PERSON_YEAR | {"county_fips", "zip3"} | NESTED_COLUMNS,
            "measure_person": _MEASURE_PERSON,
        },
        nested=NESTED if settings.area_level == "county" else (),
        threshold=settings.threshold,
        dates="day",
        area_floor=settings.area_floor,
        record=record,
    )


def _places(settings: Settings) -> str:
    words = f"{_PLACES_IN_WORDS[settings.area_level]}."
    if not settings.area_floor:
        return words
    also = (
        " Deprivation and rurality are left out where counties are merged." if settings.area_level == "county" else ""
    )
    return f"{words} Those with fewer than {settings.area_floor:,} people are merged into named groups.{also}"


EXPERT = _expert(Settings(dates="month"), None)
_NAMES = ("safe_harbor", "limited_dataset", "expert")
_NEEDS = {
    "limited_dataset": "a recorded data use agreement (recipients, purpose, date, expiry)",
    "expert": "a recorded determination (expert, date, expiry, recipients, settings)",
}


def choose(name: str | None, *, is_synthetic: bool, record: PolicyRecord | None = None) -> Policy:
    """The policy of a build: the record's kind, else `safe_harbor` for real input and `expert` for synthetic.

    Raises UsageError for an unknown name or a record of another policy, RefusedError where a record is missing.
    """
    if name is None:
        name = record.kind if record else "expert" if is_synthetic else "safe_harbor"
    if name not in _NAMES:
        raise UsageError(where="--policy", what=f"unknown policy '{name}'", do=f"Use one of: {', '.join(_NAMES)}")
    if record and record.kind != name:
        raise UsageError(
            where=OPTION,
            what=f"the record isn't one of the policy '{name}'",
            found=f"kind '{record.kind}'",
            do=f"Use --policy {record.kind}, or leave the record out" if name == "safe_harbor" else "Give its record",
        )
    if record is None and name in _NEEDS and not (name == "expert" and is_synthetic):
        raise RefusedError(
            where="--policy",
            what=f"'{name}' needs {_NEEDS[name]}",
            found="no record" if is_synthetic else "real input without one",
            do=f"Write it down as docs/rules/privacy.md shows and give it with {OPTION}, or use safe_harbor",
        )
    return _of(name, record)


def published(name: str, record: PolicyRecord | None, *, is_synthetic: bool) -> Policy:
    """The policy that a published warehouse was made under, in force today.

    Raises UsageError for an unknown name, RefusedError where its record is missing, expired or not yet valid.
    """
    if name not in _NAMES:
        raise UsageError(where="warehouse", what=f"made under the unknown policy '{name}'", do="Build it again")
    if record is None and name in _NEEDS and not (name == "expert" and is_synthetic):
        raise RefusedError(where="warehouse", what=f"'{name}' without its record", do="Build it again with one")
    if record is not None:
        check_in_force(record, where="warehouse")
    return _of(name, record)


def _of(name: str, record: PolicyRecord | None) -> Policy:
    if name == "safe_harbor":
        return SAFE_HARBOR
    if name == "limited_dataset" and record is not None:
        return _limited(record)
    return _expert(record.settings, record) if record else EXPERT
