"""Whatever a file says that lints clean, and whatever becomes of its touches: it ends, and sends no visit twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import cycle

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from modules.labels import ChannelName, TouchState, WaitsFor
from modules.sequences import (
    Definition,
    EnrollmentChange,
    EnrollmentState,
    Hold,
    Reach,
    Snapshot,
    Stay,
    Step,
    apply,
    decide,
    settle,
    skip,
)
from modules.sequences.branch_steps import branch_step
from modules.sequences.check_flow import check_flow
from modules.sequences.follow import MOST_VISITS
from modules.sequences.models import Branch, Follow, Next, Wait
from modules.sequences.models_of_rules import (
    Case,
    Compare,
    FieldIs,
    Otherwise,
    Outcome,
    OutcomeIs,
    Replied,
    StopOn,
    Until,
)
from modules.sequences.models_of_runs import StepTouch
from tests.pure.touches import NOW, definition, last, snapshot, step

E, T = EnrollmentState, TouchState
KEYS = ("a", "b", "c", "d")
PROVEN = {T.failed, T.bounced, T.cancelled, T.not_sent, T.suppressed}
ENDED = (T.delivered, T.failed, T.bounced, T.complained, T.expired, T.not_sent, T.suppressed, T.cancelled)
LADDER = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30))

onward = (
    st.just(Follow(Next.next))
    | st.just(Follow(Next.end))
    | st.sampled_from(KEYS).map(lambda key: Follow(Next.go_to, key))
)
retries = onward.map(lambda then: Follow(Next.retry, None, len(LADDER), LADDER[0], LADDER, then))
conditions = st.sampled_from(
    [
        FieldIs("contact.on", Compare.exists, ("true",)),
        FieldIs("contact.stage", Compare.equals, ("won",)),
        Replied(False),
        Replied(True),
        *(OutcomeIs(key, outcome) for key in KEYS for outcome in Outcome),
    ]
)
waits = st.sampled_from(
    [Wait(), Wait(hours=1), Wait(days=3), *(Wait(until=Until("contact.on", -3, None, one)) for one in Otherwise)]
)
branches = st.builds(
    Branch, st.lists(st.builds(Case, conditions, st.sampled_from(KEYS)), min_size=1, max_size=3).map(tuple), onward
)


def steps_of(key: str) -> st.SearchStrategy[Step]:
    sends = st.builds(
        step,
        st.just(key),
        channel=st.sampled_from(ChannelName),
        wait=waits,
        waits_for=st.sampled_from(WaitsFor),
        on_success=onward,
        on_failure=onward | retries,
    )
    return sends | st.builds(branch_step, st.just(key), waits, branches)


goals = st.none() | st.just(FieldIs("contact.stage", Compare.one_of, ("won",)))
flows = st.builds(
    lambda steps, goal, stops: replace(definition(*steps), goal=goal, stop_on=stops),
    st.tuples(*(steps_of(key) for key in KEYS)),
    goals,
    st.frozensets(st.sampled_from(StopOn)),
)
facts = st.fixed_dictionaries(
    {}, optional={"on": st.sampled_from(["2026-12-24", "2026-01-01", "soon"]), "stage": st.sampled_from(["won", "new"])}
)
fates = st.lists(st.sampled_from([*ENDED, "skip", "hold", "late"]), min_size=1, max_size=9)


class Walk:
    """One enrollment, played to its end."""

    def __init__(self, flow: Definition, fields: dict[str, object]) -> None:
        self.flow, self.now, self.turns = flow, NOW, 0
        self.armed: dict[tuple[int, int], TouchState] = {}
        self.visits: dict[int, str] = {}
        self.place: Snapshot = replace(snapshot("a", due_at=NOW), fields=fields)

    def write(self, row: EnrollmentChange | None) -> None:
        assert row is not None
        assert row.visit >= self.place.visit
        names = ("status", "step", "visit", "next_channel", "due_at", "waiting", "decision")
        self.place = replace(self.place, **{name: getattr(row, name) for name in names})
        if row.step is not None:
            # a visit belongs to one step
            assert self.visits.setdefault(row.visit, row.step) == row.step

    def turn(self, fate: TouchState | str) -> None:
        due = self.place.due_at
        assert due is not None
        self.turns, self.now = self.turns + 1, max(self.now, due)
        plan = decide(self.place, self.flow, self.now)
        assert not isinstance(plan, Stay)
        if not isinstance(plan, Reach):
            self.write(apply(self.place, plan, self.now))
        elif fate == "skip" or (plan.attempt > 1 and self.armed[self.place.visit, plan.attempt - 1] is T.suppressed):
            # what was taken back, because its address was closed, the guards let leave no more
            self.write(apply(self.place, skip(self.place, self.flow, self.now), self.now))
        elif fate == "hold":
            self.write(apply(self.place, Hold(self.now + timedelta(hours=9), "quiet_hours"), self.now))
        else:
            self.send(plan, fate if isinstance(fate, TouchState) else T.delivered, late=fate == "late")

    def send(self, plan: Reach, state: TouchState, *, late: bool) -> None:
        assert plan.step.branch is None
        assert plan.step.key == self.place.step
        pair = (self.place.visit, plan.attempt)
        assert pair not in self.armed
        assert plan.attempt == 1 or self.armed[pair[0], plan.attempt - 1] in PROVEN
        told = last(state, key=plan.step.key, part=pair[0], attempt=plan.attempt)
        self.place = replace(self.place, waiting=True, last_touch=told, due_at=self.now + timedelta(hours=5))
        self.armed[pair] = state
        self.place = replace(self.place, outcomes={**self.place.outcomes, plan.step.key: StepTouch(state, self.now)})
        if not late:  # else the safety net finds it
            self.write(apply(self.place, settle(self.place, self.flow, self.now), self.now))


def without_lost_steps(flow: Definition) -> Definition:
    """The same without steps that no way leads to; one that is asked about stays, and the flow is no clean one then."""
    while lost := {
        one.field.removeprefix("steps.")
        for one in check_flow(flow.steps, dict.fromkeys(KEYS, 1))
        if one.message.startswith("no way leads to")
    }:
        flow = replace(flow, steps=tuple(one for one in flow.steps if one.key not in lost))
    return flow


@settings(max_examples=150, deadline=None)
@given(flows, facts, fates)
def test_what_lints_clean_comes_to_an_end_and_sends_each_visit_at_most_once(
    flow: Definition, fields: dict[str, object], fates: list[TouchState | str]
) -> None:
    flow = without_lost_steps(flow)
    assume(not list(check_flow(flow.steps, dict.fromkeys(KEYS, 1))))
    walk = Walk(flow, fields)
    # somebody who holds for ever is no outcome: hours open at some time
    coming = cycle(fates if set(fates) != {"hold"} else [*fates, T.delivered])
    while walk.place.status is E.active:
        walk.turn(next(coming))
        assert walk.turns < MOST_VISITS * 24
    assert walk.place.status in (E.finished, E.stopped)
    delivered = [visit for (visit, _), state in walk.armed.items() if state is T.delivered]
    assert len(delivered) == len(set(delivered))
    assert walk.place.visit < MOST_VISITS
