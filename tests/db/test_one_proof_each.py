"""One message of a provider is the proof of one touch, also where two clients share one account at the provider."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from modules.accounts import add_account, add_client
from modules.contacts import ContactDraft, add_contact
from modules.ids import ContactId
from modules.labels import ChannelName, Provider, TouchState
from modules.touches import Touch, taken_provider_ids
from scripts.conductor.stage import Stage, open_stage
from tests.cast import SQL as CAST
from tests.cast import Cast, gather_cast, join, rows, story
from tests.cast_accounts import Given, draft_of
from tests.databases import Database
from tests.db.restoring import pass_time
from tests.db.rig import MONDAY
from tests.flow.ghl_stage import AGREED, ZONE, gather_ghl, sample_of, tell
from utils.db import Connection, Row, execute
from workers import resolve
from workers.sweep import sweep

TEXT = story("sms").replace("{{ client.name }}", "us")
"""Word for word the same from every client of the same name."""
LOST = (TouchState.expired, "unresolved", None)
PATIENT = "2.0"
TOGETHER_SECONDS = 10.0


@pytest_asyncio.fixture
async def stage(database: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, database.url, MONDAY, timeout=PATIENT) as running:
        yield running


@pytest_asyncio.fixture
async def acme(stage: Stage) -> Cast:
    """Its text was accepted; the answer to it was lost, and so is every callback."""
    cast = await gather_cast(stage.deps, stage.twin, TEXT)
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    stage.twin.script("twilio", "timeout_after_accept")
    await sweep(stage.deps)
    return cast


async def join_beside(stage: Stage, acme: Cast) -> None:
    """Another client with the same account at Twilio and the same words for the same person, due now."""
    deps, now = stage.deps, stage.deps.clock.now()
    async with deps.database.transaction() as conn:
        calm = await add_client(conn, "calm", "Acme", now)
        shared = draft_of(acme.who, calm.id, Provider.twilio, ChannelName.sms, Given(), 1000.0)
        await add_account(conn, deps.sealer, shared, now)
        await execute(conn, CAST["plant_permits"], {"client_id": calm.id, "now": now})
        person: list[ContactId] = []
        for phone in acme.phones:
            draft = ContactDraft(first_name="Ada", phone=phone, time_zone=ZONE, consents=AGREED)
            person.append(await add_contact(conn, calm.id, draft, now))
    await join(deps, calm.id, TEXT, person)


async def live_on(stage: Stage, minutes: float, every: float) -> None:
    for _ in range(int(minutes / every)):
        await pass_time(stage, minutes=every)
        await sweep(stage.deps)


async def ends(stage: Stage, acme: Cast) -> dict[str, tuple[object, object, object]]:
    """What became of each text: acme's and the other's."""
    touches = await rows(stage.deps, "touches")
    assert len({touch["body"] for touch in touches}) == len({touch["to_address"] for touch in touches}) == 1
    return {"acme" if touch["client_id"] == acme.client_id else "calm": _end(touch) for touch in touches}


def _end(touch: Row) -> tuple[object, object, object]:
    return touch["state"], touch["reason"], touch["provider_id"]


class Meeting:
    """Two looks that have both asked what is taken before either asks the provider: two processes at one instant."""

    def __init__(self) -> None:
        self._together = asyncio.Barrier(2)
        self.met = False

    async def taken_provider_ids(self, conn: Connection, touch: Touch) -> frozenset[str]:
        found = await taken_provider_ids(conn, touch)
        if not self.met:
            async with asyncio.timeout(TOGETHER_SECONDS):
                await self._together.wait()
            self.met = True
        return found


async def test_one_message_is_never_the_proof_of_two_touches_that_are_looked_at_at_once(
    stage: Stage, acme: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can say from the list whose it is, so neither is called delivered and both are visibly lost."""
    meeting = Meeting()
    monkeypatch.setattr(resolve, "taken_provider_ids", meeting.taken_provider_ids)
    await join_beside(stage, acme)
    stage.twin.script("twilio", "500_before_accept")
    await sweep(stage.deps)
    await live_on(stage, minutes=320, every=10)
    assert meeting.met
    assert len(stage.twin.ledger()) == 1
    assert await ends(stage, acme) == {"acme": LOST, "calm": LOST}


