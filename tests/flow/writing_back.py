"""What people of a client write back, by the very functions that the command line calls."""

from datetime import timedelta

from modules.inbox import list_replies
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, rows, story
from tests.flow.answering import write
from tests.flow.outside import sweep_after
from utils.db import Row
from workers.write_reply import Written, take_back_reply, write_reply

WORDS = "Yes, Tuesday at three works. See you then!"
DAY = timedelta(hours=24)


async def asked(stage: Stage) -> Cast:
    """One person whose first text was delivered and who has asked something; a second step waits for two days."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms"))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    await write(stage, acme, "Could I come on Tuesday at three?")
    return acme


async def written(stage: Stage, cast: Cast, text: str = WORDS, within: timedelta = DAY) -> Written:
    async with stage.deps.database.transaction() as conn:
        return await write_reply(stage.deps, conn, cast.client_id, cast.contacts[0], text, "by_hand:ann", within)


async def taken_back(stage: Stage, cast: Cast, told: Written) -> None:
    async with stage.deps.database.transaction() as conn:
        await take_back_reply(conn, cast.client_id, told.id, stage.clock.now())


async def listed(stage: Stage, cast: Cast) -> list[Row]:
    async with stage.deps.database.transaction() as conn:
        return await list_replies(conn, cast.client_id, stage.clock.now(), 100)


async def outcome(stage: Stage, cast: Cast) -> list[tuple[str, str | None]]:
    return [(row["state"], row["reason"]) for row in await listed(stage, cast)]


async def warned(stage: Stage) -> list[str]:
    return [
        row["detail"]["closed_reason"] for row in await rows(stage.deps, "logs") if row["event"] == "reply_not_sent"
    ]


async def replies(stage: Stage) -> list[Row]:
    return [one for one in await rows(stage.deps, "touches") if one["origin"] == "reply"]
