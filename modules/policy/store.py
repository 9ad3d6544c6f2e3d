"""One thin function a query."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from modules.ids import AccountId, ClientId
from modules.labels import DNC_LIST_HOLDS_FOR, CheckAnswer, ConsentKind
from modules.policy.models import THROTTLE_SECONDS, Agreement, Candidate, Facts, Permits, Place
from utils.db import Connection, Row, execute, fetch_all, fetch_one
from utils.sql import queries

SQL = queries(__file__)
_SAME = tuple(name for name in Permits.__dataclass_fields__ if name not in ("reassigned", "cleared_states"))


async def load_facts(
    conn: Connection,
    candidates: Sequence[Candidate],
    places: Sequence[Place],
    rates: Mapping[AccountId, float],
    now: datetime,
    allowed: Sequence[bool | None] = (),
) -> list[Facts]:
    """Facts in the order of the candidates. A candidate whose row did not come has every fact unknown.

    `allowed` is what the provider's own Do-Not-Disturb said of each candidate before the locks.
    """
    parameters = {
        "n": list(range(len(candidates))),
        "client_id": [one.client_id for one in candidates],
        "contact_id": [one.contact_id for one in candidates],
        "address_id": [one.address_id for one in candidates],
        "account_id": [one.account_id for one in candidates],
        "channel": [str(one.channel) for one in candidates],
        "since": [one.since for one in candidates],
        "own_hash": [one.own_hash for one in candidates],
        "platform_hash": [one.platform_hash for one in candidates],
        "target": [one.target for one in candidates],
        "now": now,
        "burst_seconds": THROTTLE_SECONDS,
        "list_holds_for": DNC_LIST_HOLDS_FOR,
    }
    rows = {row["n"]: row for row in await fetch_all(conn, SQL["load_facts"], parameters)}
    if any(one.target is not None for one in candidates):
        testers = {row["n"]: row for row in await load_tester_facts(conn, candidates)}
        rows = {n: _with_tester(row, testers[n]) for n, row in rows.items() if n in testers}
    facts = []
    for n, candidate in enumerate(candidates):
        row = rows.get(n, {})
        facts.append(
            Facts(
                client_status=row.get("client_status"),
                sending_stopped=row.get("sending_stopped"),
                contact_suppressed=row.get("contact_suppressed"),
                address_suppressed=row.get("address_suppressed"),
                consent=row.get("consent"),
                held_until=row.get("held_until"),
                in_flight_until=row.get("in_flight_until"),
                sent_last_day=row.get("sent_last_day"),
                oldest_in_day=row.get("oldest_in_day"),
                sent_just_now=row.get("sent_just_now"),
                sends_per_second=rates[candidate.account_id],
                zones=places[n].zones,
                states=places[n].states,
                evidence=places[n].evidence,
                sent_to_person=row.get("sent_to_person"),
                oldest_to_person=row.get("oldest_to_person"),
                replied=row.get("replied"),
                reply_unsure=row.get("reply_unsure"),
                on_call_until=row.get("on_call_until"),
                provider_allows=allowed[n] if allowed else None,
                has_address=row.get("is_open"),
                agreement=_agreement(row),
                permits=_permits(row) if row else Permits(),
                texted_before=row.get("texted_before"),
                call_completed_at=row.get("call_completed_at"),
                footer_at=row.get("footer_at"),
                texts_since_footer=row.get("texts_since_footer") or 0,
                possibly_sent=row.get("possibly_sent"),
                emergencies=tuple((state, _instant(at)) for state, at in row.get("emergencies") or ()),
            )
        )
    return facts


async def load_tester_facts(conn: Connection, candidates: Sequence[Candidate]) -> list[Row]:
    parameters = {
        "n": list(range(len(candidates))),
        "client_id": [one.client_id for one in candidates],
        "address_id": [one.address_id for one in candidates],
        "channel": [str(one.channel) for one in candidates],
        "target": [one.target for one in candidates],
    }
    return await fetch_all(conn, SQL["load_tester_facts"], parameters)


def _with_tester(row: Row, tester: Row) -> Row:
    busy = [until for until in (row["on_call_until"], tester["on_call_until"]) if until is not None]
    closed = True if tester["closed"] else row["address_suppressed"]
    return row | {"address_suppressed": closed, "on_call_until": max(busy, default=None)}


def _agreement(row: Mapping[str, Any]) -> Agreement | None:
    if not row.get("consent_kind"):
        return None
    return Agreement(
        ConsentKind(row["consent_kind"]),
        row["consented_at"],
        row["covers_ai_voice"],
        row["consent_expires_at"],
        row["agreed_again_at"],
        row["wording_hash"],
        row["wording_version"],
    )


def _permits(row: Mapping[str, Any]) -> Permits:
    answer = row["reassigned"]
    same = {name: row[name] for name in _SAME}
    return Permits(
        **same, reassigned=CheckAnswer(answer) if answer else None, cleared_states=frozenset(row["cleared_states"])
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)


async def try_sender(conn: Connection, account_id: AccountId, purse_of: ClientId | None = None) -> bool:
    """From here on this transaction waits for no lock for long: LockNotAvailable when another arming that spends the
    same client's budget takes too long."""
    row = await fetch_one(conn, SQL["try_sender"], {"account_id": account_id, "purse_of": purse_of})
    return bool(row and row["obtained"])


async def set_lock_timeout(conn: Connection) -> None:
    await execute(conn, SQL["set_lock_timeout"])
