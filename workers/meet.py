"""A person as a provider keeps them becomes a contact of ours, and joins the sequences that ask for their tags."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from modules.accounts import Account
from modules.channels import ContactSeen
from modules.consents import ConsentGiven, withdraw_consents
from modules.contacts import (
    ContactDraft,
    add_contact,
    clients_of_address,
    close_address,
    find_lookalike,
    find_ref,
    load_people,
    lock_ref,
    note_ref,
    revise_contact,
    said_stop_at,
    sequences_run_by,
    usable_draft,
)
from modules.ids import AccountId, ClientId, ContactId
from modules.inbox import EventKind, Place, keep_event
from modules.labels import ADDRESS_KIND, AddressKind, ChannelName, ConsentKind, Provider, SuppressionReason
from modules.sequences import enroll, list_sequences, load_versions
from modules.suppressions import kept_own_word
from modules.touches import suppress_claimed
from utils.db import Connection
from utils.signing import Pepper

CLOSED_THERE = "Do-Not-Disturb is on at the provider"


class Origin(Protocol):
    """Where it came in; see workers/take_in.Post."""

    @property
    def provider(self) -> Provider: ...
    @property
    def keeper(self) -> AccountId: ...
    @property
    def client_id(self) -> ClientId | None: ...
    @property
    def places(self) -> Sequence[Place]: ...
    @property
    def speaker(self) -> Account | None: ...


async def meet(conn: Connection, pepper: Pepper, post: Origin, seen: ContactSeen, now: datetime) -> str:
    """Finds the person by the provider's id, else by phone or e-mail, and changes what is told; else adds them.
    Somebody whom nothing can reach, or whose client is not known, is kept and otherwise left alone."""
    draft = usable_draft(
        ContactDraft(
            first_name=seen.first_name,
            last_name=seen.last_name,
            phone=seen.phone,
            email=seen.email,
            time_zone=seen.time_zone,
            fields=seen.fields,
        )
    )
    outcomes = [
        await _meet_at(conn, pepper, post, client_id, seen, draft, now)
        for client_id in await _clients(conn, post, seen, draft)
    ]
    if not outcomes:
        return await _leave_alone(conn, post, seen, now)
    return next((one for one in outcomes if one != "nothing_new"), "nothing_new")


async def _clients(conn: Connection, post: Origin, seen: ContactSeen, draft: ContactDraft) -> list[ClientId]:
    """The account's client; at an account that several share, those who know the person."""
    if post.client_id:
        return [post.client_id]
    shared = sorted({one.client_id for one in post.places})
    if len(shared) < 2:
        return shared
    known = {one for one in shared if await find_ref(conn, one, post.provider, seen.ref)}
    for kind, value in ((AddressKind.phone, draft.phone), (AddressKind.email, draft.email)):
        if value and not known:
            known |= set(await clients_of_address(conn, shared, kind, value))
    return sorted(known)


async def _meet_at(
    conn: Connection,
    pepper: Pepper,
    post: Origin,
    client_id: ClientId,
    seen: ContactSeen,
    draft: ContactDraft,
    now: datetime,
) -> str:
    provider = post.provider
    await lock_ref(conn, client_id, provider, seen.ref)
    contact_id = await find_ref(conn, client_id, provider, seen.ref) or await find_lookalike(
        conn, client_id, provider, draft.phone, draft.email, draft.first_name
    )
    if contact_id:
        changed = await revise_contact(conn, client_id, contact_id, provider, seen.ref, draft, now)
        closed = sorted(seen.dnd_channels or ())
        changed |= await withdraw_consents(conn, client_id, contact_id, closed, CLOSED_THERE, str(provider), now) > 0
    elif draft.phone or draft.email:
        stopped = await _stopped(conn, pepper, client_id, draft)
        contact_id = await add_contact(conn, client_id, _with_consents(post, client_id, draft, seen, stopped), now)
        await note_ref(conn, client_id, contact_id, provider, seen.ref, now)
        changed = True
    else:
        return await _leave_alone(conn, post, seen, now)
    changed |= await _close_there(conn, pepper, provider, client_id, contact_id, seen, draft, now)
    if await _enroll_by_tags(conn, client_id, contact_id, seen.tags, now):
        return "enrolled"
    return "met" if changed else "nothing_new"


