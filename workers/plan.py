"""What each claimed enrollment wants to do next, before anything asks whether it may."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from modules.health import Level, LogEvent, write_log
from modules.sequences import Ask, EnrollmentChange, Enter, Hold, Reach, Snapshot, apply, decide
from utils.db import Connection
from workers.ask import Asking
from workers.candidate import Wish
from workers.colleagues import with_colleagues
from workers.confirm import definitions_of
from workers.context import Deps
from workers.enter import Entering
from workers.heard_since import with_what_was_heard
from workers.quarantine import POISON, quarantine


@dataclass
class Planned:
    """Touches that want to leave, tasks to give, sequences to enter, and rows that are decided already."""

    wishes: list[Wish] = field(default_factory=list)
    asked: list[Asking] = field(default_factory=list)
    entering: list[Entering] = field(default_factory=list)
    changes: list[EnrollmentChange] = field(default_factory=list)


async def plan_batch(deps: Deps, conn: Connection, snapshots: Sequence[Snapshot], now: datetime) -> Planned:
    """What each enrollment of a claimed batch wants; one that no rule can work with is set aside alone."""
    definitions = await definitions_of(deps, conn, snapshots)
    snapshots = await with_colleagues(conn, snapshots, definitions)
    snapshots = await with_what_was_heard(conn, snapshots, definitions)
    planned = Planned()
    for snapshot in snapshots:
        definition = definitions[snapshot.sequence_id, snapshot.version]
        try:
            plan = decide(snapshot, definition, now)
            row = apply(snapshot, plan, now)
        except POISON as error:
            await quarantine(conn, snapshot, type(error).__name__, now)
            continue
        if isinstance(plan, Reach):
            planned.wishes.append(Wish(snapshot, definition, plan.step, plan.attempt))
        elif isinstance(plan, Ask):
            planned.asked.append(Asking(snapshot, definition, plan.step))
        elif isinstance(plan, Enter):
            planned.entering.append(Entering(snapshot, plan.to, plan.step))
        elif row:
            planned.changes.append(row)
        if isinstance(plan, Hold) and plan.alarming:
            detail = {"reason": plan.reason}
            event = LogEvent.not_confirmed_in_time
            await write_log(
                conn, snapshot.client_id, Level.alarm, event, now, enrollment_id=snapshot.enrollment_id, detail=detail
            )
    return planned
