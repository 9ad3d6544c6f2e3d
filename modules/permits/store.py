"""One thin function a query."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice

from modules.ids import AccountId, AddressId, ClientId, ContactId
from modules.labels import CHECK_HOLDS_FOR, PROOF_HOLDS_FOR, ChannelName
from modules.permits.models import (
    Clearance,
    NumberToCheck,
    Receipt,
    RegistrationStatus,
    StateBlock,
)
from utils.db import Connection, Row, execute, fetch_all
from utils.sql import queries

SQL = queries(__file__)
LINES_AT_ONCE = 10_000


async def put_registration(
    conn: Connection,
    client_id: ClientId,
    account_id: AccountId,
    campaign: str,
    status: RegistrationStatus,
    by: str,
    now: datetime,
) -> bool:
    values = {"client_id": client_id, "account_id": account_id, "campaign": campaign, "status": str(status)}
    return await execute(conn, SQL["put_registration"], values | {"by": by, "now": now}) > 0


async def list_registrations(conn: Connection, client_id: ClientId) -> list[Row]:
    return await fetch_all(conn, SQL["list_registrations"], {"client_id": client_id})


async def put_clearance(conn: Connection, clearance: Clearance, now: datetime) -> bool:
    values = {
        "client_id": clearance.client_id,
        "state": clearance.state,
        "reference": clearance.reference.strip(),
        "by": clearance.cleared_by,
        "ends_at": clearance.ends_at,
        "now": now,
    }
    return await execute(conn, SQL["put_clearance"], values) > 0


async def list_clearances(conn: Connection, client_id: ClientId) -> list[Row]:
    return await fetch_all(conn, SQL["list_clearances"], {"client_id": client_id})


async def insert_state_block(conn: Connection, block: StateBlock, now: datetime) -> None:
    values = {
        "id": block.id,
        "state": block.state,
        "from_at": block.from_at,
        "until_at": block.until_at,
        "reason": block.reason.strip(),
        "source": block.source.strip(),
        "by": block.added_by,
        "now": now,
    }
    await execute(conn, SQL["insert_state_block"], values)


async def end_state_blocks(conn: Connection, state: str, now: datetime) -> int:
    """How many ended."""
    return len(await fetch_all(conn, SQL["end_state_blocks"], {"state": state, "now": now}))


async def list_state_blocks(conn: Connection, past: bool, now: datetime) -> list[StateBlock]:
    return [StateBlock(**row) for row in await fetch_all(conn, SQL["list_state_blocks"], {"past": past, "now": now})]


async def lock_dnc(conn: Connection, client_id: ClientId) -> None:
    await fetch_all(conn, SQL["lock_dnc"], {"client_id": client_id})


async def forget_dnc_area(conn: Connection, client_id: ClientId, area_code: str) -> int:
    values = {"client_id": client_id, "first": int(area_code) * 10_000_000}
    return await execute(conn, SQL["forget_dnc_area"], values)


async def copy_dnc_numbers(conn: Connection, client_id: ClientId, numbers: Iterable[int]) -> None:
    lines = (f"{client_id}\t{number}\n" for number in numbers)
    async with conn.cursor() as cursor, cursor.copy(SQL["copy_dnc_numbers"]) as copy:
        while chunk := "".join(islice(lines, LINES_AT_ONCE)):
            await copy.write(chunk)


async def measure_dnc_numbers(conn: Connection) -> None:
    await execute(conn, SQL["measure_dnc_numbers"])


async def put_dnc_list(
    conn: Connection, client_id: ClientId, area_code: str, issued_on: date, numbers: int, now: datetime
) -> None:
    values = {"client_id": client_id, "area_code": area_code, "issued_on": issued_on, "numbers": numbers, "now": now}
    await execute(conn, SQL["put_dnc_list"], values)


async def list_dnc_lists(conn: Connection, client_id: ClientId) -> list[Row]:
    return await fetch_all(conn, SQL["list_dnc_lists"], {"client_id": client_id})


async def numbers_to_check(
    conn: Connection,
    client_id: ClientId,
    channel: ChannelName,
    contact_ids: Sequence[ContactId],
    statuses: Sequence[str],
    now: datetime,
) -> list[NumberToCheck]:
    """Only for a client with one of these statuses: elsewhere nothing leaves, so nothing is paid for."""
    values = {
        "client_id": client_id,
        "statuses": [str(one) for one in statuses],
        "channel": str(channel),
        "contact_ids": list(contact_ids),
        "proof_holds_for": PROOF_HOLDS_FOR,
        "check_holds_for": CHECK_HOLDS_FOR,
        "now": now,
    }
    return [NumberToCheck(**row) for row in await fetch_all(conn, SQL["numbers_to_check"], values)]


async def record_checks(conn: Connection, client_id: ClientId, receipts: Sequence[Receipt], now: datetime) -> int:
    """How many are new."""
    values = {
        "client_id": client_id,
        "address_id": [one.address_id for one in receipts],
        "answer": [str(one.answer) for one in receipts],
        "consented_on": [one.consented_on for one in receipts],
        "source": [one.source for one in receipts],
        "now": now,
    }
    return await execute(conn, SQL["record_checks"], values) if receipts else 0


async def erase_checks(conn: Connection, client_id: ClientId, address_ids: Sequence[AddressId]) -> int:
    return await execute(conn, SQL["erase_checks"], {"client_id": client_id, "address_ids": list(address_ids)})
