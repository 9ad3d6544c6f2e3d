"""`after_window: skip`: a step that the hours would put off for longer than it bears does not leave, whatever else it
waits for as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from modules.labels import CheckAnswer, ConsentKind
from modules.policy import Agreement, Facts, GuardReason, OpenWindow, guard
from modules.policy.law_guards import TOUCHES_A_DAY
from modules.sequences import EnrollmentChange
from tests.pure.candidates import ALLOWED, candidate, in_zone
from tests.pure.sequence_texts import read
from tests.pure.touches import snapshot
from workers.candidate import Wish
from workers.withhold import withhold

R = GuardReason
HOURS = OpenWindow((1, 2, 3, 4, 5), 9 * 60, 17 * 60)
WINDOWS = 'windows: [{days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}]\n'
SKIPS = read(
    "  - {key: first, channel: sms, content: {body: Hi}, after_window: skip, max_hold: {hours: 4}}\n"
    "  - {key: second, channel: sms, wait: {days: 1}, content: {body: Then}}\n",
    top=WINDOWS,
)


def put_off(facts: Facts, now: datetime, key: str = "first", note: Mapping[str, str] | None = None) -> EnrollmentChange:
    step = SKIPS.step(key)
    place = replace(snapshot(key), due_at=now, decision=note)
    decision = guard(facts, candidate(due_at=now, windows=(HOURS,), max_lateness=step.max_lateness), now)
    row = withhold(Wish(place, SKIPS, step, 1), decision, now)
    assert row is not None
    return row


def full_until(at: datetime) -> Facts:
    """As much as may go to this person in a day has gone, until then."""
    first = at - timedelta(days=1)
    return replace(ALLOWED, sent_to_person=TOUCHES_A_DAY, oldest_to_person=first)


@pytest.mark.parametrize(
    ("facts", "now"),
    [
        (ALLOWED, "2026-11-23T18:00"),  # the hours alone
        (full_until(in_zone("2026-11-24T10:00")), "2026-11-23T18:00"),  # shut, and the cap ends after they open
        (full_until(in_zone("2026-11-23T19:00")), "2026-11-23T15:00"),  # open still, and shut when the cap ends
        (replace(ALLOWED, sending_stopped=True), "2026-11-23T16:58"),
        (replace(ALLOWED, held_until=in_zone("2026-11-24T12:00")), "2026-11-23T18:00"),
    ],
)
def test_hours_that_would_put_it_off_for_too_long_skip_it_whatever_else_holds_it(facts: Facts, now: str) -> None:
    row = put_off(facts, in_zone(now))
    assert (row.step, row.visit) == ("second", 1)
    note = row.decision or {}
    assert (note["skipped"], note["why"]) == ("first", "after_window")


@pytest.mark.parametrize(
    ("facts", "now", "until", "reason"),
    [
        (ALLOWED, "2026-11-23T05:30", "2026-11-23T09:00", R.sequence_window),  # less than it bears
        (full_until(in_zone("2026-11-24T10:00")), "2026-11-23T12:00", "2026-11-24T10:00", R.contact_cap),
        (full_until(in_zone("2026-11-23T10:30")), "2026-11-23T06:00", "2026-11-23T10:30", R.contact_cap),
        (replace(ALLOWED, sending_stopped=True), "2026-11-23T12:00", "2026-11-23T12:05", R.kill_switch),
    ],
)
def test_what_waits_for_anything_but_long_hours_is_not_skipped(
    facts: Facts, now: str, until: str, reason: GuardReason
) -> None:
    row = put_off(facts, in_zone(now))
    assert (row.step, row.due_at, (row.decision or {})["reason"]) == ("first", in_zone(until), reason)


STOPPED = replace(ALLOWED, sending_stopped=True)
AGREED = Agreement(ConsentKind.written, in_zone("2026-09-01T12:00"))
NO_DATA = replace(ALLOWED.permits, reassigned=CheckAnswer.no_data, checked_at=in_zone("2026-11-23T12:00"))
NOT_TOLD = replace(ALLOWED, agreement=AGREED, permits=NO_DATA)


@pytest.mark.parametrize(
    ("facts", "now", "later", "reason"),
    [
        (STOPPED, "2026-11-23T16:58", "2026-11-24T12:00", R.kill_switch),
        (NOT_TOLD, "2026-11-23T12:00", "2026-12-28T12:00", R.reassigned_number),  # the answer is too old by then
    ],
)
def test_what_skipped_a_step_may_make_the_next_one_wait_and_sets_nobody_aside(
    facts: Facts, now: str, later: str, reason: GuardReason
) -> None:
    skipped = put_off(facts, in_zone(now))
    assert (skipped.step, (skipped.decision or {})["reason"]) == ("second", reason)
    row = put_off(facts, in_zone(later), "second", skipped.decision)
    assert (row.step, (row.decision or {})["reason"]) == ("second", reason)
    assert row.due_at == in_zone(later) + timedelta(minutes=5)
