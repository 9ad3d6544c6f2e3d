"""Which rules speak of a person, and how each is said aloud: law as law, caution as our own."""

from functools import cache, lru_cache

from modules.labels import ChannelName
from modules.policy.models import Reach, Rule, Span
from modules.policy.us_hours import RULES
from modules.policy.us_states import STATES, UNKNOWN

FEDERAL = "US"
GRADES = ("A", "A-old", "B", "C", "D", "F")
READ_AS_LAW = frozenset({"A", "A-old", "B"})
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_BEGINNINGS = {
    "A": "The law of {where}",
    "A-old": "The law of {where}, read in an older copy",
    "B": "The law of {where}, as those who cite it tell it",
}
_REASONS = {
    "C": "a vendor's table says so; the law was not seen",
    "D": "not confirmed by any text of law",
    "F": "nobody has looked for a stricter rule of the state",
}


@lru_cache(maxsize=4096)
def rules_of(states: frozenset[str], channel: ChannelName) -> tuple[Rule, ...]:
    """Every rule that holds for a text or call to a person who may be in any of these states; none for e-mail.

    Every call of ours speaks with an artificial voice, so rules on such calls hold for the whole channel.
    """
    if channel is ChannelName.email:
        return ()
    reaches = {Reach.every, Reach.ai_voice} if channel is ChannelName.voice else {Reach.every}
    found = (rule for rule in RULES if rule.reach in reaches and (rule.state in states or rule.state == FEDERAL))
    return tuple(sorted(found, key=lambda rule: (GRADES.index(rule.grade), rule.name)))


@cache
def _by_name() -> dict[str, Rule]:
    return {rule.name: rule for rule in RULES}


def rule_named(name: str) -> Rule | None:
    """The rule that a decision record names; None when the table has lost it since."""
    return _by_name().get(name)


@cache
def clocks_of(state: str) -> frozenset[str]:
    """Zones whose hours the rules of this state count in, wherever the person is."""
    return frozenset(rule.clock for rule in RULES if rule.state == state and rule.clock)


def blocks_ai_voice(states: frozenset[str]) -> Rule | None:
    """The rule that forbids a call by an artificial voice in one of the states."""
    return next((rule for rule in rules_of(states, ChannelName.voice) if rule.forbids_ai_voice), None)


def strictest_cap(states: frozenset[str], channel: ChannelName) -> Rule | None:
    """The rule with the fewest texts and calls in 24 hours."""
    capped = [rule for rule in rules_of(states, channel) if rule.most_a_day is not None]
    return min(capped, key=lambda rule: rule.most_a_day or 0, default=None)


def sentence_of(rule: Rule) -> str:
    """What the rule says, its source and date, in words a client may read. Only what was read as law is called law."""
    what, source = _what(rule), f"{rule.source}, {rule.dated}" if rule.dated != "undated" else rule.source
    if rule.grade in READ_AS_LAW:
        return f"{_BEGINNINGS[rule.grade].format(where=_where(rule))}: {what} ({source})."
    return f"Our own caution for {_where(rule)}: {what}; {_REASONS[rule.grade]} ({source})."


def _where(rule: Rule) -> str:
    if rule.state == FEDERAL:
        return "the United States"
    return "a number that tells no state" if rule.state == UNKNOWN else STATES[rule.state].name


def _what(rule: Rule) -> str:
    subject = "calls by an AI voice" if rule.reach is Reach.ai_voice else "texts and calls"
    if rule.forbids_ai_voice:
        return f"no {subject} to sell"
    week = rule.days[0]
    parts = [f"{subject} {_hours(week)}"] if week else [f"no {subject} from Monday to Friday"]
    parts += [f"{name} {_hours(day)}" for name, day in zip(_DAYS, rule.days, strict=True) if day != week]
    if rule.knows_holidays:
        parts.append(f"holidays {_hours(rule.on_holidays)}")
    if rule.most_a_day is not None:
        parts.append(f"at most {rule.most_a_day} in 24 hours")
    return ", ".join(parts)


def _hours(span: Span | None) -> str:
    return f"{_clock(span[0])} to {_clock(span[1])}" if span else "not at all"


def _clock(minute: int) -> str:
    hour, rest = divmod(minute, 60)
    if (hour, rest) == (12, 0):
        return "noon"
    minutes = f":{rest:02d}" if rest else ""
    return f"{(hour - 1) % 12 + 1}{minutes} {'a.m.' if hour < 12 else 'p.m.'}"
