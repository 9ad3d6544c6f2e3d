"""A person goes: every table lets go of them in one transaction, and a certificate says what was done.

What stays is a row without a name, the ledger's lines with a keyed hash where the address stood, the hash of what was
closed (so that a second import writes to nobody who said stop), and the sealed proof of what they agreed to.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from modules.appointments import erase_appointments
from modules.canaries import erase_canaries
from modules.consents import erase_consents, take_consents
from modules.contacts import (
    erase_addresses,
    erase_contact,
    erase_links,
    erase_refs,
    erase_reopenings,
    erase_told,
    lock_for_erasure,
    lock_own_addresses,
    shared_addresses,
)
from modules.erasure import (
    DECISION_CODES,
    Certificate,
    find_erasure,
    hash_in,
    is_mark,
    keep_proof,
    mark_of,
    record_erasure,
)
from modules.health import erase_details, erase_findings
from modules.ids import AddressId, ClientId, ContactId, TouchId
from modules.inbox import erase_events, erase_inbound, erase_replies
from modules.labels import ADDRESS_KIND, AddressKind, ChannelName
from modules.milestones import erase_milestones
from modules.permits import erase_checks
from modules.sequences import StopReason, erase_runs, forget_reasons, lock_runs_of
from modules.suppressions import Kept, keep_suppressions
from modules.tasks import erase_tasks
from modules.touches import erase_claimed, erase_touches, lock_touches_of
from utils.db import Connection, Row
from utils.errors import Conflict, NotFound
from utils.log import logger
from utils.signing import Pepper
from utils.uuid7 import uuid7
from workers.context import Deps

LOG = logger("erase")


async def erase_person(
    deps: Deps, conn: Connection, client_id: ClientId, contact_id: ContactId, by: str, now: datetime
) -> Certificate:
    """The certificate; of a person who was erased before the one of then, and nothing is written.

    NotFound for nobody. Conflict while something to them is on its way: what became of it can only be found out with
    the address and the words, and a message without proof may be one sent twice.
    """
    await lock_runs_of(conn, client_id, contact_id)
    person = await lock_for_erasure(conn, client_id, contact_id)
    if person is None:
        raise NotFound("There is no such contact at this client; nothing was changed", field="contact")
    before = await find_erasure(conn, client_id, contact_id)
    if before:
        return before
    addresses = await lock_own_addresses(conn, client_id, contact_id)
    shared = await shared_addresses(conn, [row["id"] for row in addresses], contact_id)
    own = [row for row in addresses if row["id"] not in shared]
    await erase_claimed(conn, client_id, contact_id, StopReason.erased, now)
    touches = await lock_touches_of(conn, client_id, contact_id)
    _refuse_unproven(touches)
    pepper = await deps.pepper(conn)
    counts = {"enrollments_stopped": await erase_runs(conn, client_id, contact_id, StopReason.erased, now)}
    await forget_reasons(conn, client_id, contact_id)
    counts["tasks"] = await erase_tasks(conn, client_id, contact_id)
    counts["milestones"] = await erase_milestones(conn, client_id, contact_id)
    counts["appointments"] = await erase_appointments(conn, client_id, contact_id)
    counts["replies"] = await erase_replies(conn, client_id, contact_id)
    counts["canaries"] = await erase_canaries(conn, client_id, contact_id)
    counts |= await _erase_words(conn, pepper, client_id, contact_id, touches, own)
    counts |= await _erase_proof(deps, conn, client_id, contact_id, own, now)
    kept = _closed(pepper, client_id, person, own)
    counts["suppressions_kept"] = await keep_suppressions(conn, client_id, kept, now)
    await erase_told(conn, client_id, contact_id)
    counts["addresses_unlinked"] = await erase_links(conn, client_id, contact_id)
    counts["addresses_deleted"] = await erase_addresses(conn, client_id, _ids(own))
    await erase_contact(conn, client_id, contact_id, now)
    done = Certificate(uuid7(now), client_id, contact_id, by, now, counts)
    await record_erasure(conn, done)
    LOG.info("erased", erasure_id=str(done.id), contact_id=str(contact_id), **counts)
    return done


async def keep_closed(
    conn: Connection, client_id: ClientId, kind: AddressKind, mark: str, reason: str, now: datetime
) -> bool:
    """A late word that closes the address of an erased person is kept as its hash; True when that is new."""
    return await keep_suppressions(conn, client_id, [Kept(hash_in(mark), kind, reason, now)], now) > 0


def _refuse_unproven(touches: Sequence[Row]) -> None:
    unproven = [row["settled_by"] for row in touches if row["unproven"]]
    if unproven:
        raise Conflict(
            "Something to this person is on its way, and what becomes of it has to be known first. Nothing was "
            "changed; please try again in a few minutes. "
            f"By {max(unproven).astimezone(UTC):%Y-%m-%d %H:%M} UTC it is settled at the latest.",
            field="contact",
        )


async def _erase_words(
    conn: Connection,
    pepper: Pepper,
    client_id: ClientId,
    contact_id: ContactId,
    touches: Sequence[Row],
    own: Sequence[Row],
) -> dict[str, int]:
    """What was sent to them, what they wrote, and every note of it."""
    refs = await erase_refs(conn, client_id, contact_id)
    needles = [*(row["value"].lstrip("+") for row in own), *refs]
    marks = _marks(pepper, client_id, touches)
    provider_ids = [row["provider_id"] for row in touches if row["provider_id"]]
    values = [row["value"] for row in own]
    hashes = [pepper.hash(client_id, row["kind"], row["value"]) for row in own]
    return {
        "touches": await erase_touches(conn, client_id, contact_id, marks, DECISION_CODES),
        "inbound": await erase_inbound(conn, client_id, contact_id, values),
        "events": await erase_events(conn, client_id, needles, list(marks), provider_ids),
        "log_details": await erase_details(conn, client_id, needles),
        "finding_details": await erase_findings(conn, client_id, needles, list(marks), hashes),
        "provider_references": len(refs),
    }


async def _erase_proof(
    deps: Deps, conn: Connection, client_id: ClientId, contact_id: ContactId, own: Sequence[Row], now: datetime
) -> dict[str, int]:
    """Consents go under seal; what names them or the addresses goes before."""
    sealed = await take_consents(conn, client_id, contact_id)
    await keep_proof(conn, deps.sealer, client_id, contact_id, sealed, now)
    return {
        "reopenings": await erase_reopenings(conn, client_id, contact_id, _ids(own)),
        "number_checks": await erase_checks(conn, client_id, _ids(own)),
        "consents_sealed": await erase_consents(conn, client_id, contact_id),
    }


def _marks(pepper: Pepper, client_id: ClientId, touches: Sequence[Row]) -> Mapping[TouchId, str]:
    return {
        TouchId(row["id"]): row["to_address"]
        if is_mark(row["to_address"])
        else mark_of(pepper, client_id, ADDRESS_KIND[ChannelName(row["channel"])], row["to_address"])
        for row in touches
    }


def _closed(pepper: Pepper, client_id: ClientId, person: Row, own: Sequence[Row]) -> list[Kept]:
    """What must stay closed: an address that was, and every one of a person who was."""
    found: list[Kept] = []
    for row in own:
        reason = person["suppressed_reason"] or row["suppressed_reason"]
        if reason:
            kind = AddressKind(row["kind"])
            since = person["suppressed_at"] or row["suppressed_at"]
            found.append(Kept(pepper.hash(client_id, kind, row["value"]), kind, reason, since))
    return found


def _ids(rows: Sequence[Row]) -> list[AddressId]:
    return [AddressId(row["id"]) for row in rows]
