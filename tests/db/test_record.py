"""What the database refuses of one answer loses no other, and is counted where everybody looks."""

from collections.abc import AsyncIterator

import pytest

from modules.ids import TouchId
from modules.touches import News
from tests.cast import gather_cast, rows, story
from tests.databases import Database
from tests.db.rig import arm_all, open_rig, text_account
from utils.clock import monotonic
from workers.context import Deps
from workers.record import confirm_surely


@pytest.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


async def test_of_two_answers_with_one_id_the_first_is_recorded_and_the_other_is_told(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms"), 3)
    await arm_all(deps, cast.client_id, await text_account(deps, cast.client_id), 3)
    touches = sorted(TouchId(row["id"]) for row in await rows(deps, "touches"))
    ids = ["SM1", "SM1", "SM2"]
    news = [
        News(touch, None, provider_id=own, provider_status="queued") for touch, own in zip(touches, ids, strict=True)
    ]
    assert await confirm_surely(deps, news, monotonic() + 10) == 1
    kept = {row["id"]: (row["state"], row["provider_id"]) for row in await rows(deps, "touches")}
    assert [kept[touch] for touch in touches] == [("accepted", "SM1"), ("sending", None), ("accepted", "SM2")]
    assert await confirm_surely(deps, news[2:], monotonic() + 10) == 0
