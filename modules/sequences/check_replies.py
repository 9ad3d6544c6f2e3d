"""Where somebody who has replied comes to: what a reply ends is not sent there."""

from collections.abc import Iterator, Mapping, Sequence

from modules.labels import OnReply
from modules.sequences.models import Next, Step
from modules.sequences.models_of_rules import Replied
from modules.sequences.ways import follows_of

_REPLIED, _SILENT = Replied(True), Replied(False)


def find_mute(steps: Sequence[Step]) -> Iterator[tuple[str, int, str]]:
    """Step, number of the case (from 1) and words where a case for those who replied leads on, behind tasks and
    branches, to what a reply ends. What it leads to at once is a fault and told by `check_flow`; here a person may have
    released the reply in between, or the way may be meant to end so."""
    by_key = {step.key: step for step in steps}
    after = [*(step.key for step in steps[1:]), None]
    ways = {step.key: _of_who_replied(step, following) for step, following in zip(steps, after, strict=True)}
    for step in steps:
        for number, case in enumerate(step.branch.cases if step.branch else (), 1):
            if isinstance(case.condition, Replied) and case.condition.yes and not _ends(by_key[case.go_to]):
                mute = _first_mute(case.go_to, by_key, ways)
                if mute is not None:
                    yield step.key, number, _words(case.go_to, mute)


def _words(there: str, mute: str) -> str:
    return (
        f"'{there}' leads to '{mute}', which ends when the contact replies: unless a person has released the reply, it "
        f"is never sent on this way; give '{mute}' on_reply: continue, or let the way end before it"
    )


def _ends(step: Step) -> bool:
    return step.branch is None and step.on_reply is OnReply.stop


def _first_mute(start: str, by_key: Mapping[str, Step], ways: Mapping[str, Sequence[str]]) -> str | None:
    """The nearest step that a reply ends, behind steps that send nothing."""
    waiting, seen = [start], set[str]()
    while waiting:
        key = waiting.pop(0)
        if key in seen:
            continue
        seen.add(key)
        if _ends(by_key[key]):
            return key
        if by_key[key].channel is None:
            waiting += ways[key]
    return None


def _of_who_replied(step: Step, after: str | None) -> list[str]:
    """Where the step leads somebody who has replied since they were enrolled; `after`: the next one in the file."""
    follows = [follow for _, follow in follows_of(step)]
    if step.branch is not None:
        asked = [case.condition for case in step.branch.cases]
        sure = asked.index(_REPLIED) + 1 if _REPLIED in asked else len(follows)
        follows = [one for place, one in enumerate(follows[:sure]) if asked[place : place + 1] != [_SILENT]]
    targets = [one.step if one.kind is Next.go_to else after if one.kind is Next.next else None for one in follows]
    return [target for target in targets if target is not None]
