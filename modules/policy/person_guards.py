"""May this person be reached by this client, on this channel, at all?"""

from datetime import datetime, timedelta

from modules.labels import ChannelName, ConsentKind, OnReply, Purpose
from modules.policy.models import ALLOW, Block, Candidate, Defer, Facts, NoConsent, Verdict
from modules.policy.models import GuardReason as R

SOON = timedelta(minutes=5)


def known(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    needed = (facts.client_status, facts.sending_stopped, facts.contact_suppressed, facts.address_suppressed)
    counted = (facts.consent, facts.sent_last_day, facts.sent_to_person, facts.sent_just_now)
    placed = (facts.zones, facts.has_address, facts.replied, facts.reply_unsure, facts.possibly_sent)
    told = (facts.permits.platform_held, facts.texted_before)
    return Defer(now + SOON, R.fact_missing) if None in needed + counted + placed + told else ALLOW


def kill_switch(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    return Defer(now + SOON, R.kill_switch) if facts.sending_stopped else ALLOW


def tenant_not_live(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    """A client in test writes to nobody but the tester; where a provider sends to its own ids, not even there."""
    if candidate.target is not None and facts.client_status in ("live", "test"):
        reachable = bool(candidate.target) and not candidate.gated
        return ALLOW if reachable else Defer(now + SOON, R.tenant_not_live)
    return ALLOW if facts.client_status == "live" else Defer(now + SOON, R.tenant_not_live)


def suppressed(facts: Facts, _candidate: Candidate, _now: datetime) -> Verdict:
    return Block(R.suppressed) if facts.contact_suppressed or facts.address_suppressed else ALLOW


def provider_dnd(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    if not candidate.gated or facts.provider_allows:
        return ALLOW
    return Block(R.provider_dnd) if facts.provider_allows is False else Defer(now + SOON, R.fact_missing)


def replied_already(facts: Facts, candidate: Candidate, _now: datetime) -> Verdict:
    if facts.reply_unsure:
        return Block(R.reply_waiting)
    if not facts.replied or candidate.on_reply is OnReply.go_on:
        return ALLOW
    return Block(R.replied_already if candidate.on_reply is OnReply.stop else R.reply_waiting)


def possibly_sent(facts: Facts, _candidate: Candidate, _now: datetime) -> Verdict:
    """What may have left in a gap of the ledger leaves again only by a person's word (delivery protocol, section 7)."""
    return Block(R.possibly_sent) if facts.possibly_sent else ALLOW


def closed_address(facts: Facts, _candidate: Candidate, _now: datetime) -> Verdict:
    return Block(R.closed_address) if facts.has_address is False else ALLOW


def no_consent(facts: Facts, candidate: Candidate, now: datetime) -> Verdict:
    """Rule C-1: marketing by text or AI voice needs a written consent, and the voice one that names it; information
    needs an express one. Mail needs none in the United States, and a withdrawn one forbids it."""
    if facts.consent is False:
        return Block(R.no_consent, why=NoConsent.withdrawn_or_none)
    if candidate.channel is ChannelName.email or facts.consent is None:
        return ALLOW
    agreed = facts.agreement
    if agreed is None:
        return Block(R.no_consent, why=NoConsent.withdrawn_or_none)
    if agreed.expires_at and agreed.expires_at <= now:
        return Block(R.no_consent, why=NoConsent.expired)
    if candidate.purpose is Purpose.informational:
        # a soft opt-in is an idea of the law on mail
        weak = agreed.kind is ConsentKind.soft_opt_in
        return Block(R.no_consent, why=NoConsent.needs_express) if weak else ALLOW
    if agreed.kind is not ConsentKind.written:
        return Block(R.no_consent, why=NoConsent.needs_written)
    if candidate.channel is ChannelName.voice and not agreed.covers_ai_voice:
        return Block(R.no_consent, why=NoConsent.no_ai_voice)
    return ALLOW


def being_handled(facts: Facts, _candidate: Candidate, now: datetime) -> Verdict:
    return Defer(facts.held_until, R.being_handled) if facts.held_until and facts.held_until > now else ALLOW
