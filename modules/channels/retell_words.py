"""Retell's calls and refusals in our words.

Sources: retell-sdk 6.2.13, generated from Retell's own specification (phone_call_response, call_list_response; read
2026-11-21); docs as copied 2026-11-20. What a refusal says is known from the field alone. A call is a success only when
it ended for an answered reason, a person was heard, and Retell does not say that it was a voicemail.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from modules.channels.answers import text_in
from modules.channels.call_speech import Heard, Turn, hear
from modules.channels.models import Fact, NotSent, Rejected, Unknown
from modules.channels.retell_reasons import ASKED_TO_STOP, NEVER_CONNECTED, SILENCE, end_of
from modules.ids import TouchId
from modules.labels import CallDetails, CallEnd, SuppressionReason, TouchState

CALL_ID = re.compile(r"[0-9a-zA-Z_-]{8,64}")
OUTBOUND, INBOUND = "outbound", "inbound"
LONGEST_WORD = 200

_OVER = frozenset({"ended", "not_connected", "error"})
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MONEY = re.compile(r"payment|balance|credit|billing|trial|budget")
_OURS = re.compile(r"from_number|from number|account|agent|version|asset|not found|cannot find|api key")
_TURNS = ("transcript_object", "transcript_with_tool_calls", "scrubbed_transcript_with_tool_calls")
_SPEAKERS = {"agent": "Agent", "user": "User", "transfer_target": "Transfer target"}
_RECORDINGS = ("recording_url", "recording_multi_channel_url", "scrubbed_recording_url")

Found = Mapping[str, object]

_ANSWERED: Mapping[Heard, tuple[TouchState | None, CallEnd | None]] = {
    Heard.person: (TouchState.completed, None),
    Heard.machine: (TouchState.failed, CallEnd.uncertain),
    Heard.nobody: (TouchState.failed, CallEnd.nobody_spoke),
    Heard.unrecorded: (None, None),
}


@dataclass(frozen=True)
class CallSeen:
    """One call as Retell shows it.

    `opened`: something shows that the line was open, whatever the reason says.
    """

    id: str
    status: str
    reason: str | None
    heard: Heard
    opened: bool
    voicemail: bool
    reference: TouchId | None
    at: datetime | None
    cost_micros: int | None
    details: CallDetails


def read_call(call: Found) -> CallSeen | None:
    """A call object, from a webhook, a list or asked for by its id; None without an id."""
    call_id = text_in(call, "call_id")
    if call_id is None or not CALL_ID.fullmatch(call_id):
        return None
    analysis, records = part_of(call, "call_analysis"), records_in(call)
    transcript = text_in(call, "transcript") or written_out(next(iter(records), [])) or None
    started, ended = (time_in(call, f"{name}_timestamp") for name in ("start", "end"))
    details = CallDetails(
        started_at=started,
        ended_at=ended,
        transcript=transcript,
        recording=f"/v2/get-call/{call_id}" if any(call.get(name) for name in _RECORDINGS) else None,
        summary=text_in(analysis, "call_summary") or None,
    )
    status = (text_in(call, "call_status") or "unstated")[:LONGEST_WORD]
    return CallSeen(
        id=call_id,
        status=status,
        reason=text_in(call, "disconnection_reason") or None,
        heard=hear(records, transcript),
        opened=status == "ended" or bool(transcript),
        voicemail=analysis.get("in_voicemail") is True,
        reference=reference_of(call),
        at=ended or started,
        cost_micros=micros_of(part_of(call, "call_cost").get("combined_cost")),
        details=details,
    )


def describe(seen: CallSeen, source: str, *, whole: bool) -> Fact:
    """The fact behind a call. `source` goes before the evidence id; `whole`: the call itself, in which what was said
    would stand (a list leaves it out)."""
    over = seen.status in _OVER
    word = (seen.reason if over and seen.reason else seen.status)[:LONGEST_WORD]
    state, end = settle(seen, whole=whole)
    told = whole and over
    return Fact(
        state=state,
        provider_id=seen.id,
        provider_status=word,
        evidence_id=f"{source}{seen.id}:{word}",
        at=seen.at,
        reference=seen.reference,
        reason=end,
        suppress=SuppressionReason.opted_out if over and seen.reason == ASKED_TO_STOP else None,
        cost_micros=seen.cost_micros if told else None,
        cost_currency="USD" if told and seen.cost_micros is not None else None,
        call=seen.details if told else None,
    )


def settle(seen: CallSeen, *, whole: bool) -> tuple[TouchState | None, CallEnd | None]:
    """What a call's end means. None: it goes on, or what proves the one or the other is not here yet."""
    if seen.status not in _OVER or not seen.reason:
        return None, None
    end = end_of(seen.reason)
    if end in NEVER_CONNECTED:
        # heard in part, or the record contradicts itself: never called again by itself
        return TouchState.failed, CallEnd.broken_off if seen.opened else end
    if not whole:
        return None, None
    if end is None:
        return _settle_answered(seen)
    if seen.reason == SILENCE and seen.voicemail:
        return TouchState.failed, CallEnd.voicemail
    if end is CallEnd.cancelled:
        return (TouchState.failed, CallEnd.broken_off) if seen.opened else (TouchState.cancelled, end)
    if seen.reason == SILENCE and seen.heard is Heard.nobody:
        return TouchState.failed, CallEnd.nobody_spoke
    return TouchState.failed, end


