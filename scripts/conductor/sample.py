"""The sample world: clients strictly apart, their accounts at the twin, and the people in their sequences."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from modules.accounts import Role, add_client, add_local_user, add_member
from modules.consents import ConsentGiven
from modules.contacts import ContactDraft, add_contact, note_ref
from modules.ids import ClientId, ContactId
from modules.labels import ChannelName, ConsentKind, Provider
from modules.sequences import enroll, load_version, publish_sequence
from scripts.conductor.people import FIRST_NAMES, LAST_NAMES, PLACES
from scripts.conductor.sample_accounts import CLIENTS, SampleClient, add_accounts
from scripts.sandbox.remote import Twin
from utils.chance import Draw
from utils.db import Connection
from workers.context import Deps

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
EMAIL = "demo@omnify.example"
PASSWORD = "try-omnify-today"
OPT_OUT_SHARE = 0.08
REPLY_SHARE = 0.06
LONGEST_PATIENCE = timedelta(days=30)
OPTED_IN = "I agree to texts, calls (also by an AI voice) and e-mails about my request. Reply STOP to opt out."


@dataclass(frozen=True)
class Person:
    """A sample contact, and when (after the start) they text STOP, if they do; else perhaps they answer by text."""

    client: SampleClient
    draft: ContactDraft
    stops_after: timedelta | None
    replies: bool


def people(count: int, seed: str) -> list[Person]:
    """`count` people by seed: odd names, eight time zones, one in ten without a phone."""
    draw = Draw(f"people {seed}")
    return [_person(number, draw) for number in range(count)]


def _person(number: int, draw: Draw) -> Person:
    area, zone = PLACES[(number // 100 + number) % len(PLACES)]
    first = FIRST_NAMES[int(draw.number("first", str(number)) * len(FIRST_NAMES))]
    last = LAST_NAMES[int(draw.number("last", str(number)) * len(LAST_NAMES))]
    has_phone = draw.number("phone", str(number)) >= 0.1
    line = number // len(PLACES)
    phone = f"+1{area}{555 if line < 100 else 556}{100 + line % 100:04d}" if has_phone else None
    agreed = tuple(ChannelName) if has_phone else (ChannelName.email,)
    draft = ContactDraft(
        first_name=first,
        last_name=last,
        phone=phone,
        email=f"person{number}@people.example",
        time_zone=zone if draw.number("zone", str(number)) < 0.5 else None,
        external_ref=f"sample-{number}",
        consents=tuple(ConsentGiven(channel, OPTED_IN, "sample form", ConsentKind.written) for channel in agreed),
    )
    stops = draw.number("stops", str(number)) < OPT_OUT_SHARE and phone is not None
    after = LONGEST_PATIENCE * draw.number("when", str(number)) ** 3 + timedelta(hours=1) if stops else None
    replies = draw.number("replies", str(number)) < REPLY_SHARE and not stops
    return Person(CLIENTS[number % len(CLIENTS)], draft, after, replies)


async def build_world(deps: Deps, twin: Twin, count: int, seed: str) -> list[Person]:
    """Writes everything into the database and registers it at the twin. Returns the people."""
    now = deps.clock.now()
    crowd = people(count, seed)
    async with deps.database.transaction() as conn:
        user = await add_local_user(conn, EMAIL, PASSWORD, now)
        for sample in CLIENTS:
            client = await add_client(conn, sample.slug, sample.name, now)
            await add_member(conn, client.id, user, Role.owner, now)
            await add_accounts(deps, conn, twin, sample, client.id, now)
            text = (SAMPLES / sample.sequence).read_text(encoding="utf-8")
            published = await publish_sequence(conn, client.id, text, now)
            definition = await load_version(conn, published.sequence_id, published.version)
            own = [one for one in crowd if one.client is sample]
            ids = [await add_contact(conn, client.id, one.draft, now) for one in own]
            for one, contact_id in zip(own, ids, strict=True):
                await _behave(conn, twin, client.id, one, contact_id, now)
            await enroll(conn, client.id, published.sequence_id, published.version, definition, ids, now)
    return crowd


async def _behave(
    conn: Connection, twin: Twin, client_id: ClientId, one: Person, contact_id: ContactId, now: datetime
) -> None:
    """Tells the twin who this person is there, and what they will do by themselves."""
    ref = None
    if one.client.uses(Provider.ghl):
        known = {"phone": one.draft.phone, "email": one.draft.email, "firstName": one.draft.first_name}
        ref = twin.put_ghl_contact(one.client.location, **{name: value for name, value in known.items() if value})
        await note_ref(conn, client_id, contact_id, Provider.ghl, ref, now)
    if one.replies:
        twin.person(one.draft.phone or one.draft.email or "", "replies")
    if one.stops_after is None or one.draft.phone is None:
        return
    if ref:
        twin.write_ghl(one.client.location, ref, "SMS", "STOP", at=now + one.stops_after)
    else:
        twin.text_us(one.client.twilio_sid, one.draft.phone, one.client.number, "STOP", now + one.stops_after)
