"""What milestones and dates say of somebody whose enrollment is locked now.

A statement that locks a row and reads beside it sees the other tables as they were when it began. Where it had to wait
for the lock, what its holder wrote down is missing in it; and whoever holds it woke nobody, for nobody waited yet. Who
then comes to a branch that waits for just that would sleep through it.
"""

from collections.abc import Mapping, Sequence

from modules.ids import SequenceId
from modules.sequences import Definition, Snapshot, load_heard
from utils.db import Connection
from utils.frozen import changed


async def with_what_was_heard(
    conn: Connection, snapshots: Sequence[Snapshot], definitions: Mapping[tuple[SequenceId, int], Definition]
) -> list[Snapshot]:
    """The same, with fields and milestones read again for those whose sequence waits for any, and with when their visit
    was begun; they are locked."""
    waiting = {key for key, definition in definitions.items() if _waits_for_news(definition)}
    asked = [one.enrollment_id for one in snapshots if (one.sequence_id, one.version) in waiting]
    if not asked:
        return list(snapshots)
    known = await load_heard(conn, asked)
    return [changed(one, **vars(heard)) if (heard := known.get(one.enrollment_id)) else one for one in snapshots]


def _waits_for_news(definition: Definition) -> bool:
    return any(step.wait_for is not None or step.wait.until is not None for step in definition.steps)
