"""The same bytes under the same key: how a provider with idempotency keys settles what became of a send."""

from dataclasses import replace

import psycopg

from modules.accounts import Account
from modules.channels import Accepted, Message
from modules.contacts import count_addresses, lock_addresses, lock_contacts
from modules.health import read_engine_state
from modules.labels import ADDRESS_KIND, Purpose
from modules.policy import Allow, Candidate, Facts, guard, load_facts, set_lock_timeout
from modules.sequences import EnrollmentState, Snapshot, lock_and_load_snapshots, windows_of
from modules.touches import News, Touch
from utils.clock import monotonic
from utils.crashpoint import crashpoint
from utils.db import Connection
from utils.http import send_client
from utils.log import logger
from workers.arm import SEND_WITHIN_SECONDS
from workers.candidate import place_of
from workers.confirm import definitions_of
from workers.context import Deps
from workers.send import send_one

LOG = logger("repeat")


async def repeat_same_key(deps: Deps, account: Account, touch: Touch, message: Message) -> News | None:
    """Repeats a send whose fate is unknown, if every guard still allows it; None when nothing was learned.

    Only an acceptance counts: a refusal of the repetition says nothing about the first request.
    """
    try:
        async with deps.database.transaction() as conn:
            if not await _still_allowed(deps, conn, account, touch):
                return None
    except psycopg.errors.LockNotAvailable:
        return None  # somebody decides about this person right now; the next look asks again
    crashpoint("after_repeat_check")
    async with send_client(deps.settings.http_timeout_seconds, deps.transport) as client:
        answer = await send_one(client, account, message, monotonic() + SEND_WITHIN_SECONDS, deps.pace_of(account))
    LOG.info("repeated", touch_id=str(touch.id), answer=type(answer).__name__)
    if isinstance(answer, Accepted):
        return News(touch.id, None, provider_id=answer.provider_id, provider_status=answer.provider_status)
    return None


async def _still_allowed(deps: Deps, conn: Connection, account: Account, touch: Touch) -> bool:
    now = deps.clock.now()
    if deps.settings.test_redirect is not None:
        return False  # the bytes name the person: in a test nothing goes to them
    state = await read_engine_state(conn)
    if state is None or not state.may_arm:
        return False  # after a restore the stop that forbids it may be what we do not know
    await set_lock_timeout(conn)
    running = await _running(conn, touch) if touch.enrollment_id else None
    if touch.enrollment_id and running is None:
        return False
    definitions = await definitions_of(deps, conn, [running] if running else [])
    definition = definitions[running.sequence_id, running.version] if running else None
    contacts = await lock_contacts(conn, [touch.contact_id])
    addresses = await lock_addresses(conn, list(contacts))
    address = addresses.get(touch.contact_id, {}).get(ADDRESS_KIND[touch.channel])
    if address is None or address.value != touch.to_address:
        return False
    if len(addresses[touch.contact_id]) != await count_addresses(conn, touch.contact_id):
        return False  # one is locked elsewhere, perhaps by the very STOP that forbids this
    pepper = await deps.pepper(conn)
    candidate = Candidate(
        client_id=touch.client_id,
        contact_id=touch.contact_id,
        account_id=account.id,
        address_id=address.id,
        channel=touch.channel,
        due_at=touch.armed_at,
        max_lateness=touch.confirm_by - touch.armed_at,
        windows=windows_of(definition) if definition else (),
        since=touch.armed_at,
        purpose=definition.purpose if definition else Purpose.marketing,
        own_hash=pepper.hash(touch.client_id, address.kind, address.value),
        platform_hash=pepper.platform_hash(address.kind, address.value),
    )
    place = place_of(touch.channel, contacts[touch.contact_id], address, running.zone if running else "UTC")
    facts = await load_facts(conn, [candidate], [place], {account.id: account.sends_per_second}, now)
    return isinstance(guard(besides_itself(facts[0]), candidate, now).verdict, Allow)


def besides_itself(facts: Facts) -> Facts:
    """What is known without the touch that is repeated: it is what is in flight, and the day's sum counts it already.
    A sum that is not known stays so."""
    here, theirs = (None if sent is None else max(0, sent - 1) for sent in (facts.sent_last_day, facts.sent_to_person))
    return replace(facts, in_flight_until=None, on_call_until=None, sent_last_day=here, sent_to_person=theirs)


async def _running(conn: Connection, touch: Touch) -> Snapshot | None:
    """A paused, held or ended enrollment repeats nothing, and one that goes on without this touch does not either."""
    snapshots = await lock_and_load_snapshots(conn, [touch.enrollment_id] if touch.enrollment_id else [])
    return next((one for one in snapshots if one.status is EnrollmentState.active and waits_for(one, touch)), None)


def waits_for(snapshot: Snapshot, touch: Touch) -> bool:
    """Somebody else may have settled it since it was found to be looked at; both stand in the row that is locked."""
    return snapshot.waiting and snapshot.last_touch is not None and snapshot.last_touch.id == touch.id
