"""FHIR R4: Bundles and NDJSON, references, versions, rejects, and what staging makes of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import orjson
import pytest
from sources_harness import bundle, concept, encounter, load, ndjson, observation, patient

from dashboard.errors import InputError
from dashboard.sources import fhir_r4
from dashboard.sources.fhir_r4 import documents
from dashboard.sources.fhir_r4.resources import RESOURCES

DEMOGRAPHICS = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"


def _extension(name: str, *codes: str, text: str | None = None) -> dict[str, Any]:
    parts = [{"url": "ombCategory", "valueCoding": {"code": code}} for code in codes]
    return {"url": DEMOGRAPHICS + name, "extension": parts + ([{"url": "text", "valueString": text}] if text else [])}


def test_bundles_and_ndjson_give_the_same_rows(tmp_path: Path) -> None:
    resources = [patient(), encounter(), observation(valueQuantity={"value": 7.1, "unit": "%"})]
    bundle(tmp_path / "a" / "x.json", *resources, kind="transaction", urls=True)
    for resource in resources:
        ndjson(tmp_path / "b" / f"{resource['resourceType']}.ndjson", resource)
    one, two = load(tmp_path / "w1", tmp_path / "a"), load(tmp_path / "w2", tmp_path / "b")
    for table in ("person", "encounter", "observation"):
        query = f"select * from staging.{table}"
        assert one.stage().query(query) == two.stage().query(query) != []


def test_every_type_has_its_table_even_without_rows(tmp_path: Path) -> None:
    loaded = load(tmp_path, ndjson(tmp_path / "in" / "Patient.ndjson", patient()))
    for resource in RESOURCES.values():
        assert loaded.query(f"select count(*) from {resource.table}") == [(int(resource.type == "Patient"),)]


@pytest.mark.parametrize(
    "subject",
    [
        "Patient/p1",
        "urn:uuid:p1",
        "https://ehr.example.org/fhir/Patient/p1",
        "Patient/p1/_history/3",
        "Patient?identifier=https://ehr.example.org/mrn|77",
        "Patient?identifier=https://ehr.example.org/mrn%7C77",
    ],
)
def test_every_style_of_reference_resolves(tmp_path: Path, subject: str) -> None:
    known = patient(identifier=[{"system": "https://ehr.example.org/mrn", "value": "77"}])
    loaded = load(tmp_path, bundle(tmp_path / "in" / "a.json", known, encounter(subject=subject)))
    assert loaded.query("select patient_id from raw.fhir_r4_encounter") == [("p1",)]
    assert loaded.query("select count(identifiers) from raw.fhir_r4_patient") == [(0,)]


def test_a_full_url_may_differ_from_the_id(tmp_path: Path) -> None:
    entries = [
        {"fullUrl": "urn:uuid:aaaa", "resource": patient("p1")},
        {"fullUrl": "urn:uuid:bbbb", "resource": encounter(subject="urn:uuid:aaaa")},
        {"fullUrl": "urn:uuid:cccc", "resource": {k: v for k, v in observation().items() if k != "id"}},
    ]
    path = tmp_path / "in.json"
    path.write_bytes(orjson.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}))
    loaded = load(tmp_path, path)
    assert loaded.query("select patient_id from raw.fhir_r4_encounter") == [("p1",)]
    assert loaded.query("select id from raw.fhir_r4_observation") == [("cccc",)]


def test_references_that_resolve_to_nobody_are_rejected_and_their_identifier_is_dropped(tmp_path: Path) -> None:
    lost = encounter("e1", "Patient?identifier=urn:mrn|secret-number")
    group = encounter("e2", "Group/g1")
    loaded = load(tmp_path, ndjson(tmp_path / "in.ndjson", lost, group, encounter("e3")))
    assert loaded.counts() == {"Encounter": (3, 1, 0, 2, 0)}
    assert loaded.rejects == [
        "s1,1,1,Encounter,no reference to a known kind of patient",
        "s1,1,2,Encounter,no reference to a known kind of patient",
    ]


def test_social_security_numbers_and_names_are_never_kept(tmp_path: Path) -> None:
    person = patient(
        name=[{"family": "Zzfamily", "given": ["Zzgiven"]}],
        telecom=[{"value": "Zzphone"}],
        identifier=[{"system": "http://hl7.org/fhir/sid/us-ssn", "value": "Zzssn"}, {"system": "m", "value": "Zzmrn"}],
        address=[{"line": ["Zzstreet"], "city": "Zzcity", "state": "MA", "postalCode": "01013-1234"}],
        text={"status": "generated", "div": "Zznarrative"},
        extension=[{"url": "http://hl7.org/fhir/x/patient-mothersMaidenName", "valueString": "Zzmaiden"}],
    )  # fmt: skip
    loaded = load(tmp_path, bundle(tmp_path / "in.json", person)).stage()
    assert "Zz" not in str(loaded.query("select * from raw.fhir_r4_patient"))
    assert loaded.query("select state, zip_code from staging.person") == [("MA", "01013")]


def test_the_latest_version_of_a_resource_stays(tmp_path: Path) -> None:
    def version(number: str, updated: str | None, status: str) -> dict[str, Any]:
        meta = {"versionId": number} | ({"lastUpdated": updated} if updated else {})
        return encounter(status=status, meta=meta)

    folder = tmp_path / "in"
    ndjson(folder / "1.ndjson", version("3", "2026-03-01T00:00:00Z", "finished"))
    ndjson(folder / "2.ndjson", version("1", "2026-03-01T01:30:00+02:00", "planned"), version("1", None, "planned"))
    ndjson(folder / "3.ndjson", version("3", "2026-03-01T00:00:00Z", "finished"))
    loaded = load(tmp_path, folder)
    assert loaded.query("select status, file_ordinal from raw.fhir_r4_encounter") == [("finished", 3)]
    assert [(row.file, row.loaded, row.duplicate) for row in loaded.rows] == [(1, 0, 1), (2, 0, 2), (3, 1, 0)]


def test_broken_lines_are_rejected_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "Patient.ndjson"
    good, other = orjson.dumps(patient("a")), orjson.dumps(patient("b"))
    no_id = orjson.dumps({"resourceType": "Patient", "gender": "male"})
    path.write_bytes(
        good + b"\n\n" + b'{"resourceType":"Patient","id"\n' + no_id + b"\r\n[1]\n" + other + b"\n" + good[:20]
    )
    loaded = load(tmp_path, path)
    assert loaded.counts() == {"Patient": (6, 2, 0, 4, 0)}
    assert loaded.rejects == [
        's1,1,2,Patient,"not valid JSON, or not a FHIR resource"',
        "s1,1,3,Patient,no id",
        's1,1,4,Patient,"not valid JSON, or not a FHIR resource"',
        's1,1,6,Patient,"not valid JSON, or not a FHIR resource"',
    ]


def test_a_file_of_mixed_types_is_sorted_out(tmp_path: Path) -> None:
    many = [patient(f"p{n}") for n in range(30)]
    log = {"exportId": "x", "eventId": "kickoff"}
    path = ndjson(tmp_path / "mixed.ndjson", *many, encounter(), log, {"resourceType": "CarePlan", "id": "c"})
    loaded = load(tmp_path, path)
    assert loaded.counts() == {
        "Patient": (30, 30, 0, 0, 0),
        "Encounter": (1, 1, 0, 0, 0),
        "CarePlan": (1, 0, 0, 0, 1),
        documents.NO_TYPE: (1, 0, 0, 0, 1),
    }


def test_what_is_no_data_is_ignored_and_counted(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    ndjson(folder / "Patient.ndjson", patient())
    ndjson(folder / "log.ndjson", {"exportId": "x"}, {"exportId": "y"})
    (folder / "LICENSE").write_text("Apache")
    (folder / "expected.csv").write_text("a,b\n1,2\n")
    (folder / "error.json").write_text('{"resourceType": "OperationOutcome", "issue": []}')
    (folder / "Empty.ndjson").write_text("")
    loaded = load(tmp_path, folder)
    assert loaded.counts() == {
        "Patient": (1, 1, 0, 0, 0),
        documents.NO_TYPE: (2, 0, 0, 0, 2),
        "OperationOutcome": (1, 0, 0, 0, 1),
        "unrecognised": (2, 0, 0, 0, 2),
    }


@pytest.mark.parametrize(
    "content",
    [
        b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": "a"',
        b"\x89PNG\r\n\x1a\n",
        "\ufeff{}".encode("utf-16"),
        '{"resourceType": "Patient", "id": "é", "gender": "female"}'.encode("latin-1"),
        b"id,name\n1,2\n",
    ],
)
def test_a_json_file_that_is_not_json_is_one_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "in" / "a.json"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load(tmp_path, path.parent)
    assert "file 1" in str(caught.value)


def test_latin_1_in_the_middle_of_a_file_is_one_error(tmp_path: Path) -> None:
    path = ndjson(tmp_path / "Patient.ndjson", *(patient(f"p{n}") for n in range(20)))
    path.write_bytes(path.read_bytes() + '{"resourceType":"Patient","id":"é"}\n'.encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        load(tmp_path, path)


def test_a_byte_order_mark_is_tolerated(tmp_path: Path) -> None:
    lines = ndjson(tmp_path / "in" / "Patient.ndjson", patient("a"), patient("b"))
    lines.write_bytes(documents.BOM + lines.read_bytes())
    whole = bundle(tmp_path / "in" / "b.json", patient("c"))
    whole.write_bytes(documents.BOM + whole.read_bytes())
    assert load(tmp_path, tmp_path / "in").counts() == {"Patient": (3, 3, 0, 0, 0)}


def test_large_bundles_are_walked_entry_by_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "SMALL_DOCUMENT", 10)
    monkeypatch.setattr(documents, "CHUNK", 64)
    people = [patient(f"p{n}", birthDate="1960", multipleBirthInteger=12) for n in range(50)]
    bundle(tmp_path / "in" / "a.json", *people, encounter(subject="Patient/p1"))
    (tmp_path / "in" / "b.json").write_bytes(orjson.dumps(patient("alone"), option=orjson.OPT_INDENT_2))
    assert load(tmp_path / "w", tmp_path / "in").counts() == {
        "Patient": (51, 51, 0, 0, 0),
        "Encounter": (1, 1, 0, 0, 0),
    }
    cut = (tmp_path / "in" / "a.json").read_bytes()[:-30]
    (tmp_path / "in" / "a.json").write_bytes(cut)
    with pytest.raises(InputError):
        load(tmp_path / "w2", tmp_path / "in")


def test_dates_are_local_and_partial_ones_span_their_whole(tmp_path: Path) -> None:
    when = {
        "d": "2026-02-03",
        "m": "2026-02",
        "y": "2026",
        "z": "2026-02-03T04:05:06.789Z",
        "o": "2026-02-03T23:05:06-11:00",
    }
    rows = [observation(key, effectiveDateTime=value) for key, value in when.items()]
    rows.append(observation("p", effectivePeriod={"start": "2026-02-03"}))
    rows.append(observation("x", effectiveDateTime="not a date"))
    loaded = load(tmp_path, ndjson(tmp_path / "o.ndjson", *rows)).stage()
    found = loaded.query("select observation_id, effective_start_at, effective_end_at from staging.observation")
    at = {key: (start, end) for key, start, end in found}
    last = dt.timedelta(milliseconds=1)
    assert at["d"] == (dt.datetime(2026, 2, 3), dt.datetime(2026, 2, 4) - last)
    assert at["m"] == (dt.datetime(2026, 2, 1), dt.datetime(2026, 3, 1) - last)
    assert at["y"] == (dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1) - last)
    assert at["z"] == (dt.datetime(2026, 2, 3, 4, 5, 6, 789000),) * 2
    assert at["o"] == (dt.datetime(2026, 2, 3, 23, 5, 6),) * 2
    assert at["p"] == (dt.datetime(2026, 2, 3), None)
    assert at["x"] == (None, None)


def test_the_local_date_of_an_encounter_is_not_its_utc_date(tmp_path: Path) -> None:
    loaded = load(tmp_path, ndjson(tmp_path / "e.ndjson", encounter())).stage()
    found = loaded.query("select start_date, end_date, length_of_stay_days, encounter_class from staging.encounter")
    assert found == [(dt.date(2025, 12, 31), dt.date(2026, 1, 1), 1, "ambulatory")]


@pytest.mark.parametrize(
    ("extensions", "expected"),
    [
        ([_extension("race", "2106-3")], ("White", "omb category", None)),
        ([_extension("race", "2106-3", "2054-5")], ("Two or More Races", "omb category", None)),
        ([_extension("race", text="Black or African American")], ("Black or African American", "text", None)),
        ([_extension("race", "2135-2", text="Other")], ("Other Race", "text", "Hispanic or Latino")),
        (
            [_extension("race", "2135-2", text="Other"), _extension("ethnicity", "2186-5")],
            ("Other Race", "text", "Hispanic or Latino"),
        ),
        ([_extension("ethnicity", "2186-5")], (None, None, "Not Hispanic or Latino")),
        ([], (None, None, None)),
    ],
)
def test_race_and_ethnicity(tmp_path: Path, extensions: list[dict[str, Any]], expected: tuple[str | None, ...]) -> None:
    loaded = load(tmp_path, ndjson(tmp_path / "p.ndjson", patient(extension=extensions))).stage()
    assert loaded.query("select race, race_source, ethnicity from staging.person") == [expected]


def test_components_become_rows_of_their_own(tmp_path: Path) -> None:
    def part(code: str, value: float) -> dict[str, Any]:
        quantity = {"value": value, "unit": "mmHg", "code": "mm[Hg]"}
        return {"code": concept(code, "http://loinc.org"), "valueQuantity": quantity}

    panel = observation(
        category=[concept("vital-signs")],
        component=[part("8480-6", 139), part("8462-4", 89)],
        effectiveDateTime="2026-01-05",
    )
    loaded = load(tmp_path, ndjson(tmp_path / "o.ndjson", panel)).stage()
    query = """select observation_id, parent_observation_id, codes[1].code, value_number, value_unit,
        has_value, category from staging.observation order by 1"""
    assert loaded.query(query) == [
        ("o1", None, "4548-4", None, None, False, ["vital-signs"]),
        ("o1#1", "o1", "8480-6", 139.0, "mm[Hg]", True, ["vital-signs"]),
        ("o1#2", "o1", "8462-4", 89.0, "mm[Hg]", True, ["vital-signs"]),
    ]


def test_values_of_every_kind(tmp_path: Path) -> None:
    values = {
        "a": {"valueInteger": 3},
        "b": {"valueBoolean": False},
        "c": {"valueString": "pass"},
        "d": {"valueString": "n" * 500},
        "e": {"valueCodeableConcept": concept("1")},
        "f": {"valuePeriod": {"start": "2026-01-01"}},
        "g": {"dataAbsentReason": concept("unknown", "absent")},
    }
    rows = [observation(key, **value) for key, value in values.items()]
    loaded = load(tmp_path, ndjson(tmp_path / "o.ndjson", *rows)).stage()
    query = """select value_number, value_boolean, value_text, len(value_codes), has_value, len(status_reason_codes)
        from staging.observation order by observation_id"""
    assert loaded.query(query) == [
        (3.0, None, None, 0, True, 0),
        (None, False, None, 0, True, 0),
        (None, None, "pass", 0, True, 0),
        (None, None, None, 0, True, 0),
        (None, None, None, 1, True, 0),
        (None, None, None, 0, True, 0),
        (None, None, None, 0, False, 1),
    ]


def test_icd_codes_get_their_dot(tmp_path: Path) -> None:
    pairs = [("http://hl7.org/fhir/sid/icd-10-cm", "E1165"), ("http://hl7.org/fhir/sid/icd-10-cm", "I10"),
             ("http://hl7.org/fhir/sid/icd-9-cm", "25000"), ("http://hl7.org/fhir/sid/icd-9-cm", "E8889"),
             ("http://hl7.org/fhir/sid/icd-10-cm", "E11.9")]  # fmt: skip
    rows = [
        {
            "resourceType": "Condition",
            "id": str(n),
            "subject": {"reference": "Patient/p1"},
            "code": concept(code, system),
        }
        for n, (system, code) in enumerate(pairs)
    ]
    loaded = load(tmp_path, ndjson(tmp_path / "c.ndjson", *rows)).stage()
    found = loaded.query("select codes[1].system, codes[1].code from staging.condition order by condition_id")
    assert found == [
        ("ICD10CM", "E11.65"),
        ("ICD10CM", "I10"),
        ("ICD9CM", "250.00"),
        ("ICD9CM", "E888.9"),
        ("ICD10CM", "E11.9"),
    ]


def _order(identity: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": identity,
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
    } | more


def test_drugs_by_concept_reference_and_containment(tmp_path: Path) -> None:
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    drug = {"resourceType": "Medication", "id": "d1", "code": concept("2", rxnorm)}
    inner = {"resourceType": "Medication", "id": "in", "code": concept("3", rxnorm)}
    rows = [
        _order("a", medicationCodeableConcept=concept("1", rxnorm)),
        _order("b", medicationReference={"reference": "Medication/d1"}),
        _order("c", medicationReference={"reference": "#in"}, contained=[inner]),
    ]
    loaded = load(tmp_path, bundle(tmp_path / "m.json", drug, *rows)).stage()
    found = loaded.query("select medication_id, codes[1].system, codes[1].code from staging.medication order by 1")
    assert found == [("a", "RXNORM", "1"), ("b", "RXNORM", "2"), ("c", "RXNORM", "3")]


@pytest.mark.parametrize(
    ("timing", "doses"),
    [
        ({"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}, 2.0),
        ({"repeat": {"frequency": 1, "period": 6, "periodUnit": "h"}}, 4.0),
        ({"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}}, 1 / 7),
        ({"repeat": {"frequency": 1, "when": ["MORN", "NIGHT"]}}, 2.0),
        ({"code": concept("BID")}, 2.0),
        ({}, None),
    ],
)
def test_doses_per_day(tmp_path: Path, timing: dict[str, Any], doses: float | None) -> None:
    supply = {"expectedSupplyDuration": {"value": 2, "code": "wk"}, "numberOfRepeatsAllowed": 3}
    row = _order("a", dosageInstruction=[{"timing": timing}], dispenseRequest=supply)
    loaded = load(tmp_path, ndjson(tmp_path / "m.ndjson", row)).stage()
    found = loaded.query("select doses_per_day, days_supply, refills from staging.medication")
    assert found == [(pytest.approx(doses) if doses else None, 14.0, 3)]


def test_reasons_for_not_doing_come_from_elements_and_extensions(tmp_path: Path) -> None:
    base = "http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-"
    refused = {"url": base + "notDoneReason", "valueCodeableConcept": concept("105480006")}
    request = {
        "resourceType": "ServiceRequest", "id": "s", "subject": {"reference": "Patient/p1"}, "doNotPerform": True,
        "extension": [{"url": base + "doNotPerformReason", "valueCodeableConcept": concept("1")}],
    }  # fmt: skip
    device = {
        "resourceType": "DeviceRequest", "id": "d", "subject": {"reference": "Patient/p1"},
        "codeCodeableConcept": concept("9"),
        "modifierExtension": [{"url": "http://x/extension-DeviceRequest.doNotPerform", "valueBoolean": True}],
    }  # fmt: skip
    rows = [observation(extension=[refused], status="cancelled"), request, device]
    loaded = load(tmp_path, bundle(tmp_path / "a.json", *rows)).stage()
    assert loaded.query("select status_reason_codes[1].code from staging.observation") == [("105480006",)]
    query = "select request_type, do_not_perform, len(status_reason_codes) from staging.service_request order by 1"
    assert loaded.query(query) == [("device", True, 0), ("service", True, 1)]


def test_a_merged_patient_becomes_the_survivor(tmp_path: Path) -> None:
    gone = patient("old", link=[{"type": "replaced-by", "other": {"reference": "Patient/p1"}}])
    loaded = load(tmp_path, bundle(tmp_path / "a.json", gone, patient(), encounter(subject="Patient/old"))).stage()
    assert loaded.query("select source_person_id from staging.person") == [("p1",)]
    assert loaded.query("select source_person_id from staging.encounter") == [("p1",)]


def test_coverage_without_a_period_gives_no_enrolment(tmp_path: Path) -> None:
    def coverage(identity: str, **more: Any) -> dict[str, Any]:
        row = {"resourceType": "Coverage", "id": identity, "beneficiary": {"reference": "Patient/p1"}}
        return row | {"payor": [{"display": "Plan of All"}], "type": concept("1", "https://nahdo.org/sopt")} | more

    rows = [
        coverage("a"),
        coverage("b", period={"start": "2026-01", "end": "2026"}),
        coverage("c", period={"start": "2025-01-01"}),
    ]
    loaded = load(tmp_path, ndjson(tmp_path / "c.ndjson", *rows)).stage()
    found = loaded.query("select payer, payer_type, start_date, end_date from staging.eligibility order by start_date")
    assert found == [
        ("Plan of All", "medicare", dt.date(2025, 1, 1), None),
        ("Plan of All", "medicare", dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
    ]


def _eob(**more: Any) -> dict[str, Any]:
    claim_type = {"coding": [{"code": "professional"}]}
    return {
        "resourceType": "ExplanationOfBenefit", "id": "x1", "status": "active", "use": "claim", "outcome": "complete",
        "type": claim_type, "patient": {"reference": "Patient/p1"},
        "billablePeriod": {"start": "2025-12-31", "end": "2026-12-31"},
    } | more  # fmt: skip


def _line(number: int, **more: Any) -> dict[str, Any]:
    def amount(category: str, value: float) -> dict[str, Any]:
        return {"category": concept(category, "adjudication"), "amount": {"value": value, "currency": "USD"}}

    paid = [amount("submitted", 100), amount("eligible", 80.5), amount("benefit", 60.25)]
    code = concept("G0463", "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets")
    return {"sequence": number, "adjudication": paid, "productOrService": code} | more


def test_claim_lines_are_dated_by_their_encounter(tmp_path: Path) -> None:
    seen = {"encounter": [{"reference": "Encounter/e1"}]}
    filler = {"servicedPeriod": {"start": "2024-01-01", "end": "2024-01-01"}}
    within = {"servicedDate": "2026-01-01"}
    lines = [_line(1, **seen), _line(2, **filler), _line(3, **within)]
    loaded = load(tmp_path, bundle(tmp_path / "a.json", patient(), encounter(), _eob(item=lines))).stage()
    query = """select claim_line_number, claim_line_start_date, claim_line_end_date, encounter_id, hcpcs_code,
        charge_usd, allowed_usd, paid_usd from staging.medical_claim order by 1"""
    first, last = dt.date(2025, 12, 31), dt.date(2026, 1, 1)
    rows = loaded.query(query)
    assert [row[1:3] for row in rows] == [(first, last), (first, last), (last, last)]
    assert {row[3:5] for row in rows} == {("e1", "G0463")}
    assert {tuple(map(float, row[5:])) for row in rows} == {(100.0, 80.5, 60.25)}


def test_header_amounts_go_on_the_first_line_once(tmp_path: Path) -> None:
    total = [{"category": concept("submitted", "adjudication"), "amount": {"value": 300}}]
    bare = [{"sequence": 1, "servicedDate": "2026-01-02"}, {"sequence": 2, "servicedDate": "2026-01-03"}]
    claim = _eob(item=bare, total=total, payment={"amount": {"value": 200}, "date": "2026-02-01"})
    loaded = load(tmp_path, ndjson(tmp_path / "x.ndjson", claim)).stage()
    query = "select claim_line_start_date, charge_usd::double, paid_usd::double from staging.medical_claim order by 1"
    assert loaded.query(query) == [(dt.date(2026, 1, 2), 300.0, 200.0), (dt.date(2026, 1, 3), None, None)]


def test_a_claim_is_a_bill_and_a_contained_coverage_no_enrolment(tmp_path: Path) -> None:
    bill = {"resourceType": "Claim", "id": "c1", "patient": {"reference": "Patient/p1"}, "total": {"value": 5}}
    cover = {"resourceType": "Coverage", "id": "cov", "payor": [{"display": "Plan of All"}]}
    claim = _eob(contained=[cover], insurance=[{"coverage": {"reference": "#cov"}}])
    loaded = load(tmp_path, bundle(tmp_path / "a.json", patient(), bill, claim)).stage()
    assert loaded.counts()["Claim"] == (1, 1, 0, 0, 0)
    query = "select claim_id, payer, claim_start_date, claim_end_date from staging.medical_claim"
    assert loaded.query(query) == [("x1", "Plan of All", dt.date(2025, 12, 31), dt.date(2026, 12, 31))]
    assert loaded.query("select count(*) from staging.eligibility") == [(0,)]


def test_pharmacy_claims_go_their_own_way(tmp_path: Path) -> None:
    days = {"sequence": 1, "category": concept("dayssupply", "supporting"), "valueQuantity": {"value": 30}}
    line = _line(1, productOrService=concept("0093-1048-01", "http://hl7.org/fhir/sid/ndc"), servicedDate="2026-03-04")
    claim = _eob(type={"coding": [{"code": "pharmacy"}]}, item=[line], supportingInfo=[days])
    loaded = load(tmp_path, ndjson(tmp_path / "x.ndjson", claim)).stage()
    assert loaded.query("select count(*) from staging.medical_claim") == [(0,)]
    found = loaded.query("select dispensing_date, ndc_code, days_supply, paid_usd::double from staging.pharmacy_claim")
    assert found == [(dt.date(2026, 3, 4), "0093104801", 30, 60.25)]


def test_the_labels_of_a_source_are_kept_by_their_codes(tmp_path: Path) -> None:
    def labelled(*codes: str) -> dict[str, Any]:
        return {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": c} for c in codes]}

    fill = _eob(id="f1", meta=labelled("R"), type={"coding": [{"code": "pharmacy"}]})
    records = (encounter(meta=labelled("ETH", "R", "ETH")), observation(), _eob(meta=labelled("PSY")), fill)
    loaded = load(tmp_path, bundle(tmp_path / "in.json", patient(meta=labelled("R")), *records)).stage()
    found = loaded.query("select record_kind, record_id, encounter_id, label from staging.label order by all")
    assert found == [
        ("encounter", "e1", "e1", "ETH"),
        ("encounter", "e1", "e1", "R"),
        ("medical_claim", records[2]["id"], None, "PSY"),
        ("pharmacy_claim", "f1", None, "R"),
    ]


def test_two_sources_keep_their_ids_apart(tmp_path: Path) -> None:
    one, two = ndjson(tmp_path / "a.ndjson", patient()), ndjson(tmp_path / "b.ndjson", patient())
    loaded = load(tmp_path, one, two).stage()
    assert loaded.query("select data_source, source_person_id from staging.person order by 1") == [
        ("s1", "p1"),
        ("s2", "p1"),
    ]


def test_the_format_is_registered() -> None:
    assert fhir_r4.NAME == "fhir_r4"


@pytest.mark.parametrize(
    "text", ["", "\n", "a", "a\n", "a\n\nb", "a\r\n\r\nb\r\n", " \r\n{}", "a\n   ", "\n\n{}\n", "a \nb", "a\r\nb\r\n"]
)
@pytest.mark.parametrize("block", [1, 3, 1 << 18])
def test_records_are_counted_without_blank_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, block: int
) -> None:
    monkeypatch.setattr(documents, "COUNT_BLOCK", block)
    path = tmp_path / "a.ndjson"
    path.write_bytes(text.encode())
    assert documents.count_records(path) == sum(1 for line in text.split("\n") if line.strip())


def test_a_type_that_is_none_of_fhirs_is_never_repeated(tmp_path: Path) -> None:
    odd = [{"resourceType": "Jane Roe", "id": "1"}, {"resourceType": ["Jane Roe"], "id": "2"}]
    bundle(tmp_path / "in" / "a.json", patient(), *odd)
    ndjson(tmp_path / "in" / "b.ndjson", *odd)
    types = {row.type for row in load(tmp_path, tmp_path / "in").rows}
    assert types == {"Patient", "another resourceType", "no resourceType"}
