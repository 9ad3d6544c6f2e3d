"""One person's way through a sequence of the library, played by the real rules in a world that is told beforehand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from modules.labels import CallEnd, ChannelName, OnReply, TouchState
from modules.sequences import Definition, EnrollmentChange, Plan, Snapshot, apply, decide, settle
from modules.sequences.asking import after_asking, task_settled
from modules.sequences.models import Step
from modules.sequences.models_of_runs import Ask, Finish, HandOver, Move, Reach, StepTouch, Stop
from tests.pure.touches import NOW, last, snapshot

MOST_TURNS = 400


@dataclass(frozen=True)
class World:
    """What happens to somebody. `replies_to`: the step that they answer, `after` how long; `happens`: milestones by the
    day on which they are written, from the enrollment. Nobody ever releases what they wrote."""

    answers_calls: bool = False
    tasks_done: bool = True
    clicks: bool = False
    bounced: bool = False
    replies_to: str | None = None
    after: timedelta = timedelta(minutes=1)
    happens: tuple[tuple[str, int], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


@dataclass
class Way:
    """How it went: its end as the file's head names it, and what was sent, decided or asked, in order. `answered_at`:
    when they answered, `asked`: which tasks people were given and when, `sent_at`: when each message left."""

    definition: Definition
    world: World
    end: str = ""
    steps: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    sent_at: list[datetime] = field(default_factory=list)
    asked: list[tuple[str, datetime]] = field(default_factory=list)
    answered_at: datetime | None = None


def walk(definition: Definition, world: World) -> Way:
    """Plays it to its end; a person does (or never does) what is asked."""
    way = Way(definition, world)
    now, answers_at = NOW, None
    first = definition.steps[0]
    place = replace(snapshot(first.key, due_at=NOW), fields=dict(world.fields), enrolled_at=NOW)
    place = replace(place, mail_bounced=world.bounced)
    for _ in range(MOST_TURNS):
        now = max(now, _due(place, definition, world, now))
        place = replace(place, milestones=_written(place, world, now))
        if answers_at is not None and answers_at <= now and way.answered_at is None:
            way.answered_at = answers_at
            place = replace(place, replied_at=answers_at)
        plan = decide(place, definition, now)
        step = definition.step(place.step or "")
        if isinstance(plan, Reach | Ask) or step.branch is not None:
            way.steps.append(step.key)
        if isinstance(plan, Reach):
            if way.answered_at is not None and step.on_reply is not OnReply.go_on:
                way.end = "replied" if step.on_reply is OnReply.stop else "held"
                return way
            way.sent.append(step.key)
            way.sent_at.append(now)
            place = _sent(place, plan, world, now)
            plan = settle(place, definition, now)
            if step.key == world.replies_to:
                answers_at = answers_at or now + world.after
        elif isinstance(plan, Ask):
            way.asked.append((step.key, now))
            place, plan = _asked(place, definition, plan.step, world, now)
        way.end = _end(plan)
        if way.end:
            return way
        place = _written_back(place, apply(place, plan, now))
    raise AssertionError(f"{definition.slug} does not end: {world}, {way.steps[-9:]}")


def _due(place: Snapshot, definition: Definition, world: World, now: datetime) -> datetime:
    """When it is looked at again: at its time, or when what it waits for happens."""
    assert place.due_at is not None
    event = definition.step(place.step or "").wait_for
    ahead = [at for name, day in world.happens if name == event and (at := NOW + timedelta(days=day)) > now]
    return min([place.due_at, *ahead])


def _written(place: Snapshot, world: World, now: datetime) -> dict[str, tuple[datetime, ...]]:
    told = dict(place.milestones)
    for name in {name for name, _ in world.happens}:
        days = sorted(day for one, day in world.happens if one == name)
        told[name] = tuple(at for day in days if (at := NOW + timedelta(days=day)) <= now)
    return told


def _sent(place: Snapshot, plan: Reach, world: World, now: datetime) -> Snapshot:
    step = plan.step
    call = step.channel is ChannelName.voice
    state = (TouchState.completed if world.answers_calls else TouchState.failed) if call else TouchState.delivered
    touch = replace(last(state, key=step.key, part=place.visit, attempt=plan.attempt), reason=CallEnd.no_answer)
    clicked_at = now + timedelta(hours=1) if world.clicks and step.channel is ChannelName.email else None
    outcomes = {**place.outcomes, step.key: StepTouch(state, now, clicked_at)}
    return replace(place, waiting=True, last_touch=touch, outcomes=outcomes)


def _asked(place: Snapshot, definition: Definition, step: Step, world: World, now: datetime) -> tuple[Snapshot, Plan]:
    onward = after_asking(place, definition, step, now)
    if onward is not None:
        return place, onward
    assert step.task is not None
    waiting = replace(place, waiting=True)
    if world.tasks_done and step.task.records:
        waiting = replace(waiting, milestones={**place.milestones, step.task.records: (now,)})
    return waiting, task_settled(waiting, definition, now, done=world.tasks_done)


def _end(plan: Plan) -> str:
    if isinstance(plan, HandOver):
        return f"handed_over {plan.to}"
    if isinstance(plan, Finish):
        return str(plan.reason or "finished")
    if isinstance(plan, Stop):
        return str(plan.reason)
    assert isinstance(plan, Move), plan
    return ""


def _written_back(place: Snapshot, row: EnrollmentChange | None) -> Snapshot:
    assert row is not None
    names = ("status", "step", "visit", "next_channel", "due_at", "waiting", "decision")
    return replace(place, **{name: getattr(row, name) for name in names})
