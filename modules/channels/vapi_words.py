"""Vapi's calls and refusals in our words.

Sources: Vapi's OpenAPI document of 2026-08-18 (Call, Artifact, server messages), docs of the same commit; what a 400
says is known from the field alone (copies read 2026-11-20 and 2026-11-21). A call is a success only when it ended for
an answered reason and the callee spoke: "answered" alone also covers calls in which nobody said a word.
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
from modules.channels.vapi_reasons import SILENCE, end_of, never_connected
from modules.ids import TouchId
from modules.labels import CallDetails, CallEnd, TouchState
from utils.clock import parse_instant

CALL_ID = re.compile(r"[0-9a-zA-Z_-]{8,64}")
OUTBOUND, INBOUND = "outboundPhoneCall", "inboundPhoneCall"
LONGEST_WORD = 200

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MONEY = re.compile(r"credit|wallet|billing|subscription|frozen|payment")
_OURS = re.compile(r"assistantid|phonenumberid|credentialid|couldn't get|not found|does not exist|there is no")
_RECORDINGS = ("recording", "recordingUrl", "stereoRecordingUrl", "presignedMonoUrl", "presignedStereoUrl")

Found = Mapping[str, object]

_ANSWERED: Mapping[Heard, tuple[TouchState | None, CallEnd | None]] = {
    Heard.person: (TouchState.completed, None),
    Heard.machine: (TouchState.failed, CallEnd.uncertain),
    Heard.nobody: (TouchState.failed, CallEnd.nobody_spoke),
    Heard.unrecorded: (None, None),
}


@dataclass(frozen=True)
class CallSeen:
    """One call as Vapi shows it."""

    id: str
    status: str
    reason: str | None
    heard: Heard
    reference: TouchId | None
    at: datetime | None
    cost_micros: int | None
    details: CallDetails


def read_call(call: Found, report: Found | None = None) -> CallSeen | None:
    """A Call resource, with what its report says beside it; None without an id."""
    more = report or {}
    call_id = text_in(call, "id")
    if call_id is None or not CALL_ID.fullmatch(call_id):
        return None
    outside = [more, call]
    places = [*outside, part_of(more, "artifact"), part_of(call, "artifact")]
    started, ended = (first_time(outside, name) for name in ("startedAt", "endedAt"))
    transcript = first_text(places, "transcript")
    recorded = any(place.get(name) for place in places for name in _RECORDINGS)
    summaries = [part_of(more, "analysis"), part_of(call, "analysis"), more]
    details = CallDetails(
        started_at=started,
        ended_at=ended,
        transcript=transcript,
        recording=f"/call/{call_id}/mono-recording" if recorded else None,
        summary=first_text(summaries, "summary"),
    )
    return CallSeen(
        id=call_id,
        status=(text_in(call, "status") or "unstated")[:LONGEST_WORD],
        reason=first_text(outside, "endedReason"),
        heard=hear((record for place in places for record in records_in(place)), transcript),
        reference=reference_of(call),
        at=ended or first_time(outside, "updatedAt") or time_of_message(more),
        cost_micros=micros_of(more.get("cost", call.get("cost"))),
        details=details,
    )


def describe(seen: CallSeen, source: str, *, whole: bool) -> Fact:
    """The fact behind a call. `source` goes before the evidence id; `whole`: this is the report or the call itself, in
    which what was said would stand."""
    ended = seen.status == "ended"
    word = (seen.reason if ended and seen.reason else seen.status)[:LONGEST_WORD]
    state, end = settle(seen, whole=whole)
    return Fact(
        state=state,
        provider_id=seen.id,
        provider_status=word,
        evidence_id=f"{source}{seen.id}:{word}",
        at=seen.at,
        reference=seen.reference,
        reason=end,
        cost_micros=seen.cost_micros if whole and ended else None,
        cost_currency="USD" if whole and ended and seen.cost_micros is not None else None,
        call=seen.details if whole and ended else None,
    )


def settle(seen: CallSeen, *, whole: bool) -> tuple[TouchState | None, CallEnd | None]:
    """What a call's end means. None: it goes on, or what proves the one or the other is not here yet."""
    if seen.status != "ended" or not seen.reason or not (whole or never_connected(seen.reason)):
        return None, None
    end = end_of(seen.reason)
    if end is None:
        return _ANSWERED[seen.heard]
    if end is CallEnd.cancelled:
        talked = seen.heard is not Heard.unrecorded or seen.details.started_at is not None
        return (TouchState.failed, CallEnd.broken_off) if talked else (TouchState.cancelled, end)
    if seen.reason == SILENCE and seen.heard is Heard.nobody:
        return TouchState.failed, CallEnd.nobody_spoke
    if seen.heard is Heard.person and never_connected(seen.reason):
        return TouchState.failed, CallEnd.uncertain  # it contradicts itself: never called again by itself
    return TouchState.failed, end


