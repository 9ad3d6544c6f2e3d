"""May this client write to this number at all: lists, registrations, clearances, money. Rules in our notes on the law
(47 CFR 64.1200(c)(2); 16 CFR 310.4(b)(3)(iv); DA 20-423; CTIA; 16 CFR 316.5), read 2026-11-20.
"""

from datetime import datetime, timedelta

from modules.labels import CHECK_HOLDS_FOR, PROOF_HOLDS_FOR, ChannelName, CheckAnswer, ConsentKind, Purpose
from modules.policy.models import ALLOW, Block, Candidate, Defer, Facts, Verdict
from modules.policy.models import GuardReason as R

SOON = timedelta(minutes=5)
DAY = timedelta(hours=24)
INQUIRY = timedelta(days=90)
"""Who asked us themselves may be called for three months whatever the national list says (47 CFR 64.1200(f)(5))."""
CLEARANCE_STATES = frozenset({"TX", "FL", "RI", "AL", "PA"})
"""Where a seller must be registered before it writes to people who did not ask. Secondary sources (grades B and D)."""


def platform_suppressed(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    if facts.permits.platform_kept:
        return Block(R.platform_suppressed)
    return Defer(now + SOON, R.platform_suppressed) if facts.permits.platform_held else ALLOW


def national_dnc(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    """Cold marketing only: written consent and a person's own inquiry lift the list. What is unknown is not allowed."""
    if not _is_cold(facts, candidate, now):
        return ALLOW
    if facts.permits.dnc_listed is None:
        return Defer(now + SOON, R.national_dnc)
    return Block(R.national_dnc) if facts.permits.dnc_listed else ALLOW


def reassigned_number(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    """The number must still be theirs: by a young consent, by their own message from it, or by a check (rule D-1)."""
    if candidate.channel is ChannelName.email:
        return ALLOW
    permits, agreed = facts.permits, facts.agreement
    said = (agreed.at, agreed.again_at) if agreed else ()
    theirs = max((at for at in (*said, permits.heard_at) if at), default=None)
    known = permits.checked_at is not None and (theirs is None or permits.checked_at >= theirs)
    if known and permits.reassigned is CheckAnswer.yes:
        return Block(R.reassigned_number, why=CheckAnswer.yes)
    if theirs and now - theirs < PROOF_HOLDS_FOR:
        return ALLOW
    if permits.checked_at is None or now - permits.checked_at > CHECK_HOLDS_FOR:
        return Defer(now + SOON, R.reassigned_number)
    return ALLOW if permits.reassigned is CheckAnswer.no else Block(R.reassigned_number, why=CheckAnswer.no_data)


def state_not_cleared(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    if not _is_cold(facts, candidate, now):
        return ALLOW
    missing = (facts.states & CLEARANCE_STATES) - facts.permits.cleared_states
    return Defer(now + SOON, R.state_not_cleared, why=", ".join(sorted(missing))) if missing else ALLOW


def sender_not_registered(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    """Carriers drop texts of a sender without an approved campaign; a test goes to the tester only."""
    if candidate.channel is not ChannelName.sms or candidate.target is not None or facts.permits.registered:
        return ALLOW
    return Defer(now + SOON, R.sender_not_registered)


def no_postal_address(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    if candidate.channel is not ChannelName.email or facts.permits.postal_address:
        return ALLOW
    return Defer(now + SOON, R.no_postal_address)


def budget(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    """What was spent in 24 hours, by price list until the provider says; full means: until the oldest of it is past."""
    limit, permits = facts.permits.daily_budget_micros, facts.permits
    if limit is None or permits.spent_micros < limit:
        return ALLOW
    return Defer(max((permits.oldest_spent_at or now) + DAY, now + timedelta(minutes=1)), R.budget)


def _is_cold(facts: Facts, candidate: Candidate, now: datetime) -> bool:
    """Marketing by text or call to somebody who neither signed for it nor asked by themselves lately."""
    if candidate.channel is ChannelName.email or candidate.purpose is Purpose.informational:
        return False
    signed = facts.agreement is not None and facts.agreement.kind is ConsentKind.written
    heard_at = facts.permits.heard_at
    return not signed and not (heard_at is not None and now - heard_at <= INQUIRY)