async def _close_there(
    conn: Connection,
    pepper: Pepper,
    provider: Provider,
    client_id: ClientId,
    contact_id: ContactId,
    seen: ContactSeen,
    draft: ContactDraft,
    now: datetime,
) -> bool:
    """A Do-Not-Disturb there is the person's word to the provider: texts or calls close the number here too, mail the
    address, until the person agrees anew. Once: what is closed by their own word already stays as it is."""
    (own,) = await load_people(conn, provider, [contact_id])
    known = {AddressKind.phone: {draft.phone, own["phone"]}, AddressKind.email: {draft.email, own["email"]}}
    closed = False
    for kind in sorted({ADDRESS_KIND[channel] for channel in seen.dnd_channels or ()}):
        for value in sorted(one for one in known[kind] if one):
            if await said_stop_at(conn, client_id, kind, value) is None:
                reason = SuppressionReason.provider_opt_out
                closed |= await close_address(conn, pepper, client_id, kind, value, reason, now)
                await suppress_claimed(conn, client_id, value, reason, now)
    return closed


async def _stopped(
    conn: Connection, pepper: Pepper, client_id: ClientId, draft: ContactDraft
) -> frozenset[AddressKind]:
    """By which way the person has asked us to stop: words without a day are no newer, and undo nothing."""
    found: set[AddressKind] = set()
    for kind, value in ((AddressKind.phone, draft.phone), (AddressKind.email, draft.email)):
        if value and (
            await said_stop_at(conn, client_id, kind, value) is not None
            or await kept_own_word(conn, client_id, pepper.hash(client_id, kind, value))
        ):
            found.add(kind)
    return frozenset(found)


def _with_consents(
    post: Origin, client_id: ClientId, draft: ContactDraft, seen: ContactSeen, stopped: frozenset[AddressKind]
) -> ContactDraft:
    """A new contact has agreed, in the account's own words, where the client has said that all of them have: for the
    number and the address that they come with, never on a channel that is closed there or that they said stop to, and
    to nothing where that could not be read."""
    settings = [one.settings for one in post.places if one.client_id == client_id and not one.retired]
    if post.speaker:
        settings.append(post.speaker.settings)
    wording = _first(settings, "consent_wording")
    closed = frozenset(ChannelName) if seen.dnd_channels is None else seen.dnd_channels
    has = {AddressKind.phone: draft.phone, AddressKind.email: draft.email}
    ways = {kind for kind, value in has.items() if value} - stopped
    open_there = [one for one in ChannelName if one not in closed and ADDRESS_KIND[one] in ways]
    signed = _first(settings, "consent_kind") == ConsentKind.written
    kind = ConsentKind.written if signed else ConsentKind.express
    source = str(post.provider)
    given = tuple(ConsentGiven(channel, wording, source, kind) for channel in open_there) if wording else ()
    return ContactDraft(
        first_name=draft.first_name,
        last_name=draft.last_name,
        phone=draft.phone,
        email=draft.email,
        time_zone=draft.time_zone,
        fields=draft.fields,
        consents=given,
    )


def _first(settings: Sequence[Mapping[str, str]], name: str) -> str | None:
    return next((one[name] for one in settings if one.get(name, "").strip()), None)


async def _enroll_by_tags(
    conn: Connection, client_id: ClientId, contact_id: ContactId, tags: Sequence[str], now: datetime
) -> bool:
    """Into the current version of every sequence that asks for one of the tags, once in a lifetime."""
    carried = {tag.strip().casefold() for tag in tags if tag.strip()}
    if not carried:
        return False
    known = await list_sequences(conn, client_id)
    definitions = await load_versions(conn, [(one.id, one.current_version) for one in known])
    ran = await sequences_run_by(conn, contact_id)
    enrolled = False
    for (sequence_id, version), definition in sorted(definitions.items(), key=lambda item: item[0]):
        wanted = {tag.strip().casefold() for tag in definition.enroll_when_tags}
        if sequence_id not in ran and wanted & carried:
            enrolled |= bool(await enroll(conn, client_id, sequence_id, version, definition, [contact_id], now))
    return enrolled


async def _leave_alone(conn: Connection, post: Origin, seen: ContactSeen, now: datetime) -> str:
    payload = {"kind": "contact_not_placed", "ref": seen.ref}
    key = f"contact:{seen.ref}"
    fresh = await keep_event(
        conn, post.keeper, key, post.client_id, EventKind.unknown_type, post.provider, payload, now
    )
    return "not_placed" if fresh else "nothing_new"
