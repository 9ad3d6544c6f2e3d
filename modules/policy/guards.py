"""May it leave now? Every guard is a plain function; the order is the order of harm. An unknown fact never allows."""

from collections.abc import Callable
from datetime import datetime, timedelta

from modules.labels import ChannelName
from modules.policy.models import THROTTLE_SECONDS, Allow, Block, Candidate, Decision, Defer, Facts, Verdict
from modules.policy.models import GuardReason as R
from modules.policy.quiet_hours import CALLING_HOURS, is_open, next_opening, window_seconds

Guard = Callable[[Facts, Candidate, datetime], Verdict]

SOON = timedelta(minutes=5)
DAY = timedelta(hours=24)
TOUCHES_A_DAY = 4
MAX_ROUNDS = 8


def known(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    needed = (facts.client_status, facts.sending_stopped, facts.contact_suppressed, facts.address_suppressed)
    counted = (facts.consent, facts.sent_last_day, facts.sent_just_now, facts.zones, facts.has_address)
    return Defer(now + SOON, R.fact_missing) if None in needed + counted else Allow()


def kill_switch(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    return Defer(now + SOON, R.kill_switch) if facts.sending_stopped else Allow()


def tenant_not_live(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    return Allow() if facts.client_status in ("live", "test") else Defer(now + SOON, R.tenant_not_live)


def suppressed(facts: Facts, _candidate: Candidate, _now: datetime) -> Verdict:
    return Block(R.suppressed) if facts.contact_suppressed or facts.address_suppressed else Allow()


def closed_address(facts: Facts, _candidate: Candidate, _now: datetime) -> Verdict:
    return Block(R.closed_address) if facts.has_address is False else Allow()


def no_consent(facts: Facts, candidate: Candidate, _now: datetime) -> Verdict:
    return Block(R.no_consent) if facts.consent is False else Allow()


def being_handled(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    return Defer(facts.held_until, R.being_handled) if facts.held_until and facts.held_until > now else Allow()


def address_in_flight(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    until = facts.in_flight_until
    return Defer(max(until, now + timedelta(minutes=1)), R.address_in_flight) if until else Allow()


def quiet_hours(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    if candidate.channel is ChannelName.email:
        return Allow()
    if not facts.zones:
        return Defer(now + SOON, R.fact_missing)
    if is_open((CALLING_HOURS,), facts.zones, now):
        return Allow()
    return Defer(next_opening((CALLING_HOURS,), facts.zones, now) or now + DAY, R.quiet_hours)


def sequence_window(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    zones = facts.zones or ("UTC",)
    if not candidate.windows or is_open(candidate.windows, zones, now):
        return Allow()
    return Defer(next_opening(candidate.windows, zones, now) or now + DAY, R.sequence_window)


def contact_cap(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    if (facts.sent_last_day or 0) < TOUCHES_A_DAY:
        return Allow()
    return Defer((facts.oldest_in_day or now) + DAY, R.contact_cap)


def sender_throttle(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    full = (facts.sent_just_now or 0) >= max(1.0, facts.sends_per_second * THROTTLE_SECONDS)
    return Defer(now + timedelta(seconds=THROTTLE_SECONDS), R.sender_throttle) if full else Allow()


def too_late(_facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    return Block(R.too_late) if now - candidate.due_at > candidate.max_lateness else Allow()


GUARDS: tuple[Guard, ...] = (
    *(known, kill_switch, tenant_not_live, suppressed, closed_address, no_consent, being_handled, address_in_flight),
    *(quiet_hours, sequence_window, contact_cap, sender_throttle, too_late),
)


TIMED: tuple[Guard, ...] = (quiet_hours, sequence_window)


def guard(facts: Facts, candidate: Candidate, now: datetime) -> Decision:
    """All guards together: the first Block wins; else the first instant at which every guard allows; else Allow."""
    verdicts = [check(facts, candidate, now) for check in GUARDS]
    said = tuple(
        (v.reason, v.until.isoformat() if isinstance(v, Defer) else "blocked")
        for v in verdicts
        if not isinstance(v, Allow)
    )
    for verdict in verdicts:
        if isinstance(verdict, Block):
            return Decision(verdict, said, None)
    deferred = [verdict for verdict in verdicts if isinstance(verdict, Defer)]
    if not deferred:
        return Decision(Allow(), said, window_seconds(candidate.channel, facts.zones, now))
    latest = max(deferred, key=lambda one: one.until)
    until = latest.until
    for _ in range(MAX_ROUNDS if facts.zones else 0):
        later = [v.until for v in (check(facts, candidate, until) for check in TIMED) if isinstance(v, Defer)]
        if not later:
            break
        until = max(later)
    return Decision(Defer(until, latest.reason), said, None)
