"""What is read of each FHIR R4 resource type: the columns of `raw.fhir_r4_<type>`.

Every raw table starts with the provenance columns (PROVENANCE) and then the fields below, in order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dashboard.sources.fhir_r4 import decode as d
from dashboard.sources.fhir_r4.claims import CLAIM_FIELDS, EXPLANATION_OF_BENEFIT_FIELDS
from dashboard.sources.fhir_r4.decode import CODES, CONCEPT, Field

# Written into exploded resources by bundle.py; null in Bulk Data files, where the file itself tells.
FILE_KEY, ROW_KEY, URL_KEY = "__careparity_file", "__careparity_row", "__careparity_url"

PROVENANCE = (
    Field("resource_type", "VARCHAR", 'r."resourceType"', (("resourceType", "VARCHAR"),)),
    Field("id", "VARCHAR", 'r."id"', (("id", "VARCHAR"),)),
    Field("last_updated", "VARCHAR", 'r."meta"."lastUpdated"', (("meta.lastUpdated", "VARCHAR"),)),
    Field("version_id", "VARCHAR", 'r."meta"."versionId"', (("meta.versionId", "VARCHAR"),)),
    Field(
        "security",
        "VARCHAR[]",
        'list_transform(r."meta"."security", lambda s: s.code)',
        (("meta.security[].code", "VARCHAR"),),
    ),
    Field("full_url", "VARCHAR", f'r."{URL_KEY}"', ((URL_KEY, "VARCHAR"),)),
)

# Kept only until references are resolved, then dropped. Social security numbers are never kept at all.
IDENTIFIERS = d.custom(
    "identifiers",
    "VARCHAR[]",
    "list_transform(list_filter(r.identifier, lambda i: i.value is not null and not"
    " regexp_matches(coalesce(i.system, ''), '(us-ssn|2[.]16[.]840[.]1[.]113883[.]4[.]1)$')),"
    " lambda i: coalesce(i.system, '') || '|' || i.value)",
    ("identifier[].system", "VARCHAR"),
    ("identifier[].value", "VARCHAR"),
)


@dataclass(frozen=True)
class Resource:
    """A resource type that is used: its fields, and whether a row without a patient is refused."""

    type: str
    fields: tuple[Field, ...]
    needs_patient: bool = True

    @property
    def table(self) -> str:
        """The raw table.

        >>> Resource("MedicationRequest", ()).table
        'raw.fhir_r4_medication_request'
        """
        return "raw.fhir_r4_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.type).lower()


def _us_core(column: str, url: str, part: str, value: str) -> Field:
    """A part (ombCategory, detailed, text) of a US Core race or ethnicity extension, as a list."""
    named = f"list_filter(r.extension, lambda x: ends_with(x.url, '{url}'))"
    parts = f"flatten(list_transform({named}, lambda x: list_filter(x.extension, lambda y: y.url = '{part}')))"
    sql = f"coalesce(list_transform({parts}, lambda y: {value}), []::VARCHAR[])"
    leaves = (
        ("extension[].url", "VARCHAR"),
        ("extension[].extension[].url", "VARCHAR"),
        ("extension[].extension[].valueCoding", d.CODING),
        ("extension[].extension[].valueString", "VARCHAR"),
    )
    return d.custom(column, "VARCHAR[]", sql, *leaves)


def _extension_code(column: str, url: str) -> Field:
    """The code of a simple extension, given as code, Coding or CodeableConcept."""
    found = f"list_filter(r.extension, lambda x: ends_with(x.url, '{url}'))[1]"
    sql = f'coalesce({found}."valueCode", {found}."valueCoding".code, {found}."valueCodeableConcept".coding[1].code)'
    leaves = (("extension[].valueCode", "VARCHAR"), ("extension[].valueCoding", d.CODING), *d.EXTENSION)
    return d.custom(column, "VARCHAR", sql, *leaves)


def _address(column: str, path: str, part: str) -> Field:
    """One coarse part of the first address: state, district or postal code. Street lines are never read."""
    sql = f'{d.path_sql(path)}{"[1]" if path.endswith("[]") else ""}."{part}"'
    return d.custom(column, "VARCHAR", sql, (f"{path}.{part}", "VARCHAR"))


def _npi() -> Field:
    sql = "list_filter(r.identifier, lambda i: i.system in ('http://hl7.org/fhir/sid/us-npi',"
    sql += " 'urn:oid:2.16.840.1.113883.4.6'))[1].value"
    return d.custom("npi", "VARCHAR", sql, *IDENTIFIERS.leaves)


def _value_fields(root: str, prefix: str = "") -> dict[str, str]:
    """SQL of an observation's (or component's) value columns, over the struct `root`."""
    v = f'{root}."value'
    text = f'{v}String"'
    others = ("Range", "Ratio", "SampledData", "Time", "DateTime", "Period")
    given = [f'{v}{kind}" is not null' for kind in ("Quantity", "CodeableConcept", "String", "Boolean", "Integer")]
    given[0] = f'{v}Quantity".value is not null'
    return {
        f"{prefix}value_number": f'coalesce({v}Quantity".value, {v}Integer")',
        f"{prefix}value_unit": f'coalesce({v}Quantity".code, {v}Quantity".unit)',
        f"{prefix}value_codes": d.codings_sql(f'{v}CodeableConcept".coding'),
        f"{prefix}value_text": f"case when length({text}) <= {d.MAX_TEXT_VALUE} then {text} end",
        f"{prefix}value_boolean": f'{v}Boolean"',
        f"{prefix}has_value": "(" + " or ".join([*given, *(f'{v}{kind}" is not null' for kind in others)]) + ")",
    }


_VALUE_TYPES = ("DOUBLE", "VARCHAR", CODES, "VARCHAR", "BOOLEAN", "BOOLEAN")


def _value_leaves(prefix: str = "") -> tuple[tuple[str, str], ...]:
    scalars = {"String": "VARCHAR", "Boolean": "BOOLEAN", "Integer": "INTEGER", "Quantity": d.QUANTITY}
    others = dict.fromkeys(("Range", "Ratio", "SampledData", "Time", "DateTime", "Period"), "VARCHAR")
    kinds = {**scalars, **others, "CodeableConcept": CONCEPT}
    return tuple((f"{prefix}value{kind}", json_type) for kind, json_type in kinds.items())


def _observation_values() -> tuple[Field, ...]:
    columns = _value_fields("r").items()
    return tuple(
        d.custom(name, kind, sql, *_value_leaves())
        for (name, sql), kind in zip(columns, _VALUE_TYPES, strict=True)
    )  # fmt: skip


def _components() -> Field:
    """Components as structs with the columns of an observation's value."""
    values = _value_fields("k")
    packed = {
        "codes": d.codings_sql("k.code.coding"),
        **values,
        "status_reason_codes": d.codings_sql('k."dataAbsentReason".coding'),
    }
    sql = "list_transform(r.component, lambda k: struct_pack("
    sql += ", ".join(f"{name} := {expression}" for name, expression in packed.items()) + "))"
    kinds = (CODES, *_VALUE_TYPES, CODES)
    struct = ", ".join(f"{name} {kind}" for name, kind in zip(packed, kinds, strict=True))
    leaves = (("component[].code", CONCEPT), ("component[].dataAbsentReason", CONCEPT), *_value_leaves("component[]."))
    return d.custom("components", f"STRUCT({struct})[]", sql, *leaves)


