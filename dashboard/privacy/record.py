"""Policy records: who may have the data, for what and until when. A small TOML file, read strictly.

`limited_dataset` needs the data use agreement (45 CFR 164.514(e)), `expert` the determination (164.514(b)(1)). What is
unclear is refused: a record stands for a signed document, and nobody should have to guess what it grants. Everything in
it but `internal_note` is published with the data.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import orjson

from dashboard.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

OPTION = "--policy-record"
LEAST_THRESHOLD = 11
_MOST = 100_000_000
_LIMITED, _EXPERT = "limited_dataset", "expert"
_WORDS = ("covered_entity", "document", "purpose")
_LISTS = ("recipients", "permitted_uses")
_OF_EXPERT = ("expert", "method")
# A limited data set may be used for these and nothing else: 164.514(e)(3)(i).
LIMITED_USES = ("research", "public_health", "health_care_operations")
AREA_LEVELS = ("county", "zip3", "state")
_SETTINGS = {
    _LIMITED: ("area_level", "area_floor", "threshold", "withhold"),
    _EXPERT: ("dates", "area_level", "area_floor", "threshold", "withhold"),
}
_PLACEHOLDER = re.compile(
    r"^\W*(todo|tbd|n/?a|none|null|unknown|x{2,}|fixme|placeholder|change ?me|fill in.*|your .*|name|example|\.*)\W*$"
    r"|[<>]|\.\.\.|…",
    re.IGNORECASE,
)
_LONGEST = 300


@dataclass(frozen=True)
class Settings:
    """What the record fixes. dates: 'year' or 'month', the finest that an expert's publication shows of time.

    area_floor: areas with fewer people of the plan are merged into named groups (0: none are). threshold: no count
    below it is shown. withhold: sensitive classes that are left out.
    """

    dates: str = "year"
    area_level: str = "county"
    area_floor: int = 0
    threshold: int = LEAST_THRESHOLD
    withhold: tuple[str, ...] = ()


@dataclass(frozen=True)
class PolicyRecord:
    """A data use agreement (`kind` limited_dataset) or an expert's determination, as recorded by its parties."""

    kind: str
    covered_entity: str
    document: str
    purpose: str
    recipients: tuple[str, ...]
    permitted_uses: tuple[str, ...]
    signed: date
    expires: date
    expert: str = ""
    method: str = ""
    settings: Settings = Settings()

    @property
    def title(self) -> str:
        """What the record is.

        >>> PolicyRecord("expert", "a", "b", "c", (), (), date(2026, 1, 2), date(2027, 1, 1), "E").title
        'expert determination of 2 January 2026 by E'
        """
        if self.kind == _EXPERT:
            return f"expert determination of {in_words(self.signed)} by {self.expert}"
        return f"data use agreement of {in_words(self.signed)}"

    def to_json(self) -> str:
        """The record as published; `from_json` reads it back."""
        return orjson.dumps(self).decode()

    @classmethod
    def from_json(cls, text: str) -> PolicyRecord:
        """The record that a published warehouse carries."""
        said: dict[str, Any] = orjson.loads(text)
        settings = said["settings"]
        said["settings"] = Settings(**settings | {"withhold": tuple(settings["withhold"])})
        said |= {name: date.fromisoformat(said[name]) for name in ("signed", "expires")}
        said |= {name: tuple(said[name]) for name in _LISTS}
        return cls(**said)


def in_words(day: date) -> str:
    """A date as people write it.

    >>> in_words(date(2026, 1, 2))
    '2 January 2026'
    """
    return f"{day.day} {day:%B %Y}"


def today() -> date:
    """The day on which a record must hold."""
    return date.today()


def check_in_force(record: PolicyRecord, *, where: str) -> None:
    """Raise RefusedError when the record isn't in force today, at a build as when a page is shown."""
    if record.expires < today():
        raise RefusedError(
            where=where,
            what=f"the {record.title} expired on {in_words(record.expires)}",
            do=f"Renew it, then build again with the new record ({OPTION} FILE), or build under safe_harbor",
        )
    if record.signed > today():
        raise RefusedError(
            where=where,
            what=f"the {record.title} isn't in force yet",
            do="Wait for that day, or build under safe_harbor",
        )


