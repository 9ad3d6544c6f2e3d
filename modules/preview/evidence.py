"""Gathers everything that is on record of one contact into an evidence pack. Only reads.

Records are kept for five years and must show the words, the times, the consent and the outcome of every call and text
(16 CFR 310.5 as of 89 FR 26760, 16 May 2024), so each section says which table it was read from.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from modules.ids import ClientId, ContactId
from modules.preview import evidence_sections as sections
from modules.preview import store
from modules.preview.evidence_models import Pack
from utils.db import Connection, Row
from utils.errors import NotFound
from utils.signing import Pepper


async def gather_evidence(
    conn: Connection, pepper: Pepper | None, client_id: ClientId, contact_id: ContactId, asked_by: str, now: datetime
) -> Pack:
    """The pack of one contact of one client, as of `now`; NotFound when the client has no such contact.

    `pepper` is that of the database's hashes; None when none was made yet, so that nothing is kept by hash.
    """
    subject = await store.load_subject(conn, client_id, contact_id)
    if subject is None:
        raise NotFound("No such contact", field="contact")
    addresses = await store.list_subject_addresses(conn, client_id, contact_id)
    touches = await store.list_touches(conn, client_id, contact_id)
    states = sorted({one for row in touches for one in (row["decision"] or {}).get("states") or ()})
    ids, values = [row["id"] for row in addresses], [row["value"] for row in addresses]
    parts = (
        sections.subject_section(subject, addresses),
        sections.seller_section(subject),
        sections.consents_section(await store.list_consents(conn, client_id, contact_id)),
        sections.suppressions_section(
            subject,
            addresses,
            touches,
            await store.list_reopenings(conn, client_id, ids),
            *await _by_hash(conn, pepper, client_id, addresses),
        ),
        sections.checks_section(
            await store.list_national_lists(conn, client_id, ids),
            await store.list_number_checks(conn, client_id, ids),
            await store.list_clearances(conn, client_id, states),
            now,
        ),
        sections.enrollments_section(await store.list_enrollments(conn, client_id, contact_id)),
        sections.touches_section(touches, subject),
        sections.answers_section(await store.list_answers(conn, client_id, contact_id, values)),
        sections.erasure_section(await store.load_erasure(conn, client_id, contact_id)),
    )
    return Pack(contact_id, subject["client"], asked_by, now, parts)


async def _by_hash(
    conn: Connection, pepper: Pepper | None, client_id: ClientId, addresses: Iterable[Row]
) -> tuple[list[Row], list[Row], list[Row]]:
    """What is known by hash alone: kept closings and own words of this client, decisions of the house."""
    if pepper is None:
        return [], [], []
    pairs = [(row["kind"], row["value"]) for row in addresses]
    own = {pepper.hash(client_id, *pair): pair[1] for pair in pairs}
    house = {pepper.platform_hash(*pair): pair[1] for pair in pairs}
    kept = await store.list_kept(conn, client_id, list(own))
    words = await store.list_own_words(conn, client_id, list(house))
    decisions = await store.list_house_decisions(conn, list(house))
    return _named(kept, own), _named(words, house), _named(decisions, house)


def _named(rows: Iterable[Row], addresses: Mapping[bytes, str]) -> list[Row]:
    """Rows with the address instead of its hash."""
    return [
        {"address": addresses[bytes.fromhex(row["hash"])], **{name: row[name] for name in row if name != "hash"}}
        for row in rows
    ]
