"""The life of a call at Retell: registered, ongoing, then ended, not_connected or error; and the analysis after it.

Sources: docs reliability/debug-call-disconnect (reasons and their statuses) and features/webhook (a call that never
connected has no call_started, but call_ended and call_analyzed). When such a call's start_timestamp is set is not
documented: here it is the first ring, so that it can be listed.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from scripts.sandbox.calls import make_answered, record_ending
from scripts.sandbox.faults import Fates
from scripts.sandbox.lines import hurry, make_dead
from scripts.sandbox.retell_posting import tell
from scripts.sandbox.retell_records import RetellCall
from scripts.sandbox.world import World

NO_LINE = "concurrency_limit_reached"
ANSWERED = frozenset(("user_hangup", "agent_hangup", "call_transfer", "transfer_bridged", "max_duration_reached"))
RINGS_OUT = frozenset(("dial_busy", "dial_no_answer", "user_declined"))
NOT_CONNECTED = RINGS_OUT | {
    "dial_failed",
    "invalid_destination",
    "telephony_provider_permission_denied",
    "telephony_provider_unavailable",
    "sip_routing_error",
    "marked_as_spam",
    "network_blocked",
    "user_requested_dnc",
}
NEVER_DIALLED_ERRORS = frozenset(
    (NO_LINE, "no_concurrency_fallback", "no_valid_payment", "registered_call_timeout", "error_user_not_joined")
)
AT_ONCE = timedelta(seconds=1)


def bend(world: World, call: RetellCall, fates: Fates) -> None:
    """Let a fault change how this call goes."""
    early, outcome = fates.get("early"), fates.get("outcome")
    if early is not None:
        call.line = hurry(call.line, early.code)
    match outcome.name if outcome else None:
        case "concurrency_limit":
            end_as(world, call, NO_LINE)
        case "ended_reason" if outcome and outcome.code:
            end_as(world, call, outcome.code)
        case "slow_queue" if outcome:
            call.line = replace(call.line, dialling=call.line.dialling + timedelta(seconds=outcome.delay))


def end_as(world: World, call: RetellCall, reason: str) -> None:
    """A scripted end: without a ring, after ringing in vain, or on an open line, as the word has it."""
    call.dies_of = reason
    if reason in NOT_CONNECTED or reason in NEVER_DIALLED_ERRORS:
        call.line = make_dead(call.line, rings=reason in RINGS_OUT, after=AT_ONCE)
    else:
        call.line = make_answered(world, call.id, call.line)


def status_of(reason: str) -> str:
    if reason in NOT_CONNECTED:
        return "not_connected"
    errors = reason in NEVER_DIALLED_ERRORS or reason.startswith("error_") or reason == "scam_detected"
    return "error" if errors else "ended"


def reason_of(world: World, call: RetellCall) -> str:
    """How this person's call ends. An undetected voicemail looks answered: its greeting stands there as the user's."""
    if call.dies_of is not None:
        return call.dies_of
    first_half = world.draw.number("ended by", call.id) < 0.5
    match call.line.persona:
        case "busy":
            return "dial_busy"
        case "no_answer":
            return "dial_no_answer"
        case "voicemail" if call.detects_voicemail:
            return "voicemail_reached"
        case "silent":
            return "inactivity" if first_half else "agent_hangup"
        case "opts_out":
            return "user_hangup"
        case "books":
            return "agent_hangup"
    return "user_hangup" if first_half else "agent_hangup"


def plan_life(world: World, call: RetellCall, at: datetime) -> None:
    world.schedule.add(at + call.line.dialling, call.id, lambda due: dial(world, call, due))


async def dial(world: World, call: RetellCall, at: datetime) -> int:
    """Ring, unless nothing is to ring; no event tells of ringing, so nothing but the ledger knows."""
    if not call.line.rings:
        return await end(world, call, at)
    if call.acceptance is not None:
        call.acceptance.record_fact("ringing", at)
    if call.line.opens:
        world.schedule.add(at + call.line.ringing, call.id, lambda due: pick_up(world, call, due))
        return 0
    begun = at
    world.schedule.add(at + call.line.ringing, call.id, lambda due: end(world, call, due, begun))
    return 0


async def pick_up(world: World, call: RetellCall, at: datetime) -> int:
    call.status, call.started_at, call.connected = "ongoing", at, True
    if call.acceptance is not None:
        call.acceptance.record_fact("ongoing", at, f"{call.id}:ongoing", f"poll:{call.id}:ongoing")
    world.schedule.add(at + call.line.talking, call.id, lambda due: end(world, call, due))
    return await tell(world, call, "call_started", at)


async def end(world: World, call: RetellCall, at: datetime, begun: datetime | None = None) -> int:
    """The call is over; the truth is written down, and the analysis follows."""
    reason = reason_of(world, call)
    call.status, call.reason, call.ended_at = status_of(reason), reason, at
    call.started_at = call.started_at or begun or at
    record_ending(world, call.acceptance, call.line, call.person, f"{call.id}:{reason}", reason in ANSWERED, at)
    world.schedule.add(at + call.line.closing, call.id, lambda due: analyze(world, call, due))
    return await tell(world, call, "call_ended", at)


async def analyze(world: World, call: RetellCall, at: datetime) -> int:
    call.analyzed = True
    return await tell(world, call, "call_analyzed", at)


def lines_in_use(world: World, api_key: str) -> int:
    return sum(call.active for call in world.retell_calls.values() if call.api_key == api_key)
