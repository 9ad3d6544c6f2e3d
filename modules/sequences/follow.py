"""From one step to the next: where a way leads, and when that step is due."""

from collections.abc import Mapping
from datetime import datetime

from modules.sequences.models import Definition, Follow, Next
from modules.sequences.models_of_runs import Finish, FinishReason, HandOver, Onward, Snapshot
from modules.sequences.waits import due_after
from modules.sequences.wake import arrive

MOST_VISITS = 1000
"""However a sequence circles, it comes to an end: monthly that is after 83 years, daily after three."""
GO_ON = Follow(Next.next)


def go(
    follow: Follow,
    snapshot: Snapshot,
    definition: Definition,
    step: str,
    now: datetime,
    note: Mapping[str, str] | None = None,
) -> Onward:
    """The plan that leads on from `step`: a new visit, due after the wait of the step it goes to. A `retry` is none."""
    if follow.kind is Next.end:
        return Finish(note=note)
    if follow.kind is Next.hand_over and follow.to:
        return HandOver(follow.to, step)
    keys = [one.key for one in definition.steps]
    place = keys.index(follow.step) if follow.kind is Next.go_to and follow.step else keys.index(step) + 1
    if place >= len(keys):
        return Finish(note=note)
    visit, following = snapshot.visit + 1, definition.steps[place]
    if visit >= MOST_VISITS:
        return Finish(FinishReason.visits_spent, note)
    due_at = due_after(following.wait, now, snapshot.zone, snapshot.fields, snapshot.milestones)
    return arrive(following, snapshot, visit, due_at, now, note)
