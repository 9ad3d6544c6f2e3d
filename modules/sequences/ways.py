"""Where the steps of a sequence lead: every way out of each, and what can be reached from where. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from modules.sequences.models import Follow, Next, Step

ENDS = (Next.end, Next.hand_over)


def follows_of(step: Step) -> Iterator[tuple[str, Follow]]:
    """Every way out of a step with the field that says it; a retry leads to what comes after its last try."""
    if step.branch is not None:
        for number, case in enumerate(step.branch.cases, 1):
            yield f"when.{number}.go_to", Follow(Next.go_to, case.go_to)
        yield "otherwise", step.branch.otherwise
        return
    for name, follow in (("on_success", step.on_success), ("on_failure", step.on_failure)):
        yield (f"{name}.retry.then", follow.then) if follow.kind is Next.retry and follow.then else (name, follow)


def ways_of(steps: Sequence[Step]) -> dict[str, list[str]]:
    """Which steps each step may lead to."""
    ways: dict[str, list[str]] = {}
    for position, step in enumerate(steps):
        after = steps[position + 1].key if position + 1 < len(steps) else None
        targets = [_target(follow, after) for _, follow in follows_of(step)]
        ways[step.key] = list(dict.fromkeys(target for target in targets if target is not None))
    return ways


def ways_when_skipped(steps: Sequence[Step]) -> dict[str, list[str]]:
    """What is sent may be skipped, and so may what waits until a date: that leads to the next step in the file."""
    return {
        step.key: [following.key]
        for step, following in pairwise(steps)
        if step.channel is not None or step.wait.until is not None
    }


def ways_with_skips(steps: Sequence[Step]) -> dict[str, list[str]]:
    """Which steps each step may lead anybody to, also whoever is skipped at it."""
    skipped = ways_when_skipped(steps)
    return {key: [*ways, *skipped.get(key, ())] for key, ways in ways_of(steps).items()}


def _target(follow: Follow, after: str | None) -> str | None:
    if follow.kind is Next.go_to:
        return follow.step
    return None if follow.kind in ENDS else after


def reached_from(ways: Mapping[str, Sequence[str]], start: Sequence[str]) -> set[str]:
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += ways[key]
    return seen
