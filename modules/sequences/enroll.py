"""Puts contacts into a sequence."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from modules.ids import ClientId, ContactId, EnrollmentId, SequenceId
from modules.sequences.admit import EntryRefusal, portions, refusal
from modules.sequences.entry_store import (
    count_running,
    enroll_contacts,
    load_entrants,
    load_past_runs,
    lock_door,
    lock_entrants,
    note_portion,
)
from modules.sequences.models import Definition
from modules.sequences.models_of_rules import ANYBODY, Entry
from modules.sequences.models_of_runs import Portion
from modules.sequences.open_hours import windows_of
from modules.sequences.waits import due_after
from modules.sequences.wake import begin
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
    entry = definition.entry
    if entry == ANYBODY or by_hand:
        admitted, refused, portion = list(contact_ids), Counter[EntryRefusal](), None
    else:
        admitted, refused, portion = await _admit(conn, client_id, sequence_id, entry, contact_ids, now)
    first = definition.steps[0] if step is None else definition.step(step)
    entrants = await load_entrants(conn, client_id, admitted)
    due = {
        one: due_after(first.wait, now, entrants[one].zone, entrants[one].fields, entrants[one].milestones)
        for one in admitted
        if one in entrants
    }
    if due and entry.drip is not None and portion is not None and first.wait.until is None:
        # counted on when the first step leaves: a local time would bring all the portions together again
        people = [(at, entrants[one].zone) for one, at in due.items()]
        starts, onward = portions(entry.drip, portion, people, windows_of(definition))
        await note_portion(conn, client_id, sequence_id, onward)
        due = dict(zip(due, starts, strict=True))
    places = {one: begin(first, entrants[one].milestones, at, now) for one, at in due.items()}
    ids = await enroll_contacts(conn, client_id, sequence_id, version, definition.priority, places, now)
    return Enrolled(ids, dict(refused))


async def _admit(
    conn: Connection,
    client_id: ClientId,
    sequence_id: SequenceId,
    entry: Entry,
    contact_ids: Sequence[ContactId],
    now: datetime,
) -> tuple[list[ContactId], Counter[EntryRefusal], Portion | None]:
    """Who may enter, how many each rule kept out, and the portion that the first of them joins. Who runs in it already
    is neither."""
    await lock_entrants(conn, client_id, contact_ids)
    past = await load_past_runs(conn, client_id, sequence_id, contact_ids)
    judged = {one: refusal(entry, past.get(one, ()), now) for one in contact_ids}
    refused = Counter(why for why in judged.values() if why is not None)
    running = {one for one, runs in past.items() if any(run.same and run.running for run in runs)}
    admitted = [one for one, why in judged.items() if why is None and one not in running]
    if entry.most_running is None and entry.drip is None:
        return admitted, refused, None
    portion = await lock_door(conn, client_id, sequence_id)
    if entry.most_running is not None:
        room = max(0, entry.most_running - await count_running(conn, client_id, sequence_id))
        if len(admitted) > room:
            refused[EntryRefusal.full] = len(admitted) - room
        admitted = admitted[:room]
    return admitted, refused, portion
