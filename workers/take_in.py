"""What a provider told, in one of six forms, becomes what we know. Told twice, it changes nothing the second time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import psycopg

from modules.accounts import Account
from modules.channels import (
    AppointmentSeen,
    CannotTell,
    ContactSeen,
    Event,
    Fact,
    Hint,
    HintKind,
    Inbound,
    Nothing,
    Reader,
    Strange,
    channels_of,
)
from modules.ids import AccountId, ClientId, TouchId
from modules.inbox import (
    EventKind,
    Orphan,
    Place,
    environment_account,
    found_orphans,
    keep_event,
    list_places,
    pack_fact,
    unpack_fact,
)
from modules.labels import ChannelName, Provider
from modules.touches import find_touches, is_old, match_facts
from utils.db import Connection
from utils.errors import Unavailable
from utils.http import read_client
from utils.log import logger
from workers.appointments import take_appointment
from workers.confirm import confirm, news_of_fact
from workers.context import Deps
from workers.follow_dates import follow_dates
from workers.follow_links import judge_links_again, note_followed_link
from workers.inbound import take_inbound
from workers.meet import meet

LOG = logger("take_in")
ORPHANS_BACK = timedelta(days=3)
AT_MOST = 500


@dataclass(frozen=True)
class Post:
    """Who may have sent this: every account of the client at this provider, or all that share the environment's
    credentials. `keeper` is the id under which it is kept; `speaker` is the account that can ask the provider back."""

    provider: Provider
    keeper: AccountId
    client_id: ClientId | None
    places: Sequence[Place]
    speaker: Account | None


async def post_of_account(conn: Connection, account: Account) -> Post:
    """What came by a client's own account. Its other accounts at this provider count too: one of GoHighLevel's
    locations is two accounts here, and a retired account's messages are still being proven."""
    places = await list_places(conn, account.provider, account.client_id)
    return Post(account.provider, account.id, account.client_id, places, account)


async def post_of_environment(conn: Connection, provider: Provider, accounts: Sequence[Account]) -> Post:
    """What came by the environment's own account, which clients may share."""
    places = await list_places(conn, provider, None)
    return Post(provider, environment_account(provider), None, places, next(iter(accounts), None))


async def take_in(deps: Deps, post: Post, event: Event, *, keep_strangers: bool = True) -> str:
    """What became of it, in a word. Unavailable when the provider shall come again.

    `keep_strangers` False: a fact about a message that is none of ours leaves no row; whoever asks the provider will
    read it again.
    """
    match event:
        case Fact():
            return await _take_fact(deps, post, event, keep_strangers)
        case Inbound():
            return await deps.database.patiently(lambda conn: _take_inbound(deps, conn, post, event))
        case ContactSeen():
            outcome = await deps.database.patiently(lambda conn: _meet(deps, conn, post, event))
            await follow_dates(deps, post, [event])
            return outcome
        case AppointmentSeen():
            return await _take_appointment(deps, post, event)
        case Nothing():
            return "of_no_use"
        case Hint():
            return await _take_hint(deps, post, event)
        case Strange():
            payload = {"kind": event.kind, **event.payload}
            return await _keep(deps, post, EventKind.unknown_type, event.event_key, payload)


async def rejoin_orphans(deps: Deps) -> dict[str, int]:
    """Facts that came before their touch was known (three days at most) are told again, each of them: what is known
    already, or what the database refuses, keeps no later one waiting. Old news writes nothing."""
    since, after, counts = deps.clock.now() - ORPHANS_BACK, None, Counter[str]()
    while True:
        async with deps.database.transaction() as conn:
            found = await found_orphans(conn, since, after, AT_MOST)
        for orphan in found:
            counts.update(await _rejoin(deps, orphan))
        if len(found) < AT_MOST:
            return dict(counts)
        after = found[-1]


