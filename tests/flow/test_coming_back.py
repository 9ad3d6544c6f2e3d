"""START opens a closed number only where the person has agreed anew; a bare yes opens nothing."""

from datetime import timedelta

import pytest

from modules.consents import ConsentGiven, insert_consent
from modules.labels import ChannelName, ConsentKind
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, join, rows, story
from tests.flow.answering import CONFIRMED, SQL, closed, is_lawful, reached, write
from tests.flow.outside import play_on, sweep_after
from tests.flow.speaking import told
from utils.db import Row, fetch_all
from utils.uuid7 import uuid7


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """One person who was written to, and asked in plain words to be left alone."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms"))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    await write(stage, acme, "Do not contact me again")
    await sweep_after(stage, minutes=1)
    return acme


async def agree(stage: Stage, cast: Cast, kind: ConsentKind = ConsentKind.written, address: str | None = None) -> None:
    """A form of today."""
    given = ConsentGiven(ChannelName.sms, "Yes, text me", "web-form", kind=kind, address=address)
    async with stage.deps.database.transaction() as conn:
        now = stage.clock.now()
        await insert_consent(conn, uuid7(now), cast.client_id, cast.contacts[0], given, now)


async def reopenings(stage: Stage) -> list[Row]:
    async with stage.deps.database.transaction() as conn:
        return await fetch_all(conn, SQL["reopenings"])


@pytest.mark.parametrize("text", ["START", "unstop", "Resubscribe"])
async def test_start_alone_opens_nothing_and_waits_for_a_person(stage: Stage, cast: Cast, text: str) -> None:
    await write(stage, cast, text)
    await play_on(stage)

    last = (await told(stage))[-1]
    assert (last["payload"]["asks_to_start"], last["released_at"], last["answer"]) == ("yes", None, None)
    assert set((await closed(stage)).values()) == {"opted_out"}
    assert await reopenings(stage) == []


@pytest.mark.parametrize("kind", [ConsentKind.written, ConsentKind.express])
async def test_start_opens_the_number_where_the_person_has_agreed_since(
    stage: Stage, cast: Cast, kind: ConsentKind
) -> None:
    await sweep_after(stage, days=1)
    await agree(stage, cast, kind, cast.phones[0])
    await write(stage, cast, "START")

    assert await closed(stage) == {cast.phones[0]: None, cast.mails[0]: "opted_out"}
    assert [row["suppressed_at"] for row in await rows(stage.deps, "contacts")] == [None]
    (opened,) = await reopenings(stage)
    assert (opened["closed_reason"], opened["reopened_by"], opened["wording"]) == ("opted_out", "start", "Yes, text me")
    assert "asks_to_start" not in (await told(stage))[-1]["payload"]


async def test_who_came_back_is_written_to_again_and_may_leave_again(stage: Stage, cast: Cast) -> None:
    await sweep_after(stage, days=1)
    await agree(stage, cast)
    await write(stage, cast, "START")
    await sweep_after(stage, minutes=1)
    await join(stage.deps, cast.client_id, story("sms", slug="again"), cast.contacts)
    await sweep_after(stage, minutes=1)
    await sweep_after(stage, minutes=1)
    await write(stage, cast, "stop texting me")
    touches = await play_on(stage)

    assert [touch["origin"] for touch in touches] == ["step", "confirmation", "step", "confirmation"]
    assert reached(stage, CONFIRMED) == 2
    assert await is_lawful(stage)


async def test_who_comes_back_before_the_confirmation_left_is_not_told_that_they_are_gone(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("email"))
    await write(stage, acme, "stop texting me")
    stage.clock.set(stage.clock.now() + timedelta(seconds=20))
    await agree(stage, acme)
    await write(stage, acme, "START")
    await play_on(stage)

    assert (reached(stage, CONFIRMED), [row["answer"] for row in await told(stage)]) == (0, ["too_late", None])
    assert (await closed(stage))[acme.phones[0]] is None


@pytest.mark.parametrize("text", ["YES", "yes", "ok", "Yes please start"])
async def test_a_bare_yes_opens_nothing_even_with_an_agreement(stage: Stage, cast: Cast, text: str) -> None:
    await sweep_after(stage, days=1)
    await agree(stage, cast)
    await write(stage, cast, text)
    await play_on(stage)

    assert (await closed(stage))[cast.phones[0]] == "opted_out"
    assert await reopenings(stage) == []


async def test_an_agreement_of_before_or_for_another_number_opens_nothing(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "START")
    await sweep_after(stage, days=1)
    await agree(stage, cast, ConsentKind.soft_opt_in)
    await agree(stage, cast, ConsentKind.written, "+12125559999")
    await write(stage, cast, "START")

    assert (await closed(stage))[cast.phones[0]] == "opted_out"
    assert await reopenings(stage) == []


async def test_start_from_an_open_number_is_only_a_message(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("sms"))
    await write(stage, acme, "START")

    assert "asks_to_start" not in (await told(stage))[-1]["payload"]
    assert await reopenings(stage) == []
