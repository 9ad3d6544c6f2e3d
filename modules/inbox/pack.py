"""Facts and inbound events as JSON and back: what is kept today must be understood whole when it can be placed."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from modules.channels import Click, Fact, Inbound
from modules.ids import TouchId
from modules.labels import CallDetails, ChannelName, InboundKind, SuppressionReason, TouchState

Packed = dict[str, object]


def pack_fact(fact: Fact) -> Packed:
    """Every field of it."""
    return {
        "state": fact.state,
        "provider_id": fact.provider_id,
        "status": fact.provider_status,
        "evidence_id": fact.evidence_id,
        "at": _text(fact.at),
        "reference": str(fact.reference) if fact.reference else None,
        "reason": fact.reason,
        "suppress": fact.suppress,
        "cost_micros": fact.cost_micros,
        "cost_currency": fact.cost_currency,
        "call": _pack_call(fact.call),
        "click": {"at": _text(fact.click.at), "user_agent": fact.click.user_agent} if fact.click else None,
    }


def unpack_fact(packed: Mapping[str, object]) -> Fact:
    """The fact again; KeyError or ValueError for what pack_fact did not write."""
    state, suppress, cost = packed["state"], packed["suppress"], packed["cost_micros"]
    return Fact(
        state=TouchState(str(state)) if state else None,
        provider_id=str(packed["provider_id"]),
        provider_status=str(packed["status"]),
        evidence_id=str(packed["evidence_id"]),
        at=_instant(packed["at"]),
        reference=_touch(packed["reference"]),
        reason=_word(packed["reason"]),
        suppress=SuppressionReason(str(suppress)) if suppress else None,
        cost_micros=cost if isinstance(cost, int) else None,
        cost_currency=_word(packed["cost_currency"]),
        call=_unpack_call(packed["call"]),
        click=_unpack_click(packed.get("click")),
    )


def clues_of(event: Inbound) -> Packed:
    """What tells whom it is from beside the address; empty when the provider said nothing."""
    clues: Packed = {
        "contact_ref": event.contact_ref,
        "reference": str(event.reference) if event.reference else None,
        "answers": list(event.answers),
    }
    return {name: value for name, value in clues.items() if value}


def pack_inbound(event: Inbound) -> Packed:
    """Every field of it."""
    return {
        "event_key": event.event_key,
        "from": event.from_address,
        "to": event.to_address,
        "text": event.text,
        "opted_out": event.opted_out,
        "channel": event.channel,
        "kind": event.kind,
        "subject": event.subject,
        "at": _text(event.at),
        "call": _pack_call(event.call),
        "clues": clues_of(event),
        "said": dict(event.payload),
    }


def unpack_inbound(packed: Mapping[str, object]) -> Inbound:
    """The event again; KeyError or ValueError for what pack_inbound did not write."""
    clues, said = packed["clues"], packed["said"]
    clues = clues if isinstance(clues, dict) else {}
    return Inbound(
        event_key=str(packed["event_key"]),
        from_address=str(packed["from"]),
        to_address=str(packed["to"]),
        text=str(packed["text"]),
        opted_out=packed["opted_out"] is True,
        payload={str(name): str(value) for name, value in said.items()} if isinstance(said, dict) else {},
        channel=ChannelName(str(packed["channel"])),
        kind=InboundKind(str(packed["kind"])),
        subject=_word(packed["subject"]),
        at=_instant(packed["at"]),
        reference=_touch(clues.get("reference")),
        answers=tuple(str(one) for one in clues.get("answers", ())),
        contact_ref=_word(clues.get("contact_ref")),
        call=_unpack_call(packed["call"]),
    )


def _pack_call(call: CallDetails | None) -> Packed | None:
    if call is None:
        return None
    return {
        "started_at": _text(call.started_at),
        "ended_at": _text(call.ended_at),
        "transcript": call.transcript,
        "recording": call.recording,
        "summary": call.summary,
    }


def _unpack_call(packed: object) -> CallDetails | None:
    if not isinstance(packed, dict):
        return None
    return CallDetails(
        started_at=_instant(packed["started_at"]),
        ended_at=_instant(packed["ended_at"]),
        transcript=_word(packed["transcript"]),
        recording=_word(packed["recording"]),
        summary=_word(packed["summary"]),
    )


def _unpack_click(packed: object) -> Click | None:
    """What was kept before clicks were known has none."""
    if not isinstance(packed, dict):
        return None
    return Click(_instant(packed["at"]), str(packed["user_agent"]))


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _touch(value: object) -> TouchId | None:
    return TouchId(UUID(value)) if isinstance(value, str) else None
