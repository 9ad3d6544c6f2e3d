"""Whether somebody who runs on an older version can go on in the current one, at the same step. Pure.

Three promises, each kept by leaving the person where they are:
Nobody leaves a step of whose touch the fate is not known: its proof would be read by the rules of another version.
Nobody gets a step again that they have had: where the new version would come back to one, and the old would not.
Nobody is put where the new version has nothing: a step that is gone needs to be told by what it was replaced.
What moves keeps its instant, its visit and how it stands; a pause stays a pause, a hold a hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from modules.labels import NextChannel, TouchState
from modules.sequences.models import Definition, Next, Step
from modules.sequences.models_of_rules import Otherwise
from modules.sequences.outcomes import MAY_REPEAT
from modules.sequences.ways import reached_from, ways_of


@dataclass(frozen=True)
class Standing:
    """Where somebody stands, as far as a change of version asks. `tried`: the last touch is of the present visit;
    `had`: every step of which something has left, in whatever visit."""

    version: int
    status: str
    step: str | None
    waiting: bool
    tried: bool
    touch_step: str | None
    touch_state: TouchState | None
    had: tuple[str, ...]


class Fate(StrEnum):
    """What a change of version means for somebody under way."""

    adopts = "adopts"
    under_way = "under_way"
    being_tried = "being_tried"
    step_gone = "step_gone"
    would_repeat = "would_repeat"


class Likeness(StrEnum):
    """The step somebody stands at, beside its like in another version."""

    same = "same"
    differs = "differs"
    gone = "gone"


@dataclass(frozen=True)
class Adoption:
    """`step` is where they go on, unless they stay. `lets_go`: late news of the last touch can turn their way no more,
    because its step is not there any more. `keeps`: the step waits until another day now, and the instant that is
    planned stands all the same. `repeats`: the steps that they would get again."""

    fate: Fate
    step: str | None = None
    next_channel: NextChannel | None = None
    lets_go: bool = False
    keeps: bool = False
    repeats: tuple[str, ...] = ()


def judge_adoption(standing: Standing, old: Definition, new: Definition, mapping: Mapping[str, str]) -> Adoption:
    """What becomes of this person; `mapping` names, of steps of the old version, those that replace them."""
    keys = keys_of(new)
    if standing.waiting or (standing.tried and standing.touch_state not in MAY_REPEAT):
        return Adoption(Fate.under_way)
    target = mapping.get(standing.step, standing.step) if standing.step else None
    if standing.step is None or target is None or target not in keys:
        return Adoption(Fate.step_gone)
    step = new.step(target)
    if standing.tried and (target != standing.touch_step or step.due_for != old.step(standing.step).due_for):
        return Adoption(Fate.being_tried)
    repeats = _repeats(standing, old, new, target, mapping)
    if repeats:
        return Adoption(Fate.would_repeat, repeats=repeats)
    lets_go = standing.touch_step is not None and standing.touch_step not in keys
    keeps = step.wait.until not in (None, old.step(standing.step).wait.until)
    return Adoption(Fate.adopts, target, step.due_for, lets_go, keeps)


def likeness(step: str | None, old: Definition, new: Definition, mapping: Mapping[str, str]) -> Likeness:
    """Whether the new version has this step, and says the same there; the name alone makes no difference."""
    target = mapping.get(step, step) if step else None
    if step is None or target is None or target not in keys_of(new):
        return Likeness.gone
    return Likeness.same if replace(old.step(step), key=target) == new.step(target) else Likeness.differs


def keys_of(definition: Definition) -> frozenset[str]:
    return frozenset(step.key for step in definition.steps)


def _repeats(
    standing: Standing, old: Definition, new: Definition, target: str, mapping: Mapping[str, str]
) -> tuple[str, ...]:
    """Steps ahead that the person has had; what the old version would have sent again all the same is none."""
    again = _ahead(old.steps, standing.step or "") | _late(old.steps, standing.touch_step)
    had = set(standing.had) - again
    known = had | {mapping[step] for step in had if step in mapping}
    ahead = _ahead(new.steps, target) | _late(new.steps, standing.touch_step)
    return tuple(step.key for step in new.steps if step.key in known & ahead)


def _ahead(steps: Sequence[Step], start: str) -> set[str]:
    """Every step that may come from this one on, with itself; any that sends, or lacks the date that it waits for, may
    be skipped, to the one after it."""
    ways = ways_of(steps)
    for step, following in pairwise(steps):
        until = step.wait.until
        if step.branch is None or (until is not None and until.otherwise is Otherwise.skip):
            ways[step.key].append(following.key)
    return reached_from(ways, [start]) if start in ways else set()


def _late(steps: Sequence[Step], touched: str | None) -> set[str]:
    """Every step to which late news of this step's failure may still turn the way."""
    follow = next((step.on_failure for step in steps if step.key == touched), None)
    last = follow.then if follow and follow.kind is Next.retry else follow
    return _ahead(steps, last.step) if last and last.kind is Next.go_to and last.step else set()
