"""Calls from the arming to their proof: what counts as one, what is kept of it, and what it stops."""

from datetime import UTC, datetime, timedelta

import pytest

from modules.labels import Provider
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import join, rows, story
from tests.cast_accounts import Given
from tests.flow.calling import both, call_cast, calls_of, ends, most_at_once
from tests.flow.outside import play_on, standing, sweep_after

EVENING = datetime(2026, 11, 24, 1, 55, tzinfo=UTC)
"""Five minutes to nine in New York, where calling ends."""


@both
@pytest.mark.parametrize(
    ("persona", "end"),
    [
        ("answers", ("completed", None)),
        ("books", ("completed", None)),
        ("voicemail", ("failed", "voicemail")),
        ("busy", ("failed", "busy")),
        ("no_answer", ("failed", "no_answer")),
        ("silent", ("failed", "nobody_spoke")),
        ("screener", ("failed", "uncertain")),
    ],
)
async def test_a_call_counts_only_when_a_person_answered_and_spoke(
    stage: Stage, provider: Provider, persona: str, end: tuple[str, str | None]
) -> None:
    cast = await call_cast(stage, provider)
    stage.twin.person(cast.phones[0], persona)
    touches = await play_on(stage)
    assert ends(touches) == [("voice-0", *end)], touches
    assert len(calls_of(stage, provider)) == 1
    assert await standing(stage) == {"finished": 1}


@both
async def test_a_call_is_kept_with_its_words_recording_summary_cost_and_times(stage: Stage, provider: Provider) -> None:
    await call_cast(stage, provider)
    (touch,) = await play_on(stage)
    (line,) = calls_of(stage, provider)
    assert "User: " in touch["transcript"]
    assert touch["summary"]
    assert line["provider_id"] in touch["recording"]
    assert not touch["recording"].startswith("http"), touch["recording"]
    assert touch["cost_micros"] > 0
    assert (touch["cost_currency"], touch["cost_source"]) == ("USD", "provider")
    assert touch["armed_at"] < touch["call_started_at"] < touch["call_ended_at"] <= touch["changed_at"]
    opening, _, briefing = line["body"].partition("\n\n")
    assert (briefing, line["touch"]) == ("Ask Ada about voice-0, kindly", str(touch["id"]))
    assert "AI assistant calling for Acme" in opening
    assert "recorded" in opening, "said in every state, New York too: the caller's may ask for it"


@both
async def test_who_says_stop_on_a_call_is_never_texted_called_or_mailed_again(stage: Stage, provider: Provider) -> None:
    cast = await call_cast(stage, provider, story("voice", "sms", "email", "voice"))
    stage.twin.person(cast.phones[0], "opts_out")
    touches = await play_on(stage)
    closed = {row["value"]: row["suppressed_reason"] for row in await rows(stage.deps, "addresses")}
    assert ends(touches) == [("voice-0", "completed", None)]
    assert closed[cast.phones[0]] == "opted_out"
    assert await standing(stage) == {"stopped:suppressed": 1}


@both
async def test_while_a_call_is_under_way_the_same_person_gets_no_text_from_another_sequence(
    stage: Stage, provider: Provider
) -> None:
    cast = await call_cast(stage, provider)
    await run_sweep(stage.deps)
    await join(stage.deps, cast.client_id, story("sms", slug="other"), cast.contacts)
    during = await run_sweep(stage.deps)
    waiting = [row["decision"]["reason"] for row in await rows(stage.deps, "enrollments") if row["decision"]]
    call, text = await play_on(stage)
    assert "armed" not in during, during
    assert waiting == ["on_a_call_now"]
    assert (call["state"], text["state"]) == ("completed", "delivered")
    assert text["armed_at"] >= call["call_ended_at"]


async def test_quiet_hours_travel_to_vapi_and_a_call_that_is_slow_to_leave_never_rings_in_them(stage: Stage) -> None:
    stage.clock.set(EVENING)
    await call_cast(stage, Provider.vapi)
    stage.twin.script("vapi", "slow_queue", delay=400)
    (touch,) = await play_on(stage)
    (line,) = calls_of(stage, Provider.vapi)
    assert touch["envelope"]["latest_at"] == "2026-11-24T01:59:00.000Z"  # a call that begins then rings until nine
    assert ends([touch]) == [("voice-0", "cancelled", "cancelled")]
    assert "ringing" not in [fact["status"] for fact in line["facts"]]
    assert await standing(stage) == {"finished": 1}


@both
async def test_nobody_is_called_in_quiet_hours(stage: Stage, provider: Provider) -> None:
    stage.clock.set(EVENING + timedelta(minutes=10))
    await call_cast(stage, provider)
    (touch,) = await play_on(stage)
    assert touch["armed_at"] == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
    assert touch["state"] == "completed"


@both
async def test_never_are_more_calls_under_way_than_the_lines_less_those_kept_for_inbound(
    stage: Stage, provider: Provider
) -> None:
    lines = Given({"concurrent_calls": "5", "reserved_for_inbound": "2"})
    await call_cast(stage, provider, people=14, given=lines)
    touches = await play_on(stage)
    called = calls_of(stage, provider)
    busiest = most_at_once(called)
    print(f"\n{provider}: {len(called)} calls, {busiest} at once, the last at {called[-1]['accepted_at']}")
    assert busiest == 3
    assert [touch["state"] for touch in touches] == ["completed"] * 14
    assert len({line["to"] for line in called}) == 14


@both
async def test_a_reply_between_a_call_and_the_next_step_stops_it(stage: Stage, provider: Provider) -> None:
    cast = await call_cast(stage, provider, story("voice", "sms"))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=10)
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "Tomorrow at ten is fine")
    touches = await play_on(stage)
    assert ends(touches) == [("voice-0", "completed", None)]
    assert await standing(stage) == {"stopped:replied": 1}
