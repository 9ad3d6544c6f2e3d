"""One function a query."""

from modules.ids import AccountId, AddressId, ClientId, ContactId, EnrollmentId, SequenceId, TouchId
from modules.labels import ChannelName, InboundKind, Provider, TouchState
from modules.preview.models import Closed, Heard, Person, Run, Sent
from utils.db import Connection, Row, fetch_all, fetch_one
from utils.sql import queries

SQL = queries(__file__)
AT_MOST = 500


async def load_person(conn: Connection, client_id: ClientId, contact_id: ContactId) -> Person | None:
    row = await fetch_one(conn, SQL["load_person"], _of(client_id, contact_id))
    if row is None:
        return None
    return Person(**{**row, "id": ContactId(row["id"]), "client_id": ClientId(row["client_id"])})


async def list_sent(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[Sent]:
    rows = await fetch_all(conn, SQL["list_sent"], _of(client_id, contact_id))
    return [_sent(row) for row in rows]


async def list_runs(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[Run]:
    rows = await fetch_all(conn, SQL["list_runs"], _of(client_id, contact_id))
    return [_run(row) for row in rows]


async def list_heard(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[Heard]:
    rows = await fetch_all(conn, SQL["list_heard"], _of(client_id, contact_id))
    return [Heard(**{**row, "kind": InboundKind(row["kind"]), "channel": ChannelName(row["channel"])}) for row in rows]


async def list_closed(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[Closed]:
    rows = await fetch_all(conn, SQL["list_closed"], _of(client_id, contact_id))
    return [Closed(row["value"], row["reason"], row["at"]) for row in rows]


def _of(client_id: ClientId, contact_id: ContactId) -> dict[str, object]:
    return {"client_id": client_id, "contact_id": contact_id, "at_most": AT_MOST}


def _sent(row: Row) -> Sent:
    typed = {
        "id": TouchId(row["id"]),
        "channel": ChannelName(row["channel"]),
        "provider": Provider(row["provider"]),
        "state": TouchState(row["state"]),
    }
    return Sent(**{**row, **typed})


def _run(row: Row) -> Run:
    typed = {
        "id": EnrollmentId(row["id"]),
        "sequence_id": SequenceId(row["sequence_id"]),
        "last_state": TouchState(row["last_state"]) if row["last_state"] else None,
        "account_id": AccountId(row["account_id"]) if row["account_id"] else None,
        "provider": Provider(row["provider"]) if row["provider"] else None,
        "sends_per_second": float(row["sends_per_second"] or 1.0),
        "address_id": AddressId(row["address_id"]) if row["address_id"] else None,
    }
    return Run(**{**row, **typed})