def _contained_codes(reference: str) -> Field:
    """The drug: a concept, or the code of a contained Medication."""
    own = 'r."medicationCodeableConcept".coding'
    contained = f"list_filter(r.contained, lambda m: '#' || m.id = r.\"{reference}\".reference)[1].code.coding"
    leaves = (
        ("medicationCodeableConcept", CONCEPT),
        (reference, d.REFERENCE),
        ("contained[].id", "VARCHAR"),
        ("contained[].code", CONCEPT),
    )
    return d.custom("codes", CODES, d.codings_sql(f"coalesce({own}, {contained})"), *leaves)


def _timing(dosage: str) -> tuple[Field, ...]:
    """The first dosage instruction's timing and dose."""
    first, t = f'r."{dosage}"[1]', f"{dosage}[].timing."
    repeat = f"{first}.timing.repeat"
    dose = f'{first}."doseAndRate"[1]."doseQuantity"'
    dose_leaf = (f"{dosage}[].doseAndRate[].doseQuantity", d.QUANTITY)
    number_leaves = [(f"{t}repeat.{key}", "DOUBLE") for key in ("frequency", "frequencyMax", "period", "periodMax")]
    bounds = f'{repeat}."boundsPeriod"'
    bound_leaves = ((f"{t}repeat.boundsPeriod.start", "VARCHAR"), (f"{t}repeat.boundsPeriod.end", "VARCHAR"))
    duration = f'{repeat}."boundsDuration"'
    duration_leaf = (f"{t}repeat.boundsDuration", d.QUANTITY)
    return (
        d.custom("bounds_start_at", "TIMESTAMP", d.instant_sql(f'{bounds}."start"'), *bound_leaves),
        d.custom("bounds_end_at", "TIMESTAMP", d.instant_sql(f'{bounds}."end"', end=True), *bound_leaves),
        d.custom("bounds_duration", "DOUBLE", f"{duration}.value", duration_leaf),
        d.custom("bounds_duration_unit", "VARCHAR", f"coalesce({duration}.code, {duration}.unit)", duration_leaf),
        d.custom("frequency", "DOUBLE", f'coalesce({repeat}."frequencyMax", {repeat}.frequency)', *number_leaves),
        d.custom("period", "DOUBLE", f"{repeat}.period", *number_leaves),
        d.custom("period_unit", "VARCHAR", f'{repeat}."periodUnit"', (f"{t}repeat.periodUnit", "VARCHAR")),
        d.custom("day_times", "VARCHAR[]", f'coalesce({repeat}."when", {repeat}."timeOfDay")',
                 (f"{t}repeat.when[]", "VARCHAR"), (f"{t}repeat.timeOfDay[]", "VARCHAR")),
        d.custom("timing_code", "VARCHAR", f"{first}.timing.code.coding[1].code", (f"{t}code", d.SYMBOL)),
        d.custom("as_needed", "BOOLEAN", f'{first}."asNeededBoolean"', (f"{dosage}[].asNeededBoolean", "BOOLEAN")),
        d.custom("dose_quantity", "DOUBLE", f"{dose}.value", dose_leaf),
        d.custom("dose_unit", "VARCHAR", f"coalesce({dose}.code, {dose}.unit)", dose_leaf),
    )  # fmt: skip