async def test_the_database_gives_one_message_to_one_touch_whatever_a_look_believes(
    stage: Stage, acme: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with the doubt taken away: the second is refused, ends at its deadline, and harms no other."""

    async def none_alike(*_: object) -> bool:
        return False

    meeting = Meeting()
    monkeypatch.setattr(resolve, "taken_provider_ids", meeting.taken_provider_ids)
    monkeypatch.setattr(resolve, "has_look_alike", none_alike)
    await join_beside(stage, acme)
    stage.twin.script("twilio", "500_before_accept")
    await sweep(stage.deps)
    await pass_time(stage, minutes=10)
    report = await sweep(stage.deps)
    assert meeting.met
    assert (report.counts["refused"], report.counts["settled"]) == (1, 1)
    await live_on(stage, minutes=320, every=10)
    (line,) = stage.twin.ledger()
    states = sorted((await ends(stage, acme)).values(), key=str)
    assert states == [(TouchState.delivered, None, line["provider_id"]), LOST]


async def test_a_text_that_was_lost_for_good_leaves_no_message_to_another_with_its_words(
    stage: Stage, acme: Cast
) -> None:
    """The other was armed half a minute later, so at its last look it is the only one that still waits."""
    await pass_time(stage, seconds=30)
    await join_beside(stage, acme)
    stage.twin.script("twilio", "500_before_accept")
    await sweep(stage.deps)
    await live_on(stage, minutes=300, every=10)
    between: set[tuple[object, object]] = set()
    for _ in range(20):
        await live_on(stage, minutes=0.25, every=0.25)
        states = await ends(stage, acme)
        between.add((states["acme"][0], states["calm"][0]))
    assert (TouchState.expired, TouchState.unknown) in between
    assert await ends(stage, acme) == {"acme": LOST, "calm": LOST}


@pytest.mark.parametrize("fate", ["timeout_after_accept", "500_before_accept"])
async def test_a_text_whose_message_is_known_casts_no_doubt_on_another_with_its_words(stage: Stage, fate: str) -> None:
    acme = await gather_cast(stage.deps, stage.twin, TEXT)
    await sweep(stage.deps)
    first = stage.twin.ledger()[0]["provider_id"]
    await join_beside(stage, acme)
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    stage.twin.script("twilio", fate)
    await sweep(stage.deps)
    await live_on(stage, minutes=320, every=10)
    own = [line["provider_id"] for line in stage.twin.ledger() if line["provider_id"] != first]
    end = (TouchState.delivered, None, *own) if own else LOST
    assert await ends(stage, acme) == {"acme": (TouchState.delivered, None, first), "calm": end}


async def test_a_text_armed_long_after_one_that_was_lost_finds_its_own_message(stage: Stage, acme: Cast) -> None:
    """The first is found before there is a second; then the second by itself."""
    await live_on(stage, minutes=12, every=6)
    await join_beside(stage, acme)
    stage.twin.script("twilio", "timeout_after_accept")
    await sweep(stage.deps)
    await live_on(stage, minutes=12, every=6)
    ids = [line["provider_id"] for line in stage.twin.ledger()]
    touches = await rows(stage.deps, "touches")
    assert [touch["provider_id"] for touch in touches] == ids
    assert len(set(ids)) == 2


async def test_two_hand_overs_of_the_same_words_do_not_share_one_message(stage: Stage) -> None:
    """Of the first the workflow makes a text, of the second nothing; a hand-over's own id names no message. Before
    them one with the footer that a person's first text has: that is other words."""
    hook = f"{stage.twin.ghl_url}/hooks/{sample_of('acme').location}/webhook-trigger/5f0c"
    ghl = await gather_ghl(stage, workflow_hook=hook)
    for slug, workflow in (("hello", "sends"), ("story", "sends"), ("again", "drops")):
        tell(stage, ghl, workflow=workflow)
        await join(stage.deps, ghl.client_id, story("sms", slug=slug), ghl.contacts)
        await sweep(stage.deps)
        await pass_time(stage, minutes=3)
    assert len(stage.twin.ledger()) == 2
    handed = await rows(stage.deps, "touches")
    assert [touch["state"] for touch in handed] == ["accepted"] * 3
    assert handed[0]["body"] != handed[1]["body"] == handed[2]["body"]
    await live_on(stage, minutes=320, every=10)
    touches = await rows(stage.deps, "touches")
    states = [(one["state"], one["reason"]) for one in touches]
    assert states == [("delivered", None), ("expired", "unconfirmed"), ("expired", "unconfirmed")]
