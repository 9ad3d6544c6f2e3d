"""Verbs about what people of the client have to do."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from modules.accounts import find_client
from modules.tasks import ListedTask, list_tasks
from scripts.cli.contacts import find_one
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfClient, cell, say, show_rows
from scripts.cli.typed import read_id
from utils.db import Connection
from workers.context import Deps
from workers.settle_task import Settled, Word, settle

Which = Annotated[UUID, typer.Argument(metavar="TASK", help="The task's id.", parser=read_id)]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who did it; whoever runs this, unless given.")]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="What there is to know; kept with it.")]
MOST = 1000


def register(app: typer.Typer) -> None:
    app.command("list")(show_tasks)
    app.command("done")(done)
    app.command("dismiss")(dismiss)


def show_tasks(
    client: OfClient,
    contact: Annotated[str | None, typer.Option(metavar="WHO", help="Only of this contact.")] = None,
    settled: Annotated[bool, typer.Option("--settled", help="Those that are settled, the newest first.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what there is to do, the most urgent first; `closed` are the contact's addresses that must not be used."""

    async def work(deps: Deps, conn: Connection) -> list[ListedTask]:
        client_id = (await find_client(conn, client)).id
        contact_id = (await find_one(conn, client, contact))[1] if contact else None
        return await list_tasks(conn, client_id, deps.clock.now(), MOST + 1, contact_id=contact_id, settled=settled)

    rows = [_row(one, as_json) for one in in_transaction(work)]
    nothing = "Nothing is to be done." if not settled else "Nothing is settled yet."
    show_rows(rows, as_json, nothing=nothing, at_most=MOST)


def done(which: Which, by: By = None, note: Note = None, as_json: AsJson = False) -> None:
    """Say that a task is done: the sequence that waits for it goes on, and its milestone is written."""
    _settle(which, by, note, as_json, is_done=True)


def dismiss(which: Which, by: By = None, note: Note = None, as_json: AsJson = False) -> None:
    """Say that a task cannot be done: the sequence that waits for it goes its other way."""
    _settle(which, by, note, as_json, is_done=False)


def _settle(which: UUID, by: str | None, note: str | None, as_json: bool, *, is_done: bool) -> None:
    async def work(deps: Deps, conn: Connection) -> Settled:
        return await settle(deps, conn, which, Word(by_whom(by), (note or "").strip() or None), done=is_done)

    end = in_transaction(work)
    onward = " The sequence goes on." if end.moved else ""
    recorded = f" Recorded: {end.recorded}." if end.recorded else ""
    facts = {"task": end.task.id, "state": end.state, "moved": end.moved, "recorded": end.recorded}
    say(f"{'Done' if is_done else 'Dismissed'}: {cell(end.task.title)}.{onward}{recorded}", as_json, facts)


def _row(one: ListedTask, as_json: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": one.id,
        "to_do": one.title,
        "contact": one.contact,
        "sequence": one.sequence,
        "due_by": _due(one) if not as_json else one.due_by,
        "closed": one.closed,
        "state": one.state,
    }
    if one.settled_at is not None:
        row |= {"settled_at": one.settled_at, "settled_by": one.settled_by, "note": one.note}
    if as_json:
        more = {"contact_id": one.contact_id, "step": one.step, "blocks": one.blocks, "is_overdue": one.is_overdue}
        row |= {"instructions": one.instructions, **more, "created_at": one.created_at}
    return row


def _due(one: ListedTask) -> str | datetime | None:
    return f"{cell(one.due_by)} (overdue)" if one.is_overdue else one.due_by
