"""One cap a day and person: two sequences, two sender numbers, texts and calls all count into it."""

from datetime import timedelta

import pytest
from psycopg.types.json import Jsonb

from modules.labels import ChannelName, Provider
from modules.policy.law_guards import TOUCHES_A_DAY
from scripts.conductor.stage import Stage
from tests.cast import Cast, join, rows, story
from tests.flow.outside import SQL, sweep_at
from tests.flow.people import gather, utc
from utils.db import execute

START = utc("2026-11-23T15:00:00")
SECOND, DAY = timedelta(seconds=1), timedelta(hours=24)
FLORIDA, NEW_YORK = "+13055550161", "+12125550162"
WITH_CALLS = {ChannelName.sms: Provider.twilio, ChannelName.voice: Provider.vapi}


async def send_from_the_other_number(stage: Stage, cast: Cast) -> None:
    stage.twin.add_twilio(cast.sid, cast.token, [cast.number, cast.who.second])
    settings = Jsonb({"account_sid": cast.sid, "from_number": cast.who.second})
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["set_account"], {"id": cast.texts, "settings": settings})


@pytest.mark.parametrize(
    ("number", "later"),
    [(FLORIDA, ["sms", "sms"]), (FLORIDA, ["sms", "voice"]), (NEW_YORK, ["sms"] * (TOUCHES_A_DAY - 1))],
    ids=["florida", "florida-with-a-call", "new-york"],
)
async def test_after_the_last_of_the_day_the_next_waits_for_a_whole_day_to_the_second(
    stage: Stage, number: str, later: list[str]
) -> None:
    cast, people = await gather(stage, START, [(number, {})], by=WITH_CALLS)
    stage.twin.person(number, "answers")
    await sweep_at(stage, START)
    await send_from_the_other_number(stage, cast)
    for place, channel in enumerate(later, 1):
        hour = START + timedelta(hours=place)
        stage.clock.set(hour)
        await join(stage.deps, cast.client_id, story(channel, slug=f"later-{place}"), list(people))
        await sweep_at(stage, hour)
    full = START + timedelta(hours=len(later) + 1)
    stage.clock.set(full)
    await join(stage.deps, cast.client_id, story("sms", slug="one-more"), list(people))

    for instant in (full, START + DAY - SECOND):
        await sweep_at(stage, instant)
        assert len(await rows(stage.deps, "touches")) == len(later) + 1
        (waits,) = [row for row in await rows(stage.deps, "enrollments") if row["status"] == "active" and row["due_at"]
                    and row["decision"] and row["decision"].get("reason")]  # fmt: skip
        assert (waits["decision"]["reason"], waits["due_at"]) == ("contact_cap", START + DAY)
    await sweep_at(stage, START + DAY + SECOND)
    touches = await rows(stage.deps, "touches")
    assert len(touches) == len(later) + 2
    senders = {line.get("from") for line in stage.twin.ledger("twilio")}
    assert senders == {cast.number, cast.who.second}, senders


async def test_touches_of_an_instant_that_the_clock_has_not_reached_again_count_too(stage: Stage) -> None:
    """The clock was set back after the day was full: it stays full."""
    cast, people = await gather(stage, START, [(FLORIDA, {})])
    for place in range(3):
        instant = START + timedelta(minutes=10 * place)
        stage.clock.set(instant)
        if place:
            await join(stage.deps, cast.client_id, story("sms", slug=f"later-{place}"), list(people))
        await sweep_at(stage, instant)
    back = START - timedelta(minutes=30)
    stage.clock.set(back)
    await join(stage.deps, cast.client_id, story("sms", slug="one-more"), list(people))
    await sweep_at(stage, back)
    assert len(await rows(stage.deps, "touches")) == 3
