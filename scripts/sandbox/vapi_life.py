"""The life of a call at Vapi: queued, ringing, in-progress, ended, reported; and how each person's call ends.

Sources: spec of 2026-08-18 (Call.status, Call.endedReason) and docs calls/call-ended-reason. The report follows the end
by some seconds (post-processing), and until then GET shows no artifact.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from scripts.sandbox.calls import make_answered, record_ending
from scripts.sandbox.faults import Fates
from scripts.sandbox.lines import Line, hurry, make_dead
from scripts.sandbox.vapi_posting import REPORT, STATUS, tell
from scripts.sandbox.vapi_records import VapiCall, words_in
from scripts.sandbox.world import World
from utils.clock import parse_instant

TOO_LATE = "scheduled-call-deleted"
NO_TRANSPORT = "call.start.error-get-transport"
NO_LINE = "call.start.error-subscription-concurrency-limit-reached"
ANSWERED = words_in(
    "customer-ended-call assistant-ended-call assistant-said-end-call-phrase"
    " assistant-ended-call-with-hangup-task assistant-ended-call-after-message-spoken"
    " assistant-forwarded-call exceeded-max-duration vonage-completed"
    " call.in-progress.twilio-completed-call call.in-progress.sip-completed-call"
    " customer-ended-call-before-warm-transfer customer-ended-call-after-warm-transfer-attempt"
    " customer-ended-call-during-transfer"
)
RINGS_OUT = words_in(
    "customer-busy customer-did-not-answer vonage-rejected"
    " call.in-progress.error-providerfault-outbound-sip-408-request-timeout"
    " call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable"
)
NEVER_DIALLED = words_in(
    "call-start-error-neither-assistant-nor-server-set assistant-not-found assistant-not-valid"
    " scheduled-call-deleted call-deleted manually-canceled twilio-failed-to-connect-call"
    " vonage-failed-to-connect-call twilio-reported-customer-misdialed"
    " phone-call-provider-bypass-enabled-but-no-call-received"
)
AT_ONCE, TRANSPORT_GAP = timedelta(seconds=1), timedelta(milliseconds=250)


def ends_before_ringing(reason: str) -> bool:
    return reason.startswith(("call.start.", "assistant-request-")) or reason in NEVER_DIALLED


def bend(world: World, call: VapiCall, fates: Fates) -> None:
    """Let a fault change how this call goes."""
    early, outcome = fates.get("early"), fates.get("outcome")
    if early is not None:
        call.line = hurry(call.line, early.code)
    match outcome.name if outcome else None:
        case "transport_fault":
            die(call, NO_TRANSPORT, TRANSPORT_GAP)
            call.silent = outcome is not None and outcome.code == "silent"
        case "concurrency_blocked":
            block(call)
        case "ended_reason" if outcome and outcome.code:
            end_as(world, call, outcome.code)
        case "slow_queue" if outcome:
            slower = call.line.dialling + timedelta(seconds=outcome.delay)
            call.line = replace(call.line, dialling=slower)


def die(call: VapiCall, reason: str, after: timedelta = AT_ONCE) -> None:
    call.dies_of, call.line = reason, make_dead(call.line, rings=False, after=after)


def block(call: VapiCall) -> None:
    call.blocked, call.remaining = True, 0
    die(call, NO_LINE)


def end_as(world: World, call: VapiCall, reason: str) -> None:
    """A scripted end: before the first ring, after ringing in vain, or on an open line, as the word has it."""
    if ends_before_ringing(reason):
        die(call, reason)
        return
    call.dies_of = reason
    if reason in RINGS_OUT:
        call.line = make_dead(call.line, rings=True, after=AT_ONCE)
    else:
        call.line = make_answered(world, call.id, call.line)


def reason_of(world: World, call: VapiCall) -> str:
    """How this person's call ends. Nobody speaking looks, half the time, like any other call that the agent ended.

    With detection off a voicemail ends as assistant-ended-call, and the transcript holds only the agent.
    """
    if call.dies_of is not None:
        return call.dies_of
    first_half = world.draw.number("ended by", call.id) < 0.5
    match call.line.persona:
        case "busy":
            return "customer-busy"
        case "no_answer":
            return "customer-did-not-answer"
        case "voicemail":
            return "voicemail" if detects_voicemail(call) else "assistant-ended-call"
        case "silent":
            return "silence-timed-out" if first_half else "assistant-ended-call"
        case "opts_out":
            return "customer-ended-call"
        case "books":
            return "assistant-ended-call"
    return "customer-ended-call" if first_half else "assistant-ended-call"


def detects_voicemail(call: VapiCall) -> bool:
    overrides = call.request.get("assistantOverrides") or {}
    return isinstance(overrides.get("voicemailDetection"), dict)


def hear(call: VapiCall) -> Line:
    """What the transcript will hold: of an undetected voicemail only the agent is heard."""
    if call.line.persona != "voicemail" or detects_voicemail(call):
        return call.line
    return replace(call.line, turns=tuple(turn for turn in call.line.turns if turn.who == "agent"))


def plan_life(world: World, call: VapiCall, at: datetime) -> None:
    """Dial now, or at `schedulePlan.earliestAt`; dialling leads to the next station, and each to the one after it."""
    plan = call.request.get("schedulePlan") or {}
    start = max(at, parse_instant(plan["earliestAt"])) if plan else at
    call.line = hear(call)
    if call.status == "scheduled":
        world.schedule.add(start, call.id, lambda due: wake(world, call, due))
    else:
        world.schedule.add(start + call.line.dialling, call.id, lambda due: dial(world, call, due))


def lines_in_use(world: World, api_key: str) -> int:
    return sum(call.active for call in world.vapi_calls.values() if call.api_key == api_key)


async def wake(world: World, call: VapiCall, at: datetime) -> int:
    """A scheduled call's instant has come: it takes a line, if there is one."""
    if lines_in_use(world, call.api_key) >= world.vapi_accounts[call.api_key].concurrency_limit:
        die(call, NO_LINE)
    call.status, call.updated_at = "queued", at
    world.schedule.add(at + call.line.dialling, call.id, lambda due: dial(world, call, due))
    return 0


