"""What differs between two versions of a sequence, step by step and field by field. Pure.

It compares what the files mean, not how they are written: comments, order of fields and defaults that somebody writes
out make no difference. Steps are the same step when their keys are.
"""

import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.sequences.freeze import definition_to_json
from modules.sequences.models import Definition


@dataclass(frozen=True)
class Changed:
    """One field, dotted, before and after; None where it was not there."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class StepDiff:
    """One step that is not as it was. `before` and `after` are its places from 1, None where it is not there; `moved`:
    it stands elsewhere among the steps that both have. `renamed_from`: it says what a step said that is gone now."""

    key: str
    before: int | None
    after: int | None
    moved: bool = False
    changed: tuple[Changed, ...] = ()
    renamed_from: str | None = None


@dataclass(frozen=True)
class Difference:
    """`whole`: what differs at the file's top; `steps` in the order of the new version, those that are gone last."""

    whole: tuple[Changed, ...]
    steps: tuple[StepDiff, ...]

    @property
    def is_none(self) -> bool:
        return not self.whole and not self.steps


def diff_sequences(before: Definition, after: Definition) -> Difference:
    """Everything that a contact could notice, and nothing else."""
    old, new = definition_to_json(before), definition_to_json(after)
    was, now = _by_key(old.pop("steps")), _by_key(new.pop("steps"))
    both = [key for key in now if key in was]
    stayed = _longest_rising([list(was).index(key) for key in both])
    resting = {both[place] for place in stayed}
    gone = [key for key in was if key not in now]
    steps: list[StepDiff] = []
    for place, key in enumerate(now, 1):
        if key not in was:
            steps.append(StepDiff(key, None, place, renamed_from=_twin(now[key], {one: was[one] for one in gone})))
            continue
        changed, moved = tuple(_changes(was[key], now[key])), key not in resting
        if changed or moved:
            steps.append(StepDiff(key, list(was).index(key) + 1, place, moved, changed))
    steps += [StepDiff(key, list(was).index(key) + 1, None) for key in gone]
    return Difference(tuple(_changes(old, new)), tuple(steps))


def _by_key(steps: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {step["key"]: step for step in steps}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> Iterator[Changed]:
    """Leaf by leaf; a group that is on one side only is told as a whole."""
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        field = f"{path}{name}"
        if isinstance(was, Mapping) and isinstance(now, Mapping) and field not in _WHOLE:
            yield from _changes(was, now, f"{field}.")
        elif was != now and (was or now):
            yield Changed(field, was, now)


_WHOLE = frozenset({"wait", "on_success", "on_failure", "goal", "re_entry", "gap", "max_lateness", "max_hold"})
"""What is read as one thing: {days: 1} → {hours: 2} is one change, not two."""


def _twin(step: Mapping[str, Any], gone: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The step that is gone and said the same under another key, if one alone did."""
    same = [key for key, old in gone.items() if {**old, "key": ""} == {**step, "key": ""}]
    return same[0] if len(same) == 1 else None


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """Places of a longest rising run: as few steps as possible are said to have moved."""
    ends: list[int] = []
    places: list[int] = []
    before: list[int | None] = []
    for place, number in enumerate(numbers):
        length = bisect.bisect_left(ends, number)
        ends[length:] = [number, *ends[length + 1 :]]
        places[length:] = [place, *places[length + 1 :]]
        before.append(places[length - 1] if length else None)
    found: list[int] = []
    here = places[-1] if places else None
    while here is not None:
        found.append(here)
        here = before[here]
    return found
