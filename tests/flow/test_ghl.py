"""Texts and mails through GoHighLevel: a success is written only on proof, and nothing is sent twice."""

import json
from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import join, rows, story
from tests.databases import Database
from tests.flow.ghl_stage import Ghl, gather_ghl, play_ghl, sample_of, tell
from tests.flow.outside import database_down, post, standing, states_of, sweep_after
from tests.flow.speaking import hear_all
from utils.db import Row

both = pytest.mark.parametrize("channel", ["sms", "email"])


async def the_touch(stage: Stage) -> Row:
    (touch,) = await rows(stage.deps, "touches")
    return touch


def hint(stage: Stage, ghl: Ghl, message_id: str) -> int:
    """A workflow's unsigned post about one message; the answer's status."""
    body = json.dumps({"contact_id": ghl.refs[0], "message": {"id": message_id, "type": 2}}).encode()
    return post(stage, ghl.hook, body, {"X-Omnify-Secret": ghl.hook_secret}).status_code


@both
async def test_an_acceptance_is_no_success_until_the_signed_webhook_says_delivered(stage: Stage, channel: str) -> None:
    await gather_ghl(stage, story(channel))
    report = await run_sweep(stage.deps)
    before = await the_touch(stage)
    stage.clock.set(stage.clock.now() + timedelta(minutes=3))
    await hear_all(stage)
    after = await the_touch(stage)
    assert (report["accepted"], before["state"], before["evidence_id"]) == (1, "accepted", None)
    assert (after["state"], after["evidence_id"]) == ("delivered", f"{before['provider_id']}:delivered")
    (line,) = stage.twin.ledger()
    assert (line["channel"], line["provider_id"], line["from"]) == (channel, after["provider_id"], after["sender"])


@both
async def test_a_hint_is_never_the_proof_but_the_message_read_again_is(stage: Stage, channel: str) -> None:
    ghl = await gather_ghl(stage, story(channel))
    tell(stage, ghl, by="nothing")
    await run_sweep(stage.deps)
    message_id = (await the_touch(stage))["provider_id"]
    early = hint(stage, ghl, message_id), await states_of(stage)
    stage.clock.set(stage.clock.now() + timedelta(minutes=3))
    await hear_all(stage)
    unasked = await states_of(stage)
    late = hint(stage, ghl, message_id)
    touch = await the_touch(stage)
    assert early == (200, ["accepted"])
    assert (unasked, late) == (["accepted"], 200)
    assert (touch["state"], touch["evidence_id"]) == ("delivered", f"poll:{message_id}:delivered")


@both
async def test_without_any_webhook_the_watcher_finds_the_delivery_in_the_next_minutes(
    stage: Stage, channel: str
) -> None:
    ghl = await gather_ghl(stage, story(channel))
    tell(stage, ghl, by="nothing")
    await run_sweep(stage.deps)
    reports = [await sweep_after(stage, minutes=1) for _ in range(2)]
    touch = await the_touch(stage)
    assert (touch["state"], touch["evidence_id"]) == ("delivered", f"poll:{touch['provider_id']}:delivered")
    assert sum(one.get("heard", 0) for one in reports) == 1
    assert not any(one.get("looked") for one in reports)


@both
async def test_where_neither_webhook_nor_conversations_tell_the_message_itself_is_asked(
    stage: Stage, channel: str
) -> None:
    ghl = await gather_ghl(stage, story(channel))
    tell(stage, ghl, by="nothing")
    await run_sweep(stage.deps)
    stage.twin.script("ghl", "500_before_accept", op="list", times=999)
    for _ in range(14):
        await sweep_after(stage, minutes=1)
    before = await states_of(stage)
    report = await sweep_after(stage, minutes=1)
    touch = await the_touch(stage)
    assert before == ["accepted"]
    assert (report.get("heard", 0), report["settled"]) == (0, 1)
    assert (touch["state"], touch["evidence_id"]) == ("delivered", f"poll:{touch['provider_id']}:delivered")


@both
async def test_without_a_receipt_a_message_ends_as_lost_five_hours_later(stage: Stage, channel: str) -> None:
    await gather_ghl(stage, story(channel))
    stage.twin.script("ghl", "no_dlr")
    (touch,) = await play_ghl(stage)
    assert (touch["state"], touch["reason"], touch["evidence_id"]) == ("expired", "unconfirmed", None)
    assert touch["changed_at"] - touch["armed_at"] == timedelta(hours=5)


@pytest.mark.parametrize("workflow", ["sends", "drops"])
async def test_that_a_workflow_took_it_is_never_the_proof(stage: Stage, workflow: str) -> None:
    hook = f"{stage.twin.ghl_url}/hooks/{sample_of('acme').location}/webhook-trigger/5f0c"
    ghl = await gather_ghl(stage, workflow_hook=hook)
    tell(stage, ghl, workflow=workflow)
    await join(stage.deps, ghl.client_id, story("sms"), ghl.contacts)
    await run_sweep(stage.deps)
    handed = await the_touch(stage)
    (touch,) = await play_ghl(stage)
    truth = stage.twin.ledger()
    assert (handed["state"], handed["evidence_id"]) == ("accepted", None)
    assert handed["provider_id"].startswith("handed:")
    if workflow == "drops":
        assert (touch["state"], touch["reason"], truth) == ("expired", "unconfirmed", [])
    else:
        assert (touch["state"], touch["evidence_id"]) == ("delivered", f"poll:{truth[0]['provider_id']}:delivered")
        assert len(truth) == 1


