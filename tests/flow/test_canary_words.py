"""The words of checks of ours: each turn has its own, so that one of them is never in the way of another's proof."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from modules.canaries import DueCheck
from modules.ids import ClientId, ContactId
from modules.labels import ChannelName
from scripts.conductor.stage import Stage
from tests.flow.checking import HOUR, checks, troubles
from tests.flow.ghl_stage import gather_ghl, sample_of, tell
from tests.flow.outside import sweep_after, sweep_at
from utils.db import Row
from workers.canary import errand_of
from workers.start_canary import start_canary

BEGUN = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def words_of(channel: ChannelName, number: int, attempt: int = 1, every: timedelta = HOUR) -> str:
    begins_at = BEGUN + number * every
    due = DueCheck(uuid4(), ClientId(uuid4()), channel, ContactId(uuid4()), BEGUN, number, begins_at, attempt - 1)
    return errand_of(due, attempt).body


@pytest.mark.parametrize("channel", [ChannelName.sms, ChannelName.email])
def test_each_turn_has_words_of_its_own_and_keeps_them_when_it_is_tried_again(channel: ChannelName) -> None:
    first, again, next_one = words_of(channel, 0), words_of(channel, 0, attempt=2), words_of(channel, 1)
    assert "23 Nov 15:00 UTC" in first
    assert (again == first, next_one == first) == (True, False)
    assert words_of(channel, 1, every=24 * HOUR) != first


async def test_a_text_that_a_workflow_took_is_known_although_the_next_one_has_left(stage: Stage) -> None:
    """Its list names no touch of ours, so it is known by person, words and time alone, as late as the next look."""
    hook = f"{stage.twin.ghl_url}/hooks/{sample_of('acme').location}/webhook-trigger/5f0c"
    ghl = await gather_ghl(stage, workflow_hook=hook)
    tell(stage, ghl, by="nothing")
    begun = stage.clock.now()
    async with stage.deps.database.transaction() as conn:
        await start_canary(stage.deps, conn, ghl.client_id, ghl.contacts[0], ChannelName.sms, HOUR, "by_hand:ann")
    for number in range(3):  # the first one also says how to opt out
        await sweep_at(stage, begun + number * HOUR)
    for _ in range(25):
        await sweep_after(stage, minutes=1)
    told: Mapping[int, Row] = {one["part"]: one for one in await checks(stage)}
    assert [told[part]["state"] for part in (1, 2)] == ["delivered", "delivered"]
    assert await troubles(stage) == []
