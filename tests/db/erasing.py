"""A person with a trace in every table that can hold one, for tests of erasure and retention."""

import re
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from modules.consents import ConsentGiven
from modules.contacts import ContactDraft, add_contact, note_ref
from modules.erasure import Certificate
from modules.health import Level, LogEvent, write_log
from modules.ids import ContactId, TouchId
from modules.inbox import EventKind, keep_event
from modules.labels import AddressKind, ChannelName, ConsentKind, Provider
from tests.cast import Cast
from tests.databases import Database, Engine
from tests.db.rig import MONDAY
from utils.db import Row, execute, fetch_all
from utils.sql import Queries
from utils.uuid7 import uuid7
from workers.context import Deps
from workers.erase import erase_person

SQL = Queries(Path(__file__).with_name("erasure.sql"))
PHONE, MAIL, REF = "+12025550143", "canary@zyx.example", "canaryref0123456789x"
CANARIES = ("zyxcanary", "2025550143", "canary@zyx.example", "canaryref", "canarywords")
"""In lower case; whoever finds one of them in a dump has found the person."""
AGREED = "I agree to canarywords by text and by artificial voice"


@dataclass(frozen=True)
class Traces:
    """The person and what was planted of them."""

    contact_id: ContactId
    text: TouchId
    mail: TouchId
    call: TouchId


async def read(deps: Deps, block: str, **values: object) -> list[Row]:
    async with deps.database.transaction() as conn:
        return await fetch_all(conn, SQL[block], values)


async def write(deps: Deps, block: str, **values: object) -> None:
    async with deps.database.transaction() as conn:
        await execute(conn, SQL[block], values)


async def add_canary(deps: Deps, cast: Cast, phone: str | None = PHONE, email: str | None = MAIL) -> ContactId:
    """The person alone, with two consents and an id at a provider."""
    draft = ContactDraft(
        first_name="Zyxcanary",
        last_name="Zyxcanary",
        phone=phone,
        email=email,
        time_zone="America/New_York",
        external_ref="zyxcanary-7",
        fields={"pet": "canarywords"},
        consents=tuple(
            ConsentGiven(channel, AGREED, "canarywords", ConsentKind.written, address=phone)
            for channel in (ChannelName.sms, ChannelName.voice)
        ),
    )
    async with deps.database.transaction() as conn:
        contact_id = await add_contact(conn, cast.client_id, draft, deps.clock.now())
        await note_ref(conn, cast.client_id, contact_id, Provider.ghl, REF, deps.clock.now())
    return contact_id


async def add_touch(
    deps: Deps, cast: Cast, contact_id: ContactId, channel: ChannelName, state: str, at: datetime = MONDAY
) -> TouchId:
    """Something that went to the canary and stands in this state; with words when it was a call."""
    touch_id = TouchId(uuid7(at))
    mail, call = channel is ChannelName.email, channel is ChannelName.voice
    provider = Provider.resend if mail else Provider.vapi if call else Provider.twilio
    owned = {"client_id": cast.client_id, "account_id": cast.mails_by if mail else cast.texts, "contact_id": contact_id}
    where = {"channel": channel, "provider": provider, "to_address": MAIL if mail else PHONE}
    await write(deps, "plant_touch", id=touch_id, at=at, **owned, **where)
    if state != "sending":
        evidence = f"ev-{touch_id}" if state in ("delivered", "completed") else None
        words = "canarywords" if call else None
        settled = {"provider_id": f"id-{touch_id}", "evidence_id": evidence, "words": words}
        await write(deps, "settle_touch", id=touch_id, state=state, at=at, **settled)
    return touch_id


async def add_inbound(
    deps: Deps,
    cast: Cast,
    contact_id: ContactId | None,
    sender: str = PHONE,
    kind: str = "message",
    at: datetime = MONDAY,
) -> UUID:
    row_id = uuid7(at)
    channel = "voice" if kind == "call" else "email" if "@" in sender else "sms"
    owned = {"client_id": cast.client_id, "account_id": cast.texts, "contact_id": contact_id}
    await write(deps, "plant_inbound", id=row_id, channel=channel, kind=kind, from_address=sender, at=at, **owned)
    return row_id


