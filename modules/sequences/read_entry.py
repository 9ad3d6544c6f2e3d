"""Who may be enrolled, and what ends a sequence beside its own way: the rules at a file's top."""

from datetime import timedelta

from modules.sequences.models_of_rules import Drip, Entry, ReEntry, StopOn
from modules.sequences.names import SLUG
from modules.sequences.read_times import read_duration
from modules.sequences.read_yaml import Fields

ENTRY = ("re_entry", "exclusive_with", "exclusive", "gap", "most_running", "drip")
_MOST = 1_000_000
_RE_ENTRY = "never, after_end (the default) or {after: {days: 30}}"
_ELSEWHERE = {
    "reply": "what a reply does is said at each step: on_reply: stop, hold or continue",
}


def read_entry(top: Fields) -> Entry:
    """Who may not be enrolled; without any of these words everybody who does not run in it."""
    slugs = [one.value for one in top.texts("exclusive_with", "[new-lead-welcome]")]
    for slug in slugs:
        if not SLUG.fullmatch(slug):
            top.say("exclusive_with", f"'{slug}' is not a slug; name sequences by theirs: [new-lead-welcome]")
    group = top.text("exclusive")
    if group and not SLUG.fullmatch(group.value):
        top.say("exclusive", f"'{group.value}' may hold lower-case letters, digits and - only: exclusive: sales")
    gap = read_duration(top, "gap", "{days: 14}") if top.has("gap") else None
    name = group.value if group else None
    most = top.number("most_running", 1, _MOST) if top.has("most_running") else None
    return Entry(_again(top), tuple(dict.fromkeys(slugs)), name, gap, most, _drip(top))


def _drip(top: Fields) -> Drip | None:
    example = "{people: 20, every: {hours: 1}}"
    group = top.group("drip", example)
    if group is None:
        return None
    group.allow(("people", "every"))
    if not group.has("people"):
        group.say("people", f"say how many begin at a time: drip: {example}")
    people, every = group.number("people", 1, _MOST), read_duration(group, "every", "{hours: 1}")
    return None if people is None or every is None else Drip(people, every)


def read_stop_on(top: Fields) -> frozenset[StopOn]:
    """An opt-out ends every sequence, listed or not."""
    found: set[StopOn] = set()
    for text in top.texts("stop_on", "[bounce]"):
        if text.value in tuple(StopOn):
            found.add(StopOn(text.value))
        else:
            known = f"'{text.value}' is not known; write bounce, booking or company_reply (an opt-out always ends it)"
            top.say("stop_on", _ELSEWHERE.get(text.value, known))
    return frozenset(found)


def _again(top: Fields) -> ReEntry | timedelta:
    if not top.has("re_entry"):
        return ReEntry.after_end
    if top.is_group("re_entry"):
        group = top.group("re_entry", "{after: {days: 30}}")
        if group is None:
            return ReEntry.after_end
        group.allow(("after",))
        return read_duration(group, "after", "{days: 30}") or ReEntry.after_end
    text = top.text("re_entry")
    if text is None or text.value not in tuple(ReEntry):
        top.say("re_entry", f"'{text.value if text else ''}' is not known; write {_RE_ENTRY}")
        return ReEntry.after_end
    return ReEntry(text.value)
