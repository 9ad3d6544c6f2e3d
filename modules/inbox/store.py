"""One thin function a query."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from modules.ids import AccountId, ClientId, ContactId, EnrollmentId, TouchId
from modules.inbox.models import AnswerHistory, AnswerKind, EventKind, Match, Orphan, Place, Queued, Unanswered
from modules.labels import ChannelName, Provider, SuppressionReason, TouchState
from utils.db import Connection, Row, execute, fetch_all, fetch_one
from utils.sql import queries

SQL = queries(__file__)


async def keep_event(
    conn: Connection,
    account_id: AccountId,
    event_key: str,
    client_id: ClientId | None,
    kind: EventKind,
    provider: Provider,
    payload: Mapping[str, object],
    now: datetime,
) -> bool:
    """True when it is new, False when it was kept before. What PostgreSQL cannot store of it (NUL, a lone half of a
    surrogate pair) is left out or replaced: refused, the provider would send the same event again until it gives up."""
    parameters = {
        "account_id": account_id,
        "event_key": _storable(event_key)[:500],
        "client_id": client_id,
        "kind": kind,
        "provider": provider,
        "payload": Jsonb(_storable_json(payload)),
        "now": now,
    }
    return await execute(conn, SQL["keep_event"], parameters) > 0


async def list_places(conn: Connection, provider: Provider, client_id: ClientId | None) -> list[Place]:
    rows = await fetch_all(conn, SQL["list_places"], {"provider": provider, "client_id": client_id})
    return [Place(**row | {"channel": ChannelName(row["channel"])}) for row in rows]


async def match_inbound(
    conn: Connection, client_ids: Sequence[ClientId], account_ids: Sequence[AccountId], clues: Mapping[str, Any]
) -> list[Match]:
    """`clues`: provider, contact_ref, reference, answers, kind, value, channel, at, since."""
    parameters = {"client_ids": list(client_ids), "account_ids": list(account_ids), **clues}
    return [Match(**row) for row in await fetch_all(conn, SQL["match_inbound"], parameters)]


async def keep_inbound(conn: Connection, values: Mapping[str, Any]) -> bool:
    """True when it is new. `values` are the columns; texts are made storable here, `payload` becomes JSON."""
    parameters = {name: _storable(value) if isinstance(value, str) else value for name, value in values.items()}
    parameters["event_key"] = parameters["event_key"][:500]
    parameters["payload"] = Jsonb(_storable_json(values["payload"]))
    return await execute(conn, SQL["keep_inbound"], parameters) > 0


async def kept_under(conn: Connection, account_ids: Sequence[AccountId], event_keys: Sequence[str]) -> list[Row]:
    """`event_key`, `from_address`, `body`, `opted_out` and `judged` of what these accounts keep under these keys."""
    parameters = {"account_ids": list(account_ids), "event_keys": [_storable(one)[:500] for one in event_keys]}
    return await fetch_all(conn, SQL["kept_under"], parameters)


async def queued_inbound(conn: Connection, since: datetime, at_most: int) -> list[Queued]:
    rows = await fetch_all(conn, SQL["queued_inbound"], {"since": since, "at_most": at_most})
    return [_queued(row) for row in rows]


async def queued_events(conn: Connection, since: datetime, at_most: int) -> list[Queued]:
    rows = await fetch_all(conn, SQL["queued_events"], {"since": since, "at_most": at_most})
    return [_queued(row) for row in rows]


async def attach_inbound(conn: Connection, row_id: UUID, contact_id: ContactId, touch_id: TouchId | None) -> bool:
    parameters = {"id": row_id, "contact_id": contact_id, "reply_to_touch_id": touch_id}
    return await execute(conn, SQL["attach_inbound"], parameters) > 0


async def drop_event(conn: Connection, account_id: AccountId, event_key: str) -> int:
    return await execute(conn, SQL["drop_event"], {"account_id": account_id, "event_key": event_key})


async def found_orphans(conn: Connection, since: datetime, after: Orphan | None, at_most: int) -> list[Orphan]:
    """The oldest first; `after`: the last one of those that were read before."""
    place = {
        "after_at": after and after.received_at,
        "after_account": after and after.account_id,
        "after_key": after and after.event_key,
        "after_touch": after and after.touch_id,
    }
    rows = await fetch_all(conn, SQL["found_orphans"], place | {"since": since, "at_most": at_most})
    return [Orphan(**row | {"state": TouchState(row["state"])}) for row in rows]


async def release_inbound(conn: Connection, client_id: ClientId, contact_id: ContactId, by: str, now: datetime) -> int:
    parameters = {"client_id": client_id, "contact_id": contact_id, "by": by, "now": now}
    return await execute(conn, SQL["release_inbound"], parameters)


async def held_by_reply(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[EnrollmentId]:
    rows = await fetch_all(conn, SQL["held_by_reply"], {"client_id": client_id, "contact_id": contact_id})
    return [EnrollmentId(row["id"]) for row in rows]


async def list_inbound(conn: Connection, client_id: ClientId | None, unmatched: bool, at_most: int) -> list[Row]:
    parameters = {"client_id": client_id, "unmatched": unmatched, "at_most": at_most}
    return await fetch_all(conn, SQL["list_inbound"], parameters)


async def answer_history(conn: Connection, client_id: ClientId, value: str, since: datetime) -> AnswerHistory:
    """`value` is the sender's number in normal form; help that was asked for before `since` counts no more."""
    row = await fetch_one(conn, SQL["answer_history"], {"client_id": client_id, "value": value, "since": since})
    closed_for = row["closed_for"] if row else None
    return AnswerHistory(SuppressionReason(closed_for) if closed_for else None, bool(row and row["helped"]))


async def answers_due(conn: Connection, since: datetime, at_most: int) -> list[Unanswered]:
    rows = await fetch_all(conn, SQL["answers_due"], {"since": since, "at_most": at_most})
    return [Unanswered(**row | {"answer": AnswerKind(row["answer"])}) for row in rows]


async def lock_answer(conn: Connection, row_id: UUID) -> tuple[int, SuppressionReason | None] | None:
    """The attempts made so far, and why the sender is closed; None when it wants no answer any more, or somebody else
    holds it."""
    row = await fetch_one(conn, SQL["lock_answer"], {"id": row_id})
    if row is None:
        return None
    return row["attempts"], SuppressionReason(row["closed_for"]) if row["closed_for"] else None


async def give_up_answer(conn: Connection, row_id: UUID) -> bool:
    return await execute(conn, SQL["give_up_answer"], {"id": row_id}) > 0


async def leave_to_provider(conn: Connection, client_id: ClientId, value: str, since: datetime) -> int:
    return await execute(conn, SQL["leave_to_provider"], {"client_id": client_id, "value": value, "since": since})


def _queued(row: Row) -> Queued:
    return Queued(**row | {"provider": Provider(row["provider"])})


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _storable_json(value: object) -> object:
    match value:
        case str():
            return _storable(value)
        case Mapping():
            return {_storable(str(name)): _storable_json(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_storable_json(inner) for inner in value]
    return value
