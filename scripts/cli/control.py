"""Verbs about one contact in one sequence: pause, resume, stop, skip, jump, reschedule, move."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from modules.accounts import find_client
from modules.ids import EnrollmentId
from modules.sequences import Action, ControlVerb, NamedRun, Order, find_enrollment, list_runs_of
from scripts.cli.contacts import find_one
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfOneClient, cell, say
from scripts.cli.typed import read_instant
from utils.db import Connection
from utils.errors import BadInput, Conflict, NotFound
from workers.context import Deps
from workers.control import Controlled, Target, Whose, control_enrollment

Which = Annotated[str, typer.Argument(metavar="ENROLLMENT", help="An enrollment's id, or a contact with --sequence.")]
InSequence = Annotated[str | None, typer.Option("--sequence", metavar="SLUG", help="Of a contact: in which sequence.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who decides; whoever runs this, unless given.")]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why; kept with the deed.")]
_SPAN = re.compile(r"([1-9][0-9]{0,5})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

DONE: dict[ControlVerb, str] = {
    ControlVerb.pause: "Paused: nothing leaves until `scripts/omnify resume {id}`",
    ControlVerb.resume: "Resumed",
    ControlVerb.stop: "Stopped: nothing more is planned",
    ControlVerb.skip: "Skipped step '{from_step}'",
    ControlVerb.jump: "Jumped from step '{from_step}'",
    ControlVerb.reschedule: "Rescheduled",
    ControlVerb.move: "Moved",
}


def register(app: typer.Typer) -> None:
    for verb in (pause, resume, stop, skip, jump, reschedule, move):
        app.command(verb.__name__)(verb)


def pause(
    which: Which,
    sequence: InSequence = None,
    client: OfOneClient = None,
    by: By = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Let nothing leave until `resume`. What is on its way already is still followed to its proof."""
    _run(which, sequence, client, Order(ControlVerb.pause), by, reason, as_json)


