"""A stop takes back whatever was agreed to before it: an address that opens again opens for the new word only."""

from datetime import timedelta

from modules.consents import ConsentGiven, insert_consent
from modules.contacts import close_address, reopen_address
from modules.ids import ContactId
from modules.labels import AddressKind, ChannelName, ConsentKind, Provider, SuppressionReason
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import SQL as CAST_SQL
from tests.cast import Cast, gather_cast, join, rows, story
from tests.flow.outside import sweep_until_idle
from utils.db import execute
from utils.uuid7 import uuid7

SMS, EMAIL, VOICE = ChannelName.sms, ChannelName.email, ChannelName.voice
WITH_CALLS = {SMS: Provider.twilio, EMAIL: Provider.resend, VOICE: Provider.vapi}


async def stop_and_come_back(stage: Stage, cast: Cast, contact_id: ContactId, channel: ChannelName) -> None:
    """The first number is closed and, by a new agreement of this person for this channel, opened a minute later."""
    closed_at = stage.deps.clock.now() + timedelta(minutes=1)
    stage.clock.set(closed_at)
    phone, kind = cast.phones[0], AddressKind.phone
    async with stage.deps.database.transaction() as conn:
        pepper = await stage.deps.pepper(conn)
        await close_address(conn, pepper, cast.client_id, kind, phone, SuppressionReason.opted_out, closed_at)
        now, consent_id = closed_at + timedelta(minutes=1), uuid7(closed_at)
        given = ConsentGiven(channel, "yes again", "form", ConsentKind.written, address=phone, at=now)
        await insert_consent(conn, consent_id, cast.client_id, contact_id, given, now)
        assert await reopen_address(conn, cast.client_id, kind, phone, consent_id, "Ada", now)
    stage.clock.set(now)


async def test_who_agreed_to_texts_again_is_not_called_by_what_was_agreed_to_before(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("email", slug="letters"), by=WITH_CALLS)
    await stop_and_come_back(stage, cast, cast.contacts[0], SMS)
    await join(stage.deps, cast.client_id, story("voice", slug="calls"), cast.contacts)
    await join(stage.deps, cast.client_id, story("sms", slug="texts"), cast.contacts)
    await sweep_until_idle(stage.deps)
    assert "voice" not in {touch["channel"] for touch in await rows(stage.deps, "touches")}
    assert "sms" in {touch["channel"] for touch in await rows(stage.deps, "touches")}


async def test_of_two_people_with_one_number_only_the_one_who_agreed_again_is_written_to(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("email", slug="letters"), 2)
    async with stage.deps.database.transaction() as conn:
        await execute(conn, CAST_SQL["share_phone"], {"contact_id": cast.contacts[1], "phone": cast.phones[0]})
    await stop_and_come_back(stage, cast, cast.contacts[0], SMS)
    await join(stage.deps, cast.client_id, story("sms", slug="texts"), [cast.contacts[1]])
    await run_sweep(stage.deps)
    assert {touch["channel"] for touch in await rows(stage.deps, "touches")} <= {"email"}
