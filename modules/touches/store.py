"""One thin function a query."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from psycopg.types.json import Jsonb

from modules.ids import AccountId, ClientId, TouchId
from modules.labels import CallDetails, ChannelName, Provider, TouchState
from modules.touches.models import AnswerFacts, Arming, Change, Delivery, Seen, Touch
from modules.touches.states import FACTS
from utils.db import Connection, Row, attributes, execute, fetch_all, fetch_one
from utils.sql import queries

SQL = queries(__file__)

_ARMING = tuple(Arming.__dataclass_fields__)
_TOLD = ("reason", "provider_id", "provider_status", "said_at", "cost_micros", "cost_currency")
_NO_CALL = CallDetails()
# to call an enumeration takes ten times as long as to look into it
_CHANNELS: Mapping[str, ChannelName] = {one: one for one in ChannelName}
_PROVIDERS: Mapping[str, Provider] = {one: one for one in Provider}
_STATES: Mapping[str, TouchState] = {one: one for one in TouchState}
Polls = Mapping[Provider, Sequence[timedelta]]


def _poll_parameters(polls: Polls) -> dict[str, list[str]]:
    # an array of arrays must be rectangular, so each provider's instants travel as the text of one array
    texts = [
        "{" + ",".join(f'"{int(poll.total_seconds())} seconds"' for poll in instants) + "}"
        for instants in polls.values()
    ]
    return {"providers": [str(provider) for provider in polls], "polls": texts}


async def arm_touches(conn: Connection, touches: Sequence[Arming]) -> int:
    parameters = attributes(touches, _ARMING)
    for name in ("envelope", "decision"):
        parameters[name] = [Jsonb(dict(value)) for value in parameters[name]]
    return await execute(conn, SQL["arm_touches"], parameters)


async def find_touches(
    conn: Connection, account_ids: Sequence[AccountId], ids: Sequence[TouchId | None], provider_ids: Sequence[str]
) -> list[Seen]:
    """All that facts with these references and ids may be about; `match_facts` says which."""
    parameters = {
        "account_ids": list(account_ids),
        "ids": [one for one in ids if one],
        "provider_ids": list(provider_ids),
    }
    return [
        Seen(TouchId(row["id"]), AccountId(row["account_id"]), row["provider_id"], TouchState(row["state"]))
        for row in await fetch_all(conn, SQL["find_touches"], parameters)
    ]


async def peek_touches(conn: Connection, ids: Sequence[TouchId]) -> list[Row]:
    return await fetch_all(conn, SQL["peek_touches"], {"ids": list(ids)})


async def lock_delivery(conn: Connection, touch_id: TouchId) -> Delivery | None:
    row = await fetch_one(conn, SQL["lock_delivery"], {"id": touch_id})
    return Delivery(**row) if row else None


async def lock_touches(conn: Connection, ids: Sequence[TouchId]) -> list[Touch]:
    return [_touch(row) for row in await fetch_all(conn, SQL["lock_touches"], {"ids": list(ids)})]


async def load_touches(conn: Connection, ids: Sequence[TouchId]) -> list[Touch]:
    return [_touch(row) for row in await fetch_all(conn, SQL["load_touches"], {"ids": list(ids)})]


async def record_changes(conn: Connection, changes: Sequence[Change], now: datetime) -> set[TouchId]:
    if not changes:
        return set()
    calls = [change.news.call or _NO_CALL for change in changes]
    parameters = {
        "id": [change.touch.id for change in changes],
        **attributes(changes, ("before", "after", "look_at")),
        **attributes([change.news for change in changes], _TOLD),
        **attributes(calls, ("transcript", "recording", "summary")),
        "call_started_at": [call.started_at for call in calls],
        "call_ended_at": [call.ended_at for call in calls],
        "evidence_id": [change.news.evidence_id if change.after in FACTS else None for change in changes],
        "now": now,
    }
    written = await fetch_all(conn, SQL["record_changes"], parameters)
    return {TouchId(row["id"]) for row in written}


async def add_call_details(conn: Connection, touch_id: TouchId, call: CallDetails, now: datetime) -> int:
    return await execute(conn, SQL["add_call_details"], _call_columns(call) | {"id": touch_id, "now": now})


async def note_absent(conn: Connection, touch_id: TouchId, now: datetime) -> int:
    return await execute(conn, SQL["note_absent"], {"id": touch_id, "now": now})


async def calls_under_way(conn: Connection, account_id: AccountId) -> int:
    row = await fetch_one(conn, SQL["calls_under_way"], {"account_id": account_id})
    return int(row["calls"]) if row else 0


async def accounts_with_open_touches(conn: Connection, providers: Sequence[Provider]) -> set[AccountId]:
    rows = await fetch_all(conn, SQL["accounts_with_open_touches"], {"providers": [str(one) for one in providers]})
    return {AccountId(row["account_id"]) for row in rows}


async def keep_conflicting_evidence(
    conn: Connection, touch_id: TouchId, state: TouchState, evidence_id: str, now: datetime
) -> int:
    parameters = {"id": touch_id, "state": state, "evidence_id": evidence_id, "now": now}
    return await execute(conn, SQL["keep_conflicting_evidence"], parameters)


async def suppress_claimed(conn: Connection, client_id: ClientId, value: str, reason: str, now: datetime) -> int:
    parameters = {"client_id": client_id, "value": value, "reason": reason, "now": now}
    return await execute(conn, SQL["suppress_claimed"], parameters)


async def taken_provider_ids(conn: Connection, touch: Touch) -> frozenset[str]:
    parameters = {
        "provider": touch.provider,
        "to_address": touch.to_address,
        "id": touch.id,
        "armed_at": touch.armed_at,
    }
    return frozenset(row["provider_id"] for row in await fetch_all(conn, SQL["taken_provider_ids"], parameters))


async def has_look_alike(conn: Connection, touch_id: TouchId, apart: timedelta) -> bool:
    row = await fetch_one(conn, SQL["has_look_alike"], {"id": touch_id, "apart": apart})
    return bool(row and row["found"])


async def due_looks(conn: Connection, now: datetime, since: datetime, polls: Polls, limit: int) -> list[Row]:
    parameters = _poll_parameters(polls) | {"now": now, "since": since, "limit": limit}
    return await fetch_all(conn, SQL["due_looks"], parameters)


async def next_look(conn: Connection, now: datetime, polls: Polls) -> datetime | None:
    row = await fetch_one(conn, SQL["next_look"], _poll_parameters(polls) | {"now": now})
    return row["at"] if row else None


def _call_columns(call: CallDetails) -> dict[str, object]:
    return {
        "transcript": call.transcript,
        "recording": call.recording,
        "summary": call.summary,
        "call_started_at": call.started_at,
        "call_ended_at": call.ended_at,
    }


def _touch(row: Row) -> Touch:
    row["channel"] = _CHANNELS[row["channel"]]
    row["provider"] = _PROVIDERS[row["provider"]]
    row["state"] = _STATES[row["state"]]
    return Touch(**row)


async def answer_facts(
    conn: Connection, client_id: ClientId, account_id: AccountId, to_address: str, now: datetime, burst_seconds: int
) -> AnswerFacts | None:
    parameters = {
        "client_id": client_id,
        "account_id": account_id,
        "to_address": to_address,
        "now": now,
        "burst_seconds": burst_seconds,
    }
    row = await fetch_one(conn, SQL["answer_facts"], parameters)
    return AnswerFacts(**row) if row else None
