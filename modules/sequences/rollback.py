"""An older version's text, published again: the history only grows."""

from dataclasses import dataclass
from datetime import datetime

from modules.ids import ClientId, SequenceId
from modules.sequences.freeze import definition_to_json
from modules.sequences.publish import FileRefused
from modules.sequences.versions_store import add_version, load_source, lock_sequence, make_current
from utils.db import Connection
from utils.errors import Conflict, NotFound


@dataclass(frozen=True)
class RolledBack:
    """`version` is the new one, `restores` the one whose text it has, `before` the one that was current."""

    sequence_id: SequenceId
    slug: str
    version: int
    restores: int
    before: int


async def rollback_sequence(
    conn: Connection, client_id: ClientId, slug: str, to: int, by: str, now: datetime
) -> RolledBack:
    """Makes version `to` what new enrollments take, as a new version; who is under way stays on theirs.

    NotFound for no such sequence or version; Conflict when it is current or says the same; FileRefused when the rules
    of today would not let it be published. Publishers of one slug take turns, as they do at a publication.
    """
    from modules.sequences.files import read_sequence  # heavy: yaml and eight files, for who publishes

    sequence = await lock_sequence(conn, client_id, slug)
    if sequence is None or not sequence.current_version:
        raise NotFound(
            f"There is no sequence '{slug}' at this client; `scripts/omnify list --client SLUG` shows what there is"
        )
    current = sequence.current_version
    if to == current:
        raise Conflict(f"Version {to} is current already; nothing was changed", field="to")
    source = await load_source(conn, sequence.id, to)
    if source is None:
        raise NotFound(f"'{slug}' has no version {to}; the newest is {current}", field="to")
    if source == await load_source(conn, sequence.id, current):
        raise Conflict(f"Version {current}, which is current, says exactly what version {to} says", field="to")
    definition = read_sequence(source)
    if isinstance(definition, list):
        raise FileRefused(
            definition, f"Version {to} can no longer be published under the rules of today; nothing was changed"
        )
    version = current + 1
    await add_version(
        conn, client_id, sequence.id, version, source, definition_to_json(definition), now, by=by, restores=to
    )
    await make_current(conn, client_id, sequence.id, version, definition.name)
    return RolledBack(sequence.id, slug, version, to, current)
