"""The demo's judge must see each fault it promises to see."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modules.content import Language, help_answer, opt_out_confirmation
from scripts.conductor import check as judge

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)


def touch(**changes: Any) -> dict[str, Any]:
    """A delivered touch of ours."""
    return {
        "id": "t1",
        "origin_id": "e1",
        "part": 0,
        "attempt": 1,
        "state": "delivered",
        "provider_id": "SM1",
        "evidence_id": "SM1:delivered",
        "body_hash": "aa",
        "armed_at": NOON,
        "suppressed_at": None,
        "suppressed_reason": None,
        "client_id": "c1",
        "to_address": "+12125550100",
        "origin": "step",
        "body": "Hello",
        "brand": "Acme",
        "asked_at": None,
        "asked_to_stop": None,
        "reopened": 0,
    } | changes


def accepted(**changes: Any) -> dict[str, Any]:
    """The provider's line for it."""
    facts = [{"status": "delivered", "at": LATER.isoformat(), "evidence_ids": ["SM1:delivered", "poll:SM1:delivered"]}]
    return {
        "touch": "t1",
        "provider_id": "SM1",
        "accepted_at": LATER.isoformat(),
        "body_hash": "aa",
        "facts": facts,
    } | changes


def test_an_honest_ledger_counts_nothing() -> None:
    ours, truth = [touch()], [accepted()]
    assert judge.count_unproven(ours, truth) == 0
    assert judge.count_duplicates(ours, truth) == 0
    assert judge.count_after_opt_out(ours) == 0
    assert judge.count_stuck(ours, [{"status": "finished", "how_many": 1}], LATER) == 0
    assert judge.count_unarmed(ours, truth) == 0
    assert judge.count_changed(ours, truth) == 0


@pytest.mark.parametrize(
    ("ours", "truth"),
    [
        (touch(evidence_id="SM1:sent"), accepted()),
        (touch(evidence_id="made-up"), accepted()),
        (touch(provider_id="SM2"), accepted()),
        (touch(evidence_id=None), accepted()),
        (touch(), accepted(facts=[{"status": "sent", "at": "", "evidence_ids": ["SM1:delivered"]}])),
    ],
)
def test_a_success_without_the_providers_delivery_is_unproven(ours: dict[str, Any], truth: dict[str, Any]) -> None:
    assert judge.count_unproven([ours], [truth]) == 1


def test_a_second_acceptance_without_a_failure_before_is_a_duplicate() -> None:
    again = accepted(provider_id="SM2", touch="t2", accepted_at=(LATER + timedelta(minutes=1)).isoformat())
    second = touch(id="t2", attempt=2, provider_id="SM2")
    assert judge.count_duplicates([touch(), second], [accepted(), again]) == 1
    assert judge.count_duplicates([touch()], [accepted(), accepted(provider_id="SM2")]) == 1
    refused = accepted(facts=[{"status": "undelivered", "at": "", "evidence_ids": []}])
    assert judge.count_duplicates([touch(), second], [refused, again]) == 0


def test_arming_after_an_opt_out_is_counted_and_before_it_is_not() -> None:
    late = touch(suppressed_at=NOON - timedelta(seconds=1), suppressed_reason="opted_out")
    assert judge.count_after_opt_out([late]) == 1
    assert judge.count_after_opt_out([touch(suppressed_at=LATER, suppressed_reason="opted_out")]) == 0
    bounced = touch(suppressed_at=NOON - timedelta(seconds=1), suppressed_reason="bounced")
    assert judge.count_after_opt_out([bounced]) == 0


def confirmation(**changes: Any) -> dict[str, Any]:
    """The code's own answer, a minute after an opt-out."""
    body = opt_out_confirmation("Acme", Language.es)
    closed = {"suppressed_at": NOON - timedelta(minutes=1), "suppressed_reason": "opted_out"}
    asked = {"asked_at": NOON - timedelta(minutes=1), "asked_to_stop": True}
    return touch(origin="confirmation", body=body, origin_id="i1", **closed, **asked) | changes


def helped(**changes: Any) -> dict[str, Any]:
    body = help_answer("Acme", "help@acme.example", Language.en)
    return confirmation(id="t2", origin="help", origin_id="i2", body=body, asked_to_stop=False) | changes


def test_one_confirmation_and_help_are_no_breach() -> None:
    assert judge.count_after_opt_out([touch(), confirmation(), helped(), helped(id="t3", origin_id="i3")]) == 0


@pytest.mark.parametrize(
    "touches",
    [
        [confirmation(), confirmation(id="t2", origin_id="i2", armed_at=LATER, asked_at=NOON)],
        [confirmation(), confirmation(id="t2", attempt=2, armed_at=LATER)],
        [confirmation(armed_at=NOON + timedelta(minutes=4, seconds=1))],
        [confirmation(armed_at=NOON - timedelta(minutes=2))],
        [confirmation(body="Acme: You are opted out. Look at our offers!")],
        [confirmation(asked_at=None)],
        [confirmation(asked_to_stop=False)],
        [confirmation(origin="step")],
        [helped(body="Acme: For help buy now")],
        [helped(asked_at=None)],
    ],
)
def test_any_other_answer_after_an_opt_out_is_a_breach(touches: list[dict[str, Any]]) -> None:
    assert judge.count_after_opt_out(touches) == 1


def test_a_confirmation_is_judged_even_where_the_closing_was_moved_by_a_later_word() -> None:
    moved = {"suppressed_at": LATER}
    second = confirmation(id="t2", origin_id="i2", armed_at=LATER, asked_at=NOON, **moved)
    assert judge.count_after_opt_out([confirmation(**moved), second]) == 1


def test_after_a_reopening_another_opt_out_has_its_own_confirmation() -> None:
    second = confirmation(id="t2", origin_id="i2", armed_at=LATER, asked_at=NOON, reopened=1)
    assert judge.count_after_opt_out([confirmation(), second]) == 0


def test_a_confirmation_that_never_left_is_none() -> None:
    assert judge.count_after_opt_out([confirmation(state="not_sent"), confirmation(id="t2", attempt=2)]) == 0


@pytest.mark.parametrize("state", ["sending", "unknown", "accepted", "review"])
def test_an_open_touch_at_the_end_is_stuck(state: str) -> None:
    assert judge.count_stuck([touch(state=state)], [], LATER) == 1


@pytest.mark.parametrize("status", ["active", "paused", "quarantined"])
def test_an_enrollment_that_did_not_end_is_stuck(status: str) -> None:
    assert judge.count_stuck([], [{"status": status, "how_many": 3}], LATER) == 3


def test_an_acceptance_without_an_earlier_row_is_unarmed() -> None:
    assert judge.count_unarmed([], [accepted()]) == 1
    assert judge.count_unarmed([touch(armed_at=LATER + timedelta(seconds=1))], [accepted()]) == 1
    assert judge.count_unarmed([touch()], [accepted(touch=None)]) == 1


def test_other_bytes_than_stored_are_counted() -> None:
    assert judge.count_changed([touch()], [accepted(body_hash="bb")]) == 1
