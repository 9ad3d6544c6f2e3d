"""Whether every step can be reached, every way leads on, and no way runs in a circle without waiting."""

from collections.abc import Iterator, Mapping, Sequence

from modules.sequences.models import Follow, Next, Step, Wait
from modules.sequences.read_yaml import Problem


def check_flow(steps: Sequence[Step], lines: Mapping[str, int]) -> Iterator[Problem]:
    """Faults of the whole, each at its step's line; `steps` have distinct keys, `lines` tells where each stands."""
    keys = [step.key for step in steps]
    unknown = [
        (step, name, follow)
        for step in steps
        for name, follow in (("on_success", step.on_success), ("on_failure", step.on_failure))
        if follow.kind is Next.go_to and follow.step not in keys
    ]
    for step, name, follow in unknown:
        yield Problem(
            lines[step.key],
            f"steps.{step.key}.{name}",
            f"there is no step '{follow.step}' to go to; these are: {', '.join(keys)}",
        )
    if unknown:
        return
    ways = _ways(steps)
    reached = _reached(ways, keys[:1])
    for key in keys:
        if key not in reached:
            yield Problem(
                lines[key], f"steps.{key}", f"no way leads to '{key}'; let another step go_to it, or remove it"
            )
    yield from _circles(steps, ways, lines)


def _ways(steps: Sequence[Step]) -> dict[str, list[str]]:
    """Which steps each step may lead to; a retry ends in the next one."""
    ways: dict[str, list[str]] = {}
    for position, step in enumerate(steps):
        after = steps[position + 1].key if position + 1 < len(steps) else None
        targets = [_target(follow, after) for follow in (step.on_success, step.on_failure)]
        ways[step.key] = list(dict.fromkeys(target for target in targets if target is not None))
    return ways


def _target(follow: Follow, after: str | None) -> str | None:
    if follow.kind is Next.go_to:
        return follow.step
    return None if follow.kind is Next.end else after


def _reached(ways: Mapping[str, Sequence[str]], start: Sequence[str]) -> set[str]:
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += ways[key]
    return seen


def _circles(steps: Sequence[Step], ways: Mapping[str, Sequence[str]], lines: Mapping[str, int]) -> Iterator[Problem]:
    """A circle of steps none of which waits would send without end. One sentence a circle, at its first step."""
    hasty = {step.key for step in steps if step.wait == Wait() or not _waits(step.wait)}
    quick = {key: [target for target in targets if target in hasty] for key, targets in ways.items()}
    told: set[str] = set()
    for step in steps:
        if step.key not in hasty or step.key in told:
            continue
        circle = {key for key in _reached(quick, quick[step.key]) if step.key in _reached(quick, quick[key])}
        if step.key in circle:
            told |= circle
            names = " → ".join(one.key for one in steps if one.key in circle)
            yield Problem(
                lines[step.key],
                f"steps.{step.key}",
                f"{names} → {step.key} runs in a circle without a wait; give one of these steps a wait, or end it",
            )


def _waits(wait: Wait) -> bool:
    return bool(wait.minutes or wait.hours or wait.days or wait.business_days or wait.at)
