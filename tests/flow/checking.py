"""Checks of ours in flow tests: started, looked at, and what the guardian told of them."""

from datetime import timedelta

from modules.canaries import CanaryLook, list_canaries
from modules.labels import ChannelName
from scripts.conductor.stage import Stage
from tests.cast import Cast, rows, story
from utils.db import Row
from workers.guardian import watch
from workers.start_canary import Started, start_canary

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SMS = ChannelName.sms


def later() -> str:
    return story("sms").replace("minutes: 0", "days: 30")


async def started(stage: Stage, cast: Cast, channel: ChannelName = SMS, every: timedelta = HOUR) -> Started:
    async with stage.deps.database.transaction() as conn:
        return await start_canary(stage.deps, conn, cast.client_id, cast.contacts[0], channel, every, "by_hand:ann")


async def looks(stage: Stage, cast: Cast) -> list[CanaryLook]:
    async with stage.deps.database.transaction() as conn:
        return await list_canaries(conn, cast.client_id, stage.clock.now() - timedelta(days=1), 100)


async def checks(stage: Stage) -> list[Row]:
    return [one for one in await rows(stage.deps, "touches") if one["origin"] == "canary"]


async def troubles(stage: Stage) -> list[tuple[str, str]]:
    """What the guardian has told of canaries so far."""
    await watch(stage.deps)
    told = await rows(stage.deps, "logs")
    return [(row["event"], row["detail"]["channel"]) for row in told if row["event"].startswith("canary")]
