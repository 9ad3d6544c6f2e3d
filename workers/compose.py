"""From a wish to send to final bytes, or to the enrollment's note why not (yet). No database, no network."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from modules.accounts import Account
from modules.channels import QUARANTINE, EnvelopeFacts, Gate, Message, channel_for
from modules.contacts import Address, Contact
from modules.content import MissingVariable, RenderProblem, call_opening, language_of, render_message
from modules.ids import TouchId
from modules.labels import ChannelName, NextChannel
from modules.policy import (
    EFFECTS,
    Block,
    Candidate,
    Decision,
    Defer,
    Effect,
    Facts,
    GuardReason,
    OpenWindow,
    Place,
    place_of_person,
)
from modules.sequences import (
    Definition,
    EnrollmentChange,
    EnrollmentState,
    Hold,
    Snapshot,
    Step,
    Stop,
    StopReason,
    apply,
    first_due,
    skip,
)
from modules.touches import Arming
from utils.uuid7 import uuid7
from workers.context import Deps

SAFETY_NET = timedelta(minutes=5)
SHORTEST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=60)
PATIENT = frozenset(
    {
        GuardReason.kill_switch,
        GuardReason.tenant_not_live,
        GuardReason.fact_missing,
        GuardReason.being_handled,
        GuardReason.address_in_flight,
        GuardReason.on_a_call_now,
    }
)
"""Reasons without an end of their own: each repetition doubles the wait, 5 to 60 minutes."""


@dataclass(frozen=True)
class Wish:
    """A step that wants to leave."""

    snapshot: Snapshot
    definition: Definition
    step: Step
    attempt: int


@dataclass(frozen=True)
class Way:
    """How a touch goes out: the number or address it is sent from, how many others are left, the person's id there."""

    sender: str | None
    spare: int
    contact_ref: str | None


@dataclass(frozen=True)
class Ready:
    """A touch to be written, its message, and the enrollment's timer."""

    arming: Arming
    message: Message
    change: EnrollmentChange


def candidate_of(wish: Wish, account: Account, address: Address | None, now: datetime) -> Candidate:
    windows = tuple(
        OpenWindow(one.days, one.start.hour * 60 + one.start.minute, one.end.hour * 60 + one.end.minute)
        for one in wish.definition.windows
    )
    return Candidate(
        client_id=wish.snapshot.client_id,
        contact_id=wish.snapshot.contact_id,
        account_id=account.id,
        address_id=address.id if address else None,
        channel=account.channel,
        due_at=first_due(wish.snapshot, now),
        max_lateness=wish.step.max_lateness,
        windows=windows,
        since=wish.snapshot.enrolled_at,
        on_reply=wish.step.on_reply,
        gated=isinstance(channel_for(account.provider, account.channel), Gate),
    )


def place_of(channel: ChannelName, contact: Contact, address: Address | None, otherwise: str) -> Place:
    """Everywhere the person may be; `otherwise` is the zone in which a sequence's own hours count."""
    return place_of_person(channel, address.value if address else None, contact.fields, contact.time_zone, otherwise)


def withhold(wish: Wish, decision: Decision, now: datetime) -> EnrollmentChange | None:
    """The enrollment's row when the verdict is not Allow; None when the touch may leave."""
    verdict = decision.verdict
    if isinstance(verdict, Defer):
        row = apply(wish.snapshot, Hold(_until(wish.snapshot, verdict, now), verdict.reason), now)
        return replace(row, decision={**(row.decision or {}), "rule": verdict.rule}) if row and verdict.rule else row
    if isinstance(verdict, Block):
        return _blocked(wish, verdict, now)
    return None


