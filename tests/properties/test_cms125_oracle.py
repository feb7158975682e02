"""A slow, plain second reading of CMS125, person by person, is the oracle of the SQL on random people.

The records lie on and beside every boundary of the measure (day, status, category, side, open and unknown ends).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from dashboard.warehouse import catalog as catalogs
from dashboard.warehouse import connect, tables

START, END = date(2026, 1, 1), date(2026, 12, 31)
TIMES = [
    datetime(2024, 9, 30, 23, 59),
    datetime(2024, 10, 1),
    datetime(2024, 12, 31, 12),
    datetime(2025, 1, 1),
    datetime(2025, 12, 31, 23, 59, 59),
    datetime(2026, 1, 1),
    datetime(2026, 7, 1, 8),
    datetime(2026, 12, 31, 23, 59, 59),
    datetime(2027, 1, 1),
]
VISITS = ["Office Visit", "Telephone Visits", "Virtual Encounter", "Nutrition Services"]
ENCOUNTERS = [*VISITS, "Hospice Encounter", "Palliative Care Encounter", "Frailty Encounter", "Encounter Inpatient"]
CONDITIONS = [
    "Advanced Illness",
    "Frailty Diagnosis",
    "Hospice Diagnosis",
    "Palliative Care Diagnosis",
    "History of bilateral mastectomy",
    "Status Post Left Mastectomy",
    "Status Post Right Mastectomy",
    "Unilateral Mastectomy, Unspecified Laterality",
]
PROCEDURES = [
    "Bilateral Mastectomy",
    "Unilateral Mastectomy Left",
    "Unilateral Mastectomy Right",
    "Hospice Care Ambulatory",
    "Palliative Care Intervention",
]
FINDINGS = ["Mammography", "Mammography", "Frailty Symptom", "45755-6", "71007-9", "98181-1", *["71802-3"] * 4]
ANSWERS = ["373066001", "160734000", "160734000", "device", None]
DONE = {"final", "amended", "corrected"}
ORDERS = {"order", "original-order", "reflex-order", "filler-order", "instance-order"}

Record = dict[str, Any]


def _codes(name: str | None) -> list[dict[str, str]]:
    if name is None:
        return []
    if name == "device":
        return [{"system": "TEST", "code": "Frailty Device"}]
    system = "LOINC" if "-" in name and name[0].isdigit() else "SNOMEDCT" if name.isdigit() else "TEST"
    return [{"system": system, "code": name}]


def _period(chance: random.Random) -> tuple[datetime | None, datetime | None]:
    first, last = sorted(chance.choices(TIMES, k=2))
    if chance.random() < 0.5:
        return first, first
    return chance.choices([(first, last), (first, None), (None, last)], [8, 1, 1])[0]


def _person(chance: random.Random, number: int) -> dict[str, list[Record]]:
    key = {"person_id": number}
    one = chance.choice
    born = date(2026 - one([41, 42, 51, 52, 65, 66, 66, 74, 74, 75]), one([1, 12]), one([1, 31]))
    rows: dict[str, list[Record]] = {
        "person": [key | {"birth_date": born, "sex_code": one(["248152002"] * 6 + ["248153007", None])}],
        "encounter": [],
        "condition": [],
        "procedure": [],
        "observation": [],
        "medication": [],
        "service_request": [],
    }
    for n in range(chance.randint(1, 3)):
        start, end = _period(chance) if chance.random() < 0.4 else (TIMES[6], TIMES[6])
        rows["encounter"].append(
            key
            | {
                "encounter_id": f"e{n}",
                "status": one(["finished"] * 5 + ["planned"]),
                "type_codes": _codes(one(VISITS[:3] if n == 0 else ENCOUNTERS)),
                "discharge_disposition_codes": _codes(one(["428361000124107", "428371000124100", None])),
                "start_at": start,
                "end_at": end,
            }
        )
    for n in range(chance.randint(0, 2)):
        start, end = _period(chance)
        rows["condition"].append(
            key
            | {
                "condition_id": f"c{n}",
                "codes": _codes(one(CONDITIONS)),
                "category": one([["encounter-diagnosis"], ["problem-list-item"]]),
                "clinical_status": one(["active", "active", "relapse", "resolved", None]),
                "verification_status": one([None, None, "confirmed", "refuted"]),
                "body_site_codes": _codes(one(["7771000", "24028007", None])),
                "onset_start_at": start,
                "abatement_end_at": one([None, None, end]),
            }
        )
    for n in range(chance.randint(0, 2)):
        start, end = _period(chance)
        rows["procedure"].append(
            key
            | {
                "procedure_id": f"p{n}",
                "status": one(["completed", "completed", "not-done"]),
                "codes": _codes(one(PROCEDURES)),
                "performed_start_at": start,
                "performed_end_at": end,
            }
        )
    for n in range(chance.randint(0, 5)):
        start, end = _period(chance)
        rows["observation"].append(
            key
            | {
                "observation_id": f"o{n}",
                "status": one([*DONE, "preliminary", "cancelled"]),
                "category": one([["imaging"], ["imaging", "procedure"], ["survey"], []]),
                "codes": _codes(one(FINDINGS)),
                "value_codes": _codes(one(ANSWERS)),
                "effective_start_at": start,
                "effective_end_at": end,
            }
        )
    for n in range(chance.randint(0, 1)):
        rows["medication"].append(
            key
            | {
                "medication_id": f"m{n}",
                "event_type": "request",
                "status": one(["active", "active", "completed"]),
                "intent": one(["order", "order", "plan"]),
                "do_not_perform": one([None, False, True]),
                "codes": _codes("Dementia Medications"),
                "authored_at": one(TIMES),
                "days_supply": one([None, 1.0, 90.0]),
                "quantity": one([None, 60.0]),
                "dose_quantity": 2.0,
                "doses_per_day": one([None, 2.0]),
                "refills": one([None, 2]),
            }
        )
    for n in range(chance.randint(0, 2)):
        kind = one(["device", "service"])
        rows["service_request"].append(
            key
            | {
                "request_id": f"r{n}",
                "request_type": kind,
                "status": one(["active", "completed", "draft"]),
                "intent": one(["order", "filler-order", "proposal"]),
                "do_not_perform": one([None, False, True]),
                "codes": _codes("Frailty Device" if kind == "device" else "Hospice Care Ambulatory"),
                "authored_at": one(TIMES),
            }
        )
    return rows


# ---------------------------------------------------------------- the second reading
def _name(codes: list[dict[str, str]]) -> str | None:
    return codes[0]["code"] if codes else None


def _is(record: Record, name: str, column: str = "codes") -> bool:
    return _name(record[column]) == name


def _overlaps(start: datetime | None, end: datetime | None, *, ongoing: bool = True) -> bool:
    """Whether start to end meets the period, by day; an absent end runs on if ongoing, an absent start is unknown."""
    if start is None or (end is None and not ongoing):
        return False
    return start.date() <= END and (end is None or end.date() >= START)


def _within(start: datetime | None, end: datetime | None) -> bool:
    return start is not None and end is not None and start.date() >= START and end.date() <= END


def _ends_within(end: datetime | None, first: date = START) -> bool:
    return end is not None and first <= end.date() <= END


def _condition_overlaps(record: Record) -> bool:
    runs = record["clinical_status"] in {"active", "recurrence", "relapse"}
    return _overlaps(record["onset_start_at"] or datetime(1, 1, 1), record["abatement_end_at"], ongoing=runs)


def _is_order(record: Record) -> bool:
    is_meant = record["intent"] in ORDERS and not record["do_not_perform"]
    return is_meant and record["status"] in {"active", "completed"}


def _is_verified(record: Record) -> bool:
    return record["verification_status"] in {None, "confirmed", "unconfirmed", "provisional", "differential"}


class Woman:
    """One person's records, those whose status lets them count."""

    def __init__(self, rows: dict[str, list[Record]]) -> None:
        person = rows["person"][0]
        born = person["birth_date"]
        self.age = END.year - born.year - ((END.month, END.day) < (born.month, born.day))
        self.is_female = person["sex_code"] == "248152002"
        self.encounters = [e for e in rows["encounter"] if e["status"] == "finished"]
        self.conditions = [c for c in rows["condition"] if _is_verified(c)]
        self.procedures = [p for p in rows["procedure"] if p["status"] == "completed"]
        self.findings = [o for o in rows["observation"] if o["status"] in DONE]
        self.reported = [o for o in rows["observation"] if o["status"] in DONE | {"preliminary"}]
        self.medicines = [m for m in rows["medication"] if _is_order(m) and m["status"] == "active"]
        self.orders = [r for r in rows["service_request"] if _is_order(r)]

    def had_visit(self) -> bool:
        return any(
            _name(e["type_codes"]) in VISITS[:3] and _within(e["start_at"], e["end_at"]) for e in self.encounters
        )

    def _encounter(self, name: str) -> bool:
        return any(_is(e, name, "type_codes") and _overlaps(e["start_at"], e["end_at"]) for e in self.encounters)

    def _procedure(self, name: str) -> bool:
        return any(_is(p, name) and _overlaps(p["performed_start_at"], p["performed_end_at"]) for p in self.procedures)

    def _condition(self, name: str) -> bool:
        return any(_is(c, name) and _condition_overlaps(c) for c in self.conditions)

    def _ordered(self, kind: str) -> bool:
        return any(r["request_type"] == kind and _ends_within(r["authored_at"]) for r in self.orders)

    def _finding(self, records: list[Record], name: str, answer: str | None = None) -> bool:
        return any(
            _is(o, name)
            and _overlaps(o["effective_start_at"], o["effective_end_at"])
            and (answer is None or _is(o, answer, "value_codes"))
            for o in records
        )

    def in_hospice(self) -> bool:
        left = any(
            _is(e, "Encounter Inpatient", "type_codes")
            and e["discharge_disposition_codes"]
            and _ends_within(e["end_at"])
            for e in self.encounters
        )
        return (
            left
            or self._encounter("Hospice Encounter")
            or self._finding(self.findings, "45755-6", "373066001")
            or self._ordered("service")
            or self._procedure("Hospice Care Ambulatory")
            or self._condition("Hospice Diagnosis")
        )

    def in_palliative_care(self) -> bool:
        return (
            self._finding(self.findings, "71007-9")
            or self._condition("Palliative Care Diagnosis")
            or self._encounter("Palliative Care Encounter")
            or self._procedure("Palliative Care Intervention")
        )

    def is_frail(self) -> bool:
        used = any(
            _is(o, "98181-1") and _is(o, "Frailty Device", "value_codes") and _ends_within(o["effective_end_at"])
            for o in self.findings
        )
        return (
            used
            or self._ordered("device")
            or self._condition("Frailty Diagnosis")
            or self._encounter("Frailty Encounter")
            or self._finding(self.reported, "Frailty Symptom")
        )

    def is_seriously_ill(self) -> bool:
        first = date(START.year - 1, 1, 1)
        ill = any(
            _is(c, "Advanced Illness") and c["onset_start_at"] and first <= c["onset_start_at"].date() <= END
            for c in self.conditions
        )
        return bool(ill) or any(
            supply is not None and supply[0] <= END and supply[1] >= first
            for supply in (_supply(m) for m in self.medicines)
        )

    def in_nursing_home(self) -> bool:
        answers = [
            o
            for o in self.findings
            if _is(o, "71802-3") and o["effective_end_at"] and o["effective_end_at"].date() <= END
        ]
        if not answers:
            return False
        last = max(answers, key=lambda o: (o["effective_end_at"], o["observation_id"]))
        return _is(last, "160734000", "value_codes")

    def has_no_breast(self) -> bool:
        gone = {
            _name(c["codes"]): c for c in self.conditions if (c["onset_start_at"] or datetime(1, 1, 1)).date() <= END
        }
        sites = {
            _name(c["body_site_codes"])
            for c in self.conditions
            if _is(c, CONDITIONS[-1]) and (c["onset_start_at"] or datetime(1, 1, 1)).date() <= END
        }
        done = {
            _name(p["codes"])
            for p in self.procedures
            if p["performed_end_at"] is not None and p["performed_end_at"].date() <= END
        }
        right = "Status Post Right Mastectomy" in gone or "24028007" in sites or "Unilateral Mastectomy Right" in done
        left = "Status Post Left Mastectomy" in gone or "7771000" in sites or "Unilateral Mastectomy Left" in done
        both = "History of bilateral mastectomy" in gone or "Bilateral Mastectomy" in done
        return both or (right and left)

    def was_screened(self) -> bool:
        return any(
            _is(o, "Mammography")
            and "imaging" in o["category"]
            and _ends_within(o["effective_end_at"], date(2024, 10, 1))
            for o in self.findings
        )

    def judge(self) -> tuple[int, int, int] | None:
        """(initial population, exclusion, numerator), or None outside age and sex."""
        if not (self.is_female and 42 <= self.age <= 74):
            return None
        frail_and_ill = self.age >= 66 and self.is_frail() and self.is_seriously_ill()
        excluded = (
            self.in_hospice()
            or self.has_no_breast()
            or frail_and_ill
            or (self.age >= 66 and self.in_nursing_home())
            or self.in_palliative_care()
        )
        return int(self.had_visit()), int(excluded), int(self.was_screened())


