"""Whether what a branch asks of a step can have happened when it asks: whether the step lies before it on some way."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from modules.sequences.models import Step
from modules.sequences.models_of_rules import Clicked, Condition, OutcomeIs
from modules.sequences.read_yaml import Fields, Problem
from modules.sequences.ways import reached_from, ways_with_skips


def check_asked(steps: Sequence[tuple[Fields, Step]]) -> Iterator[Problem]:
    """The cases of which it is certain that they never hold, each at its line. Every step that is named is there."""
    every = [step for _, step in steps]
    for fields, step in steps:
        lines = fields.lines("when")
        for number, case in enumerate(step.branch.cases if step.branch else (), 1):
            asked = _asked_step(case.condition)
            if asked is not None and not _may_lie_before(asked, step.key, every):
                words = (
                    f"on no way here has '{asked}' been reached, so this never holds; ask about a step that comes "
                    f"before, or let '{asked}' lead here"
                )
                yield Problem(lines[number - 1], f"{fields.path}.when.{number}", words)


def _asked_step(condition: Condition) -> str | None:
    return condition.step if isinstance(condition, OutcomeIs | Clicked) else None


def _may_lie_before(asked: str, key: str, steps: Sequence[Step]) -> bool:
    """By any way, also that of somebody for whom steps are skipped. A case that asks about the step itself leads
    nobody to it for the first time."""
    ways = ways_with_skips(steps)
    without = ways_with_skips([_without_cases_about(asked, step) for step in steps])
    return asked in reached_from(without, [steps[0].key]) and key in reached_from(ways, ways[asked])


def _without_cases_about(asked: str, step: Step) -> Step:
    if step.branch is None:
        return step
    cases = tuple(case for case in step.branch.cases if _asked_step(case.condition) != asked)
    return replace(step, branch=replace(step.branch, cases=cases))
