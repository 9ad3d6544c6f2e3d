"""What a person wrote, or their call: kept once, tied to whom and what it answers, and obeyed when it says stop.

One transaction locks the contact, then all its addresses, before the row is written: an arming either came before, or
it sees the reply and the closed address (delivery protocol, section 4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from modules.channels import Inbound
from modules.contacts import clients_of_address, close_address, load_people, lock_person, suppress_contact
from modules.emotion import OptOut, Scope
from modules.ids import AccountId, ClientId
from modules.inbox import (
    Match,
    Place,
    Queued,
    attach_inbound,
    clues_of,
    drop_event,
    list_places,
    match_inbound,
    queued_events,
    queued_inbound,
    unpack_inbound,
)
from modules.labels import AddressKind, ChannelName, Provider, SuppressionReason
from modules.touches import suppress_claimed
from utils.clock import Clock
from utils.db import Connection
from utils.signing import Pepper
from utils.uuid7 import uuid7
from workers.hear import Heard, asks_for_help, away_of, flags_of, hear, is_machines
from workers.reused import LONGEST_ADDRESS, keep_apart, keep_event_apart
from workers.spent import Closed, still_closes
from workers.weigh import NOTHING, Weighed, carry_out, weigh

ANSWERS_BACK = timedelta(days=30)
"""The oldest touch that a message without any reference is taken to answer."""
QUEUED_BACK = timedelta(days=30)
AT_MOST = 200


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


async def take_inbound(conn: Connection, pepper: Pepper, post: Origin, event: Inbound, clock: Clock) -> str:
    """One row of `inbound` for each client concerned; kept without a client when several could be meant and none
    knows the sender. The same event again writes nothing."""
    heard = hear(post.provider, event, clock.now())
    matches = await _concerned(conn, post, heard)
    closing = await _closing(conn, post, heard, matches)
    await _lock(conn, heard, matches, closing)
    now = clock.now()  # under the locks, so that what was armed before them was armed before it
    also = await _also_closed(conn, heard, matches)
    closed = await still_closes(conn, heard, [*closing, *also])
    spent = len(closed) < len({*closing, *also})
    weighed = await weigh(conn, heard, matches, now)
    if spent:  # to confirm it now would be untrue
        weighed = {client_id: replace(one, answer=None) for client_id, one in weighed.items()}
    if not await _write(conn, post, heard, matches, weighed, now):
        return "nothing_new"
    await carry_out(conn, heard, weighed, now)
    await _close(conn, pepper, closed, now)
    if not spent:
        await _close_person(conn, heard, matches, now)
    if closed:
        return "opted_out"
    return "kept" if any(one.contact_id for one in matches) else "queued"


async def rematch_inbound(conn: Connection, pepper: Pepper, now: datetime) -> int:
    """How much of what waited (30 days at most) has found its person; from then on it holds what is planned for them.
    Writes nothing when nothing is found."""
    since, found = now - QUEUED_BACK, 0
    waiting = [*await queued_inbound(conn, since, AT_MOST), *await queued_events(conn, since, AT_MOST)]
    plans = [(one, *await plan_again(conn, one, now)) for one in waiting]
    contacts = [match.contact_id for _, _, _, matches, _ in plans for match in matches if match.contact_id]
    closed = [one for _, _, _, _, closing in plans for one in closing]
    if plans:
        await lock_person(conn, contacts, closed)
    for one, places, heard, matches, closing in plans:
        found += await _place(conn, pepper, one, places, heard, matches, closing, now)
    return found


async def _concerned(conn: Connection, post: Origin, heard: Heard) -> list[Match]:
    """Whom the client of the account knows behind it; at a shared account, those clients that know anybody: by the
    touch it names, else by the person. With one client only, that one, whoever wrote."""
    places = [one for one in post.places if one.claims(heard.event.to_address)] or list(post.places)
    clients = [post.client_id] if post.client_id else sorted({one.client_id for one in places})
    matches = await _match(conn, clients, post.places, heard)
    if len(clients) == 1:
        return matches
    told = [one for one in matches if one.told_id]
    return told or [one for one in matches if one.contact_id]


async def _match(conn: Connection, clients: Sequence[ClientId], places: Sequence[Place], heard: Heard) -> list[Match]:
    event = heard.event
    clues = {
        "provider": heard.provider,
        "contact_ref": event.contact_ref,
        "reference": event.reference,
        "answers": list(event.answers),
        "kind": heard.kind,
        "value": heard.sender,
        "channel": event.channel,
        "at": heard.at,
        "since": heard.at - ANSWERS_BACK,
    }
    return await match_inbound(conn, clients, [one.account_id for one in places], clues)


async def _closing(conn: Connection, post: Origin, heard: Heard, matches: Sequence[Match]) -> list[Closed]:
    """Addresses that a person's stop closes: where it came from, at every client that knows the address (at all who
    share the account when none does), and where the touch went that it answers by name."""
    if heard.verdict.opt_out is not OptOut.yes:
        return []
    closing: set[Closed] = set()
    if heard.sender:
        shared = sorted({one.client_id for one in post.places})
        known = [] if post.client_id else await clients_of_address(conn, shared, heard.kind, heard.sender)
        clients = [post.client_id] if post.client_id else [one.client_id for one in matches] + (known or shared)
        closing |= {(client_id, heard.kind, heard.sender) for client_id in clients}
    for match in matches:
        if match.told_address and ("@" in match.told_address) is (heard.kind is AddressKind.email):
            closing.add((match.client_id, heard.kind, match.told_address))
    return sorted(closing)


async def _also_closed(conn: Connection, heard: Heard, matches: Sequence[Match]) -> list[Closed]:
    """Every address of the people it came from, when they want to hear nothing at all; of those who wrote from an
    address that we do not have, or from none that can be read, the one we write to. Read under their lock."""
    if heard.verdict.opt_out is not OptOut.yes:
        return []
    everything = heard.verdict.scope is Scope.all
    people = [one for one in matches if everything or one.from_elsewhere]
    clients = {one.contact_id: one.client_id for one in people if one.contact_id and not one.by_tester}
    if not clients:
        return []
    return sorted(
        (clients[row["id"]], kind, row[kind])
        for row in await load_people(conn, heard.provider, list(clients))
        for kind in (AddressKind if everything else (heard.kind,))
        if row[kind]
    )


async def _lock(conn: Connection, heard: Heard, matches: Sequence[Match], closing: Sequence[Closed]) -> None:
    senders = [(one.client_id, heard.kind, heard.sender) for one in matches if heard.sender]
    contacts = [one.contact_id for one in matches if one.contact_id]
    await lock_person(conn, contacts, [*senders, *closing])


async def _write(
    conn: Connection,
    post: Origin,
    heard: Heard,
    matches: Sequence[Match],
    weighed: Mapping[ClientId, Weighed],
    now: datetime,
) -> bool:
    if not matches:
        return await keep_event_apart(conn, post.keeper, heard, now)
    fresh = [await keep_apart(conn, heard, _row(post.places, heard, match, weighed, now)) for match in matches]
    return any(fresh)


def _row(
    places: Sequence[Place], heard: Heard, match: Match, weighed: Mapping[ClientId, Weighed], now: datetime
) -> dict[str, object]:
    event, own = heard.event, weighed.get(match.client_id, NOTHING)
    clues = clues_of(event)
    released_by = _released_by(heard)
    return {
        "id": uuid7(now),
        "client_id": match.client_id,
        "account_id": _account_of(places, match.client_id, event.channel),
        "event_key": event.event_key,
        "channel": event.channel,
        "kind": event.kind,
        "provider": heard.provider,
        "from_address": (heard.sender or event.from_address)[:LONGEST_ADDRESS],
        "to_address": event.to_address[:LONGEST_ADDRESS],
        "subject": event.subject,
        "body": event.text,
        "recording": event.call.recording if event.call else None,
        "contact_id": match.contact_id,
        "reply_to_touch_id": match.touch_id,
        "at": heard.at,
        "now": now,
        "opted_out": heard.verdict.opt_out is OptOut.yes,
        "released_at": now if released_by else None,
        "released_by": released_by,
        "payload": dict(event.payload)
        | flags_of(heard.verdict)
        | own.flags()
        | ({"clues": clues} if clues else {})
        | (away_of(heard) if released_by == "automatic_reply" else {}),
        "answer": own.answer,
    }


def _released_by(heard: Heard) -> str | None:
    """What holds nothing from the first moment on: a machine's answer, and a HELP, which code answers."""
    if heard.verdict.opt_out is not OptOut.no:
        return None
    if is_machines(heard.event):
        return "automatic_reply"
    return "help" if asks_for_help(heard.event) else None


