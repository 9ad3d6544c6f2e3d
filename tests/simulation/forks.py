"""Branches in a story's sequences, drawn as plain values: the checker reads these, the engine the file they make."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tests.simulation.scheduler import Dice

MILESTONES = ("showing", "prepared")
"""The second one is also written by doing a task."""
ENDS_OF = {
    "sms": ("delivered", "failed", "expired", "skipped"),
    "email": ("delivered", "failed", "expired", "skipped"),
    "voice": ("completed", "failed", "expired", "skipped"),
}
WAITS = ("minutes: 5", "hours: 2", "days: 1", "days: 2")
WAITED_FOR, ENDING = 0.7, 0.25


@dataclass(frozen=True)
class Case:
    """`outcome` of the step `asks`; where it is None, whether the milestone `asks` has happened since they entered."""

    asks: str
    outcome: str | None
    go_to: str


@dataclass(frozen=True)
class Fork:
    """The first case that is so says where it goes, else it goes to the step `below`, or `ends`. `waits_for`: it goes
    on as soon as this milestone happens."""

    key: str
    wait: str
    waits_for: str | None
    cases: tuple[Case, ...]
    ends: bool = False
    below: str = ""

    @property
    def longest(self) -> timedelta:
        """So long it waits, unless what it waits for happens."""
        unit, number = self.wait.split(": ")
        return timedelta(**{unit: int(number)})

    @property
    def otherwise(self) -> str | None:
        return None if self.ends else self.below

    def text(self) -> str:
        asked = "".join(f"      - {{ {_question(case)}, go_to: {case.go_to} }}\n" for case in self.cases)
        waits = f"    wait_for: {{ milestone: {self.waits_for} }}\n" if self.waits_for else ""
        head = f"  - key: {self.key}\n    channel: branch\n    wait: {{ {self.wait} }}\n{waits}"
        return f"{head}    when:\n{asked}    otherwise: {'end' if self.ends else 'next'}\n"


def _question(case: Case) -> str:
    if case.outcome is None:
        return f"milestone: {case.asks}"
    return f"outcome: {{ step: {case.asks}, is: {case.outcome} }}"


def with_forks(dice: Dice, slug: str, steps: list[str]) -> tuple[list[str], dict[str, Fork]]:
    """One or two of them, anywhere between the first step and the last. They ask about no first step: a new version may
    call that by another name."""
    told: list[str | Fork] = list(steps)
    for number in range(1 + dice.below(2)):
        place = 1 + dice.below(len(told) - 1)
        told.insert(place, _fork(dice, f"turn-{slug}-{number}", told, place))
    below = [_key(one) for one in told[1:]]
    placed = [
        _placed(one, following) if isinstance(one, Fork) else one
        for one, following in zip(told, [*below, ""], strict=True)
    ]
    texts = [one.text() if isinstance(one, Fork) else one for one in placed]
    return texts, {one.key: one for one in placed if isinstance(one, Fork)}


def _placed(fork: Fork, below: str) -> Fork:
    """It ends only where a case leads to the step below it: no way would lead there."""
    return replace(fork, below=below, ends=fork.ends and any(case.go_to == below for case in fork.cases))


def _fork(dice: Dice, key: str, steps: Sequence[str | Fork], place: int) -> Fork:
    keys, channels = [_key(one) for one in steps], [_channel(one) for one in steps]
    before = [at for at in range(1, place) if channels[at] in ENDS_OF]
    waits_for = MILESTONES[dice.below(2)] if dice.number() < WAITED_FOR else None
    cases = [Case(waits_for or MILESTONES[dice.below(2)], None, keys[place + dice.below(len(keys) - place)])]
    if before:
        asked = before[dice.below(len(before))]
        outcomes = ENDS_OF[channels[asked]]
        there = keys[place + dice.below(len(keys) - place)]
        cases.insert(dice.below(2), Case(keys[asked], outcomes[dice.below(len(outcomes))], there))
    return Fork(key, WAITS[dice.below(len(WAITS))], waits_for, tuple(cases), ends=dice.number() < ENDING)


def _key(step: str | Fork) -> str:
    return step.key if isinstance(step, Fork) else _of("key", step)


def _channel(step: str | Fork) -> str:
    return "branch" if isinstance(step, Fork) else _of("channel", step)


def _of(name: str, step: str) -> str:
    found = re.search(rf"{name}: (\S+)", step)
    if found is None:
        raise LookupError(f"a step without {name}: {step}")
    return found[1]