def _settle_answered(seen: CallSeen) -> tuple[TouchState | None, CallEnd | None]:
    if seen.status != "ended":
        return TouchState.failed, CallEnd.uncertain
    if seen.voicemail:
        return TouchState.failed, CallEnd.voicemail  # its greeting stands there as the user's words
    return _ANSWERED[seen.heard]


def records_in(call: Found) -> list[list[Turn]]:
    """The turns of the talk, in each form in which Retell lists them; tools and tones are no turns."""
    return [turns for name in _TURNS if (turns := list(_turns(call.get(name))))]


def _turns(given: object) -> Iterator[Turn]:
    for turn in given if isinstance(given, list) else []:
        role = text_in(turn, "role") if isinstance(turn, dict) else None
        if role in _SPEAKERS:
            yield role, text_in(turn, "content") or ""


def written_out(turns: list[Turn]) -> str:
    """The talk as Retell itself writes it out: one line for each turn."""
    return "\n".join(f"{_SPEAKERS[role]}: {' '.join(words.split())}" for role, words in turns)


def reference_of(call: Found) -> TouchId | None:
    """Our touch id, which travels in the call's metadata."""
    given = text_in(part_of(call, "metadata"), "touch") or ""
    return TouchId(UUID(given)) if _UUID.fullmatch(given) else None


def read_refusal(status: int, body: Found) -> NotSent | Rejected | Unknown:
    """A 4xx of create-phone-call. What it says of the other number is about this call; agent, our number, key and money
    are about the account.

    What Retell answers to the same key with other bytes is not documented: all that speaks of the key is doubt, for the
    first request may have been taken.
    """
    words = words_of(body)
    if "idempoten" in words:
        return Unknown("idempotency_conflict")
    if status == 409:
        return Unknown("http_409")
    if is_concurrency(words):
        return NotSent("capacity")
    code = code_of(status, words)
    return Rejected(permanent=code == "validation", code=code, reason=f"retell_{code}")


def is_concurrency(words: str) -> bool:
    return "concurren" in words


def words_of(body: Found) -> str:
    """What a refusal says, in lower case."""
    return " ".join(text_in(body, name) or "" for name in ("message", "error_message")).strip().lower()


def code_of(status: int, words: str) -> str:
    if status == 402 or (status in (400, 422) and _MONEY.search(words)):
        return "billing"
    if status not in (400, 422) or not words:
        return f"http_{status}"
    return "resources" if "to_number" not in words and _OURS.search(words) else "validation"


def part_of(found: Found, name: str) -> Found:
    """A field that must be an object; empty for anything else."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def time_in(found: Found, name: str) -> datetime | None:
    """An instant as Retell gives it: milliseconds since 1970."""
    given = found.get(name)
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 1e14:
        return None
    return datetime.fromtimestamp(given / 1000, UTC)


def micros_of(cents: object) -> int | None:
    """Cents as micros of a dollar; a call of more than 1000 dollars is no cost but a mistake."""
    if isinstance(cents, bool) or not isinstance(cents, int | float) or not 0 <= cents <= 100_000:
        return None
    return int((Decimal(str(cents)) * 10_000).to_integral_value())
