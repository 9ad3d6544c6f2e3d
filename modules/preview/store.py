"""One function a query."""

from collections.abc import Sequence
from uuid import UUID

from modules.ids import AccountId, AddressId, ClientId, ContactId, EnrollmentId, SequenceId, TouchId
from modules.labels import ChannelName, InboundKind, Provider, TouchState
from modules.preview.models import Closed, Deed, Heard, Person, Run, Sent
from utils.db import Connection, Row, execute, fetch_all, fetch_one
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


async def list_deeds(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[Deed]:
    return [Deed(**row) for row in await fetch_all(conn, SQL["list_deeds"], _of(client_id, contact_id))]


async def make_read_only(conn: Connection) -> None:
    await execute(conn, SQL["make_read_only"])


async def load_subject(conn: Connection, client_id: ClientId, contact_id: ContactId) -> Row | None:
    return await fetch_one(conn, SQL["load_subject"], _of(client_id, contact_id))


async def list_subject_addresses(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[Row]:
    return await fetch_all(conn, SQL["list_subject_addresses"], _of(client_id, contact_id))


async def list_consents(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[Row]:
    return await fetch_all(conn, SQL["list_consents"], _of(client_id, contact_id))


async def list_reopenings(conn: Connection, client_id: ClientId, address_ids: Sequence[UUID]) -> list[Row]:
    return await fetch_all(conn, SQL["list_reopenings"], _at(client_id, address_ids=address_ids))


async def list_kept(conn: Connection, client_id: ClientId, hashes: Sequence[bytes]) -> list[Row]:
    return await fetch_all(conn, SQL["list_kept"], _at(client_id, hashes=hashes))


async def list_own_words(conn: Connection, client_id: ClientId, hashes: Sequence[bytes]) -> list[Row]:
    return await fetch_all(conn, SQL["list_own_words"], _at(client_id, hashes=hashes))


async def list_house_decisions(conn: Connection, hashes: Sequence[bytes]) -> list[Row]:
    return await fetch_all(conn, SQL["list_house_decisions"], {"hashes": list(hashes)})


async def list_national_lists(conn: Connection, client_id: ClientId, address_ids: Sequence[UUID]) -> list[Row]:
    return await fetch_all(conn, SQL["list_national_lists"], _at(client_id, address_ids=address_ids))


async def list_number_checks(conn: Connection, client_id: ClientId, address_ids: Sequence[UUID]) -> list[Row]:
    return await fetch_all(conn, SQL["list_number_checks"], _at(client_id, address_ids=address_ids))


async def list_clearances(conn: Connection, client_id: ClientId, states: Sequence[str]) -> list[Row]:
    return await fetch_all(conn, SQL["list_clearances"], _at(client_id, states=states))


async def list_enrollments(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[Row]:
    return await fetch_all(conn, SQL["list_enrollments"], _of(client_id, contact_id))


async def list_touches(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[Row]:
    return await fetch_all(conn, SQL["list_touches"], _of(client_id, contact_id))


async def list_answers(
    conn: Connection, client_id: ClientId, contact_id: ContactId, values: Sequence[str]
) -> list[Row]:
    return await fetch_all(conn, SQL["list_answers"], {**_of(client_id, contact_id), "values": list(values)})


async def load_erasure(conn: Connection, client_id: ClientId, contact_id: ContactId) -> Row | None:
    return await fetch_one(conn, SQL["load_erasure"], _of(client_id, contact_id))


def _at(client_id: ClientId, **lists: Sequence[object]) -> dict[str, object]:
    return {"client_id": client_id, **{name: list(values) for name, values in lists.items()}}


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