def _supply(medicine: Record) -> tuple[date, date] | None:
    start = medicine["authored_at"].date()
    days = medicine["days_supply"]
    if days is None and None not in (medicine["quantity"], medicine["doses_per_day"]):
        days = medicine["quantity"] / (medicine["dose_quantity"] * medicine["doses_per_day"])
    if days is None:
        return None
    return start, start + timedelta(days=int(days * (1 + (medicine["refills"] or 0))) - 1)


# ---------------------------------------------------------------- the comparison
SIGNS: dict[str, Callable[[Woman], bool]] = {
    "adult_outpatient_visit": Woman.had_visit,
    "hospice": Woman.in_hospice,
    "palliative_care": Woman.in_palliative_care,
    "frailty": Woman.is_frail,
    "advanced_illness": Woman.is_seriously_ill,
    "nursing_home": lambda woman: woman.age >= 66 and woman.in_nursing_home(),
}


def _warehouse(people: list[dict[str, list[Record]]]) -> connect.Connection:
    catalog = catalogs.load()
    con = connect.memory(threads=1)
    tables.skeleton(con, catalog)
    con.execute(
        "insert into reference.period (period_start, period_end, year, label, is_complete) "
        f"values (date '{START}', date '{END}', 2026, '2026', true)"
    )
    names = [*ENCOUNTERS, *CONDITIONS, *PROCEDURES, "Mammography", "Frailty Symptom", "Frailty Device"]
    names += ["Dementia Medications"]
    for name in names:
        con.execute("insert into reference.valueset values (null, ?, null, 'TEST', ?, 'imported')", [name, name])
    for name in ("45755-6", "71007-9", "98181-1", "71802-3"):
        con.execute(
            "insert into reference.valueset values (null, ?, null, 'LOINC', ?, 'code')", [f"LOINC|{name}", name]
        )
    for name in ("373066001", "160734000", "7771000", "24028007", "428361000124107", "428371000124100"):
        row = [f"SNOMEDCT|{name}", name]
        con.execute("insert into reference.valueset values (null, ?, null, 'SNOMEDCT', ?, 'code')", row)
    for table in people[0]:
        frame = pl.DataFrame([row for person in people for row in person[table]], infer_schema_length=None)
        con.register("incoming", frame.to_arrow())
        con.execute(f"insert into core.{table} by name select * from incoming")
        con.unregister("incoming")
    wanted = [catalog.tables["marts.event"], *catalog.of("blocks"), catalog.tables["measures.cms125"]]
    for file in sorted(wanted, key=catalog.build_order().index):
        tables.materialise(con, file)
    return con


@pytest.mark.parametrize("seed", [1, 2, 4, 5])
def test_the_sql_agrees_with_a_second_reading(seed: int) -> None:
    chance = random.Random(seed)
    people = [_person(chance, number) for number in range(1, 401)]
    con = _warehouse(people)
    women = {number: Woman(person) for number, person in enumerate(people, start=1)}
    for table, sign in SIGNS.items():
        listed = {row[0] for row in con.execute(f"select person_id from blocks.{table}").fetchall()}
        assert listed == {number for number, woman in women.items() if sign(woman)}, table
    rows = con.execute(
        "select person_id, initial_population, denominator_exclusion, numerator from measures.cms125"
    ).fetchall()
    found = {row[0]: row[1:] for row in rows}
    wanted = {number: placed for number, woman in women.items() if (placed := woman.judge()) is not None}
    assert len(set(wanted.values())) == 8, "every combination should occur"
    assert found == wanted