async def _rejoin(deps: Deps, orphan: Orphan) -> list[str]:
    fact = unpack_fact(orphan.payload)
    if fact.suppress is None and fact.click is None and is_old(fact, orphan.state, orphan.provider_id):
        return []
    try:
        return [] if await _tell(deps, orphan.touch_id, fact) == "nothing_new" else ["orphans_rejoined"]
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        LOG.error("orphan_refused", touch_id=str(orphan.touch_id), error=type(error).__name__)
        return ["orphans_refused"]


async def _take_inbound(deps: Deps, conn: Connection, post: Post, event: Inbound) -> str:
    return await take_inbound(conn, await deps.pepper(conn), post, event, deps.clock)


async def _meet(deps: Deps, conn: Connection, post: Post, seen: ContactSeen) -> str:
    return await meet(conn, await deps.pepper(conn), post, seen, deps.clock.now())


async def _take_fact(deps: Deps, post: Post, fact: Fact, keep_strangers: bool) -> str:
    accounts = [one.account_id for one in post.places]
    async with deps.database.transaction() as conn:
        seen = await find_touches(conn, accounts, [fact.reference], [fact.provider_id])
    [touch] = match_facts(seen, [(accounts, fact)])
    if touch is not None:
        return await _tell(deps, touch.id, fact)
    if not keep_strangers:
        return "nothing_new"
    return await _keep(deps, post, EventKind.unknown_touch, fact.evidence_id, pack_fact(fact))


async def _tell(deps: Deps, touch_id: TouchId, fact: Fact) -> str:
    """A fact about a touch of ours; a click beside it counts by itself."""
    clicked = fact.click is not None and await note_followed_link(deps, touch_id, fact, fact.click)
    changes = await confirm(deps, [news_of_fact(touch_id, fact)])
    if changes and changes[0].touch.channel is ChannelName.email:
        await judge_links_again(deps, touch_id, fact)
    return changes[0].after if changes else "clicked" if clicked else "nothing_new"


async def _take_appointment(deps: Deps, post: Post, seen: AppointmentSeen) -> str:
    """Somebody who is not known yet is read at the provider first; an appointment of nobody's is kept."""

    async def take(conn: Connection) -> str:
        return await take_appointment(deps, conn, post, seen) or ""

    if outcome := await deps.database.patiently(take):
        return outcome
    await _take_hint(deps, post, Hint(HintKind.contact, seen.contact_ref, f"{seen.event_key}:contact"))
    payload = {"kind": "appointment_not_placed", "ref": seen.ref, "contact_ref": seen.contact_ref}
    return await deps.database.patiently(take) or await _keep(
        deps, post, EventKind.unknown_type, seen.event_key, payload
    )


async def _take_hint(deps: Deps, post: Post, hint: Hint) -> str:
    """The object itself, read again at the provider while no transaction is open, says what happened."""
    reader = next((one for one in channels_of(post.provider) if isinstance(one, Reader)), None)
    if reader is None or post.speaker is None:
        return await _keep_hint(deps, post, hint)
    async with read_client(deps.settings.http_timeout_seconds, deps.transport) as client:
        event = await reader.reread(client, post.speaker, hint)
    if isinstance(event, CannotTell):
        LOG.warning("hint_not_read", provider=post.provider, kind=hint.kind, reason=event.reason)
        raise Unavailable("What this is about could not be read just now; please send it again.")
    return await (_keep_hint(deps, post, event) if isinstance(event, Hint) else take_in(deps, post, event))


async def _keep_hint(deps: Deps, post: Post, hint: Hint) -> str:
    payload = {"hint": hint.kind, "ref": hint.ref}
    return await _keep(deps, post, EventKind.unknown_type, hint.event_key, payload)


async def _keep(deps: Deps, post: Post, kind: EventKind, key: str, payload: Mapping[str, object]) -> str:
    async with deps.database.transaction() as conn:
        now = deps.clock.now()
        fresh = await keep_event(conn, post.keeper, key, post.client_id, kind, post.provider, payload, now)
    return str(kind) if fresh else "nothing_new"
