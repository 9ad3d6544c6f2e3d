"""Puts contacts into a sequence."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from modules.ids import ClientId, ContactId, EnrollmentId, SequenceId
from modules.sequences.admit import EntryRefusal, refusal
from modules.sequences.entry_store import enroll_contacts, load_entrants, load_past_runs, lock_entrants
from modules.sequences.models import Definition
from modules.sequences.models_of_rules import ANYBODY
from modules.sequences.waits import due_after
from utils.db import Connection


@dataclass(frozen=True)
class Enrolled:
    """The new enrollments, and how many contacts each rule of entry kept out."""

    ids: list[EnrollmentId]
    refused: Mapping[EntryRefusal, int]


async def enroll(
    conn: Connection,
    client_id: ClientId,
    sequence_id: SequenceId,
    version: int,
    definition: Definition,
    contact_ids: Sequence[ContactId],
    now: datetime,
    step: str | None = None,
    *,
    by_hand: bool = False,
) -> list[EnrollmentId]:
    """The new enrollments, pinned to this version. Contacts that run in the sequence already are left as they are, and
    so are those whom the file's rules of entry keep out (unless a person put them here `by_hand`).

    They begin at the first step, or at `step` (KeyError when the version has none of that key), after its own wait.
    """
    given = (client_id, sequence_id, version, definition, contact_ids, now, step)
    return (await enroll_admitted(conn, *given, by_hand=by_hand)).ids


async def enroll_admitted(
    conn: Connection,
    client_id: ClientId,
    sequence_id: SequenceId,
    version: int,
    definition: Definition,
    contact_ids: Sequence[ContactId],
    now: datetime,
    step: str | None = None,
    *,
    by_hand: bool = False,
) -> Enrolled:
    """As `enroll`, and says how many were refused and why. Where there are rules, the contacts are locked first: of two
    enrollments into one exclusive group, the second sees the first."""
    admitted, refused = list(contact_ids), Counter[EntryRefusal]()
    if definition.entry != ANYBODY and not by_hand:
        await lock_entrants(conn, client_id, contact_ids)
        past = await load_past_runs(conn, client_id, sequence_id, contact_ids)
        judged = {one: refusal(definition.entry, past.get(one, ()), now) for one in contact_ids}
        admitted = [one for one, why in judged.items() if why is None]
        refused.update(why for why in judged.values() if why is not None)
    first = definition.steps[0] if step is None else definition.step(step)
    entrants = await load_entrants(conn, client_id, admitted)
    due = {contact_id: due_after(first.wait, now, one.zone, one.fields) for contact_id, one in entrants.items()}
    ids = await enroll_contacts(conn, client_id, sequence_id, version, first, due, now)
    return Enrolled(ids, dict(refused))