async def plant_traces(deps: Deps, cast: Cast) -> Traces:
    """The canary, with something in every table that can know a person."""
    contact_id = await add_canary(deps, cast)
    text = await add_touch(deps, cast, contact_id, ChannelName.sms, "delivered")
    mail = await add_touch(deps, cast, contact_id, ChannelName.email, "accepted")
    call = await add_touch(deps, cast, contact_id, ChannelName.voice, "completed")
    heard = await add_inbound(deps, cast, contact_id)
    await write(
        deps,
        "plant_reply",
        id=uuid7(MONDAY),
        client_id=cast.client_id,
        contact_id=contact_id,
        inbound_id=heard,
        at=MONDAY,
    )
    checked = {"client_id": cast.client_id, "contact_id": contact_id}
    await write(deps, "plant_canary", id=uuid7(MONDAY), at=MONDAY, **checked)
    await add_inbound(deps, cast, None, MAIL)
    await write(deps, "plant_log", id=uuid7(MONDAY), client_id=cast.client_id, at=MONDAY, touch_id=text, word=PHONE)
    owned = {"client_id": cast.client_id, "account_id": cast.texts}
    await write(deps, "plant_finding", touch_id=text, word=MAIL.upper(), at=MONDAY, **owned)
    async with deps.database.transaction() as conn:
        hashed = (await deps.pepper(conn)).hash(cast.client_id, AddressKind.phone, PHONE)
    for item, touch_id, whom in (("SManswer", text, None), ("SMlost", None, hashed)):
        known = {"provider_id": item, "touch_id": touch_id, "address_hash": whom}
        await write(deps, "plant_answer", at=MONDAY, **owned, **known)
    await write(deps, "plant_check", value=PHONE, at=MONDAY)
    theirs = {"client_id": cast.client_id, "contact_id": contact_id, "at": MONDAY}
    for state in ("open", "done"):
        await write(deps, "plant_task", id=uuid7(MONDAY), state=state, **theirs)
    await write(deps, "plant_milestone", id=uuid7(MONDAY), **theirs)
    await write(deps, "plant_appointment", **theirs)
    await write(deps, "plant_reopening", value=PHONE, contact_id=contact_id, at=MONDAY)
    async with deps.database.transaction() as conn:
        for kind, payload in (
            (EventKind.inbound, {"from": PHONE, "text": "I am Zyxcanary", "clues": {}}),
            (EventKind.unknown_type, {"kind": "contact", "ref": REF, "first": "Zyxcanary"}),
            (EventKind.unknown_touch, {"reference": str(call), "call": {"transcript": "canarywords"}}),
            (EventKind.unknown_touch, {"provider_id": f"id-{text}", "call": {"transcript": "canarywords"}}),
            (EventKind.unknown_type, {"from": f"Zyxcanary <{MAIL.title()}>"}),
        ):
            key, by = str(uuid7(MONDAY)), Provider.twilio
            await keep_event(conn, cast.texts, key, cast.client_id, kind, by, payload, MONDAY)
        await write_log(
            conn, cast.client_id, Level.alarm, LogEvent.needs_review, MONDAY, touch_id=text, detail={"a": "b"}
        )
    return Traces(contact_id, text, mail, call)


async def erase(deps: Deps, cast: Cast, contact_id: ContactId) -> Certificate:
    async with deps.database.transaction() as conn:
        return await erase_person(deps, conn, cast.client_id, contact_id, "by_hand:ada", deps.clock.now())


def dump(engine: Engine, database: Database) -> str:
    """The whole database as text, by the server's own program, in lower case; bytes in it also read as text."""
    command = [engine.cluster.binaries.program("pg_dump"), database.superuser_url]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    raw = [bytes.fromhex(found).decode("latin-1") for found in re.findall(r"\\\\x((?:[0-9a-f]{2})+)", text)]
    return "\n".join([text, *raw]).lower()


def found_in(text: str) -> list[str]:
    """The canaries that a text still holds."""
    return [canary for canary in CANARIES if canary in text]
