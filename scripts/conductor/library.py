"""The world of `scripts/demo --library`: the six ready-made sequences, and for each of their ends somebody in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from modules.accounts import Role, add_client, add_local_user, add_member
from modules.consents import ConsentGiven
from modules.contacts import ContactDraft, add_contact, note_ref
from modules.ids import ClientId, ContactId
from modules.labels import ChannelName, ConsentKind, Provider
from modules.sequences import enroll, load_version, publish_sequence
from modules.sequences.shelf import library_slugs, library_source
from scripts.conductor.library_stories import OPTED_OUT, STORIES, Story
from scripts.conductor.people import FIRST_NAMES, LAST_NAMES, PLACES
from scripts.conductor.sample import EMAIL, OPTED_IN, PASSWORD
from scripts.conductor.sample_accounts import SampleClient, add_accounts
from scripts.sandbox.remote import Twin
from utils.chance import Draw
from utils.db import Connection
from workers.context import Deps

P, C = Provider, ChannelName
LIBRARY_CLIENTS = (
    SampleClient(
        *("maple-homes", "Maple Homes", ""),
        *("+12065550180", "+12065550182", "maple-homes.example"),
        *("Maple Homes LLC", "52 Pine Street, Seattle, WA 98101"),
        ((P.twilio, C.sms), (P.resend, C.email), (P.vapi, C.voice)),
    ),
    SampleClient(
        *("lakeside-realty", "Lakeside Realty", ""),
        *("+13125550183", "+13125550184", "lakeside-realty.example"),
        *("Lakeside Realty PLLC", "310 Lake Street, Chicago, IL 60601"),
        ((P.ghl, C.sms), (P.ghl, C.email), (P.retell, C.voice)),
    ),
)
NO_AI_CALLS = ("206",)  # Washington: the guards of the law let no AI voice call there, so nobody could answer
NOT_REACHED = ("no_answer", "busy", "voicemail")
LINKS = {"search_link": "https://homes.example/search", "review_link": "https://reviews.example/us"}


@dataclass(frozen=True)
class Member:
    """Somebody of a story at one client; `ref` is their id at GoHighLevel, if the client uses it."""

    client: SampleClient
    client_id: ClientId
    contact_id: ContactId
    story: Story
    phone: str
    mail: str
    ref: str | None

    @property
    def end(self) -> str:
        """Where they end. At GoHighLevel, mail that came back is a Do-Not-Disturb, which may as well be their word."""
        return OPTED_OUT if self.story.bounces and self.ref is not None else self.story.end


async def build_library(
    deps: Deps, twin: Twin, copies: int, seed: str, clients: Sequence[SampleClient] = LIBRARY_CLIENTS
) -> list[Member]:
    """Writes everything into the database and registers it at the twin: every story `copies` times at each client."""
    now, draw = deps.clock.now(), Draw(f"library {seed}")
    members: list[Member] = []
    async with deps.database.transaction() as conn:
        user = await add_local_user(conn, EMAIL, PASSWORD, now)
        for sample in clients:
            client = await add_client(conn, sample.slug, sample.name, now)
            await add_member(conn, client.id, user, Role.owner, now)
            await add_accounts(deps, conn, twin, sample, client.id, now)
            own = [
                await _join_story(conn, twin, sample, client.id, story, len(members) + place, draw, now)
                for place, story in enumerate(STORIES * copies)
            ]
            members += own
            await _publish_all(conn, client.id, own, now)
    return members


async def _publish_all(conn: Connection, client_id: ClientId, own: list[Member], now: datetime) -> None:
    for slug in library_slugs():
        published = await publish_sequence(conn, client_id, library_source(slug), now)
        definition = await load_version(conn, published.sequence_id, published.version)
        people = [one.contact_id for one in own if one.story.sequence == slug]
        await enroll(conn, client_id, published.sequence_id, published.version, definition, people, now)


async def _join_story(
    conn: Connection,
    twin: Twin,
    sample: SampleClient,
    client_id: ClientId,
    story: Story,
    number: int,
    draw: Draw,
    now: datetime,
) -> Member:
    places = [one for one in PLACES if one[0] not in NO_AI_CALLS] if story.answers_calls else PLACES
    area, zone = places[number % len(places)]
    phone, mail = f"+1{area}555{1000 + number:04d}", f"person{number}@library-people.example"
    draft = ContactDraft(
        first_name=FIRST_NAMES[int(draw.number("first", str(number)) * len(FIRST_NAMES))],
        last_name=LAST_NAMES[int(draw.number("last", str(number)) * len(LAST_NAMES))],
        phone=phone,
        email=mail,
        time_zone=zone,
        external_ref=f"story-{number}",
        fields={**LINKS, **({"interest": story.interest} if story.interest else {})},
        consents=tuple(ConsentGiven(channel, OPTED_IN, "sample form", ConsentKind.written) for channel in ChannelName),
    )
    contact_id = await add_contact(conn, client_id, draft, now)
    unreached = NOT_REACHED[int(draw.number("calls", str(number)) * len(NOT_REACHED))]
    twin.person(phone, "answers" if story.answers_calls else unreached)
    twin.person(mail, "bounces" if story.bounces else "normal")
    ref = None
    if sample.uses(Provider.ghl):
        ref = twin.put_ghl_contact(sample.location, phone=phone, email=mail, firstName=draft.first_name)
        await note_ref(conn, client_id, contact_id, Provider.ghl, ref, now)
    return Member(sample, client_id, contact_id, story, phone, mail, ref)
