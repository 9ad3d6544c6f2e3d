"""From a wish to send to final bytes, or to the enrollment's note why not (yet). No database, no network."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from modules.accounts import CURRENCY, Account, unit_price_micros
from modules.channels import QUARANTINE, EnvelopeFacts, Message, channel_for
from modules.contacts import Address, Contact
from modules.content import MissingVariable, RenderProblem, render_message
from modules.ids import TouchId
from modules.labels import ChannelName, NextChannel
from modules.policy import (
    Candidate,
    Decision,
    Facts,
    GuardReason,
)
from modules.sequences import (
    EnrollmentChange,
    EnrollmentState,
    Snapshot,
    first_due,
    whose_instant,
)
from modules.touches import Arming
from utils.digest import hash_text
from utils.frozen import quickly_made
from utils.unsubscribe_links import link_keys, unsubscribe_token
from utils.uuid7 import uuid7
from workers.candidate import Wish
from workers.context import Deps
from workers.decision_note import note_of
from workers.dress import dress

SAFETY_NET = timedelta(minutes=5)


@quickly_made
@dataclass(frozen=True)
class Way:
    """How a touch goes out: the number or address it is sent from, how many others are left, the person's id there."""

    sender: str | None
    spare: int
    contact_ref: str | None


@quickly_made
@dataclass(frozen=True)
class Ready:
    """A touch to be written, its message, and the enrollment's timer."""

    arming: Arming
    message: Message
    change: EnrollmentChange


def compose(
    deps: Deps,
    account: Account,
    wish: Wish,
    candidate: Candidate,
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
        way_out = way_out_of(deps, account, address, candidate) if account.channel is ChannelName.email else ""
        dressed = dress(rendered, account.channel, contact, facts, way_out, now)
    except MissingVariable as problem:
        return held(wish.snapshot, GuardReason.missing_variable, problem.name)
    except RenderProblem as problem:
        return held(wish.snapshot, GuardReason.not_renderable, type(problem).__name__)
    rendered, to_address = dressed.rendered, address.value if candidate.target is None else candidate.target
    touch_id = TouchId(uuid7(now))
    channel = channel_for(account.provider, account.channel)
    outside = EnvelopeFacts(
        touch_id,
        deps.settings.public_url,
        decision.window_seconds,
        unsubscribe_url=way_out or None,
        armed_at=now,
        sender=way.sender,
        assistant=wish.step.content.assistant,
        contact_ref=way.contact_ref,
        variables=flat_variables(contact, dressed.opening) if dressed.opening else {},
        opening=dressed.opening,
    )
    envelope = channel.compose(account, outside)
    message = Message(touch_id, to_address, rendered.subject, rendered.body, envelope)
    snapshot, confirm_by = wish.snapshot, now + channel.policy.expire
    price = unit_price_micros(account.settings)
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
        to_address=to_address,
        subject=rendered.subject,
        body=rendered.body,
        body_hash=hash_text(rendered.body),
        envelope=envelope,
        sender=way.sender,
        armed_at=now,
        look_at=now + QUARANTINE,
        confirm_by=confirm_by,
        decision=note_of(facts, decision) | _of_step(wish, candidate, way, now) | dict(dressed.added),
        cost_micros=price,
        cost_currency=None if price is None else CURRENCY,
        cost_source=None if price is None else "price_list",
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


def way_out_of(deps: Deps, account: Account, address: Address, candidate: Candidate) -> str:
    """The link below a mail that ends it with one click. A tester's click ends nothing for the person it is for."""
    key = link_keys(deps.settings.secret_key)[0]
    whose = address.id if candidate.target is None else UUID(int=0)
    return f"{deps.settings.public_url}/u/{unsubscribe_token(key, account.client_id, whose)}"


def flat_variables(contact: Contact, opening: str) -> dict[str, str]:
    """What an assistant's own texts may read, one level deep; `opening` is for its begin message."""
    own = {"first_name": contact.first_name, "last_name": contact.last_name, "client_name": contact.client_name}
    own["opening"] = opening
    plain = {name: str(value) for name, value in contact.fields.items() if isinstance(value, str | int | float)}
    return plain | {name: value for name, value in own.items() if value}


def _of_step(wish: Wish, candidate: Candidate, way: Way, now: datetime) -> dict[str, Any]:
    return {
        "version": wish.snapshot.version,
        "due_at": first_due(wish.snapshot, now).isoformat(),
        **({"spare_senders": way.spare} if way.spare else {}),
        **({} if candidate.target is None else {"redirected": True}),
    }


def held(snapshot: Snapshot, reason: GuardReason, detail: str = "") -> EnrollmentChange:
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
        {"reason": str(reason), "step": snapshot.step or "", "detail": detail, **whose_instant(snapshot)},
    )
