"""What the people around a contact did, loaded where a sequence stops on it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from modules.ids import SequenceId
from modules.policy import load_colleague_replies
from modules.sequences import Definition, Snapshot, StopOn
from utils.db import Connection


async def with_colleagues(
    conn: Connection, snapshots: Sequence[Snapshot], definitions: Mapping[tuple[SequenceId, int], Definition]
) -> list[Snapshot]:
    """The same in the same order; where the file stops on a colleague's reply, with when one came."""
    since = {
        one.contact_id: one.enrolled_at
        for one in snapshots
        if one.enrolled_at and StopOn.company_reply in definitions[one.sequence_id, one.version].stop_on
    }
    if not since:
        return list(snapshots)
    replies = await load_colleague_replies(conn, since)
    return [replace(one, colleague_replied_at=replies.get(one.contact_id)) for one in snapshots]
