"""The sample world: two clients, strictly apart, their accounts at the twin, and the people in their sequences."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from modules.accounts import AccountDraft, Role, add_account, add_client, add_local_user, add_member, stored_accounts
from modules.channels import channel_for
from modules.contacts import ConsentGiven, ContactDraft, add_contact
from modules.ids import AccountId, ClientId
from modules.labels import ChannelName, Provider, UnknownPolicy
from modules.sequences import enroll, load_version, publish_sequence
from scripts.conductor.people import FIRST_NAMES, LAST_NAMES, PLACES
from scripts.sandbox.remote import Twin
from utils.chance import Draw
from utils.db import Connection
from workers.context import Deps

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
EMAIL = "demo@omnify.example"
PASSWORD = "try-omnify-today"
OPT_OUT_SHARE = 0.08


@dataclass(frozen=True)
class SampleClient:
    """A client of the demo. `number` and `domain` are its own at the twin."""

    slug: str
    name: str
    sequence: str
    number: str
    domain: str


CLIENTS = (
    SampleClient("harbor-homes", "Harbor Homes", "new-lead-welcome.yaml", "+12065550190", "harbor-homes.example"),
    SampleClient("bright-dental", "Bright Dental", "patient-recall.yaml", "+13125550191", "bright-dental.example"),
)
OPTED_IN = "I agree to receive texts and e-mails about my request. Reply STOP to opt out."


@dataclass(frozen=True)
class Person:
    """A sample contact, and when (after the start) they text STOP, if they do."""

    client: SampleClient
    draft: ContactDraft
    stops_after: timedelta | None


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
    draft = ContactDraft(
        first_name=first,
        last_name=last,
        phone=phone,
        email=f"person{number}@people.example",
        time_zone=zone if draw.number("zone", str(number)) < 0.5 else None,
        external_ref=f"sample-{number}",
        consents=tuple(
            ConsentGiven(channel, OPTED_IN, "sample form") for channel in (ChannelName.sms, ChannelName.email)
        ),
    )
    stops = draw.number("stops", str(number)) < OPT_OUT_SHARE and phone is not None
    after = timedelta(hours=1 + 60 * draw.number("when", str(number))) if stops else None
    return Person(CLIENTS[number % len(CLIENTS)], draft, after)


async def build_world(deps: Deps, twin: Twin, count: int, seed: str) -> list[Person]:
    """Writes everything into the database and registers it at the twin. Returns the people."""
    now = deps.clock.now()
    crowd = people(count, seed)
    async with deps.database.transaction() as conn:
        user = await add_local_user(conn, EMAIL, PASSWORD, now)
        for sample in CLIENTS:
            client = await add_client(conn, sample.slug, sample.name, now)
            await add_member(conn, client.id, user, Role.owner, now)
            await _accounts(deps, conn, twin, sample, client.id, now)
            text = (SAMPLES / sample.sequence).read_text(encoding="utf-8")
            published = await publish_sequence(conn, client.id, text, now)
            definition = await load_version(conn, published.sequence_id, published.version)
            own = [one for one in crowd if one.client is sample]
            ids = [await add_contact(conn, client.id, one.draft, now) for one in own]
            await enroll(conn, client.id, published.sequence_id, published.version, definition, ids, now)
    for one in crowd:
        if one.stops_after is not None and one.draft.phone is not None:
            sid = twilio_sid(one.client)
            twin.text_us(sid, one.draft.phone, one.client.number, "STOP", now + one.stops_after)
    return crowd


def twilio_sid(sample: SampleClient) -> str:
    return "AC" + hashlib.sha256(f"sid {sample.slug}".encode()).hexdigest()[:32]


async def _accounts(
    deps: Deps, conn: Connection, twin: Twin, sample: SampleClient, client_id: ClientId, now: datetime
) -> None:
    token = hashlib.sha256(f"token {sample.slug}".encode()).hexdigest()[:32]
    signing = "whsec_" + base64.b64encode(hashlib.sha256(f"hook {sample.slug}".encode()).digest()).decode()
    sid, api_key = twilio_sid(sample), "re_" + token
    text_settings, text_secrets = {"account_sid": sid, "from_number": sample.number}, {"auth_token": token}
    mail_settings = {"sender": f"{sample.name} <hello@{sample.domain}>"}
    mail_secrets = {"api_key": api_key, "webhook_secret": signing}
    texts = AccountDraft(
        client_id, Provider.twilio, ChannelName.sms, text_settings, text_secrets, UnknownPolicy.never_rearm, 50.0
    )
    mails = AccountDraft(
        client_id, Provider.resend, ChannelName.email, mail_settings, mail_secrets, UnknownPolicy.same_key_retry, 50.0
    )
    keys: dict[AccountId, str] = {}
    ids = []
    for draft in (texts, mails):
        channel_for(draft.provider).check_account(draft.settings, draft.secrets or {})
        ids.append(await add_account(conn, deps.sealer, draft, now))
    keys = {row.id: row.account_key for row in await stored_accounts(conn)}
    public_url = deps.settings.public_url
    inbound = f"{public_url}/hooks/twilio/inbound/{keys[ids[0]]}"
    twin.add_twilio(sid, token, [sample.number], inbound_url=inbound)
    twin.add_resend(api_key, sample.domain, f"{public_url}/hooks/resend/{keys[ids[1]]}", signing)
