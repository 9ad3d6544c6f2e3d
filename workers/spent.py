"""A stop that is told late, after the person has agreed anew, closes nothing any more."""

from collections.abc import Sequence

from modules.contacts import has_agreed_since
from modules.ids import ClientId
from modules.labels import AddressKind
from utils.db import Connection
from workers.hear import Heard

Closed = tuple[ClientId, AddressKind, str]


async def still_closes(conn: Connection, heard: Heard, closing: Sequence[Closed]) -> list[Closed]:
    """Of what this stop would close all but what was opened again, by a newer agreement, since it was said.

    Read under the person's locks. An agreement alone opens nothing, so it spends no stop either: told in time, the stop
    would have closed the address, and the agreement would not have opened it.
    """
    return [one for one in sorted(set(closing)) if not await has_agreed_since(conn, *one, heard.at)]
