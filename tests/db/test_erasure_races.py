"""An erasure beside everything else that speaks of the person: whoever is first, nothing of them is left at the end."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from modules.channels import ContactSeen, Inbound
from modules.inbox import EventKind, keep_event, list_places
from modules.labels import CallDetails, ChannelName, CheckAnswer, Provider, SuppressionReason, TouchState
from modules.permits import NumberToCheck, Receipt
from modules.touches import News
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database, Engine
from tests.db.erasing import MAIL, PHONE, REF, add_canary, add_touch, dump, erase, found_in, read
from tests.db.rig import MONDAY, open_rig
from workers import vet
from workers.confirm import confirm
from workers.context import Deps
from workers.take_in import Post, take_in

pytestmark = pytest.mark.race

ROUNDS = 25


@pytest_asyncio.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


@pytest_asyncio.fixture
async def cast(deps: Deps) -> Cast:
    return await gather_cast(deps, None, story("sms"))


async def post_of(deps: Deps, cast: Cast, provider: Provider) -> Post:
    async with deps.database.transaction() as conn:
        places = await list_places(conn, provider, cast.client_id)
    return Post(provider, cast.texts, cast.client_id, places, None)


async def test_a_late_fact_with_words_and_a_stop_in_it_never_brings_an_erased_person_back(
    deps: Deps, cast: Cast, engine: Engine, database: Database
) -> None:
    for _ in range(ROUNDS):
        contact_id = await add_canary(deps, cast)
        call = await add_touch(deps, cast, contact_id, ChannelName.voice, "accepted")
        words = CallDetails(transcript="User: canarywords", recording="canarywords", summary="canarywords")
        stop = SuppressionReason.opted_out
        news = News(call, TouchState.completed, f"id-{call}", "ended", f"{call}:ended", suppress=stop, call=words)
        again = News(call, TouchState.completed, f"id-{call}", "ended", f"{call}:late", suppress=stop, call=words)
        await asyncio.gather(confirm(deps, [news]), erase(deps, cast, contact_id), confirm(deps, [again]))
    assert {touch["state"] for touch in await rows(deps, "touches")} == {"completed"}
    assert len(await read(deps, "erasures")) == ROUNDS
    assert len(await read(deps, "kept")) == 1
    assert found_in(dump(engine, database)) == []


async def test_what_comes_in_beside_an_erasure_is_deleted_by_it_or_belongs_to_nobody(
    deps: Deps, cast: Cast, engine: Engine, database: Database
) -> None:
    texts, people = await post_of(deps, cast, Provider.twilio), await post_of(deps, cast, Provider.ghl)
    seen = ContactSeen(REF, "Zyxcanary", None, PHONE, MAIL, None, (), None, {"pet": "canarywords"})
    ends: Counter[str] = Counter()
    for n in range(ROUNDS):
        contact_id = await add_canary(deps, cast)
        touch = await add_touch(deps, cast, contact_id, ChannelName.sms, "delivered")
        said = Inbound(f"SM{n}", PHONE, cast.number, "canarywords", False, {}, reference=touch)
        _, outcome, met = await asyncio.gather(
            erase(deps, cast, contact_id), take_in(deps, texts, said), take_in(deps, people, seen)
        )
        ends[outcome] += 1
        (left,) = await read(deps, "contact", id=contact_id)
        assert (left["first_name"], left["fields"], left["external_ref"]) == (None, {}, None)
        assert all(row["contact_id"] != contact_id for row in await read(deps, "inbound"))
        for other in await read(deps, "unerased"):
            # met again by another system after the erasure: a new person, who can be erased as well
            assert met == "met"
            await erase(deps, cast, other["id"])
    print(dict(ends))
    # what came after it stands as it came, and names nobody of ours
    assert {"2025550143", "canarywords"} >= set(found_in(dump(engine, database)))
    assert set(ends) <= {"kept", "queued"}


async def test_what_a_service_says_of_a_number_that_was_erased_meanwhile_takes_no_other_answer_with_it(
    deps: Deps, cast: Cast, engine: Engine, database: Database
) -> None:
    (other,) = cast.contacts
    now, day = deps.clock.now(), MONDAY.date()
    for n in range(1, ROUNDS + 1):
        contact_id = await add_canary(deps, cast)
        phones = {row["contact_id"]: row for row in await read(deps, "phones")}
        people = [NumberToCheck(one, phones[one]["id"], phones[one]["value"], day) for one in (contact_id, other)]
        said = [
            Receipt(one.address_id, CheckAnswer.yes if one.contact_id == contact_id else CheckAnswer.no, day, "x")
            for one in people
        ]
        at = now + timedelta(seconds=n)
        await asyncio.gather(
            vet.write_down(deps, cast.client_id, people, said, at), *([erase(deps, cast, contact_id)] if n % 2 else [])
        )
        if not n % 2:
            await erase(deps, cast, contact_id)
            await vet.write_down(deps, cast.client_id, people, said, at)
    (left,) = await read(deps, "phones")
    (answers,) = await read(deps, "answers", address_id=left["id"])
    assert left["contact_id"] == other
    assert answers["answers"] == ROUNDS
    assert found_in(dump(engine, database)) == []


async def test_what_another_with_a_longer_address_wrote_is_not_taken_for_the_persons_own(
    deps: Deps, cast: Cast
) -> None:
    contact_id = await add_canary(deps, cast)
    theirs = {
        "1": {"from": MAIL},
        "2": {"from": f"Ann <{MAIL.upper()}>"},
        "3": {"text": f"hello\n{MAIL}. Bye"},
        "4": {"from": PHONE},
        "5": {"text": f"mailto:{MAIL}?x"},
    }
    others = {
        "6": {"from": f"my.{MAIL}"},
        "7": {"from": f"my{MAIL}"},
        "8": {"from": f"{MAIL}.mx"},
        "9": {"from": "x@y.z"},
    }
    async with deps.database.transaction() as conn:
        for key, payload in (theirs | others).items():
            kept = (cast.client_id, EventKind.inbound, Provider.twilio, payload, MONDAY)
            await keep_event(conn, cast.texts, key, *kept)
    await erase(deps, cast, contact_id)
    assert [row["event_key"] for row in await read(deps, "events")] == list(others)