def _quantity(column: str, path: str) -> tuple[Field, ...]:
    reach = d.path_sql(path)
    return (
        d.custom(column, "DOUBLE", f"{reach}.value", (path, d.QUANTITY)),
        d.custom(f"{column}_unit", "VARCHAR", f"coalesce({reach}.code, {reach}.unit)", (path, d.QUANTITY)),
    )


def _do_not_perform() -> Field:
    """`doNotPerform`, in R4 DeviceRequests a modifier extension."""
    extension = 'list_filter(r."modifierExtension", lambda x: ends_with(x.url, \'doNotPerform\'))[1]."valueBoolean"'
    return d.custom(
        "do_not_perform", "BOOLEAN", f'coalesce(r."doNotPerform", {extension})', ("doNotPerform", "BOOLEAN"),
        ("modifierExtension[].url", "VARCHAR"), ("modifierExtension[].valueBoolean", "BOOLEAN"),
    )  # fmt: skip


_NAMED_REFERENCE = d.REFERENCE.replace("STRUCT(", "STRUCT(display VARCHAR, ", 1)
_RACE, _ETHNICITY = "us-core-race", "us-core-ethnicity"

RESOURCES = {
    resource.type: resource
    for resource in (
        Resource("Patient", (
            IDENTIFIERS,
            d.day("birth_date", "birthDate"),
            d.day("death_date", "deceasedDateTime"),
            d.boolean("deceased", "deceasedBoolean"),
            d.text("gender", "gender"),
            _extension_code("sex_code", "us-core-sex"),
            _extension_code("birth_sex", "us-core-birthsex"),
            _us_core("race_omb", _RACE, "ombCategory", "y.\"valueCoding\".code"),
            _us_core("race_detailed", _RACE, "detailed", "y.\"valueCoding\".code"),
            _us_core("race_text", _RACE, "text", "y.\"valueString\""),
            _us_core("ethnicity_omb", _ETHNICITY, "ombCategory", "y.\"valueCoding\".code"),
            _us_core("ethnicity_detailed", _ETHNICITY, "detailed", "y.\"valueCoding\".code"),
            _us_core("ethnicity_text", _ETHNICITY, "text", "y.\"valueString\""),
            _extension_code("cms_race", "bluebutton.cms.gov/resources/variables/race"),
            d.custom("language", "VARCHAR",
                     "coalesce(list_filter(r.communication, lambda c: c.preferred)[1].language.coding[1].code,"
                     " r.communication[1].language.coding[1].code)",
                     ("communication[].language", CONCEPT), ("communication[].preferred", "BOOLEAN")),
            _address("state", "address[]", "state"),
            _address("district", "address[]", "district"),
            _address("postal_code", "address[]", "postalCode"),
            d.custom("merged_into", "VARCHAR",
                     d.reference_sql("(list_filter(r.link, lambda k: k.type = 'replaced-by')[1].other)"),
                     ("link[].type", "VARCHAR"), ("link[].other", d.REFERENCE)),
        ), needs_patient=False),
        Resource("Coverage", (
            IDENTIFIERS,
            d.patient("beneficiary"),
            d.text("status", "status"),
            d.codes("type_codes", "type"),
            d.text("subscriber_id", "subscriberId"),
            d.custom("payor_id", "VARCHAR", d.reference_sql("(r.payor[1])"), ("payor[]", _NAMED_REFERENCE)),
            d.custom("payor_name", "VARCHAR",
                     # A person who pays for themselves is no payer to name.
                     "case when not regexp_matches(coalesce(r.payor[1].reference, ''), 'Patient|RelatedPerson')"
                     " then r.payor[1].display end",
                     ("payor[]", _NAMED_REFERENCE)),
            d.custom("plan", "VARCHAR",
                     "coalesce(list_filter(r.class, lambda k: k.type.coding[1].code = 'plan')[1].name,"
                     " list_filter(r.class, lambda k: k.type.coding[1].code = 'group')[1].name)",
                     ("class[].type", d.SYMBOL), ("class[].name", "VARCHAR")),
            d.day("start_date", "period.start"),
            d.last_day("end_date", "period.end"),
        )),
        Resource("Encounter", (
            IDENTIFIERS,
            d.patient("subject"),
            d.text("status", "status"),
            d.text("class_code", "class.code"),
            d.codes("type_codes", "type[]"),
            d.codes("reason_codes", "reasonCode[]", diagnosis=True),
            d.codes("discharge_disposition_codes", "hospitalization.dischargeDisposition"),
            d.references("location_ids", "location[].location"),
            d.references("diagnosis_condition_ids", "diagnosis[].condition"),
            d.at("start_at", "period.start"),
            d.until("end_at", "period.end"),
            d.reference("organization_id", "serviceProvider"),
            d.reference("practitioner_id", "participant[].individual"),
        )),
        Resource("Condition", (
            d.patient("subject"),
            d.reference("encounter_id", "encounter"),
            d.symbols("category", "category[]"),
            d.symbol("clinical_status", "clinicalStatus"),
            d.symbol("verification_status", "verificationStatus"),
            d.codes("codes", "code", diagnosis=True),
            d.codes("body_site_codes", "bodySite[]"),
            *d.span("onset", "onset"),
            *d.span("abatement", "abatement"),
            d.at("recorded_at", "recordedDate"),
        )),
        Resource("Procedure", (
            d.patient("subject"),
            d.reference("encounter_id", "encounter"),
            d.text("status", "status"),
            d.reasons("status_reason_codes", "statusReason"),
            d.codes("category_codes", "category"),
            d.codes("codes", "code"),
            d.codes("body_site_codes", "bodySite[]"),
            d.codes("reason_codes", "reasonCode[]", diagnosis=True),
            *d.span("performed", "performed"),
        )),
        Resource("Observation", (
            d.patient("subject"),
            d.reference("encounter_id", "encounter"),
            d.text("status", "status"),
            d.symbols("category", "category[]"),
            d.codes("codes", "code"),
            d.codes("body_site_codes", "bodySite"),
            *_observation_values(),
            d.reasons("status_reason_codes", "dataAbsentReason"),
            _components(),
            *d.span("effective", "effective"),
            d.at("issued_at", "issued"),
        )),
        Resource("MedicationRequest", (
            d.patient("subject"),
            d.reference("encounter_id", "encounter"),
            d.text("status", "status"),
            d.reasons("status_reason_codes", "statusReason"),
            d.text("intent", "intent"),
            _do_not_perform(),
            d.symbols("category", "category[]"),
            d.reference("drug_id", "medicationReference"),
            _contained_codes("medicationReference"),
            d.codes("reason_codes", "reasonCode[]", diagnosis=True),
            d.at("authored_at", "authoredOn"),
            d.at("validity_start_at", "dispenseRequest.validityPeriod.start"),
            *_quantity("supply", "dispenseRequest.expectedSupplyDuration"),
            *_quantity("quantity", "dispenseRequest.quantity"),
            d.integer("refills", "dispenseRequest.numberOfRepeatsAllowed"),
            *_timing("dosageInstruction"),
        )),
        Resource("MedicationAdministration", (
            d.patient("subject"),
            d.reference("encounter_id", "context"),
            d.text("status", "status"),
            d.reasons("status_reason_codes", "statusReason[]"),
            d.symbol("category", "category"),
            d.reference("drug_id", "medicationReference"),
            _contained_codes("medicationReference"),
            d.codes("reason_codes", "reasonCode[]", diagnosis=True),
            *d.span("effective", "effective"),
            *_quantity("dose_quantity", "dosage.dose"),
        )),
        Resource("MedicationDispense", (
            d.patient("subject"),
            d.reference("encounter_id", "context"),
            d.text("status", "status"),
            d.reasons("status_reason_codes", "statusReasonCodeableConcept"),
            d.symbol("category", "category"),
            d.reference("drug_id", "medicationReference"),
            _contained_codes("medicationReference"),
            *_quantity("supply", "daysSupply"),
            *_quantity("quantity", "quantity"),
            d.at("prepared_at", "whenPrepared"),
            d.at("handed_over_at", "whenHandedOver"),
            *_timing("dosageInstruction"),
        )),
        Resource("MedicationStatement", (
            d.patient("subject"),
            d.reference("encounter_id", "context"),
            d.text("status", "status"),
            d.reasons("status_reason_codes", "statusReason[]"),
            d.symbol("category", "category"),
            d.reference("drug_id", "medicationReference"),
            _contained_codes("medicationReference"),
            d.codes("reason_codes", "reasonCode[]", diagnosis=True),
            *d.span("effective", "effective"),
            d.at("asserted_at", "dateAsserted"),
        )),
        Resource("Medication", (IDENTIFIERS, d.codes("codes", "code")), needs_patient=False),
        Resource("Immunization", (
            d.patient("patient"),
            d.reference("encounter_id", "encounter"),
            d.text("status", "status"),
            d.reasons("status_reason_codes", "statusReason"),
            d.codes("codes", "vaccineCode"),
            d.at("occurrence_at", "occurrenceDateTime"),
            d.at("recorded_at", "recorded"),
        )),
        Resource("ServiceRequest", (
            d.patient("subject"),
            d.reference("encounter_id", "encounter"),
            d.text("status", "status"),
            d.reasons("status_reason_codes"),
            d.text("intent", "intent"),
            _do_not_perform(),
            d.codes("category_codes", "category[]"),
            d.codes("codes", "code"),
            d.codes("reason_codes", "reasonCode[]", diagnosis=True),
            d.at("authored_at", "authoredOn"),
        )),
        Resource("DeviceRequest", (
            d.patient("subject"),
            d.reference("encounter_id", "encounter"),
            d.text("status", "status"),
            d.reasons("status_reason_codes"),
            d.text("intent", "intent"),
            _do_not_perform(),
            d.codes("codes", "codeCodeableConcept"),
            d.codes("reason_codes", "reasonCode[]", diagnosis=True),
            d.at("authored_at", "authoredOn"),
        )),
        Resource("AllergyIntolerance", (
            d.patient("patient"),
            d.symbol("clinical_status", "clinicalStatus"),
            d.symbol("verification_status", "verificationStatus"),
            d.codes("codes", "code"),
            *d.span("onset", "onset"),
            d.at("recorded_at", "recordedDate"),
        )),
        Resource("AdverseEvent", (
            d.patient("subject"),
            d.text("actuality", "actuality"),
            d.codes("codes", "event"),
            d.at("occurred_at", "date"),
        )),
        Resource("Task", (
            d.patient("for"),
            d.text("status", "status"),
            d.text("intent", "intent"),
            d.symbol("task_code", "code"),
            d.reasons("status_reason_codes", "statusReason"),
            d.reference("focus_id", "focus"),
            d.at("authored_at", "authoredOn"),
        ), needs_patient=False),
        Resource("Claim", CLAIM_FIELDS),
        Resource("ExplanationOfBenefit", EXPLANATION_OF_BENEFIT_FIELDS),
        Resource("Organization", (
            IDENTIFIERS,
            d.text("name", "name"),
            d.codes("type_codes", "type[]"),
            _address("state", "address[]", "state"),
            _npi(),
        ), needs_patient=False),
        Resource("Practitioner", (
            IDENTIFIERS,
            _npi(),
            d.codes("qualification_codes", "qualification[].code"),
        ), needs_patient=False),
        Resource("PractitionerRole", (
            d.reference("practitioner_id", "practitioner"),
            d.reference("organization_id", "organization"),
            d.codes("specialty_codes", "specialty[]"),
        ), needs_patient=False),
        Resource("Location", (
            IDENTIFIERS,
            d.text("name", "name"),
            d.codes("type_codes", "type[]"),
            d.reference("organization_id", "managingOrganization"),
        ), needs_patient=False),
    )
}  # fmt: skip
