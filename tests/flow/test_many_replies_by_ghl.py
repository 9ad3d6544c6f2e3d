"""More people write at GoHighLevel at once than one look may read, and no webhook reaches us."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest_asyncio

from modules.labels import ChannelName, Provider
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from scripts.sandbox.ghl_access import MOST
from tests.cast import BY, Cast, gather_cast, rows, story
from tests.flow.speaking import told
from workers.reconcile import reconcile

MANY = MOST + 30
TEXT = "Not interested, I bought elsewhere. Please do not write again."


@dataclass(frozen=True)
class Location:
    """A client whose texts go by GoHighLevel and are never confirmed; `refs` are people who write to it."""

    cast: Cast
    refs: Sequence[str]


@pytest_asyncio.fixture
async def location(stage: Stage) -> Location:
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "sms"), by={**BY, ChannelName.sms: Provider.ghl})
    stage.twin.script("ghl", "no_dlr", op="send", times=1000)
    stage.twin.script("ghl", "webhook_lost", op="webhook", times=100_000)
    await run_sweep(stage.deps)
    place = cast.who.location
    others = [stage.twin.put_ghl_contact(place, id=f"C{n}", phone=f"+1415555{1000 + n}") for n in range(MANY - 1)]
    return Location(cast, [*others, cast.who.ref_of(cast.phones[0])])


async def later(stage: Stage, **ahead: float) -> None:
    stage.clock.set(stage.clock.now() + timedelta(**ahead))
    await asyncio.to_thread(stage.twin.advance, stage.clock.now())


def limit(stage: Stage, location: Location, *, enforced: bool = True) -> None:
    """Whether the location's requests are held to 100 in ten seconds."""
    who = location.cast.who
    key = base64.b64encode(who.ghl_key.private_bytes_raw()).decode()
    hook = f"{stage.deps.settings.public_url}/hooks/ghl/{location.cast.keys[Provider.ghl]}"
    numbers = [location.cast.number]
    stage.twin.add_ghl(
        *("pit-" + location.cast.token, who.location, numbers, hook),
        webhook_private_key=key,
        rate_enforced=enforced,
    )


async def all_write(stage: Stage, location: Location) -> None:
    for number, ref in enumerate(location.refs):
        stage.twin.write_ghl(location.cast.who.location, ref, "SMS", TEXT)
        if number % 3 == 2:
            await later(stage, seconds=1)


async def look(stage: Stage, **ahead: float) -> list[dict[str, Any]]:
    """A minute's job in a process of its own; what a person has been told so far."""
    await later(stage, **ahead)
    stage.deps.watched.clear()
    await run_sweep(stage.deps)
    return [line for line in await rows(stage.deps, "logs") if line["event"] == "changes_unread"]


async def test_every_reply_is_heard_when_more_people_write_than_one_look_may_read(
    stage: Stage, location: Location
) -> None:
    await all_write(stage, location)
    limit(stage, location)
    assert await look(stage, minutes=5) == []
    heard = len(await told(stage))
    assert 0 < heard < MANY
    assert await look(stage, minutes=30) == []
    assert len(await told(stage)) == MANY


async def test_what_a_look_could_not_read_is_heard_hours_later_by_the_next_one_that_can(
    stage: Stage, location: Location
) -> None:
    stage.twin.script("ghl", "500_before_accept", op="list", times=100_000)
    await all_write(stage, location)
    assert await look(stage, minutes=5) == []
    await later(stage, hours=7)
    stage.twin.clear_faults()
    for _ in range(2):
        stage.deps.watched.clear()
        await reconcile(stage.deps)
    assert len(await told(stage)) == MANY


async def test_a_person_is_told_once_when_look_after_look_comes_no_further(stage: Stage, location: Location) -> None:
    stage.twin.script("ghl", "500_before_accept", op="list", times=100_000)
    for _ in range(4):
        assert await look(stage, minutes=1) == []
    told_each_time = [await look(stage, minutes=1) for _ in range(3)]
    [alarm] = told_each_time[-1]
    assert (alarm["level"], alarm["client_id"]) == ("alarm", location.cast.client_id)
    assert alarm["detail"]["way_out"]
    stage.twin.clear_faults()
    await look(stage, minutes=1)
    stage.twin.script("ghl", "500_before_accept", op="list", times=100_000)
    await later(stage, hours=7)
    assert len(await look(stage, minutes=1)) == 1, "what was mended counts anew"


async def test_one_conversation_that_cannot_be_read_keeps_no_other_from_being_heard(
    stage: Stage, location: Location
) -> None:
    poison = location.refs[0]
    stage.twin.script("ghl", "500_before_accept", op="list", match={"contact": poison}, times=100_000)
    limit(stage, location)
    await all_write(stage, location)
    alarms = [await look(stage, minutes=3) for _ in range(9)]
    assert len(await told(stage)) == MANY - 1
    assert len(alarms[-1]) == 1
