"""Every kind of opt-out against two sweeps, for every channel and provider: nothing is armed after its commit.

In round n only person n is due. Who has a head start goes round, and how long it is.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from modules.channels import Permission
from modules.ids import AddressId, ContactId, TouchId
from modules.labels import ChannelName, NextChannel, Provider
from modules.sequences import DueGroup
from tests.cast import BY, Cast, gather_cast, rows, story
from tests.cast_accounts import Given
from tests.databases import Database, Engine
from tests.db.contending import SQL
from tests.db.rig import MONDAY, account_of, open_rig
from tests.db.stopping import EMAIL, SMS, STOPS, VOICE, Leaver
from tests.db.test_race_rounds import SECOND, TURNS
from tests.db.test_races import SQL as RACES
from tests.db.test_races import drop_row_locks, linger_before_writing, tell
from utils.clock import FixedClock
from utils.db import execute, fetch_all, fetch_one
from utils.errors import Conflict
from utils.uuid7 import uuid7
from workers.arm import arm_batch
from workers.context import Deps
from workers.take_in import post_of_account

pytestmark = pytest.mark.race

P = Provider
CASES = [
    *(("texts_stop", channel, by) for channel, by in [(SMS, P.twilio), (EMAIL, P.resend), (VOICE, P.vapi)]),
    *(("texts_everything", channel, by) for channel, by in [(SMS, P.twilio), (EMAIL, P.resend), (VOICE, P.retell)]),
    *(("texts_stop", channel, P.ghl) for channel in (SMS, EMAIL)),
    *(("mails_stop", EMAIL, by) for by in (P.resend, P.ghl)),
    *(("clicks", EMAIL, by) for by in (P.resend, P.ghl)),
    *(("is_closed_at_the_provider", channel, P.ghl) for channel in (SMS, EMAIL)),
    *(("says_so_in_a_call", channel, by) for channel, by in [(VOICE, P.vapi), (VOICE, P.retell), (SMS, P.twilio)]),
    *(("is_closed_by_hand", SMS, by) for by in (P.twilio, P.ghl)),
    *((stop, SMS, P.twilio) for stop in ("is_refused", "is_erased")),
    ("complains", EMAIL, P.resend),
]
PLAIN = {("says_so_in_a_call", VOICE, P.vapi), ("texts_everything", EMAIL, P.resend), ("complains", EMAIL, P.resend)}
TOLD_ABOUT = {"complains": EMAIL, "is_refused": SMS, "says_so_in_a_call": VOICE}
"""Facts about something that was sent before, and by which channel."""
ROUNDS = 48
MANY_LINES = {VOICE: Given(settings={"concurrent_calls": str(2 * ROUNDS)})}
DAY_BEFORE = MONDAY - timedelta(hours=30)


async def plant_before(deps: Deps, cast: Cast, stop: str) -> list[TouchId]:
    """Something was sent to everybody yesterday, which the fact of this stop will be about."""
    channel = TOLD_ABOUT.get(stop, SMS)
    ids = [TouchId(uuid7(DAY_BEFORE)) for _ in cast.contacts]
    values = cast.mails if channel is EMAIL else cast.phones
    people = {"id": ids, "contact_id": list(cast.contacts), "value": list(values)}
    account = await account_of(deps, cast.client_id, channel)
    mine = {"client_id": cast.client_id, "account_id": account.id, "at": DAY_BEFORE}
    async with deps.database.transaction() as conn:
        named = {"channel": str(channel), "provider": str(account.provider)}
        await execute(conn, SQL["plant_accepted"], people | mine | named)
        await execute(conn, SQL["accept_planted"])
        await execute(conn, SQL["expire_planted"])
    return ids


async def linger(deps: Deps, turns: int) -> None:
    """As many questions to the database as that."""
    async with deps.database.transaction() as conn:
        for _ in range(turns):
            await fetch_one(conn, RACES["linger"])


async def play_rounds(deps: Deps, stop: str, channel: ChannelName, by: Provider, rounds: int) -> Counter[str]:
    carriers = {**BY, VOICE: P.vapi, channel: by}
    cast = await gather_cast(deps, None, story(channel), rounds, rate=10_000, by=carriers, given=MANY_LINES)
    account = await account_of(deps, cast.client_id, channel)
    group, due = DueGroup(cast.client_id, NextChannel(channel)), [MONDAY + n * SECOND for n in range(rounds)]
    before = await plant_before(deps, cast, stop)
    boxes = {row["value"]: AddressId(row["id"]) for row in await rows(deps, "addresses")}
    allowed = {
        contact: Permission(True, cast.who.ref_of(phone), "")
        for contact, phone in zip(cast.contacts, cast.phones, strict=True)
    }
    async with deps.database.transaction() as conn:
        await execute(conn, SQL["spread_due"], {"id": list(cast.enrollments), "due_at": due})
        owners = await fetch_all(conn, SQL["whose_runs"], {"id": list(cast.enrollments)})
        accounts = [await account_of(deps, cast.client_id, one) for one in carriers]
        posts = {one.channel: await post_of_account(conn, one) for one in accounts}
    places = {row["id"]: cast.contacts.index(row["contact_id"]) for row in owners}
    known, counted, seen = Counter[ContactId](), dict[ContactId, int](), Counter[str]()

    async def count(contact: ContactId, then: Deps) -> int:
        async with then.database.transaction() as conn:
            row = await fetch_one(conn, SQL["count_reached"], {"contact_id": contact, "channel": str(channel)})
        return int(row["n"]) if row else 0

    async def arm(then: Deps, turns: int) -> None:
        await linger(then, turns)
        await arm_batch(then, group, account, None, 5, allowed)

    async def leave(place: int, turns: int, then: Deps) -> None:
        contact = cast.contacts[place]
        who = Leaver(place, before[place], boxes[cast.mails[place]], posts)
        values = {"contact_id": contact, "channel": str(channel)}
        await linger(then, turns)
        with suppress(Conflict):  # nobody is erased while something is on its way to them: then nothing was closed
            async with then.database.transaction() as conn:
                await STOPS[stop](then, conn, cast, who)
                row = await fetch_one(conn, SQL["count_reached"], values)
                counted[contact] = int(row["n"]) if row else 0

    for n, enrollment in enumerate(cast.enrollments):
        place, then = places[enrollment], replace(deps, clock=FixedClock(due[n]))
        contact = cast.contacts[place]
        known[contact] = await count(contact, then)
        head_start = n // 2 % TURNS  # of the sweeps in every other round, of the stop in those between
        first, later = (head_start, 0) if n % 2 else (0, head_start)
        await asyncio.gather(arm(then, first), leave(place, later, then), arm(then, first))
    for contact in cast.contacts:
        after = await count(contact, deps)
        seen["armed first" if after > known[contact] else "stopped first"] += 1
        seen["armed after the stop"] += contact in counted and after != counted[contact]
        seen["armed twice"] += after > known[contact] + 1
    return seen


@pytest.mark.parametrize(
    ("stop", "channel", "by"),
    [pytest.param(*case, marks=() if case in PLAIN else pytest.mark.full, id="-".join(case)) for case in CASES],
)
async def test_nothing_is_armed_after_an_opt_out_of_any_kind_was_committed(
    database: Database,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    stop: str,
    channel: ChannelName,
    by: Provider,
) -> None:
    linger_before_writing(monkeypatch)
    async with open_rig(database.url) as deps:
        seen = await play_rounds(deps, stop, channel, by, ROUNDS)
    tell(capsys, f"{engine.origin}, {stop} against {channel} by {by}: {dict(seen)}")
    assert (seen["armed after the stop"], seen["armed twice"]) == (0, 0)
    assert min(seen["armed first"], seen["stopped first"]) > 0, "the race was no race"


async def test_without_the_row_locks_a_spoken_stop_loses_its_race(
    database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof that the test above can fail."""
    linger_before_writing(monkeypatch)
    drop_row_locks(monkeypatch)
    async with open_rig(database.url) as deps:
        seen = await play_rounds(deps, "says_so_in_a_call", VOICE, P.vapi, ROUNDS)
    assert seen["armed after the stop"] > 0, seen


def test_every_channel_of_every_provider_and_every_kind_of_opt_out_is_raced() -> None:
    assert {stop for stop, _, _ in CASES} == set(STOPS)
    assert {by for _, _, by in CASES} == set(Provider)
    assert {(channel, by) for _, channel, by in CASES} == {
        *((SMS, by) for by in (P.twilio, P.ghl)),
        *((EMAIL, by) for by in (P.resend, P.ghl)),
        *((VOICE, by) for by in (P.vapi, P.retell)),
    }
