"""What is written back once more after the first of it went another way than planned."""

from dataclasses import replace
from uuid import UUID

import pytest

from modules.inbox import NewReply, keep_reply
from scripts.conductor.stage import Stage
from tests.cast import Cast
from tests.flow.answering import reached
from tests.flow.outside import play_on
from tests.flow.writing_back import WORDS, asked, listed, written
from utils.db import Connection
from utils.errors import Conflict
from utils.uuid7 import uuid7
from workers import write_reply as writing


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    return await asked(stage)


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
