"""Policy records: what grants, what is refused, and that a record which has ended ends what was published under it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from policy_records import EXPERT, LIMITED, written

from dashboard.errors import CareParityError, RefusedError, UsageError
from dashboard.privacy import policy as policies
from dashboard.privacy import record as records
from dashboard.privacy.record import PolicyRecord


def test_a_record_says_what_it_grants_and_keeps_its_note_to_itself(tmp_path: Path) -> None:
    record = records.read(written(tmp_path, LIMITED))
    assert PolicyRecord.from_json(record.to_json()) == record
    assert "safe" not in record.to_json()
    policy = policies.choose(None, is_synthetic=False, record=record)
    assert policy.notice == (
        "Limited data set: still PHI, under the data use agreement of 15 January 2026; recipients: Fictional County "
        "Health Department; expires 14 January 2999"
    )
    assert (policy.dates, policy.area_level, policy.threshold, policy.area_floor) == ("day", "county", 11, 0)


def test_an_experts_settings_are_the_policy(tmp_path: Path) -> None:
    record = records.read(written(tmp_path, EXPERT + 'withhold = ["hiv"]\n'))
    policy = policies.choose("expert", is_synthetic=False, record=record)
    assert (policy.dates, policy.allows_months, policy.threshold, policy.area_floor) == ("year", False, 20, 100)
    assert record.settings.withhold == ("hiv",)
    assert "A. Statistician" in policy.notice
    assert PolicyRecord.from_json(record.to_json()) == record


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        (LIMITED.replace('purpose = "a county profile"\n', ""), RefusedError, "the record lacks purpose"),
        (LIMITED.replace("a county profile", "TODO"), RefusedError, "line 4: 'purpose' is empty or a placeholder"),
        (
            LIMITED.replace("a county profile", "<what for>"),
            RefusedError,
            "line 4: 'purpose' is empty or a placeholder",
        ),
        (LIMITED.replace("a county profile", "a\\nb"), RefusedError, "line 4: 'purpose' is not one short line"),
        (LIMITED.replace("2999-01-14", "2026-02-14"), RefusedError, "expired on 14 February 2026"),
        (LIMITED.replace("2026-01-15", "2998-01-15"), RefusedError, "isn't in force yet"),
        (LIMITED.replace("2999-01-14", "2025-02-14"), RefusedError, "line 8: 'expires'|line 8: must be later"),
        (LIMITED.replace("public_health", "marketing"), RefusedError, "line 6: names another use. Found marketing"),
        (
            LIMITED.replace('["Fictional County Health Department"]', "[]"),
            RefusedError,
            "line 5: 'recipients' is empty",
        ),
        (LIMITED.replace("limited_dataset", "safe_harbor"), RefusedError, "line 1: must say what is recorded"),
        (LIMITED + "[settings]\nthreshold = 10\n", RefusedError, "line 11: 'threshold' is out of range. Found 10"),
        (LIMITED + '[settings]\narea_level = "zip5"\n', RefusedError, "line 11: 'area_level' isn't supported"),
        (LIMITED + '[settings]\ndates = "year"\n', UsageError, "line 11: unknown key 'dates'"),
        (LIMITED + 'reciever = "x"\n', UsageError, "line 10: unknown key 'reciever'"),
        (LIMITED.replace("2026-01-15", '"2026-01-15"'), UsageError, "line 7: 'date' must be a date"),
        (LIMITED.replace('"agreement 7"', "7"), UsageError, "line 3: 'document' must be text"),
        (LIMITED + "date = 2026-01-16\n", UsageError, "is not TOML"),
        (EXPERT.partition("[settings]")[0], RefusedError, "an expert's determination fixes settings"),
        (EXPERT.replace("area_floor = 100\n", ""), RefusedError, "line 12: [settings] lacks area_floor"),
        (EXPERT.replace("area_floor = 100", "area_floor = 1e3"), UsageError, "'area_floor' must be a whole number"),
        (EXPERT.replace("area_floor = 100", "area_floor = true"), UsageError, "'area_floor' must be a whole number"),
        (EXPERT.replace('"year"', '"day"'), RefusedError, "line 13: 'dates' isn't supported. Found 'day'"),
        (EXPERT + "date_shift_days = 30\n", RefusedError, "line 17: no date finer than a month leaves"),
    ],
)
def test_what_is_unclear_or_out_of_range_grants_nothing(
    tmp_path: Path, text: str, kind: type[CareParityError], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "today", lambda: date(2026, 3, 1))
    with pytest.raises(kind) as refused:
        records.read(written(tmp_path, text))
    assert any(part in str(refused.value) for part in said.split("|"))
    assert str(tmp_path) not in str(refused.value)
    assert refused.value.exit_code == (4 if kind is RefusedError else 2)


def test_the_template_of_the_documents_is_read_and_has_expired(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "rules" / "privacy.md").read_text(encoding="utf-8")
    template = text.partition("```toml\n")[2].partition("```")[0]
    with pytest.raises(RefusedError, match="expired on 14 January 2020"):
        records.read(written(tmp_path, template))


def test_a_record_is_asked_for_and_must_be_of_the_policy(tmp_path: Path) -> None:
    agreement = records.read(written(tmp_path, LIMITED))
    for is_synthetic in (True, False):
        with pytest.raises(RefusedError, match="'limited_dataset' needs a recorded data use agreement"):
            policies.choose("limited_dataset", is_synthetic=is_synthetic)
    with pytest.raises(RefusedError, match="'expert' needs a recorded determination"):
        policies.choose("expert", is_synthetic=False)
    assert policies.choose(None, is_synthetic=True).name == "expert"
    for name in ("expert", "safe_harbor"):
        with pytest.raises(UsageError, match="the record isn't one of the policy"):
            policies.choose(name, is_synthetic=True, record=agreement)


def test_what_was_published_ends_with_its_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = records.read(written(tmp_path, LIMITED))
    assert policies.published("limited_dataset", record, is_synthetic=False).record == record
    monkeypatch.setattr(records, "today", lambda: record.expires)
    policies.published("limited_dataset", record, is_synthetic=False)
    monkeypatch.setattr(records, "today", lambda: date(2999, 1, 15))
    with pytest.raises(RefusedError, match=r"expired on 14 January 2999\. Renew it"):
        policies.published("limited_dataset", record, is_synthetic=False)
    with pytest.raises(RefusedError, match="without its record"):
        policies.published("limited_dataset", None, is_synthetic=True)