def read(path: Path) -> PolicyRecord:
    """The record in the TOML file at `path`, in force today.

    Raises UsageError when there is no such file or it isn't such a TOML file (syntax, unknown keys, wrong types),
    RefusedError when what it says grants nothing: something missing, a placeholder, out of its dates or range.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(where=OPTION, what="the file can't be read as text", do="Check path and rights") from None
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(where=OPTION, what="is not TOML", found=str(error), do="See docs/rules/privacy.md") from None
    record = _Reader(text).record(said)
    check_in_force(record, where=OPTION)
    return record


class _Reader:
    """Takes one parsed file apart; every complaint names the line."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def record(self, said: dict[str, Any]) -> PolicyRecord:
        """The record, checked but for today's date."""
        kind = said.get("kind")
        if kind not in _SETTINGS:
            found = "nothing" if kind is None else repr(kind)
            self._refuse("kind", "must say what is recorded", found, f"Write one of: {', '.join(_SETTINGS)}")
        words = (*_WORDS, *(_OF_EXPERT if kind == _EXPERT else ()))
        needed = ("kind", *words, *_LISTS, "date", "expires")
        self._only(said, (*needed, "settings", "internal_note"))
        if missing := [name for name in needed if name not in said]:
            self._refuse("", f"the record lacks {', '.join(missing)}", "", "Write what the signed document says")
        signed, expires = self._day(said, "date"), self._day(said, "expires")
        if expires <= signed:
            self._refuse("expires", "must be later than 'date'", expires.isoformat(), "Correct the two dates")
        uses = self._texts(said, "permitted_uses")
        if kind == _LIMITED and (other := [use for use in uses if use not in LIMITED_USES]):
            only = f"A limited data set may serve only: {', '.join(LIMITED_USES)} (45 CFR 164.514(e)(3))"
            self._refuse("permitted_uses", "names another use", ", ".join(other), only)
        texts = {name: self._text(name, said[name]) for name in words}
        recipients = self._texts(said, "recipients")
        settings = self._settings(str(kind), said.get("settings"))
        return PolicyRecord(
            kind=str(kind), **texts, recipients=recipients, permitted_uses=uses, signed=signed, expires=expires,
            settings=settings,
        )  # fmt: skip

    def _settings(self, kind: str, said: object) -> Settings:
        if said is None and kind == _LIMITED:
            return Settings(dates="day")
        if not isinstance(said, dict):
            self._refuse("settings", "an expert's determination fixes settings", "none", "Add a table [settings]")
        if "date_shift_days" in said:
            why = "no date finer than a month leaves under 'expert', so there is nothing to shift"
            self._refuse("date_shift_days", why, "", "Remove it; have the expert determine on months or years")
        self._only(said, _SETTINGS[kind])
        needed = ("dates", "area_level", "area_floor", "threshold") if kind == _EXPERT else ()
        if missing := [name for name in needed if name not in said]:
            self._refuse("settings", f"[settings] lacks {', '.join(missing)}", "", "Write what the expert determined")
        return Settings(
            dates=self._choice(said, "dates", ("year", "month"), "year") if kind == _EXPERT else "day",
            area_level=self._choice(said, "area_level", AREA_LEVELS, "county"),
            area_floor=self._number(said, "area_floor", 0, 0),
            threshold=self._number(said, "threshold", LEAST_THRESHOLD, LEAST_THRESHOLD),
            withhold=self._texts(said, "withhold") if said.get("withhold") else (),
        )

    def _only(self, said: dict[str, Any], known: tuple[str, ...]) -> None:
        for name in said:
            if name not in known:
                raise UsageError(
                    where=self._where(name), what=f"unknown key '{name}'", do=f"Use one of: {', '.join(sorted(known))}"
                )

    def _text(self, name: str, value: object) -> str:
        if not isinstance(value, str):
            raise UsageError(where=self._where(name), what=f"'{name}' must be text", do="Put it in quotes")
        if not value.strip() or _PLACEHOLDER.search(value.strip()):
            self._refuse(name, f"'{name}' is empty or a placeholder", "", "Write what the signed document says")
        if len(value) > _LONGEST or not value.isprintable():
            do = f"Write one line of up to {_LONGEST} characters; it is shown on every page"
            self._refuse(name, f"'{name}' is not one short line", f"{len(value)} characters", do)
        return value.strip()

    def _texts(self, said: dict[str, Any], name: str) -> tuple[str, ...]:
        values = said[name]
        if not isinstance(values, list):
            raise UsageError(where=self._where(name), what=f"'{name}' must be a list", do='Write ["one", "two"]')
        if not values:
            self._refuse(name, f"'{name}' is empty", "", "Name at least one")
        return tuple(self._text(name, value) for value in values)

    def _day(self, said: dict[str, Any], name: str) -> date:
        value = said[name]
        if not isinstance(value, date) or isinstance(value, datetime):
            do = "Write it without quotes: 2026-01-31"
            raise UsageError(where=self._where(name), what=f"'{name}' must be a date", do=do)
        return value

    def _choice(self, said: dict[str, Any], name: str, known: tuple[str, ...], default: str) -> str:
        value = said.get(name, default)
        if value not in known:
            self._refuse(name, f"'{name}' isn't supported", repr(value), f"Use one of: {', '.join(known)}")
        return str(value)

    def _number(self, said: dict[str, Any], name: str, least: int, default: int) -> int:
        value = said.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise UsageError(where=self._where(name), what=f"'{name}' must be a whole number", do="Write it in digits")
        if not least <= value <= _MOST:
            self._refuse(name, f"'{name}' is out of range", str(value), f"Give a number of {least} or more")
        return value

    def _refuse(self, name: str, what: str, found: str, do: str) -> NoReturn:
        raise RefusedError(where=self._where(name), what=what, found=found, do=do)

    def _where(self, name: str) -> str:
        start = re.compile(rf"\s*(\[\s*{re.escape(name)}\s*\]|[\"']?{re.escape(name)}[\"']?\s*=)")
        lines = (number for number, line in enumerate(self._lines, start=1) if name and start.match(line))
        line = next(lines, None)
        return OPTION if line is None else f"{OPTION}, line {line}"