def compose(
    deps: Deps,
    account: Account,
    wish: Wish,
    decision: Decision,
    facts: Facts,
    contact: Contact,
    address: Address,
    way: Way,
    now: datetime,
) -> Ready | EnrollmentChange:
    """The touch with its final bytes. A message that cannot be rendered whole holds the enrollment for a person."""
    try:
        rendered = render_message(wish.step.content, variables_of(contact), account.channel, wish.definition.fallbacks)
        if account.channel is ChannelName.voice:
            rendered = replace(rendered, body=_opened(rendered.body, contact, facts))
    except MissingVariable as problem:
        return _held(wish.snapshot, GuardReason.missing_variable, problem.name)
    except RenderProblem as problem:
        return _held(wish.snapshot, GuardReason.not_renderable, type(problem).__name__)
    touch_id = TouchId(uuid7(now))
    channel = channel_for(account.provider, account.channel)
    outside = EnvelopeFacts(
        touch_id,
        deps.settings.public_url,
        decision.window_seconds,
        armed_at=now,
        sender=way.sender,
        assistant=wish.step.content.assistant,
        contact_ref=way.contact_ref,
        variables=_flat_variables(contact) if account.channel is ChannelName.voice else {},
    )
    envelope = channel.compose(account, outside)
    message = Message(touch_id, address.value, rendered.subject, rendered.body, envelope)
    snapshot, confirm_by = wish.snapshot, now + channel.policy.expire
    arming = Arming(
        id=touch_id,
        client_id=snapshot.client_id,
        account_id=account.id,
        origin="step",
        origin_id=snapshot.enrollment_id,
        part=snapshot.visit,
        attempt=wish.attempt,
        enrollment_id=snapshot.enrollment_id,
        step=wish.step.key,
        contact_id=snapshot.contact_id,
        channel=account.channel,
        provider=account.provider,
        to_address=address.value,
        subject=rendered.subject,
        body=rendered.body,
        body_hash=hashlib.sha256(rendered.body.encode()).hexdigest(),
        envelope=envelope,
        sender=way.sender,
        armed_at=now,
        look_at=now + QUARANTINE,
        confirm_by=confirm_by,
        decision=_record(wish, facts, decision, way, now),
    )
    waiting = EnrollmentChange(
        snapshot.enrollment_id,
        snapshot.status,
        None,
        snapshot.step,
        snapshot.visit,
        NextChannel.settle,
        confirm_by + SAFETY_NET,
        True,
        touch_id,
        None,
    )
    return Ready(arming, message, waiting)


def variables_of(contact: Contact) -> dict[str, object]:
    """What templates may read about a person."""
    own = {"first_name": contact.first_name, "last_name": contact.last_name}
    return {"contact": {**contact.fields, **own}, "client": {"name": contact.client_name}}


def _opened(briefing: str, contact: Contact, facts: Facts) -> str:
    """A call's briefing with the first words, which code owns: who calls, that it is an AI, that it is recorded."""
    language = language_of(str(contact.fields.get("language") or ""))
    words = call_opening("", contact.client_name, language, facts.states or (), recorded=True)
    return f'Open the call with exactly these words: "{words}"\n\n{briefing}'


def _flat_variables(contact: Contact) -> dict[str, str]:
    """What an assistant's own texts may read, one level deep."""
    own = {"first_name": contact.first_name, "last_name": contact.last_name, "client_name": contact.client_name}
    plain = {name: str(value) for name, value in contact.fields.items() if isinstance(value, str | int | float)}
    return plain | {name: value for name, value in own.items() if value}


def _record(wish: Wish, facts: Facts, decision: Decision, way: Way, now: datetime) -> dict[str, Any]:
    """The compact answer to «why this message», stored with the touch."""
    return {
        "verdict": "allow",
        "version": wish.snapshot.version,
        "due_at": first_due(wish.snapshot, now).isoformat(),
        "consent": facts.consent,
        "zones": sorted(facts.zones or ()),
        "states": sorted(facts.states),
        "evidence": [[one.source, *sorted(one.zones), *sorted(one.states)] for one in facts.evidence],
        "rule": decision.rule,
        "window_seconds": decision.window_seconds,
        "sent_last_day": facts.sent_last_day,
        "sent_to_person": facts.sent_to_person,
        **({"spare_senders": way.spare} if way.spare else {}),
        **({"provider_dnd": "clear"} if facts.provider_allows else {}),
    }


def _until(snapshot: Snapshot, verdict: Defer, now: datetime) -> datetime:
    if verdict.reason not in PATIENT:
        return verdict.until
    noted = snapshot.decision or {}
    if noted.get("reason") != verdict.reason:
        return max(verdict.until, now + SHORTEST_WAIT)
    before = datetime.fromisoformat(noted["until"]) - datetime.fromisoformat(noted["at"])
    return max(verdict.until, now + min(LONGEST_WAIT, max(SHORTEST_WAIT, before * 2)))


def _blocked(wish: Wish, verdict: Block, now: datetime) -> EnrollmentChange | None:
    reason, rule = verdict.reason, {"rule": verdict.rule} if verdict.rule else {}
    effect = EFFECTS[reason]
    if effect is Effect.hold:
        return _held(wish.snapshot, reason, verdict.rule or "")
    ends = effect is Effect.end_enrollment
    why = StopReason.replied if reason is GuardReason.replied_already else StopReason.suppressed
    plan = Stop(why) if ends else skip(wish.snapshot, wish.definition, now)
    row = apply(wish.snapshot, plan, now)
    note = {"skipped": wish.step.key, "reason": str(reason), "at": now.isoformat(), **rule}
    return replace(row, decision=note) if row else None


def _held(snapshot: Snapshot, reason: GuardReason, detail: str = "") -> EnrollmentChange:
    return EnrollmentChange(
        snapshot.enrollment_id,
        EnrollmentState.held,
        reason,
        snapshot.step,
        snapshot.visit,
        snapshot.next_channel,
        snapshot.due_at,
        False,
        None,
        {"reason": str(reason), "step": snapshot.step or "", "detail": detail},
    )
