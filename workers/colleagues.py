"""What the people around a contact did, loaded where a sequence stops on it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from modules.ids import ContactId, SequenceId
from modules.policy import load_colleague_replies
from modules.sequences import Definition, Snapshot, StopOn
from utils.db import Connection


async def with_colleagues(
    conn: Connection, snapshots: Sequence[Snapshot], definitions: Mapping[tuple[SequenceId, int], Definition]
) -> list[Snapshot]:
    """The same in the same order; where the file stops on a colleague's reply, with when one came."""
    since: dict[ContactId, datetime] = {}
    for one in snapshots:
        if one.enrolled_at and _stops(one, definitions):
            since[one.contact_id] = min(one.enrolled_at, since.get(one.contact_id, one.enrolled_at))
    if not since:
        return list(snapshots)
    replies = await load_colleague_replies(conn, since)
    return [_told(one, replies.get(one.contact_id)) if _stops(one, definitions) else one for one in snapshots]


def _stops(snapshot: Snapshot, definitions: Mapping[tuple[SequenceId, int], Definition]) -> bool:
    return StopOn.company_reply in definitions[snapshot.sequence_id, snapshot.version].stop_on


def _told(snapshot: Snapshot, at: datetime | None) -> Snapshot:
    """Somebody may run in several sequences; what came before this one began is nothing to it."""
    begun = snapshot.enrolled_at
    return replace(snapshot, colleague_replied_at=at) if at and begun and at >= begun else snapshot
