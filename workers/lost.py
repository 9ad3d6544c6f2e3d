"""What the providers took in a gap of our ledger, kept as questions that name nobody: only a keyed hash tells whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx

from modules.accounts import Account
from modules.channels import ContactSeen, Listed
from modules.health import (
    Finding,
    FindingKind,
    Level,
    LogEvent,
    addresses_of_refs,
    keep_lost,
    known_lost,
    name_lost,
    write_log,
)
from modules.labels import ADDRESS_KIND, AddressKind, ChannelName
from utils.address import normalise_email, normalise_phone
from utils.db import Connection
from utils.signing import Pepper
from workers.compare import Ghost
from workers.context import Deps
from workers.identify import ask_who, place_person

AT_ONCE = 200


@dataclass(frozen=True)
class Kept:
    """`fresh`: how many were new; `nameless`: how many open questions hold nobody back; `unplaced`: how many of these
    the provider could name, by an id of its own that it did not explain."""

    fresh: int
    nameless: int
    unplaced: int


async def keep_what_was_lost(
    deps: Deps,
    client: httpx.AsyncClient,
    group: Sequence[Account],
    ghosts: Sequence[Ghost],
    now: datetime,
    seconds: float,
) -> Kept:
    """Keeps what the providers took in a gap, each once. Where clients share one account at the provider nobody can say
    whose it was, so each of them holds back. Whom a provider names only by an id that we do not know, it is asked, for
    so many seconds; what stays without a name is kept all the same, and gets it when it is kept again."""
    if not ghosts:
        return Kept(0, 0, 0)
    refs = await _unknown_refs(deps, group, ghosts)
    seen = await ask_who(client, group[0], refs, seconds) if refs else {}
    fresh = 0
    for account in group:
        for start in range(0, len(ghosts), AT_ONCE):
            chunk = ghosts[start : start + AT_ONCE]
            async with deps.database.transaction() as conn:
                new = await _keep(deps, conn, account, chunk, seen, now)
            fresh += new if account is group[0] else 0
    async with deps.database.transaction() as conn:
        nameless = await _nameless(conn, group, ghosts)
    return Kept(fresh, len(nameless), sum(1 for item in nameless if item.contact_ref))


async def _unknown_refs(deps: Deps, group: Sequence[Account], ghosts: Sequence[Ghost]) -> list[str]:
    """Ids of people that some client of the group has no address for, and some question needs."""
    unknown: set[str] = set()
    async with deps.database.transaction() as conn:
        open_items = await _nameless(conn, group, ghosts)
        refs = sorted({item.contact_ref for item in open_items if item.contact_ref and item.to_address is None})
        for account in group if refs else ():
            unknown |= set(refs) - set(await _addresses(conn, account, refs))
    return sorted(unknown)


async def _nameless(conn: Connection, group: Sequence[Account], ghosts: Sequence[Ghost]) -> list[Listed]:
    """Items whose question names nobody, or has not been kept yet, at one account of the group at least."""
    items = [ghost.item for ghost in ghosts]
    known = await known_lost(conn, [one.id for one in group], [item.fact.provider_id for item in items])
    return [item for item in items if any((one.id, item.fact.provider_id) not in known for one in group)]


async def _addresses(conn: Connection, account: Account, refs: Sequence[str]) -> dict[str, str]:
    """By which the account reaches the people with these ids at its provider."""
    kind, known = ADDRESS_KIND[account.channel], dict[str, str]()
    for row in await addresses_of_refs(conn, account.client_id, account.provider, refs) if refs else ():
        if row["kind"] == kind:
            known.setdefault(row["ref"], row["value"])
    return known


async def _keep(
    deps: Deps,
    conn: Connection,
    account: Account,
    ghosts: Sequence[Ghost],
    seen: Mapping[str, ContactSeen],
    now: datetime,
) -> int:
    items = [ghost.item for ghost in ghosts]
    refs = sorted({item.contact_ref for item in items if item.to_address is None and item.contact_ref})
    known = await _addresses(conn, account, refs)
    for ref in refs:
        if ref not in known and ref in seen and (address := await place_person(conn, account, seen[ref], now)):
            known[ref] = address
    pepper = await deps.pepper(conn)
    findings = [_finding(pepper, account, ghost, known.get(ghost.item.contact_ref or "")) for ghost in ghosts]
    rows = await keep_lost(conn, findings, now)
    await name_lost(conn, findings)
    if rows:
        named = {one.provider_id for one in findings if one.address_hash}
        nameless = sum(1 for row in rows if row["provider_id"] not in named)
        detail = {"account_id": str(account.id), "new": str(len(rows))}
        detail |= {"name_nobody": str(nameless)} if nameless else {}
        await write_log(conn, account.client_id, Level.alarm, LogEvent.lost_found, now, detail=detail)
    return len(rows)


def _finding(pepper: Pepper, account: Account, ghost: Ghost, address: str | None) -> Finding:
    item = ghost.item
    value = address or _as_kept(account.channel, item.to_address)
    kind = ADDRESS_KIND[account.channel]
    return Finding(
        account.client_id,
        account.id,
        FindingKind.lost,
        item.fact.provider_id,
        ghost.touch_id if ghost.client_id == account.client_id else None,
        detail_of(item),
        account.channel,
        pepper.hash(account.client_id, kind, value) if value else None,
    )


def _as_kept(channel: ChannelName, address: str | None) -> str | None:
    """Written as we write addresses; one that is none says nobody."""
    try:
        if not address:
            return None
        if ADDRESS_KIND[channel] is AddressKind.email:
            return normalise_email(address)
        return normalise_phone(address, cut_extension=True)
    except ValueError:
        return address


def detail_of(item: Listed) -> dict[str, str]:
    """What may be kept of an item: nothing that names a person."""
    detail = {"status": item.fact.provider_status}
    if item.created_at:
        detail["created_at"] = item.created_at.isoformat()
    if item.fact.reference:
        # a reference of ours without a row: a lost row, or another installation on the same account
        detail["reference"] = str(item.fact.reference)
    return detail
