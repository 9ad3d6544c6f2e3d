"""Our hooks: what is not signed is refused, what is not understood is kept, repeats change nothing."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest
from psycopg.types.json import Jsonb

from modules.labels import Provider
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database
from tests.flow.outside import (
    SID,
    SQL,
    database_down,
    play_on,
    post,
    post_mail_event,
    post_status,
    standing,
    states_of,
    sweep_after,
)
from utils.db import execute
from utils.errors import Unavailable
from utils.http import trusted

MAIL_ID = "5f6e7d8c-1a2b-4c3d-9e8f-001122334455"
REPEATS = 1000


async def kept(stage: Stage) -> list[str]:
    return [row["kind"] for row in await rows(stage.deps, "inbox")]


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """One person whose text has been accepted."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms", "sms"))
    await run_sweep(stage.deps)
    return acme


async def test_what_is_wrongly_signed_is_answered_401_and_leaves_no_trace(stage: Stage, cast: Cast) -> None:
    before = await rows(stage.deps, "touches")
    sid, touch = before[0]["provider_id"], str(before[0]["id"])
    mail_path = f"/hooks/resend/{cast.keys[Provider.resend]}"
    answers = [
        post_status(stage, cast, "delivered", sid, touch, token="not the token"),
        post(stage, f"/hooks/twilio/status/{cast.keys[Provider.twilio]}", b"MessageSid=1", {}).status_code,
        post(stage, f"/hooks/twilio/status/{'0' * 32}", b"MessageSid=1", {"X-Twilio-Signature": "x"}).status_code,
        post(stage, mail_path, b"{}", {}).status_code,
        post(stage, mail_path, b"{}", {"svix-id": "1", "svix-timestamp": "1", "svix-signature": "v1,x"}).status_code,
        post(stage, "/hooks/twilio/status", b"MessageSid=1", {"X-Twilio-Signature": "x"}).status_code,
    ]
    assert answers == [401] * len(answers)
    assert await rows(stage.deps, "touches") == before
    assert await kept(stage) == []


async def test_five_megabytes_are_refused_with_413(stage: Stage, cast: Cast) -> None:
    path = f"/hooks/twilio/status/{cast.keys[Provider.twilio]}"
    answer = post(stage, path, b"x" * 5_000_000, {"X-Twilio-Signature": "x"})
    assert answer.status_code == 413


async def test_an_event_of_an_unknown_kind_is_kept_once_and_answered_2xx(stage: Stage, cast: Cast) -> None:
    answers = [post_status(stage, cast, "teleported") for _ in range(3)]
    answers += [post_mail_event(stage, cast, {"type": "email.sparkled", "data": {"email_id": MAIL_ID}}) for _ in "ab"]
    assert answers == [204] * 5
    assert await kept(stage) == ["unknown_type"] * 2


async def test_a_status_of_a_touch_that_nobody_knows_is_kept_once_and_answered_2xx(stage: Stage, cast: Cast) -> None:
    strange = "00000000-0000-7000-8000-000000000000"
    answers = [post_status(stage, cast, "delivered", SID, strange) for _ in range(3)]
    event = {"type": "email.delivered", "created_at": "2026-11-23T15:00:00Z", "data": {"email_id": MAIL_ID}}
    answers += [post_mail_event(stage, cast, event) for _ in range(2)]
    assert answers == [204] * 5
    assert await kept(stage) == ["unknown_touch"] * 2


async def test_a_well_signed_webhook_for_another_clients_touch_is_kept_and_changes_nothing(
    stage: Stage, cast: Cast
) -> None:
    calm = await gather_cast(stage.deps, stage.twin, story("sms"), slug="calm")
    before = await rows(stage.deps, "touches")
    sid, touch = before[0]["provider_id"], str(before[0]["id"])
    answers = [post_status(stage, calm, "delivered", sid, touch), post_status(stage, calm, "failed", SID, touch)]
    inbox = await rows(stage.deps, "inbox")
    assert answers == [204, 204]
    assert await rows(stage.deps, "touches") == before
    assert {row["client_id"] for row in inbox} == {calm.client_id}
    assert [row["kind"] for row in inbox] == ["unknown_touch"] * 2


