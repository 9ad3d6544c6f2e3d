"""What comes next is told as it will be: no instant where the step will not leave, and what lasts before what ends."""

from __future__ import annotations

from datetime import timedelta

from modules.policy import Block, Decision, Defer, GuardReason
from modules.preview import GUARDS, when
from modules.preview.tell import tell_run
from tests.pure.test_why_words import NOW, RUN, ZONE


def test_what_lasts_until_somebody_acts_is_told_before_the_hours_that_open_sooner() -> None:
    until = NOW + timedelta(hours=9)
    said = ((GuardReason.kill_switch, NOW.isoformat()), (GuardReason.quiet_hours, until.isoformat()))
    entry = tell_run(RUN, ZONE, NOW, Decision(Defer(until, GuardReason.quiet_hours), said, None))
    assert entry.next_at is None
    assert entry.sentences[0].startswith(GUARDS[GuardReason.kill_switch])
    assert GUARDS[GuardReason.quiet_hours] in entry.sentences[0]
    assert (
        f"Nobody can say yet when it may leave; it is looked at again about {when(until, ZONE)}" in entry.sentences[0]
    )


def test_hours_that_open_when_the_step_is_too_late_are_no_eligible_instant() -> None:
    until = NOW + timedelta(hours=9)
    night = Decision(Defer(until, GuardReason.quiet_hours), (), None)
    assert tell_run(RUN, ZONE, NOW, night, latest=until).next_at == until
    late = tell_run(RUN, ZONE, NOW, night, latest=until - timedelta(seconds=1))
    assert late.next_at is None
    assert f"waits until {when(until, ZONE)}. By then the step is later than it may be." in late.sentences[0]
    assert "this step will be skipped" in late.sentences[0]


def test_a_step_that_will_not_wait_for_its_hours_says_so_before() -> None:
    shut = Decision(Block(GuardReason.quiet_hours, None, "after_window"), (), None)
    entry = tell_run(RUN, ZONE, NOW, shut)
    assert entry.next_at is None
    assert "skip the step rather than wait" in entry.sentences[0]
    assert "this step will be skipped" in entry.sentences[0]


def test_a_missing_clearance_names_its_states_and_no_instant() -> None:
    missing = Decision(Defer(NOW + timedelta(hours=2), GuardReason.state_not_cleared, why="RI, TX"), (), None)
    entry = tell_run(RUN, ZONE, NOW, missing)
    assert entry.next_at is None
    assert "may be: RI, TX." in entry.sentences[0]
