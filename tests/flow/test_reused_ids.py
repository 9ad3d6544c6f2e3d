"""A provider's id that comes a second time with other words: the words count; whom they name by mistake is safe."""

import json

import pytest

from modules.labels import Provider
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database
from tests.db.test_write_economy import row_versions
from tests.flow.letters import Letterbox, post_in_order, with_body
from tests.flow.outside import play_on, post_status, standing, sweep_after
from tests.flow.speaking import post_text, told

REUSED = "SM" + "7a" * 16


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """Two people whose texts were accepted."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms", "sms"), 2)
    await run_sweep(stage.deps)
    return acme


async def closed(stage: Stage) -> set[str]:
    return {row["value"] for row in await rows(stage.deps, "addresses") if row["suppressed_at"]}


async def test_a_stop_under_an_id_that_was_used_before_is_obeyed(stage: Stage, cast: Cast, database: Database) -> None:
    answers = [post_text(stage, cast, cast.phones[0], words, REUSED) for words in ("Hello", "Stop please")]
    assert answers == [200, 200]
    assert await closed(stage) == {cast.phones[0]}
    before = row_versions(database)
    again = [post_text(stage, cast, cast.phones[0], words, REUSED) for words in ("Stop please", "Hello", "Stop please")]
    assert again == [200, 200, 200]
    assert row_versions(database) == before
    assert {row["body"] for row in await told(stage)} == {"Hello", "Stop please"}


async def test_a_stop_of_somebody_else_under_an_id_that_was_used_before_is_obeyed(stage: Stage, cast: Cast) -> None:
    answers = [post_text(stage, cast, phone, "Stop please", REUSED) for phone in cast.phones]
    assert answers == [200, 200]
    assert await closed(stage) == set(cast.phones)


async def test_a_reply_of_somebody_else_under_an_id_that_was_used_before_stops_what_is_planned_for_them(
    stage: Stage, cast: Cast, database: Database
) -> None:
    said = list(zip(cast.phones, ("Hello", "Can you call me back tomorrow?"), strict=True))
    assert [post_text(stage, cast, phone, words, REUSED) for phone, words in said] == [200, 200]
    assert {(row["from_address"], row["body"], row["contact_id"]) for row in await told(stage)} == {
        (phone, words, contact) for (phone, words), contact in zip(said, cast.contacts, strict=True)
    }
    before = row_versions(database)
    assert [post_text(stage, cast, phone, words, REUSED) for phone, words in said * 2] == [200] * 4
    assert row_versions(database) == before
    touches = await play_on(stage)
    assert sorted(touch["contact_id"] for touch in touches) == sorted(cast.contacts)
    assert await standing(stage) == {"stopped:replied": 2}


async def test_more_words_of_one_person_under_an_id_that_was_used_before_are_kept_too(
    stage: Stage, cast: Cast, database: Database
) -> None:
    words = ["Hello", "What does it cost?", "And on Friday?"]
    assert [post_text(stage, cast, cast.phones[0], one, REUSED) for one in words] == [200] * 3
    before = row_versions(database)
    assert [post_text(stage, cast, cast.phones[0], one, REUSED) for one in [*words, " Hello\x00 "]] == [200] * 4
    assert row_versions(database) == before
    assert {row["body"] for row in await told(stage)} == set(words)


async def test_a_message_id_that_names_another_touch_by_mistake_moves_its_own_touch_only(
    stage: Stage, cast: Cast
) -> None:
    first, second = await rows(stage.deps, "touches")
    assert post_status(stage, cast, "delivered", first["provider_id"], str(second["id"])) == 204
    after = {touch["id"]: touch for touch in await rows(stage.deps, "touches")}
    assert after[first["id"]]["state"] == "delivered"
    assert after[second["id"]] == second


async def test_a_webhook_id_that_comes_again_with_a_later_truth_tells_it(
    stage: Stage, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever remembers only ids would lose the bounce."""
    box = Letterbox()
    box.watch(monkeypatch)
    mails = await gather_cast(stage.deps, stage.twin, story("email"))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=30)
    delivered = next(one for one in box.letters if json.loads(one.body)["type"] == "email.delivered")
    bounce = {"message": "gone", "type": "Permanent", "subType": "General"}
    event = json.loads(delivered.body)
    event |= {"type": "email.bounced", "data": event["data"] | {"bounce": bounce}}
    bounced = with_body(stage, delivered, mails, json.dumps(event).encode())
    assert delivered.provider is Provider.resend
    assert post_in_order(stage, [bounced]) == [204]
    (touch,) = await rows(stage.deps, "touches")
    assert touch["state"] == "bounced"
    assert await closed(stage) == {mails.mails[0]}
    before = row_versions(database)
    assert post_in_order(stage, [bounced, delivered, bounced]) == [204] * 3
    assert row_versions(database) == before
