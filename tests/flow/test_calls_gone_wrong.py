"""Calls that were taken and never rang, that found no line, and whose fate is unknown: never two for one."""

from datetime import timedelta

import pytest

from modules.labels import Provider
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import rows, story
from tests.cast_accounts import Given, register
from tests.flow.calling import alarms, both, breakers, call_cast, calls_of, ends, fail_to_dial
from tests.flow.outside import play_on, standing, states_of, sweep_after

TWO_NUMBERS = Given(second_number=True)
FAULT = ("voice-0", "failed", "transport_fault")
GOOD = ("voice-0", "completed", None)
TEXT = ("sms-1", "delivered", None)


@both
@pytest.mark.parametrize("silently", [True, False])
async def test_a_number_that_cannot_dial_rests_and_the_second_number_is_tried_exactly_once(
    stage: Stage, provider: Provider, silently: bool
) -> None:
    await call_cast(stage, provider, story("voice", "sms"), given=TWO_NUMBERS)
    fail_to_dial(stage, provider, silently=silently)
    started = stage.clock.now()
    first, second, text = await play_on(stage)
    called = calls_of(stage, provider)
    (rests,) = await breakers(stage)
    assert ends([first, second, text]) == [FAULT, GOOD, TEXT]
    assert first["evidence_id"].startswith("poll:") is silently, first["evidence_id"]
    assert (second["armed_at"] - started > timedelta(minutes=4)) is silently
    assert len({line["from"] for line in called}) == len(called) == 2
    assert (rests["sender"], rests["faults"], rests["reason"]) == (first["sender"], 1, "transport_fault")
    assert second["sender"] != first["sender"]
    assert await alarms(stage) == ["number_cannot_dial"]
    assert await standing(stage) == {"finished": 1}


@both
@pytest.mark.parametrize("silently", [True, False])
async def test_without_a_second_number_the_call_has_failed_and_the_next_step_comes(
    stage: Stage, provider: Provider, silently: bool
) -> None:
    await call_cast(stage, provider, story("voice", "sms"))
    fail_to_dial(stage, provider, silently=silently)
    touches = await play_on(stage)
    assert ends(touches) == [FAULT, TEXT]
    assert len(calls_of(stage, provider)) == 1
    assert len(await breakers(stage)) == 1


@both
async def test_when_the_second_number_cannot_dial_either_nobody_is_called_a_third_time(
    stage: Stage, provider: Provider
) -> None:
    await call_cast(stage, provider, story("voice", "sms"), given=TWO_NUMBERS)
    fail_to_dial(stage, provider, times=2, silently=True)
    touches = await play_on(stage)
    assert ends(touches) == [FAULT, FAULT, TEXT]
    assert len({line["from"] for line in calls_of(stage, provider)}) == 2
    assert len(await breakers(stage)) == 2
    assert await alarms(stage) == ["number_cannot_dial"] * 2


@both
async def test_while_every_number_rests_calls_wait_and_go_out_afterwards(stage: Stage, provider: Provider) -> None:
    await call_cast(stage, provider, story("voice", "voice", wait="minutes: 1"))
    fail_to_dial(stage, provider, silently=False)
    first, second = await play_on(stage)
    assert ends([first, second]) == [FAULT, ("voice-1", "completed", None)]
    assert second["armed_at"] - first["changed_at"] >= timedelta(minutes=30)
    assert await breakers(stage) == []


@pytest.mark.parametrize(
    ("provider", "fault", "code", "before"),
    [
        (Provider.vapi, "over_concurrency", None, ("voice-0", "not_sent", "capacity")),
        (Provider.vapi, "concurrency_blocked", None, ("voice-0", "failed", "capacity")),
        (
            Provider.vapi,
            "ended_reason",
            "call.start.error-subscription-concurrency-limit-reached",
            ("voice-0", "failed", "capacity"),
        ),
        (Provider.retell, "concurrency_limit", None, ("voice-0", "not_sent", "capacity")),
        (Provider.retell, "concurrency_limit", "ended", ("voice-0", "failed", "capacity")),
    ],
)
async def test_a_call_that_found_no_line_is_made_later_and_rings_once(
    stage: Stage, provider: Provider, fault: str, code: str | None, before: tuple[str, str, str]
) -> None:
    await call_cast(stage, provider)
    stage.twin.script(provider, fault, code=code)
    touches = await play_on(stage)
    rang = [line for line in calls_of(stage, provider) if "ringing" in [fact["status"] for fact in line["facts"]]]
    assert ends(touches) == [before, GOOD]
    assert len(rang) == 1
    assert await breakers(stage) == []


async def test_a_blocked_call_whose_end_is_never_told_is_asked_about_within_minutes(stage: Stage) -> None:
    await call_cast(stage, Provider.vapi)
    stage.twin.script("vapi", "concurrency_blocked")
    stage.twin.script("vapi", "webhook_lost", op="webhook", times=2)
    started = stage.clock.now()
    first, second = await play_on(stage)
    assert ends([first, second]) == [("voice-0", "failed", "capacity"), GOOD]
    assert second["armed_at"] - started <= timedelta(minutes=7)


