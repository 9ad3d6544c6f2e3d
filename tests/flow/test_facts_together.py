"""Facts that are told at the same time are recorded together, and each is answered for itself."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from modules.accounts import stored_accounts
from modules.channels import Fact
from modules.ids import AccountId
from modules.labels import Provider, TouchState
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import gather_cast, rows, story
from tests.flow.outside import states_of
from utils import crashpoint
from utils.db import Row
from workers.gathering import AT_MOST, Gathering

PEOPLE = 6


@pytest.fixture
async def accepted(stage: Stage) -> list[Row]:
    """The touches of people whose texts have been accepted."""
    await gather_cast(stage.deps, stage.twin, story("sms", "sms"), PEOPLE)
    await run_sweep(stage.deps)
    return await rows(stage.deps, "touches")


@pytest.fixture
def commits() -> Iterator[list[str]]:
    """One entry for each transaction that records facts."""
    seen: list[str] = []
    crashpoint.install(lambda name: seen.append(name) if name == "before_confirm_commit" else None)
    yield seen
    crashpoint.install(None)


def delivered(touch: Row) -> Fact:
    sid = touch["provider_id"]
    return Fact(TouchState.delivered, sid, "delivered", f"{sid}:delivered", reference=touch["id"])


async def accounts_of(stage: Stage) -> list[AccountId]:
    async with stage.deps.database.transaction() as conn:
        return [one.id for one in await stored_accounts(conn) if one.provider is Provider.twilio]


async def tell_all(stage: Stage, facts: list[Fact]) -> list[str | BaseException | None]:
    gathering, accounts = Gathering(stage.deps), await accounts_of(stage)
    return await asyncio.gather(*(gathering.tell(accounts, fact) for fact in facts), return_exceptions=True)


async def test_one_transaction_records_all_that_came_at_the_same_time(
    stage: Stage, accepted: list[Row], commits: list[str]
) -> None:
    assert await tell_all(stage, [delivered(touch) for touch in accepted]) == ["delivered"] * PEOPLE
    assert len(commits) == 1
    assert await states_of(stage) == ["delivered"] * PEOPLE


async def test_a_repeat_beside_the_first_or_after_it_is_no_news_and_takes_no_lock(
    stage: Stage, accepted: list[Row], commits: list[str]
) -> None:
    first = delivered(accepted[0])
    assert await tell_all(stage, [first, first, delivered(accepted[1])]) == ["delivered", "nothing_new", "delivered"]
    before, many = await rows(stage.deps, "touches"), len(commits)
    assert many == 1, "it goes along with the first"
    assert await tell_all(stage, [first] * (2 * AT_MOST)) == ["nothing_new"] * (2 * AT_MOST)
    assert len(commits) == many, "a repeat alone asks for no lock"
    assert await rows(stage.deps, "touches") == before


async def test_a_repeat_beside_the_first_is_answered_only_when_the_first_is_committed(
    stage: Stage, accepted: list[Row]
) -> None:
    class CommitIsLost(Exception):
        """What stands for a process that ends before its commit."""

    def fall(name: str) -> None:
        if name == "before_confirm_commit":
            raise CommitIsLost

    first = delivered(accepted[0])
    crashpoint.install(fall)
    try:
        told = await tell_all(stage, [first, first])
    finally:
        crashpoint.install(None)
    assert [type(one) for one in told] == [CommitIsLost] * 2
    assert await states_of(stage) == ["accepted"] * PEOPLE
    assert await tell_all(stage, [first, first]) == ["delivered", "nothing_new"]


async def test_of_two_facts_about_one_touch_the_second_is_told_after_the_first(
    stage: Stage, accepted: list[Row], commits: list[str]
) -> None:
    end = delivered(accepted[0])
    other = replace(end, state=TouchState.failed, evidence_id=f"{end.provider_id}:failed", provider_status="failed")
    told = await tell_all(stage, [end, other, end, delivered(accepted[1])])
    assert told == ["delivered", "nothing_new", "nothing_new", "delivered"]
    assert len(commits) == 2, "those that say the same go together"
    touch = next(row for row in await rows(stage.deps, "touches") if row["id"] == accepted[0]["id"])
    assert touch["state"] == "delivered"
    assert [one["id"] for one in touch["evidence"]] == [end.evidence_id, other.evidence_id], "the loser is kept"


async def test_a_status_on_the_way_takes_no_lock_once_the_touch_is_accepted(
    stage: Stage, accepted: list[Row], commits: list[str]
) -> None:
    end = delivered(accepted[0])
    sent = replace(end, state=None, evidence_id=f"{end.provider_id}:sent", provider_status="sent")
    assert await tell_all(stage, [sent, end]) == ["nothing_new", "delivered"]
    assert await tell_all(stage, [sent]) == ["nothing_new"]
    assert len(commits) == 1, "only the delivery was written down"


async def test_what_the_database_refuses_of_one_fact_takes_nothing_from_the_others(
    stage: Stage, accepted: list[Row]
) -> None:
    facts = [delivered(touch) for touch in accepted]
    sid = facts[2].provider_id
    facts[2] = Fact(TouchState.delivered, sid, "delivered", "no\x00key", reference=facts[2].reference)
    told = await tell_all(stage, facts)
    assert isinstance(told[2], psycopg.DataError)
    assert told[:2] + told[3:] == ["delivered"] * (PEOPLE - 1)
    assert sorted(await states_of(stage)) == ["accepted", *["delivered"] * (PEOPLE - 1)]


async def test_a_touch_of_other_accounts_or_of_nobody_is_not_found(stage: Stage, accepted: list[Row]) -> None:
    gathering, accounts = Gathering(stage.deps), await accounts_of(stage)
    stranger = Fact(TouchState.delivered, "SM" + "5e" * 16, "delivered", "x:delivered")
    told = await asyncio.gather(
        gathering.tell([], delivered(accepted[0])),
        gathering.tell(accounts, stranger),
        gathering.tell(accounts, delivered(accepted[1])),
    )
    assert list(told) == [None, None, "delivered"]
    assert sorted(await states_of(stage)) == [*["accepted"] * (PEOPLE - 1), "delivered"]
