"""Puts a list into the place of the one before it."""

from datetime import UTC, date, datetime, time

from modules.ids import ClientId
from modules.labels import DNC_LIST_HOLDS_FOR
from modules.permits import store
from modules.permits.dnc_lines import DncNumbers
from utils.db import Connection
from utils.errors import BadInput, Conflict


async def load_dnc_list(
    conn: Connection, client_id: ClientId, found: DncNumbers, issued_on: date, now: datetime
) -> dict[str, int]:
    """The list of each area code in `found` becomes this one, whole; how many numbers each has.

    Whoever reads meanwhile sees the lists before. BadInput for a date that cannot be or is too old, Conflict when a
    newer list of an area code is there already.
    """
    _check_date(issued_on, now)
    await store.lock_dnc(conn, client_id)
    counts = found.by_area()
    known = {row["area_code"]: row["issued_on"] for row in await store.list_dnc_lists(conn, client_id)}
    if newer := [area for area in counts if area in known and known[area] > issued_on]:
        raise Conflict(
            f"The list of area code {newer[0]} that is there was issued on {known[newer[0]]}, after {issued_on}; "
            "nothing was changed. Load the newest list",
            field="issued_on",
        )
    for area in counts:
        await store.forget_dnc_area(conn, client_id, area)
    await store.copy_dnc_numbers(conn, client_id, found)
    await store.measure_dnc_numbers(conn)
    for area, numbers in counts.items():
        await store.put_dnc_list(conn, client_id, area, issued_on, numbers, now)
    return counts


def _check_date(issued_on: date, now: datetime) -> None:
    issued_at = datetime.combine(issued_on, time(), UTC)
    if issued_at > now:
        raise BadInput(f"The list cannot have been issued on {issued_on}: that day is still to come", field="issued_on")
    if now - issued_at > DNC_LIST_HOLDS_FOR:
        raise BadInput(
            f"The list was issued on {issued_on} and is older than {DNC_LIST_HOLDS_FOR.days} days, so it protects "
            "nobody (16 CFR 310.4(b)(3)(iv)). Download the current one and load that",
            field="issued_on",
        )