@both
async def test_when_the_provider_has_fewer_lines_than_we_were_told_everybody_is_still_called_once(
    stage: Stage, provider: Provider
) -> None:
    cast = await call_cast(stage, provider, people=8)
    register(stage.twin, cast.who, stage.deps.settings.public_url, cast.keys, lines=2)
    touches = await play_on(stage)
    talked = [line["to"] for line in calls_of(stage, provider) if line["facts"][-1]["status"] == "completed"]
    found_none = [touch for touch in touches if touch["state"] != "completed"]
    print(f"\n{provider}: {len(touches)} attempts, {len(found_none)} found no line")
    assert sorted(talked) == sorted(cast.phones)
    assert {touch["reason"] for touch in found_none} == {"capacity"}
    assert await standing(stage) == {"finished": 8}


@both
async def test_a_call_whose_answer_was_lost_is_one_call_and_no_text_goes_out_instead(
    stage: Stage, provider: Provider
) -> None:
    await call_cast(stage, provider, story("voice", "sms"), given=TWO_NUMBERS)
    stage.twin.script(provider, "timeout_after_accept")
    stage.twin.script(provider, "webhook_lost", op="webhook", times=20)
    await run_sweep(stage.deps)
    before = [await states_of(stage)]
    for _ in range(4):
        await sweep_after(stage, minutes=1)
        before.append(await states_of(stage))
    touches = await play_on(stage)
    (line,) = calls_of(stage, provider)
    assert before == [["unknown"]] * 5
    assert ends(touches) == [GOOD, TEXT]
    assert touches[0]["evidence_id"].startswith("poll:")
    assert touches[1]["armed_at"] > touches[0]["call_ended_at"]
    assert line["touch"] == str(touches[0]["id"])


async def test_what_retell_never_took_is_asked_for_again_under_the_same_key_and_is_one_call(stage: Stage) -> None:
    await call_cast(stage, Provider.retell, story("voice", "sms"))
    stage.twin.script("retell", "reset_before_accept")
    touches = await play_on(stage)
    (line,) = calls_of(stage, Provider.retell)
    assert ends(touches) == [GOOD, TEXT]
    assert line["idempotency_key"] == f"touch/{touches[0]['id']}"
    assert touches[0]["call_started_at"] - touches[0]["armed_at"] >= timedelta(minutes=5)


async def test_a_stop_by_text_ends_what_would_be_asked_for_again(stage: Stage) -> None:
    cast = await call_cast(stage, Provider.retell, story("voice", "sms"))
    stage.twin.script("retell", "reset_before_accept")
    await run_sweep(stage.deps)
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "STOP")
    touches = await play_on(stage)
    assert ends(touches) == [("voice-0", "expired", "unresolved")]
    assert stage.twin.ledger() == []
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_a_call_that_cannot_be_found_is_lost_visibly_and_never_made_again(stage: Stage) -> None:
    twice_more = "{ retry: { times: 2, after: { minutes: 15 } } }"
    await call_cast(stage, Provider.vapi, story("voice", "sms", on_failure=twice_more), given=TWO_NUMBERS)
    stage.twin.script("vapi", "timeout_after_accept")
    stage.twin.script("vapi", "list_lag", delay=10 * 24 * 3600)
    stage.twin.script("vapi", "webhook_lost", op="webhook", times=20)
    call, text = await play_on(stage)
    assert ends([call, text]) == [("voice-0", "expired", "unresolved"), TEXT]
    assert call["changed_at"] - call["armed_at"] == timedelta(hours=1)
    assert text["armed_at"] > call["confirm_by"]
    assert len(calls_of(stage, Provider.vapi)) == 1


@pytest.mark.parametrize("provider", [Provider.vapi, Provider.retell])
async def test_what_may_have_been_heard_in_part_is_never_called_again_by_itself(
    stage: Stage, provider: Provider
) -> None:
    again = "{ retry: { times: 2, after: { minutes: 15 } } }"
    await call_cast(stage, provider, story("voice", "sms", on_failure=again))
    code = {"vapi": "pipeline-error-openai-llm-failed", "retell": "error_llm_websocket_lost_connection"}[provider]
    stage.twin.script(provider, "ended_reason", code=code)
    touches = await play_on(stage)
    assert ends(touches) == [("voice-0", "failed", "broken_off"), TEXT]


@both
async def test_who_did_not_answer_is_called_again_as_often_as_the_step_says(stage: Stage, provider: Provider) -> None:
    again = "{ retry: { times: 2, after: { minutes: 15 } } }"
    cast = await call_cast(stage, provider, story("voice", "sms", on_failure=again))
    stage.twin.person(cast.phones[0], "no_answer")
    touches = await play_on(stage)
    assert ends(touches) == [("voice-0", "failed", "no_answer")] * 3 + [TEXT]
    assert [touch["attempt"] for touch in touches] == [1, 2, 3, 1]
    assert [row["faults"] for row in await rows(stage.deps, "breakers")] == []
