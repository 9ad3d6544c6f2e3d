"""Along any history of one enrollment: nothing is armed twice, nothing is stuck, what ended stays as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from modules.labels import ChannelName, TouchState, WaitsFor
from modules.sequences import (
    TRANSITIONS,
    Control,
    ControlVerb,
    Definition,
    EnrollmentChange,
    EnrollmentState,
    Hold,
    Order,
    Reach,
    Snapshot,
    Stay,
    Stop,
    StopReason,
    apply,
    control,
    decide,
    settle,
    skip,
)
from modules.sequences.models import Follow, Next, Wait
from modules.sequences.outcomes import SETTLED
from modules.touches import advance
from tests.pure.touches import NOW, definition, last, snapshot, step

E, T = EnrollmentState, TouchState
KEYS = ("first", "second", "third")
PROVEN = {T.failed, T.bounced, T.cancelled, T.not_sent, T.suppressed}

follows = st.one_of(
    st.just(Follow(Next.next)),
    st.just(Follow(Next.end)),
    st.sampled_from(KEYS).map(lambda key: Follow(Next.go_to, key)),
)
retries = st.integers(1, 3).map(lambda times: Follow(Next.retry, None, times, timedelta(hours=1)))
flows = st.tuples(
    *(
        st.builds(
            step,
            st.just(key),
            channel=st.sampled_from([ChannelName.sms, ChannelName.email]),
            wait=st.sampled_from([Wait(hours=1), Wait(days=3)]),
            waits_for=st.sampled_from(list(WaitsFor)),
            on_success=follows,
            on_failure=st.one_of(follows, retries),
        )
        for key in KEYS
    )
).map(lambda steps: definition(*steps))


class OneEnrollment(RuleBasedStateMachine):
    """A sweep, a provider and a person do what they may, in any order."""

    @initialize(flow=flows)
    def enroll(self, flow: Definition) -> None:
        self.flow = flow
        self.now = NOW
        self.place: Snapshot = snapshot()
        self.armed: dict[tuple[int, int], TouchState] = {}

    def write(self, row: EnrollmentChange | None) -> None:
        if row is None:
            return
        assert self.place.status in (E.active, E.paused, E.held)
        self.place = replace(
            self.place,
            status=row.status,
            step=row.step,
            visit=row.visit,
            next_channel=row.next_channel,
            due_at=row.due_at,
            waiting=row.waiting,
            decision=row.decision,
        )

    @precondition(lambda self: self.place.status is E.active)
    @rule(guards=st.sampled_from(["allow", "allow", "allow", "defer", "skip", "end"]))
    def sweep(self, guards: str) -> None:
        due = self.place.due_at
        assert due is not None
        self.now = max(self.now, due)
        plan = decide(self.place, self.flow, self.now)
        assert not isinstance(plan, Stay)  # it would be found again by every sweep, and never move
        if not isinstance(plan, Reach):
            self.write(apply(self.place, plan, self.now))
        elif guards == "allow":
            self.arm(plan)
        elif guards == "defer":
            self.write(apply(self.place, Hold(self.now + timedelta(hours=1), "quiet_hours"), self.now))
        elif guards == "skip":
            self.write(apply(self.place, skip(self.place, self.flow, self.now), self.now))
        else:
            self.write(apply(self.place, Stop(StopReason.suppressed), self.now))

    def arm(self, plan: Reach) -> None:
        pair = (self.place.visit, plan.attempt)
        assert pair not in self.armed
        before = self.place.last_touch
        if plan.attempt > 1:
            assert self.armed[pair[0], plan.attempt - 1] in PROVEN
        else:
            assert all(visit < pair[0] for visit, _ in self.armed)
        assert before is None or before.state not in (T.sending, T.unknown)  # one open touch at a time
        self.armed[pair] = T.sending
        touch = last(T.sending, key=plan.step.key, part=pair[0], attempt=plan.attempt)
        self.place = replace(
            self.place, waiting=True, last_touch=touch, due_at=self.now + timedelta(hours=5, minutes=5)
        )

    @precondition(lambda self: self.place.last_touch is not None)
    @rule(news=st.sampled_from(sorted(TouchState)))
    def hear(self, news: TouchState) -> None:
        touch = self.place.last_touch
        assert touch is not None
        channel = self.flow.step(touch.step).channel
        assert channel is not None
        after = advance(touch.state, news, channel)
        assume(after is not None)
        assert after is not None
        self.armed[touch.part, touch.attempt] = after
        self.place = replace(self.place, last_touch=replace(touch, state=after))
        self.write(apply(self.place, settle(self.place, self.flow, self.now), self.now))

    @precondition(lambda self: self.place.status is E.active)
    @rule(status=st.sampled_from([E.paused, E.held, E.quarantined]))
    def interrupt(self, status: EnrollmentState) -> None:
        self.place = replace(self.place, status=status)

    @precondition(lambda self: self.place.status in (E.paused, E.held, E.quarantined))
    @rule()
    def resume(self) -> None:
        self.place = replace(self.place, status=E.active)

    @rule(
        verb=st.sampled_from([one for one in ControlVerb if one not in (ControlVerb.stop, ControlVerb.move)]),
        key=st.sampled_from(KEYS),
        at_once=st.booleans(),
    )
    def order(self, verb: ControlVerb, key: str, at_once: bool) -> None:
        """A person does with it what they may; `arm` sees whether anything is ever armed twice because of it."""
        wanted = Order(verb, step=key, at_once=at_once, at=self.now + timedelta(hours=3))
        done = control(self.place, self.flow, wanted, self.now)
        if not isinstance(done, Control):
            return
        row, before = done.change, self.place
        assert row.status is before.status or row.status in TRANSITIONS[before.status]
        self.place = replace(before, status=row.status, status_reason=row.status_reason, step=row.step, visit=row.visit)
        self.place = replace(self.place, due_at=row.due_at, waiting=row.waiting, decision=row.decision)
        self.place = replace(self.place, next_channel=row.next_channel)
        if done.lets_go:
            touch = before.last_touch
            assert touch is not None
            assert touch.part < before.visit or touch.state in SETTLED  # its proof has somebody to tell
            self.place = replace(self.place, last_touch=None)

    @rule(minutes=st.sampled_from([1, 60, 5000]))
    def let_time_pass(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def an_active_enrollment_has_a_timer(self) -> None:
        if hasattr(self, "place") and self.place.status is E.active:
            assert self.place.due_at is not None

    @invariant()
    def an_ended_enrollment_has_none(self) -> None:
        if hasattr(self, "place") and self.place.status in (E.finished, E.stopped):
            assert (self.place.due_at, self.place.step) == (None, None)


def test_any_history_of_an_enrollment_keeps_its_promises() -> None:
    run_state_machine_as_test(OneEnrollment, settings=settings(max_examples=300, stateful_step_count=40))
