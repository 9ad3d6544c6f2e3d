"""Where a step leads: on to the next, to an end, to another step, or to itself again a few times."""

from datetime import timedelta

from modules.sequences.models import Follow, Next
from modules.sequences.names import SLUG
from modules.sequences.read_times import duration_of, read_duration
from modules.sequences.read_yaml import Fields

RETRIES_LIMIT = 10
GO_ON = Follow(Next.next)
_END = Follow(Next.end)
_LADDER = "{after: [{minutes: 5}, {minutes: 15}, {minutes: 30}], then: next}"
_RETRY = "{times: 3, after: {minutes: 15}}"


def read_follow(fields: Fields, name: str, *, may_retry: bool = False, may_skip: bool = False) -> Follow:
    """next (the default), end, go_to; with `may_skip` also skip, another word for next; with `may_retry` also retry."""
    if not fields.has(name):
        return GO_ON
    words = {"next": GO_ON, "end": _END, **({"skip": GO_ON} if may_skip else {})}
    example = ", ".join(words) + ", {go_to: STEP}, {hand_over: SLUG}" + (f", {{retry: {_RETRY}}}" if may_retry else "")
    if not fields.is_group(name):
        text = fields.text(name)
        if text and text.value not in words:
            fields.say(name, f"'{text.value}' is not known; one of: {example}")
        return words.get(text.value, GO_ON) if text else GO_ON
    group = fields.group(name, example)
    if group is None:
        return GO_ON
    group.allow(("go_to", "hand_over", "retry") if may_retry else ("go_to", "hand_over"))
    if len(group.names()) != 1:
        fields.say(name, f"this takes exactly one of: {example}")
    if group.has("retry") and may_retry:
        return _retry(group)
    if group.has("hand_over"):
        return _hand_over(group)
    step = group.text("go_to", needed="name the step to go to: {go_to: STEP}" if group.names() == ("go_to",) else "")
    return Follow(Next.go_to, step.value) if step else GO_ON


def _hand_over(group: Fields) -> Follow:
    """It ends here, and the contact enters another sequence of the client."""
    slug = group.text("hand_over", needed="name the sequence that goes on: {hand_over: re-engagement}")
    if slug and not SLUG.fullmatch(slug.value):
        group.say("hand_over", f"'{slug.value}' is not a slug; name the sequence by its: {{hand_over: re-engagement}}")
        return GO_ON
    return Follow(Next.hand_over, to=slug.value) if slug else GO_ON


def _retry(group: Fields) -> Follow:
    """Either so many times with one pause, or one pause for each time; afterwards `then`."""
    retry = group.group("retry", _LADDER)
    if retry is None:
        return GO_ON
    retry.allow(("times", "after", "then"))
    then = read_follow(retry, "then", may_skip=True)
    onward = None if then == GO_ON else then
    if retry.is_list("after"):
        return _ladder(retry, onward)
    times = retry.number("times", 1, RETRIES_LIMIT)
    after = read_duration(retry, "after", "{minutes: 15}")
    if not retry.has("times"):
        retry.say("times", f"say how often: times: 3; or give one pause for each time: {_LADDER}")
    return Follow(Next.retry, None, times or 1, after or timedelta(minutes=1), then=onward)


def _ladder(retry: Fields, onward: Follow | None) -> Follow:
    if retry.has("times"):
        retry.say("times", "the list says how often already, once for each pause; remove 'times'")
    pauses = [
        pause for one in retry.groups("after", _LADDER) if (pause := duration_of(one, "{minutes: 5}")) is not None
    ]
    if len(pauses) > RETRIES_LIMIT:
        retry.say("after", f"at most {RETRIES_LIMIT} times; remove some pauses")
    if not pauses:
        if not retry.problems:
            retry.say("after", f"name at least one pause: {_LADDER}")
        return GO_ON
    return Follow(Next.retry, None, len(pauses), pauses[0], tuple(pauses), onward)
