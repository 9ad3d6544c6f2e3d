"""A client whose texts and mails go through GoHighLevel: its location at the twin, its people here and there."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from modules.accounts import AccountDraft, add_account, add_client, set_client, stored_accounts
from modules.channels import channel_for
from modules.consents import ConsentGiven
from modules.contacts import ContactDraft, add_contact, note_ref
from modules.ids import ClientId, ContactId
from modules.labels import ChannelName, ConsentKind, Provider
from modules.permits import RegistrationStatus, register_sender
from scripts.conductor.check import attribute, count_changed, count_duplicates, count_unarmed, count_unproven
from scripts.conductor.conduct import conduct
from scripts.conductor.sample_accounts import SampleClient
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import join, rows
from utils.db import Row, fetch_all
from utils.http import trusted
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("ghl_stage.sql"))
ZONE = "America/New_York"
AGREED = tuple(
    ConsentGiven(channel, "I agree to texts and calls by an artificial voice from you", "form", ConsentKind.written)
    for channel in ChannelName
)


@dataclass(frozen=True)
class Ghl:
    """One client of a test. Person n has `phones[n]`, `mails[n]`, `contacts[n]`, and at GHL the id `refs[n]`."""

    sample: SampleClient
    client_id: ClientId
    key: str
    contacts: Sequence[ContactId]
    phones: Sequence[str]
    mails: Sequence[str]
    refs: Sequence[str]

    @property
    def location(self) -> str:
        return self.sample.location

    @property
    def token(self) -> str:
        return "pit-" + self.sample.secret("token")

    @property
    def hook_secret(self) -> str:
        return self.sample.secret("hint")

    @property
    def hook(self) -> str:
        return f"/hooks/ghl/{self.key}"


def sample_of(slug: str, number: str = "+13125550191") -> SampleClient:
    serves = ((Provider.ghl, ChannelName.sms), (Provider.ghl, ChannelName.email))
    street = "1 Main Street, Albany NY 12207"
    return SampleClient(
        slug, slug.title(), "", number, "+13125550193", f"{slug}.example", f"{slug.title()} Inc.", street, serves
    )


def signing_key(sample: SampleClient) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"ghl {sample.slug}".encode()).digest())


def credentials(sample: SampleClient, **more: str) -> tuple[dict[str, str], dict[str, str]]:
    public = signing_key(sample).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    settings = {"location_id": sample.location, "from_number": sample.number}
    settings["email_from"] = f"{sample.name} <hello@{sample.domain}>"
    secrets = {"token": "pit-" + sample.secret("token"), "hook_secret": sample.secret("hint")}
    secrets["webhook_public_key"] = base64.b64encode(public).decode()
    return settings | more, secrets


async def gather_ghl(
    stage: Stage, sequence: str = "", people: int = 1, *, slug: str = "acme", known: bool = True, **settings: str
) -> Ghl:
    """Writes the client, its accounts and its people, enrolled and due now; the location tells by signed webhooks.

    People have the same numbers, addresses and names whatever the client. `known` False: GHL has none of them.
    """
    deps, sample = stage.deps, sample_of(slug)
    now = deps.clock.now()
    stage.twin.add_ghl("pit-" + sample.secret("token"), sample.location, [sample.number])
    phones = [f"+1212555{100 + n:04d}" for n in range(people)]
    mails = [f"person{n}@people.example" for n in range(people)]
    contacts: list[ContactId] = []
    refs: list[str] = []
    async with deps.database.transaction() as conn:
        client = await add_client(conn, slug, slug.title(), now)
        given, secrets = credentials(sample, **settings)
        ids = []
        for provider, channel in sample.serves:
            policy = channel_for(provider, channel).policy.default_unknown
            draft = AccountDraft(client.id, provider, channel, given, secrets, policy, 50.0)
            ids.append(await add_account(conn, deps.sealer, draft, now))
            if channel is ChannelName.sms:
                await register_sender(conn, client.id, ids[-1], "CM1", RegistrationStatus.approved, "test", now)
        await set_client(conn, client.id, sample.profile)
        await deps.pepper(conn)
        key = next(row.account_key for row in await stored_accounts(conn) if row.id == ids[0])
        for phone, mail in zip(phones, mails, strict=True):
            drawn = ContactDraft(first_name="Ada", phone=phone, email=mail, time_zone=ZONE, consents=AGREED)
            contacts.append(await add_contact(conn, client.id, drawn, now))
            if known:
                refs.append(stage.twin.put_ghl_contact(sample.location, phone=phone, email=mail, firstName="Ada"))
                await note_ref(conn, client.id, contacts[-1], Provider.ghl, refs[-1], now)
    ghl = Ghl(sample, client.id, key, contacts, phones, mails, refs)
    tell(stage, ghl)
    if sequence:
        await join(deps, client.id, sequence, contacts)
    return ghl


def tell(stage: Stage, ghl: Ghl, *, by: str = "webhooks", workflow: str = "sends") -> None:
    """How the location speaks to us: by signed `webhooks`, by `hints` of a workflow, or not at all (`nothing`)."""
    url = stage.url + ghl.hook
    raw = base64.b64encode(signing_key(ghl.sample).private_bytes_raw()).decode()
    stage.twin.add_ghl(
        ghl.token,
        ghl.location,
        [ghl.sample.number],
        webhook_url=url if by == "webhooks" else None,
        webhook_private_key=raw if by == "webhooks" else None,
        workflow_hook_url=url if by == "hints" else None,
        workflow_secret=ghl.hook_secret if by == "hints" else None,
        delivery_webhooks=by == "webhooks",
        workflow=workflow,
    )


async def play_ghl(stage: Stage) -> list[Row]:
    """To the very end; the touches then, checked against the twin: one acceptance each, armed before it, with the very
    bytes, and no unproven success."""
    async for _ in conduct(stage, lambda: run_sweep(stage.deps)):
        pass
    touches = await rows(stage.deps, "touches")
    truth = attribute(touches, stage.twin.ledger())
    counts = [count(touches, truth) for count in (count_duplicates, count_unarmed, count_changed)]
    assert counts == [0, 0, 0], truth
    direct = [touch for touch in touches if not (touch["provider_id"] or "").startswith("handed:")]
    assert count_unproven(direct, truth) == 0, touches
    return touches


async def told(stage: Stage, block: str) -> list[Row]:
    """All rows of one block of ghl_stage.sql."""
    async with stage.deps.database.transaction() as conn:
        return await fetch_all(conn, SQL[block])


def people_at(stage: Stage, ghl: Ghl, version: str = "2021-07-28") -> dict[str, Mapping[str, Any]]:
    """The location's contacts as GHL itself shows them, by phone (or e-mail)."""
    asked = {"Authorization": f"Bearer {ghl.token}", "Version": version}
    with httpx.Client(base_url=stage.twin.ghl_url, headers=asked, trust_env=False, verify=trusted()) as client:
        listed = client.get("/contacts/", params={"locationId": ghl.location, "limit": "100"}).json()["contacts"]
        shown = [client.get(f"/contacts/{one['id']}").json()["contact"] for one in listed]
    return {one["phone"] or one["email"]: one for one in shown}
