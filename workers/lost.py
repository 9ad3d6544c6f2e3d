"""What the providers took in a gap of our ledger, kept as questions that name nobody: only a keyed hash tells whom."""

from collections.abc import Sequence
from datetime import datetime

from modules.accounts import Account
from modules.channels import Listed
from modules.health import Finding, FindingKind, Level, LogEvent, addresses_of_refs, keep_lost, write_log
from modules.ids import TouchId
from modules.labels import ADDRESS_KIND, AddressKind, ChannelName
from utils.address import normalise_email, normalise_phone
from utils.db import Connection
from utils.signing import Pepper
from workers.compare import Ghost
from workers.context import Deps

AT_ONCE = 200


async def keep_what_was_lost(deps: Deps, group: Sequence[Account], ghosts: Sequence[Ghost], now: datetime) -> int:
    """Keeps what the providers took in a gap, each once; how many were new. Where clients share one account at the
    provider nobody can say whose it was, so each of them holds back."""
    fresh = 0
    for account in group:
        for start in range(0, len(ghosts), AT_ONCE):
            chunk = ghosts[start : start + AT_ONCE]
            async with deps.database.transaction() as conn:
                pepper = await deps.pepper(conn)
                rows = await keep_lost(conn, await _lost(conn, pepper, account, chunk, account is group[0]), now)
                if rows:
                    detail = {"account_id": str(account.id), "new": str(len(rows))}
                    await write_log(conn, account.client_id, Level.alarm, LogEvent.lost_found, now, detail=detail)
            fresh += len(rows) if account is group[0] else 0
    return fresh


async def _lost(
    conn: Connection, pepper: Pepper, account: Account, ghosts: Sequence[Ghost], names_touches: bool
) -> list[Finding]:
    refs = [item.contact_ref for item, _ in ghosts if item.to_address is None and item.contact_ref]
    known: dict[str, str] = {}
    kind = ADDRESS_KIND[account.channel]
    for row in await addresses_of_refs(conn, account.client_id, account.provider, refs) if refs else ():
        if row["kind"] == kind:
            known.setdefault(row["ref"], row["value"])
    return [
        _finding(pepper, account, item, known.get(item.contact_ref or ""), touch_id if names_touches else None)
        for item, touch_id in ghosts
    ]


def _finding(pepper: Pepper, account: Account, item: Listed, address: str | None, touch_id: TouchId | None) -> Finding:
    value = address or _as_kept(account.channel, item.to_address)
    kind = ADDRESS_KIND[account.channel]
    return Finding(
        account.client_id,
        account.id,
        FindingKind.lost,
        item.fact.provider_id,
        touch_id,
        detail_of(item),
        account.channel,
        pepper.hash(account.client_id, kind, value) if value else None,
    )


def _as_kept(channel: ChannelName, address: str | None) -> str | None:
    """Written as we write addresses; one that is none says nobody."""
    try:
        if not address:
            return None
        return normalise_email(address) if ADDRESS_KIND[channel] is AddressKind.email else normalise_phone(address)
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
