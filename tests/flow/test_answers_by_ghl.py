"""Answers by code through GoHighLevel, and its Do-Not-Disturb, which closes here what the person closed there."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from modules.labels import ChannelName, Provider
from scripts.conductor.conduct import conduct
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import BY, Cast, gather_cast, rows, story
from tests.flow.answering import CONFIRMED, HELPED, answers, closed, is_lawful, write
from tests.flow.outside import standing, sweep_after
from tests.flow.speaking import hear_all, told
from utils.config import Redirect
from utils.db import Row

BY_GHL = {**BY, ChannelName.sms: Provider.ghl}


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """One person whose text went through GoHighLevel; another one is planned for tomorrow."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms", "sms"), by=BY_GHL)
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    return acme


async def write_there(stage: Stage, cast: Cast, text: str) -> None:
    stage.twin.write_ghl(cast.who.location, cast.who.ref_of(cast.phones[0]), "SMS", text)
    await asyncio.to_thread(stage.twin.advance, stage.clock.now())


async def play_to_the_end(stage: Stage) -> list[Row]:
    """The touches then. GoHighLevel carries no reference of ours, so the checker attributes before it judges."""
    async for _ in conduct(stage, lambda: run_sweep(stage.deps)):
        pass
    assert await is_lawful(stage)
    return await rows(stage.deps, "touches")


async def test_free_words_are_confirmed_through_ghl(stage: Stage, cast: Cast) -> None:
    await write_there(stage, cast, "pls quit textin me")
    await play_to_the_end(stage)

    assert [(one["provider"], one["state"], one["body"]) for one in await answers(stage)] == [
        ("ghl", "delivered", CONFIRMED)
    ]


async def test_its_own_stop_word_is_left_to_it(stage: Stage, cast: Cast) -> None:
    await write_there(stage, cast, "STOP")
    await play_to_the_end(stage)

    assert await answers(stage) == []
    assert (await closed(stage))[cast.phones[0]] == "opted_out"
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_who_switched_do_not_disturb_on_meanwhile_gets_no_answer_and_that_is_seen(
    stage: Stage, cast: Cast
) -> None:
    await write_there(stage, cast, "pls quit textin me")
    stage.twin.put_ghl_contact(cast.who.location, id=cast.who.ref_of(cast.phones[0]), dnd=True)
    await sweep_after(stage, minutes=11)

    assert await answers(stage) == []
    assert [row["answer"] for row in await told(stage)] == ["too_late"]


@pytest.mark.parametrize(
    ("there", "phone", "mail"),
    [
        ({"dndSettings": {"SMS": {"status": "active"}}}, "provider_opt_out", None),
        ({"dndSettings": {"SMS": {"status": "permanent"}}}, "provider_opt_out", None),
        ({"dndSettings": {"Call": {"status": "active"}}}, "provider_opt_out", None),
        ({"dndSettings": {"Email": {"status": "active"}}}, None, "provider_opt_out"),
        ({"dnd": True}, "provider_opt_out", "provider_opt_out"),
        ({"dndSettings": {"SMS": {"status": "inactive"}}}, None, None),
    ],
)
async def test_a_do_not_disturb_that_ghl_tells_of_closes_the_address_here(
    stage: Stage, cast: Cast, there: dict[str, object], phone: str | None, mail: str | None
) -> None:
    ref = cast.who.ref_of(cast.phones[0])
    stage.twin.put_ghl_contact(cast.who.location, id=ref, quiet=False, lastName="New", **there)
    await hear_all(stage)
    found = await closed(stage)
    assert found == {cast.phones[0]: phone, cast.mails[0]: mail}
    since = {row["value"]: row["suppressed_at"] for row in await rows(stage.deps, "addresses")}
    await sweep_after(stage, minutes=3)
    stage.twin.put_ghl_contact(cast.who.location, id=ref, quiet=False, lastName="Newer", **there)
    await hear_all(stage)
    touches = await play_to_the_end(stage)

    assert {row["value"]: row["suppressed_at"] for row in await rows(stage.deps, "addresses")} == since
    assert len(touches) == (1 if phone or mail else 2)


async def test_in_a_test_an_answer_goes_to_the_tests_own_number(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("email"))
    await write(stage, acme, "pls quit textin me", "help!")
    nobody = replace(stage.deps, settings=replace(stage.deps.settings, test_redirect=Redirect(None, "me@example.com")))
    await run_sweep(nobody)
    assert await answers(stage) == []
    own = replace(stage.deps, settings=replace(stage.deps.settings, test_redirect=Redirect("+12065559999", None)))
    for _ in range(4):  # whom the mail has locked just now has the next turn
        await run_sweep(own)
        stage.clock.set(stage.clock.now() + timedelta(minutes=1))
        await hear_all(stage)

    texts = stage.twin.ledger("twilio")
    assert [line["to"] for line in texts] == ["+12065559999"] * 2
    assert {line["body"] for line in texts} == {CONFIRMED, HELPED}
