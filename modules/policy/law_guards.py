"""What the states and the federal rules say of this moment: places, emergencies, hours, holidays, how often."""

from datetime import datetime, timedelta

from modules.labels import ChannelName
from modules.policy.models import ALLOW, Block, Candidate, Defer, Facts, Verdict
from modules.policy.models import GuardReason as R
from modules.policy.quiet_hours import Hours, binding_rule, is_allowed, next_allowed
from modules.policy.rules import blocks_ai_voice, strictest_cap
from modules.policy.us_states import UNKNOWN

SOON = timedelta(minutes=5)
DAY = timedelta(hours=24)
TOUCHES_A_DAY = 3
"""Texts and calls together, to one person in 24 hours, everywhere (the strictest states' number, our rule H-3)."""
MAILS_A_DAY = 4
MAINE = "ME"
MAINE_PAUSE = timedelta(hours=8)
"""After a completed call of a machine, before the next one (10 M.R.S.A. 1498; an old copy, grade A-old)."""


def ai_voice_blocked_state(facts: Facts, candidate: Candidate, _now: datetime) -> Verdict:
    rule = blocks_ai_voice(facts.states) if candidate.channel is ChannelName.voice else None
    return Block(R.ai_voice_blocked_state, rule.name) if rule else ALLOW


def country_not_cleared(_facts: Facts, candidate: Candidate, _now: datetime) -> Verdict:
    """Other countries have laws of their own (CASL, PECR and more); until they are built in nobody there is reached."""
    foreign = candidate.abroad and candidate.channel is not ChannelName.email
    return Block(R.country_not_cleared) if foreign else ALLOW


def emergency_block(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    if candidate.channel is ChannelName.email:
        return ALLOW
    # a number that tells no state may ring in the one that is meant
    anywhere = UNKNOWN in facts.states
    ends = [until for state, until in facts.emergencies if (anywhere or state in facts.states) and until > now]
    return Defer(max(ends), R.emergency_block) if ends else ALLOW


def quiet_hours(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    if candidate.channel is ChannelName.email:
        return ALLOW
    if not facts.zones:
        return Defer(now + SOON, R.fact_missing)
    usual = _hours(facts, candidate, holidays=False)
    if is_allowed(usual, now):
        return ALLOW
    rule = binding_rule(usual, now)
    # a week without a single hour that all zones share: a person has to look
    opening = next_allowed(usual, now)
    name = rule.name if rule else None
    return Defer(opening, R.quiet_hours, name) if opening else Block(R.no_open_hour, name)


def holiday(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    if candidate.channel is ChannelName.email or not facts.zones:
        return ALLOW
    usual, kept = (_hours(facts, candidate, holidays=one) for one in (False, True))
    if not is_allowed(usual, now) or is_allowed(kept, now):
        return ALLOW
    rule = binding_rule(kept, now)
    return Defer(next_allowed(kept, now) or now + DAY, R.holiday, rule.name if rule else None)


def contact_cap(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    """Texts and calls together, to one number and to one person, in any 24 hours; e-mail to one address. What is
    written back to somebody who wrote within a day was asked for, and so was a check of ours by whoever gets it: they
    are counted, and held by bounds of their own instead."""
    if candidate.asked_for or (candidate.answers_at is not None and now - candidate.answers_at < DAY):
        return ALLOW
    usual = MAILS_A_DAY if candidate.channel is ChannelName.email else TOUCHES_A_DAY
    rule = strictest_cap(facts.states, candidate.channel)
    most = min(usual, rule.most_a_day or usual) if rule else usual
    counts = [(facts.sent_last_day, facts.oldest_in_day)]
    if candidate.channel is not ChannelName.email:
        counts.append((facts.sent_to_person, facts.oldest_to_person))
    full = [(oldest or now) + DAY for sent, oldest in counts if (sent or 0) >= most]
    spoken = facts.call_completed_at
    if candidate.channel is ChannelName.voice and MAINE in facts.states and spoken and now - spoken < MAINE_PAUSE:
        full.append(spoken + MAINE_PAUSE)
    name = rule.name if rule and (rule.most_a_day or usual + 1) <= usual else None
    return Defer(max(*full, now + timedelta(minutes=1)), R.contact_cap, name) if full else ALLOW


def _hours(facts: Facts, candidate: Candidate, *, holidays: bool) -> Hours:
    return Hours(frozenset(facts.zones or ()), facts.states, candidate.channel, holidays)