@both
async def test_an_answer_that_was_lost_is_found_in_the_conversation_and_never_sent_again(
    stage: Stage, channel: str
) -> None:
    ghl = await gather_ghl(stage, story(channel))
    tell(stage, ghl, by="nothing")
    stage.twin.script("ghl", "timeout_after_accept")
    first = await run_sweep(stage.deps)
    before = await states_of(stage)
    (touch,) = await play_ghl(stage)
    (line,) = stage.twin.ledger()
    assert (first["unknown"], before) == (1, ["unknown"])
    assert (touch["state"], touch["provider_id"]) == ("delivered", line["provider_id"])


async def test_a_hand_over_whose_answer_was_lost_is_found_by_its_words_and_never_handed_over_again(
    stage: Stage,
) -> None:
    hook = f"{stage.twin.ghl_url}/hooks/{sample_of('acme').location}/webhook-trigger/5f0c"
    await gather_ghl(stage, story("sms"), workflow_hook=hook)
    stage.twin.script("ghl", "timeout_after_accept")
    (touch,) = await play_ghl(stage)
    (line,) = stage.twin.ledger()
    assert (touch["state"], touch["provider_id"]) == ("delivered", line["provider_id"])


async def test_a_webhook_that_outruns_our_own_answer_is_not_lost(stage: Stage) -> None:
    """It names a message that nobody knows yet; the next look finds the same again."""
    await gather_ghl(stage, story("sms"))
    stage.twin.script("ghl", "webhook_early", code="all")
    (touch,) = await play_ghl(stage)
    assert (touch["state"], touch["provider_id"]) == ("delivered", stage.twin.ledger()[0]["provider_id"])


@both
async def test_an_answer_that_was_lost_with_nothing_behind_it_ends_as_lost_and_is_never_sent_again(
    stage: Stage, channel: str
) -> None:
    await gather_ghl(stage, story(channel))
    stage.twin.script("ghl", "500_before_accept")
    (touch,) = await play_ghl(stage)
    assert (touch["state"], touch["reason"]) == ("expired", "unresolved")
    assert stage.twin.ledger() == []


@both
async def test_the_same_words_to_one_person_are_two_messages_and_each_finds_its_own(stage: Stage, channel: str) -> None:
    ghl = await gather_ghl(stage, story(channel))
    tell(stage, ghl, by="nothing")
    await join(stage.deps, ghl.client_id, story(channel, slug="again"), ghl.contacts)
    stage.twin.script("ghl", "timeout_after_accept", times=2)
    touches = await play_ghl(stage)
    assert [touch["state"] for touch in touches] == ["delivered", "delivered"]
    told = {line["provider_id"]: datetime.fromisoformat(line["accepted_at"]) for line in stage.twin.ledger()}
    assert {touch["provider_id"]: touch["armed_at"] for touch in touches} == told


@both
async def test_the_words_that_arrived_are_not_taken_for_those_that_never_left(stage: Stage, channel: str) -> None:
    ghl = await gather_ghl(stage, story(channel))
    await run_sweep(stage.deps)
    await join(stage.deps, ghl.client_id, story(channel, slug="again"), ghl.contacts)
    stage.twin.script("ghl", "reset_before_accept")
    await run_sweep(stage.deps)
    look = await sweep_after(stage, minutes=5)
    states = sorted((touch["state"], touch["reason"]) for touch in await play_ghl(stage))
    assert (look["looked"], look.get("found", 0), look.get("refused", 0)) == (1, 0, 0)
    assert states == [("delivered", None), ("expired", "unresolved")]
    assert len(stage.twin.ledger()) == 1


@pytest.mark.full
async def test_while_the_database_is_down_ghl_is_told_to_come_again_and_what_it_says_then_lands_once(
    stage: Stage, database: Database
) -> None:
    """GoHighLevel repeats after a 429 and after nothing else."""
    await gather_ghl(stage, story("sms"))
    await run_sweep(stage.deps)
    stage.clock.set(stage.clock.now() + timedelta(minutes=3))
    with database_down(database):
        await hear_all(stage)
    before, heard = await states_of(stage), by_status(stage)
    for _ in range(6):  # how soon our own pool is back is real time, so GHL comes as often as it does come
        stage.clock.set(stage.clock.now() + timedelta(minutes=10))
        await hear_all(stage)
    touch, told = await the_touch(stage), by_status(stage)
    assert (heard, before) == ({"sent": [429], "delivered": [429]}, ["accepted"])
    assert all(set(answers[:-1]) == {429} and answers[-1] == 200 for answers in told.values()), told
    assert (touch["state"], touch["evidence_id"]) == ("delivered", f"{touch['provider_id']}:delivered")
    assert await standing(stage) == {"finished": 1}
    assert await rows(stage.deps, "inbox") == []


def by_status(stage: Stage) -> dict[str, list[int]]:
    """What we answered to each of the message's events, in order."""
    found: dict[str, list[int]] = defaultdict(list)
    for one in stage.twin.ledger()[0]["webhooks"]:
        found[one["status"]].append(one["answer"])
    return found