def _account_of(places: Sequence[Place], client_id: ClientId, channel: ChannelName) -> AccountId:
    """The client's account for the channel, else its first: whichever hook an event comes by, its row is the same."""
    own = [one for one in places if one.client_id == client_id]
    return min(own, key=lambda one: one.channel is not channel).account_id


async def _close(conn: Connection, pepper: Pepper, closing: Sequence[Closed], now: datetime) -> None:
    for client_id, kind, value in closing:
        await close_address(conn, pepper, client_id, kind, value, SuppressionReason.opted_out, now)
        await suppress_claimed(conn, client_id, value, SuppressionReason.opted_out, now)


async def _close_person(conn: Connection, heard: Heard, matches: Sequence[Match], now: datetime) -> None:
    """Who wants nothing more by any way is closed as a person, so that an address learned later is closed too."""
    if heard.verdict.opt_out is OptOut.yes and heard.verdict.scope is Scope.all:
        for one in matches:
            if one.contact_id and not one.by_tester:
                await suppress_contact(conn, one.client_id, one.contact_id, SuppressionReason.opted_out, now)


Plan = tuple[Sequence[Place], Heard, list[Match], list[Closed]]


async def plan_again(conn: Connection, one: Queued, now: datetime) -> Plan:
    """Whom what waits would be placed with now, and what it would close. Reads only."""
    places = await list_places(conn, one.provider, one.client_id)
    post = _Waiting(one.provider, one.account_id, one.client_id, places)
    heard = hear(one.provider, unpack_inbound(one.payload), now)
    matches = [match for match in await _concerned(conn, post, heard) if match.contact_id]
    # a row of `inbound` closed its addresses when it came; an event without a client did so where it could
    closing = await _closing(conn, post, heard, matches) if one.row_id is None and matches else []
    return places, heard, matches, [entry for entry in closing if entry[0] in {match.client_id for match in matches}]


@dataclass(frozen=True)
class _Waiting:
    provider: Provider
    keeper: AccountId
    client_id: ClientId | None
    places: Sequence[Place]


async def _place(
    conn: Connection,
    pepper: Pepper,
    one: Queued,
    places: Sequence[Place],
    heard: Heard,
    matches: Sequence[Match],
    closing: Sequence[Closed],
    now: datetime,
) -> int:
    if not matches:
        return 0
    also = await _also_closed(conn, heard, matches)
    if one.row_id is not None:
        (match,) = matches
        await _close(conn, pepper, also, now)
        await _close_person(conn, heard, matches, now)
        return int(await attach_inbound(conn, one.row_id, match.contact_id, match.touch_id)) if match.contact_id else 0
    for match in matches:
        await keep_apart(conn, heard, _row(places, heard, match, {}, now))
    await _close(conn, pepper, [*closing, *also], heard.at)
    await _close_person(conn, heard, matches, now)
    await drop_event(conn, one.account_id, one.event_key)
    return 1