def resume(
    which: Which,
    sequence: InSequence = None,
    client: OfOneClient = None,
    by: By = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Let a paused one go on, or try a held step again. What came due meanwhile is due now, and counts as on time."""
    _run(which, sequence, client, Order(ControlVerb.resume), by, reason, as_json)


def stop(
    which: Which,
    sequence: InSequence = None,
    client: OfOneClient = None,
    by: By = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """End it here, for good."""
    _run(which, sequence, client, Order(ControlVerb.stop), by, reason, as_json)


def skip(
    which: Which,
    sequence: InSequence = None,
    client: OfOneClient = None,
    by: By = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Leave the present step out; the next one comes after its own wait, counted from now."""
    _run(which, sequence, client, Order(ControlVerb.skip), by, reason, as_json)


def jump(
    which: Which,
    step: Annotated[str, typer.Argument(metavar="STEP", help="The step's key.")],
    at_once: Annotated[bool, typer.Option("--now", help="At once instead of after the step's own wait.")] = False,
    sequence: InSequence = None,
    client: OfOneClient = None,
    by: By = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Go to another step of the same sequence."""
    _run(which, sequence, client, Order(ControlVerb.jump, step=step, at_once=at_once), by, reason, as_json)


def reschedule(
    which: Which,
    at: Annotated[str | None, typer.Option(metavar="ISO", help="Such as 2026-11-21T09:00:00+00:00.")] = None,
    span: Annotated[str | None, typer.Option("--in", metavar="SPAN", help="Such as 30m, 2h or 3d.")] = None,
    sequence: InSequence = None,
    client: OfOneClient = None,
    by: By = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Give the present step another instant, up to 365 days away; hours and consent are still asked then."""
    if (at is None) == (span is None):
        raise typer.BadParameter("say when: --at ISO or --in SPAN", param_hint="--at")
    wanted = read_instant("--at", at) if at is not None else _span(span or "")

    def order(now: datetime) -> Order:
        return Order(ControlVerb.reschedule, at=wanted if isinstance(wanted, datetime) else now + wanted)

    _run(which, sequence, client, order, by, reason, as_json)


def move(
    which: Which,
    to: Annotated[str, typer.Option("--to", metavar="SLUG", help="Another sequence of the same client.")],
    step: Annotated[str | None, typer.Option(metavar="KEY", help="Begin there instead of at the first step.")] = None,
    sequence: InSequence = None,
    client: OfOneClient = None,
    by: By = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """End it here and enroll the contact in another sequence, both or neither. Who is paused stays paused."""
    _run(which, sequence, client, Order(ControlVerb.move), by, reason, as_json, Target(to, step))


def _run(
    which: str,
    sequence: str | None,
    client: str | None,
    order: Order | Callable[[datetime], Order],
    by: str | None,
    reason: str | None,
    as_json: bool,
    target: Target | None = None,
) -> None:
    async def work(deps: Deps, conn: Connection) -> tuple[NamedRun, Controlled]:
        run = await find_run(conn, which, sequence, client)
        wanted = order if isinstance(order, Order) else order(deps.clock.now())
        whose = Whose(by_whom(by), (reason or "").strip() or None)
        return run, await control_enrollment(deps, conn, run.id, wanted, whose, target)

    run, done = in_transaction(work)
    say(_words(run, done, target), as_json, _facts(run, done))


async def find_run(conn: Connection, which: str, sequence: str | None, client: str | None) -> NamedRun:
    """The one enrollment that is meant; NotFound, BadInput or Conflict says what to give instead."""
    client_id = (await find_client(conn, client)).id if client else None
    wanted = _uuid(which)
    run = await find_enrollment(conn, EnrollmentId(wanted), client_id) if wanted else None
    if run and sequence in (None, run.sequence):
        return run
    if run:
        said = f"{run.id} is an enrollment in '{run.sequence}', not in '{sequence}'; nothing was changed"
        raise Conflict(said, field="sequence")
    owner, contact_id = await find_one(conn, client, which)
    runs = await list_runs_of(conn, owner, contact_id)
    fitting = [one for one in runs if sequence in (None, one.sequence)]
    if not fitting:
        where = f"in '{sequence}'" if sequence else "in any sequence"
        raise NotFound(f"{cell(which)} does not run {where}; nothing was changed", field="enrollment")
    if len(fitting) > 1:
        listed = ", ".join(f"{one.id} ({one.sequence}, {one.status})" for one in fitting)
        raise Conflict(f"{cell(which)} runs more than once; give --sequence or the id: {listed}", field="enrollment")
    return fitting[0]


def _words(run: NamedRun, done: Controlled, target: Target | None) -> str:
    act = done.action
    said = DONE[ControlVerb(act.verb)].format(id=run.id, from_step=act.from_step)
    place = f" Step '{act.to_step}' is due {cell(act.to_due_at)}." if act.to_step and act.to_due_at else ""
    if act.to_status == "held":
        place += " Somebody has to look first, so it is held now: scripts/omnify why says why."
    if act.to_status == "finished":
        place = " It was the last step; the sequence is finished."
    if done.moved_to and target:
        there = done.moved_to
        place = (
            f" It is enrollment {there.enrollment_id} of '{target.slug}' now, {there.status}, step '{there.step}' due "
        )
        place += f"{cell(there.due_at)}."
    return f"{said}. In '{run.sequence}' it is {act.to_status} now.{place}"


def _facts(run: NamedRun, done: Controlled) -> dict[str, Any]:
    act = done.action
    return {
        "enrollment": run.id,
        "contact": run.contact_id,
        "sequence": run.sequence,
        "verb": act.verb,
        "by": act.acted_by,
        "reason": act.reason,
        "at": act.at,
        **{side: _place(act, side) for side in ("from", "to")},
        "moved_to": act.moved_to,
    }


def _place(act: Action, side: str) -> dict[str, Any]:
    return {name: getattr(act, f"{side}_{name}") for name in ("status", "step", "visit", "due_at")}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def _span(text: str) -> timedelta:
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise BadInput(f"'{cell(text)}' is no span of time; write it like 30m, 2h or 3d", field="in")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
