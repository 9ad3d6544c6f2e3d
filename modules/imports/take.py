"""A whole file into the rows of one import, judged; what becomes of them is the caller's next step."""

from collections.abc import Callable, Iterable, Iterator

from modules.imports.models import Counts, Record
from modules.imports.stage import Staging
from modules.imports.store import (
    copy_rows,
    count_rows,
    judge_closed,
    judge_known,
    judge_known_consents,
    judge_stopped_consents,
    judge_twins,
    measure_rows,
)
from utils.db import Connection

EVERY = 10_000


async def stage_rows(
    conn: Connection, staging: Staging, records: Iterable[Record], tell: Callable[[int], None]
) -> Counts:
    """What became of each row beside the file's other rows and the client's people. `tell` hears of every
    10,000th."""
    await copy_rows(conn, staging.rows(_counted(records, tell)))
    await measure_rows(conn)
    await judge_twins(conn, staging.import_id)
    await judge_known(conn, staging.import_id)
    if staging.agreement:
        await judge_known_consents(conn, staging.import_id)
    await judge_closed(conn, staging.import_id)
    if staging.agreement:
        await judge_stopped_consents(conn, staging.import_id)
    return await count_rows(conn, staging.import_id)


def _counted(records: Iterable[Record], tell: Callable[[int], None]) -> Iterator[Record]:
    for count, record in enumerate(records, 1):
        yield record
        if count % EVERY == 0:
            tell(count)