async def dial(world: World, call: VapiCall, at: datetime) -> int:
    """Ring, unless nothing is to ring; a call whose latestAt has passed ends as a deleted scheduled call."""
    latest = (call.request.get("schedulePlan") or {}).get("latestAt")
    if latest and at > parse_instant(latest) and call.line.rings:
        die(call, TOO_LATE)
    if not call.line.rings:
        return await end(world, call, at)
    move(call, "ringing", at)
    next_step = pick_up if call.line.opens else end
    world.schedule.add(at + call.line.ringing, call.id, lambda due: next_step(world, call, due))
    return await tell(world, call, STATUS, at)


def move(call: VapiCall, status: str, at: datetime) -> None:
    call.status, call.updated_at = status, at
    if call.acceptance is not None:
        call.acceptance.record_fact(status, at, f"{call.id}:{status}", f"poll:{call.id}:{status}")


async def pick_up(world: World, call: VapiCall, at: datetime) -> int:
    call.started_at = at
    move(call, "in-progress", at)
    world.schedule.add(at + call.line.talking, call.id, lambda due: end(world, call, due))
    return await tell(world, call, STATUS, at)


async def end(world: World, call: VapiCall, at: datetime) -> int:
    """The call is over; the truth is written down, and the report follows."""
    reason = reason_of(world, call)
    call.status, call.updated_at, call.ended_at, call.ended_reason = "ended", at, at, reason
    record_ending(world, call.acceptance, call.line, call.number, f"{call.id}:{reason}", reason in ANSWERED, at)
    world.schedule.add(at + call.line.closing, call.id, lambda due: report(world, call, due))
    return await tell(world, call, STATUS, at)


async def report(world: World, call: VapiCall, at: datetime) -> int:
    call.reported, call.updated_at = True, at
    return await tell(world, call, REPORT, at)
