"""May this person be reached by this client, on this channel, at all?"""

from datetime import datetime, timedelta

from modules.labels import OnReply
from modules.policy.models import Allow, Block, Candidate, Defer, Facts, Verdict
from modules.policy.models import GuardReason as R

SOON = timedelta(minutes=5)


def known(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    needed = (facts.client_status, facts.sending_stopped, facts.contact_suppressed, facts.address_suppressed)
    counted = (facts.consent, facts.sent_last_day, facts.sent_to_person, facts.sent_just_now)
    placed = (facts.zones, facts.has_address, facts.replied, facts.reply_unsure)
    return Defer(now + SOON, R.fact_missing) if None in needed + counted + placed else Allow()


def kill_switch(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    return Defer(now + SOON, R.kill_switch) if facts.sending_stopped else Allow()


def tenant_not_live(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    return Allow() if facts.client_status in ("live", "test") else Defer(now + SOON, R.tenant_not_live)


def suppressed(facts: Facts, _candidate: Candidate, _now: datetime) -> Verdict:
    return Block(R.suppressed) if facts.contact_suppressed or facts.address_suppressed else Allow()


def provider_dnd(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    if not candidate.gated or facts.provider_allows:
        return Allow()
    return Block(R.provider_dnd) if facts.provider_allows is False else Defer(now + SOON, R.fact_missing)


def replied_already(facts: Facts, candidate: Candidate, _now: datetime) -> Verdict:
    if facts.reply_unsure:
        return Block(R.reply_waiting)
    if not facts.replied or candidate.on_reply is OnReply.go_on:
        return Allow()
    return Block(R.replied_already if candidate.on_reply is OnReply.stop else R.reply_waiting)


def closed_address(facts: Facts, _candidate: Candidate, _now: datetime) -> Verdict:
    return Block(R.closed_address) if facts.has_address is False else Allow()


def no_consent(facts: Facts, candidate: Candidate, _now: datetime) -> Verdict:
    return Block(R.no_consent) if facts.consent is False else Allow()


def being_handled(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    return Defer(facts.held_until, R.being_handled) if facts.held_until and facts.held_until > now else Allow()
