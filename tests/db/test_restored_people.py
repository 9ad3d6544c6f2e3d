"""What a restored database no longer knows of people: nobody is written twice all the same, whoever carries it."""

from pathlib import Path

import pytest

from modules.health import Settled
from modules.labels import ChannelName, Provider
from scripts.conductor.stage import Stage
from tests.cast import gather_cast, join, rows, story
from tests.databases import Database, Engine
from tests.db.restoring import (
    BY,
    add_people,
    answer,
    dump,
    let_leave_again,
    live_on,
    pass_time,
    restore_in_place,
    standing,
    taken,
)
from tests.db.test_restore import stage as stage
from workers.rearm import rearm


async def test_somebody_who_was_added_and_written_in_the_gap_is_not_written_again_when_added_once_more(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    """The restored database does not even know the person; only the address at the provider tells."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), 1)
    await live_on(stage)
    dump(engine, database, tmp_path / "backup")
    contacts = await add_people(stage, cast, "+12125550144")
    await join(stage.deps, cast.client_id, story("sms", slug="second"), contacts)
    await live_on(stage, minutes=1)
    before = taken(stage)
    assert len(before) == 2
    restore_in_place(engine, database, tmp_path / "backup")
    assert (await let_leave_again(stage)).counts["lost"] == 1
    contacts = await add_people(stage, cast, "+12125550144")
    await join(stage.deps, cast.client_id, story("sms", slug="second"), contacts)
    await live_on(stage, minutes=1)
    assert taken(stage) == before
    assert await standing(stage) == {"finished": 1, "held:possibly_sent": 1}


@pytest.mark.parametrize("provider", [Provider.ghl, Provider.vapi, Provider.retell])
async def test_every_provider_s_list_holds_back_what_left_in_the_gap(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path, provider: Provider
) -> None:
    channel = ChannelName.sms if provider is Provider.ghl else ChannelName.voice
    text = story(channel, channel, wait="hours: 1")
    await gather_cast(stage.deps, stage.twin, text, by={channel: provider})
    for minutes in (0, 10, 10):
        await live_on(stage, minutes=minutes)
    dump(engine, database, tmp_path / "backup")
    for _ in range(4):
        await live_on(stage, minutes=30)
    before = taken(stage)
    assert sum(before.values()) == 2
    restore_in_place(engine, database, tmp_path / "backup")
    done = await let_leave_again(stage)
    assert (done.armed, done.counts["lost"], done.missing) == (True, 1, [])
    await live_on(stage)
    assert taken(stage) == before
    assert await standing(stage) == {"held:possibly_sent": 1}
    assert (await answer(stage, Settled.sent)).moved == 1
    assert await standing(stage) == {"finished": 1}


async def test_what_code_answered_in_the_gap_is_not_answered_again(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await live_on(stage)
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "help?")
    await pass_time(stage, seconds=30)
    dump(engine, database, tmp_path / "backup")
    await live_on(stage, minutes=1)
    before = taken(stage)
    assert len(before) == 2, "the text and the answer"
    restore_in_place(engine, database, tmp_path / "backup")
    assert (await let_leave_again(stage)).armed
    await live_on(stage, minutes=1)
    assert taken(stage) == before
    assert "answer_too_late" in [row["event"] for row in await rows(stage.deps, "logs")]


@pytest.mark.parametrize(
    ("words", "left", "stands"),
    [
        ("Unsubscribe me please.", 1, "stopped:suppressed"),
        ("When are you open?", 1, "stopped:replied"),
        ("", 2, "finished"),
    ],
)
async def test_what_a_person_wrote_by_email_in_the_gap_counts_before_the_next_email_leaves(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path, words: str, left: int, stands: str
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("email", "email"))
    await live_on(stage)
    dump(engine, database, tmp_path / "backup")
    if words:
        stage.twin.mail_us("re_" + cast.token, cast.mails[0], f"hello@{cast.slug}.example", "Re: email-0", words)
        await live_on(stage, minutes=5)
    restore_in_place(engine, database, tmp_path / "backup")
    done = await let_leave_again(stage)
    assert (done.armed, done.counts["heard"], done.missing) == (True, int(bool(words)), [])
    await live_on(stage, days=1)
    assert len(stage.twin.ledger()) == left
    assert await standing(stage) == {stands: 1}


@pytest.mark.parametrize("op", ["list", "fetch"])
async def test_nothing_leaves_while_what_people_wrote_by_email_cannot_be_read(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path, op: str
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("email", "email"))
    await live_on(stage)
    dump(engine, database, tmp_path / "backup")
    stage.twin.mail_us("re_" + cast.token, cast.mails[0], f"hello@{cast.slug}.example", "Re: email-0", "STOP")
    await live_on(stage, minutes=5)
    restore_in_place(engine, database, tmp_path / "backup")
    stage.twin.script("resend", "500_before_accept", op=op)
    done = await let_leave_again(stage)
    assert not done.armed
    assert [(one.provider, one.reason) for one in done.missing] == [("resend", "http_500")]
    assert (await rearm(stage.deps, BY, "restored")).armed
    await live_on(stage, days=1)
    assert len(stage.twin.ledger()) == 1
