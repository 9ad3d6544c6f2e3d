"""Verbs about what happened with a contact: a showing, an offer, an appointment."""

import re
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated

import typer

from modules.contacts import is_erased, lock_person
from modules.ids import ContactId
from modules.labels import MILESTONE_NAME
from modules.milestones import ListedMilestone, Source, list_milestones
from modules.sequences import list_open_runs, lock_and_load_snapshots
from scripts.cli.contacts import find_one
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfOneClient, cell, say, show_rows
from scripts.cli.typed import counted, read_instant
from utils.db import Connection
from utils.errors import BadInput, Conflict
from workers.context import Deps
from workers.note import Noted, Told, note_event

Who = Annotated[str, typer.Argument(metavar="CONTACT", help="Id, reference, phone or e-mail.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says so; whoever runs this, unless given.")]
FARTHEST = timedelta(days=3650)
MOST = 500


def register(app: typer.Typer) -> None:
    app.command("add")(add)
    app.command("list")(show)


def add(
    contact: Who,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as showing, offer, booked.")],
    client: OfOneClient = None,
    at: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="When it happened or is to happen; else now.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Write down what happened with a contact; sequences that wait for it go on."""
    if not re.fullmatch(MILESTONE_NAME, name):
        raise typer.BadParameter(
            f"'{cell(name)}' is no milestone; lower-case letters, digits and _, such as market_analysis",
            param_hint="NAME",
        )
    instant = read_instant("--at", at) if at else None

    async def work(deps: Deps, conn: Connection) -> tuple[ContactId, datetime, Noted]:
        client_id, contact_id = await find_one(conn, client, contact)
        # enrollments first, as everybody; then nobody can erase the person before it is written
        await lock_and_load_snapshots(conn, await list_open_runs(conn, client_id, contact_id))
        await lock_person(conn, [contact_id])
        if await is_erased(conn, client_id, contact_id):
            raise Conflict("This person was erased; nothing is written about them any more", field="contact")
        now = deps.clock.now()
        when = instant or now
        if abs(when - now) > FARTHEST:
            raise BadInput("That is more than ten years away; give another --at", field="at")
        told = Told(Source.person, by_whom(by))
        return contact_id, when, await note_event(deps, conn, client_id, contact_id, name, when, told)

    contact_id, when, noted = in_transaction(work)
    onward = f" {counted(noted.moved, 'sequence')} of theirs waited for it." if noted.moved else ""
    facts = {"contact": contact_id, "milestone": name, "at": when, "moved": noted.moved}
    say(f"Written down: {name}, {cell(when)}, of {cell(contact)}.{onward}", as_json, facts)


def show(contact: Who, client: OfOneClient = None, as_json: AsJson = False) -> None:
    """List what is known to have happened with a contact, the latest first."""

    async def work(_: Deps, conn: Connection) -> list[ListedMilestone]:
        client_id, contact_id = await find_one(conn, client, contact)
        return await list_milestones(conn, client_id, contact_id, MOST)

    show_rows(map(asdict, in_transaction(work)), as_json, nothing=f"Nothing is written down about {cell(contact)}.")
