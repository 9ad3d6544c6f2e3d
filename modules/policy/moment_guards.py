"""May it leave at this moment, from this sender?"""

from datetime import datetime, timedelta

from modules.policy.models import ALLOW, THROTTLE_SECONDS, Block, Candidate, Defer, Facts, Verdict
from modules.policy.models import GuardReason as R
from modules.policy.windows import is_open, next_opening

DAY = timedelta(hours=24)


def on_a_call_now(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    until = facts.on_call_until
    return Defer(max(until, now + timedelta(minutes=1)), R.on_a_call_now) if until else ALLOW


def address_in_flight(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    until = facts.in_flight_until
    return Defer(max(until, now + timedelta(minutes=1)), R.address_in_flight) if until else ALLOW


def sender_broken(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    until = facts.sender_broken_until
    return Defer(until, R.sender_broken) if until and until > now else ALLOW


def sequence_window(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    zones = facts.zones or ("UTC",)
    if not candidate.windows or is_open(candidate.windows, zones, now):
        return ALLOW
    return Defer(next_opening(candidate.windows, zones, now) or now + DAY, R.sequence_window)


def sender_throttle(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    full = (facts.sent_just_now or 0) >= max(1.0, facts.sends_per_second * THROTTLE_SECONDS)
    return Defer(now + timedelta(seconds=THROTTLE_SECONDS), R.sender_throttle) if full else ALLOW


def too_late(_facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    return Block(R.too_late) if now - candidate.due_at > candidate.max_lateness else ALLOW
