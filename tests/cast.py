"""A small cast for tests of the engine: one client, its two accounts at the twin, and people in one sequence."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules.accounts import AccountDraft, add_account, add_client, stored_accounts
from modules.ids import AccountId, ClientId, ContactId, EnrollmentId
from modules.labels import ChannelName, Provider, UnknownPolicy
from modules.sequences import enroll, load_version, publish_sequence
from scripts.sandbox.remote import Twin
from utils.db import Connection, Row, execute, fetch_all
from utils.sql import Queries
from utils.uuid7 import uuid7
from workers.context import Deps

SQL = Queries(Path(__file__).with_name("cast.sql"))

TEXT_STEP = """  - key: {key}
    channel: sms
    wait: {{ {wait} }}
    content: {{ body: "Hi {{{{ contact.first_name }}}}, {key} from {{{{ client.name }}}}" }}
    on_failure: {on_failure}
    max_lateness: {{ hours: 100 }}
"""
MAIL_STEP = """  - key: {key}
    channel: email
    wait: {{ {wait} }}
    content: {{ subject: "{key}", html: "<p>Hello {{{{ contact.first_name }}}}, {key}</p>" }}
    on_failure: {on_failure}
    max_lateness: {{ hours: 100 }}
"""


def story(*channels: str, slug: str = "story", on_failure: str = "skip", wait: str = "days: 1") -> str:
    """A sequence of texts and mails: the first at once, each later one `wait` after the one before."""
    steps = [
        (TEXT_STEP if channel == "sms" else MAIL_STEP).format(
            key=f"{channel}-{place}", wait=wait if place else "minutes: 0", on_failure=on_failure
        )
        for place, channel in enumerate(channels)
    ]
    return f"name: Story\nslug: {slug}\ntimezone: contact\nfallbacks:\n  contact.first_name: there\nsteps:\n" + "".join(
        steps
    )


@dataclass(frozen=True)
class Cast:
    """One client of a test. Person n has `phones[n]`, `mails[n]`, `contacts[n]`; keys open the hooks' addresses."""

    client_id: ClientId
    slug: str
    sid: str
    token: str
    number: str
    signing: str
    texts: AccountId
    mails_by: AccountId
    keys: Mapping[Provider, str]
    contacts: Sequence[ContactId]
    phones: Sequence[str]
    mails: Sequence[str]
    enrollments: Sequence[EnrollmentId]


async def gather_cast(
    deps: Deps,
    twin: Twin | None,
    sequence: str,
    people: int = 1,
    *,
    slug: str = "acme",
    rate: float = 1000.0,
    number: str | None = None,
) -> Cast:
    """Writes the client and everybody into the database, enrolled and due now; registers the accounts at the twin."""
    now = deps.clock.now()
    digest = hashlib.sha256(slug.encode()).hexdigest()
    sid, token, place = "AC" + digest[:32], digest[32:], int(digest[:4], 16) % 80 + 20
    domain, api_key = f"{slug}.example", "re_" + token
    signing = "whsec_" + base64.b64encode(digest[:24].encode()).decode()
    ours = f"+1206555{place:04d}" if number is None else number
    known = {"account_sid": sid, "from_number": ours}, {"auth_token": token}
    mailing = {"sender": f"Acme <hello@{domain}>"}, {"api_key": api_key, "webhook_secret": signing}
    async with deps.database.transaction() as conn:
        client = await add_client(conn, slug, slug.title(), now)
        texts, mails_by = [
            await add_account(conn, deps.sealer, AccountDraft(client.id, provider, channel, *pair, policy, rate), now)
            for provider, channel, pair, policy in (
                (Provider.twilio, ChannelName.sms, known, UnknownPolicy.never_rearm),
                (Provider.resend, ChannelName.email, mailing, UnknownPolicy.same_key_retry),
            )
        ]
        keys = {row.provider: row.account_key for row in await stored_accounts(conn) if row.client_id == client.id}
        phones = [f"+1212{place}{n:05d}" for n in range(people)]
        mails = [f"person{n}@{slug}-people.example" for n in range(people)]
        contacts = await _people(deps, conn, client.id, phones, mails)
    enrollments = await join(deps, client.id, sequence, contacts)
    cast = Cast(
        client.id, slug, sid, token, ours, signing, texts, mails_by, keys, contacts, phones, mails, list(enrollments)
    )
    if twin is not None:
        register_at_twin(deps, twin, cast)
    return cast


def register_at_twin(deps: Deps, twin: Twin, cast: Cast) -> None:
    """Makes the client's accounts known at this twin."""
    url, keys = deps.settings.public_url, cast.keys
    inbound = f"{url}/hooks/twilio/inbound/{keys[Provider.twilio]}"
    twin.add_twilio(cast.sid, cast.token, [cast.number], inbound_url=inbound)
    webhooks = f"{url}/hooks/resend/{keys[Provider.resend]}"
    twin.add_resend("re_" + cast.token, f"{cast.slug}.example", webhooks, cast.signing)


async def join(deps: Deps, client_id: ClientId, text: str, contacts: Sequence[ContactId]) -> list[EnrollmentId]:
    """Publishes a sequence and puts these contacts into it."""
    now = deps.clock.now()
    async with deps.database.transaction() as conn:
        published = await publish_sequence(conn, client_id, text, now)
        definition = await load_version(conn, published.sequence_id, published.version)
        return await enroll(conn, client_id, published.sequence_id, published.version, definition, contacts, now)


async def rows(deps: Deps, name: str) -> list[Row]:
    """All rows of one block of cast.sql."""
    async with deps.database.transaction() as conn:
        return await fetch_all(conn, SQL[name])


async def _people(
    deps: Deps, conn: Connection, client_id: ClientId, phones: Sequence[str], mails: Sequence[str]
) -> list[ContactId]:
    now = deps.clock.now()

    async def plant(block: str, **values: Any) -> None:
        await execute(conn, SQL[block], {"client_id": client_id, "now": now, **values})

    contacts = [ContactId(uuid7(now)) for _ in phones]
    await plant("plant_contacts", id=contacts, ref=list(phones))
    for kind, found in (("phone", phones), ("email", mails)):
        addresses = [uuid7(now) for _ in found]
        await plant("plant_addresses", id=addresses, value=list(found), kind=kind)
        await plant("plant_links", contact_id=contacts, address_id=addresses, kind=kind)
    await plant("plant_consents", id=[uuid7(now) for _ in phones], contact_id=contacts)
    return contacts
