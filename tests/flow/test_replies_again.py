"""What is written back once more after the first of it went another way than planned."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from modules.channels import Message
from modules.inbox import NewReply, close_reply, keep_reply, replies_due
from modules.labels import NextChannel
from scripts.conductor.stage import Stage
from tests.cast import Cast
from tests.flow.answering import reached
from tests.flow.outside import play_on, sweep_after
from tests.flow.writing_back import DAY, WORDS, asked, listed, outcome, replies, taken_back, written
from utils.db import Connection
from utils.errors import Conflict, NotFound
from utils.uuid7 import uuid7
from workers import reply as replying
from workers import write_reply as writing
from workers.accounts_in_use import load_accounts_in_use
from workers.reply import IN_THE_GAP


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    return await asked(stage)


async def test_the_same_words_again_after_they_were_taken_back_are_told_why_they_will_not_leave(
    stage: Stage, cast: Cast
) -> None:
    first = await written(stage, cast)
    await taken_back(stage, cast, first)
    again = await written(stage, cast)
    assert (again.id, again.fresh, again.closed_reason) == (first.id, False, "taken_back")
    other = await written(stage, cast, f"{WORDS} Bye!")
    assert (other.fresh, other.closed_reason) == (True, None)
    await play_on(stage)
    assert (reached(stage, WORDS), reached(stage, f"{WORDS} Bye!")) == (0, 1)


async def test_what_was_closed_leaves_room_for_more_and_what_waits_or_left_does_not(stage: Stage, cast: Cast) -> None:
    for one in range(3):
        await taken_back(stage, cast, await written(stage, cast, f"Taken back {one}"))
    for one in range(3):
        assert (await written(stage, cast, f"Answer {one}")).fresh
    with pytest.raises(Conflict, match="3 replies to their last text"):
        await written(stage, cast, "Answer 3")
    await play_on(stage)
    with pytest.raises(Conflict, match="3 replies to their last text"):
        await written(stage, cast, "Answer 3")


async def test_what_may_have_left_in_a_gap_of_our_records_counts_as_left(stage: Stage, cast: Cast) -> None:
    for one in range(3):
        told = await written(stage, cast, f"Answer {one}")
        async with stage.deps.database.transaction() as conn:
            assert await close_reply(conn, told.id, IN_THE_GAP, stage.clock.now())
    with pytest.raises(Conflict, match="3 replies to their last text"):
        await written(stage, cast, "Answer 3")


@pytest.mark.parametrize("tried", [False, True])
async def test_what_nobody_swept_for_nine_days_is_late_and_says_so(stage: Stage, cast: Cast, tried: bool) -> None:
    """So far back no sweep looks for it, and nobody closes it."""
    await written(stage, cast)
    if tried:
        stage.twin.script("twilio", "429")
        await sweep_after(stage, minutes=1)
        assert await outcome(stage, cast) == [("not_sent", "twilio_20429")]
    await sweep_after(stage, days=9)
    assert (await outcome(stage, cast), reached(stage, WORDS)) == ([("late", "too_late")], 0)
    assert (await written(stage, cast)).closed_reason == "too_late"
    for one in range(3):
        assert (await written(stage, cast, f"Answer {one}")).fresh
    await taken_back(stage, cast, await written(stage, cast))
    assert (await outcome(stage, cast))[-1] == ("closed", "taken_back")


async def test_what_left_in_time_is_never_late(stage: Stage, cast: Cast) -> None:
    await written(stage, cast)
    await sweep_after(stage, minutes=1)
    stage.clock.set(stage.clock.now() + 9 * DAY)
    assert [one["state"] for one in await replies(stage)] == ["accepted"]
    assert await outcome(stage, cast) == [("accepted", None)]
    assert (await written(stage, cast)).closed_reason is None


async def test_nobody_is_told_written_when_the_same_words_came_first(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes them holds the person, so this takes a writer that does not ask for the person's locks."""
    first: list[UUID] = []

    async def come_second(conn: Connection, reply: NewReply) -> bool:
        first.append(uuid7(reply.written_at))
        async with stage.deps.database.transaction() as other:
            assert await keep_reply(other, replace(reply, id=first[0]))
        return await keep_reply(conn, reply)

    monkeypatch.setattr(writing, "keep_reply", come_second)
    with pytest.raises(Conflict, match="same words at the same moment"):
        await written(stage, cast)
    assert [row["id"] for row in await listed(stage, cast)] == first
    await play_on(stage)
    assert reached(stage, WORDS) == 1


async def test_what_is_being_armed_is_not_told_to_be_taken_back(stage: Stage, cast: Cast) -> None:
    told, deps = await written(stage, cast), stage.deps
    async with deps.database.transaction() as conn:
        (waiting,) = await replies_due(conn, stage.clock.now(), 10)
        account = (await load_accounts_in_use(deps, conn)).of(cast.client_id, NextChannel.sms)
        assert account is not None
        assert isinstance(await replying._arm(deps, account, conn, waiting, None), Message)
        taking = asyncio.create_task(taken_back(stage, cast, told))
        done, _ = await asyncio.wait({taking}, timeout=0.5)
        assert not done
    with pytest.raises(NotFound):
        await taking
    assert await outcome(stage, cast) == [("sending", None)]