async def test_a_thousand_repeats_of_every_webhook_change_no_row(stage: Stage, cast: Cast) -> None:
    await sweep_after(stage, minutes=2)
    before = {name: await rows(stage.deps, name) for name in ("touches", "enrollments", "inbox", "logs")}
    sid, touch = before["touches"][0]["provider_id"], str(before["touches"][0]["id"])
    await sweep_after(stage, minutes=1)
    statuses = ["queued", "sent", "delivered", "sending"] * (REPEATS // 4)
    with httpx.Client(trust_env=False, verify=trusted()) as client, ThreadPoolExecutor(4) as pool:
        posting = partial(post_status, stage, cast, sid=sid, touch=touch, client=client)
        answers = Counter(pool.map(posting, statuses))
    print(f"\n{dict(answers)} for {REPEATS} repeats")
    assert answers == {204: REPEATS}
    assert before["touches"][0]["state"] == "delivered"
    assert {name: await rows(stage.deps, name) for name in before} == before


async def test_a_delivery_that_is_told_after_the_deadline_is_still_a_delivery(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("sms", "sms"))
    stage.twin.script("twilio", "no_dlr")
    await run_sweep(stage.deps)
    await sweep_after(stage, hours=5)
    expired = (await rows(stage.deps, "touches"))[0]
    answer = post_status(stage, acme, "delivered", expired["provider_id"], str(expired["id"]))
    late = (await rows(stage.deps, "touches"))[0]
    assert (expired["state"], answer, late["state"]) == ("expired", 204, "delivered")
    assert late["evidence_id"] == f"{expired['provider_id']}:delivered"


@pytest.mark.full
async def test_while_the_database_is_down_a_hook_says_so_and_the_providers_retry_is_what_counts(
    stage: Stage, cast: Cast, database: Database
) -> None:
    with database_down(database):
        first = stage.twin.next_due()
        assert first is not None
        stage.clock.set(first)
        await asyncio.to_thread(stage.twin.advance, first)
        during = [one["answer"] for one in stage.twin.ledger()[0]["webhooks"]]
    touches = await play_on(stage)
    after = [one["answer"] for one in stage.twin.ledger()[0]["webhooks"]]
    print(f"\nanswers while down {during}, all answers {after}")
    assert set(during) == {503}, during
    assert [touch["state"] for touch in touches] == ["delivered"] * 2
    assert not touches[0]["evidence_id"].startswith("poll:"), "it came by the retried webhook"


async def test_a_sweep_without_a_database_is_one_clear_error_and_the_next_one_goes_on(
    stage: Stage, database: Database
) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"))
    with database_down(database), pytest.raises(Unavailable, match="does not answer"):
        await run_sweep(stage.deps)
    assert [touch["state"] for touch in await play_on(stage)] == ["delivered"]
    assert len(stage.twin.ledger()) == 1


async def test_half_an_account_makes_its_touches_wait_visibly_while_others_go_on(stage: Stage) -> None:
    broken = await gather_cast(stage.deps, stage.twin, story("sms", "email"))
    whole = await gather_cast(stage.deps, stage.twin, story("sms"), slug="whole")
    settings = {"account_sid": broken.sid, "from_number": broken.number}
    await set_account(stage, broken, {"account_sid": broken.sid})
    for _ in range(3):
        await sweep_after(stage, minutes=1)
    waiting = {row["contact_id"]: row["decision"] for row in await rows(stage.deps, "enrollments")}
    logs = [(row["client_id"], row["event"]) for row in await rows(stage.deps, "logs")]
    assert await states_of(stage) == ["delivered"]
    assert (await rows(stage.deps, "touches"))[0]["contact_id"] == whole.contacts[0]
    assert waiting[broken.contacts[0]]["reason"] == "no_account", waiting
    assert logs == [(broken.client_id, "no_account")], logs
    await set_account(stage, broken, settings)
    await sweep_after(stage, minutes=31)
    await play_on(stage)
    assert await standing(stage) == {"finished": 2}


async def set_account(stage: Stage, cast: Cast, settings: dict[str, str]) -> None:
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["set_account"], {"id": cast.texts, "settings": Jsonb(settings)})
