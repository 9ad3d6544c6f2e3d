"""A small cast for tests of the engine: one client, its accounts at the twin, and people in one sequence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from modules.accounts import add_account, add_client, stored_accounts
from modules.contacts import note_ref
from modules.ids import AccountId, ClientId, ContactId, EnrollmentId
from modules.labels import ChannelName, Provider
from modules.sequences import enroll, load_version, publish_sequence
from scripts.sandbox.remote import Twin
from tests.cast_accounts import Given, Identity, draft_of, register
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
CALL_STEP = """  - key: {key}
    channel: voice
    wait: {{ {wait} }}
    content: {{ prompt: "Ask {{{{ contact.first_name }}}} about {key}, kindly" }}
    on_failure: {on_failure}
    max_lateness: {{ hours: 100 }}
"""
STEPS = {"sms": TEXT_STEP, "email": MAIL_STEP, "voice": CALL_STEP}
BY: Mapping[ChannelName, Provider] = MappingProxyType(
    {ChannelName.sms: Provider.twilio, ChannelName.email: Provider.resend}
)
"""Who carries what, unless a test says otherwise."""
AS_USUAL: Mapping[ChannelName, Given] = MappingProxyType({})


def story(*channels: str, slug: str = "story", on_failure: str = "skip", wait: str = "days: 1") -> str:
    """A sequence of texts, mails and calls: the first at once, each later one `wait` after the one before."""
    steps = [
        STEPS[channel].format(key=f"{channel}-{place}", wait=wait if place else "minutes: 0", on_failure=on_failure)
        for place, channel in enumerate(channels)
    ]
    return f"name: Story\nslug: {slug}\ntimezone: contact\nfallbacks:\n  contact.first_name: there\nsteps:\n" + "".join(
        steps
    )


@dataclass(frozen=True)
class Cast:
    """One client of a test. Person n has `phones[n]`, `mails[n]`, `contacts[n]`; keys open the hooks' addresses."""

    client_id: ClientId
    who: Identity
    accounts: Mapping[ChannelName, AccountId]
    keys: Mapping[Provider, str]
    contacts: Sequence[ContactId]
    phones: Sequence[str]
    mails: Sequence[str]
    enrollments: Sequence[EnrollmentId]

    @property
    def slug(self) -> str:
        return self.who.slug

    @property
    def sid(self) -> str:
        return self.who.sid

    @property
    def token(self) -> str:
        return self.who.token

    @property
    def number(self) -> str:
        return self.who.number

    @property
    def signing(self) -> str:
        return self.who.signing

    @property
    def texts(self) -> AccountId:
        return self.accounts[ChannelName.sms]

    @property
    def mails_by(self) -> AccountId:
        return self.accounts[ChannelName.email]

    @property
    def calls_by(self) -> AccountId:
        return self.accounts[ChannelName.voice]


async def gather_cast(
    deps: Deps,
    twin: Twin | None,
    sequence: str,
    people: int = 1,
    *,
    slug: str = "acme",
    rate: float = 1000.0,
    number: str | None = None,
    by: Mapping[ChannelName, Provider] = BY,
    given: Mapping[ChannelName, Given] = AS_USUAL,
) -> Cast:
    """Writes the client and everybody into the database, enrolled and due now; registers the accounts at the twin.

    `by` names the provider of each channel; `given` says how its account differs from the usual. Everybody takes calls
    and speaks, until a test tells the twin otherwise.
    """
    now, place = deps.clock.now(), Identity(slug, "").place
    who = Identity(slug, f"+1206555{place:04d}" if number is None else number)
    async with deps.database.transaction() as conn:
        client = await add_client(conn, slug, slug.title(), now)
        accounts = {
            channel: await add_account(
                conn, deps.sealer, draft_of(who, client.id, provider, channel, given.get(channel, Given()), rate), now
            )
            for channel, provider in by.items()
        }
        await execute(conn, SQL["plant_permits"], {"client_id": client.id, "now": now})
        await deps.pepper(conn)  # so that no test counts its row
        keys = {row.provider: row.account_key for row in await stored_accounts(conn) if row.client_id == client.id}
        phones = [f"+1212{place}{n:05d}" for n in range(people)]
        mails = [f"person{n}@{slug}-people.example" for n in range(people)]
        contacts = await _people(deps, conn, client.id, phones, mails)
        for contact_id, phone in zip(contacts, phones, strict=True):
            if Provider.ghl in by.values():
                await note_ref(conn, client.id, contact_id, Provider.ghl, who.ref_of(phone), now)
    enrollments = await join(deps, client.id, sequence, contacts)
    cast = Cast(client.id, who, accounts, keys, contacts, phones, mails, list(enrollments))
    if twin is not None:
        register_at_twin(deps, twin, cast)
    return cast


def register_at_twin(deps: Deps, twin: Twin, cast: Cast) -> None:
    """Makes the client's accounts and people known at this twin."""
    register(twin, cast.who, deps.settings.public_url, cast.keys)
    for phone, mail in zip(cast.phones, cast.mails, strict=True):
        if Provider.ghl in cast.keys:
            twin.put_ghl_contact(cast.who.location, id=cast.who.ref_of(phone), phone=phone, email=mail, firstName="Ada")
        if ChannelName.voice in cast.accounts:
            twin.person(phone, "answers")


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
    for block in ("plant_consents", "plant_call_consents"):
        await plant(block, id=[uuid7(now) for _ in phones], contact_id=contacts)
    return contacts