def records_in(place: Found) -> Iterator[list[Turn]]:
    """The turns of the talk, in each form in which Vapi lists them."""
    for name, words in (("messages", "message"), ("messagesOpenAIFormatted", "content")):
        given = place.get(name)
        turns = [turn for turn in given if isinstance(turn, dict)] if isinstance(given, list) else []
        yield [(role, text_in(turn, words) or "") for turn in turns if (role := text_in(turn, "role"))]


def reference_of(call: Found) -> TouchId | None:
    """Our touch id, which travels as the call's name, the customer's external id and in the metadata."""
    metadata = part_of(part_of(call, "assistantOverrides"), "metadata")
    places = ((call, "name"), (part_of(call, "customer"), "externalId"), (metadata, "touch"))
    given = (text_in(place, name) or "" for place, name in places)
    return next((TouchId(UUID(one)) for one in given if _UUID.fullmatch(one)), None)


def is_nameless(call: Found) -> bool:
    """It carries no reference at all, so it may be anybody's."""
    return not text_in(call, "name") and not text_in(part_of(call, "customer"), "externalId")


def read_refusal(status: int, body: Found) -> NotSent | Rejected | Unknown:
    """A 4xx of POST /call. Validation is about this call; unknown resources, money and limits are about the account.

    "Over Concurrency Limit" is said before anything is dialled. The daily limit of a number bought at Vapi lasts until
    the next day (UTC) and is lifted by importing a number, so a person is told. 409 is in no document: doubt.
    """
    if status == 409:
        return Unknown("http_409")
    words = words_of(body)
    if is_concurrency(words):
        return NotSent("capacity")
    code = code_of(status, words)
    return Rejected(permanent=code == "validation", code=code, reason=f"vapi_{code}")


def is_concurrency(words: str) -> bool:
    return "concurrency" in words


def words_of(body: Found) -> str:
    """What a refusal says, in lower case: `message` is a text or a list of texts."""
    given = body.get("message")
    parts = given if isinstance(given, list) else [given]
    return " ".join(part for part in parts if isinstance(part, str)).lower()


def code_of(status: int, words: str) -> str:
    if status not in (400, 422) or not words:
        return f"http_{status}"
    if "daily" in words and "limit" in words:
        return "daily_limit"
    if _MONEY.search(words):
        return "billing"
    return "resources" if _OURS.search(words) else "validation"


def part_of(found: Found, name: str) -> Found:
    """A field that must be an object; empty for anything else."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def first_text(places: list[Found], name: str) -> str | None:
    return next((text for place in places if (text := text_in(place, name))), None)


def time_in(found: Found, name: str) -> datetime | None:
    """An instant as Vapi writes it: 2026-11-21T09:00:00.000Z."""
    try:
        return parse_instant(text_in(found, name) or "")
    except ValueError:
        return None


def first_time(places: list[Found], name: str) -> datetime | None:
    return next((instant for place in places if (instant := time_in(place, name))), None)


def time_of_message(message: Found) -> datetime | None:
    """A server message's `timestamp`: milliseconds since 1970."""
    given = message.get("timestamp")
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 1e14:
        return None
    return datetime.fromtimestamp(given / 1000, UTC)


def micros_of(cost: object) -> int | None:
    """Dollars as micros; a call of more than 1000 dollars is no cost but a mistake."""
    if isinstance(cost, bool) or not isinstance(cost, int | float) or not 0 <= cost <= 1000:
        return None
    return int((Decimal(str(cost)) * 1_000_000).to_integral_value())
