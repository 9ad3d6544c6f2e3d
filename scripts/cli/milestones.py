"""Verbs about what happened with a contact: a showing, an offer, an appointment."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated

import typer

from modules.ids import ContactId
from modules.labels import MILESTONE_NAME
from modules.milestones import ListedMilestone, Source, list_milestones, mark_taken_back
from scripts.cli.contacts import find_one
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfOneClient, cell, say, show_rows
from scripts.cli.typed import counted, read_instant
from utils.db import Connection
from utils.errors import Conflict, NotFound
from workers.context import Deps
from workers.milestone_by_hand import write_milestone
from workers.note import Noted, lock_whom_it_moves

Who = Annotated[str, typer.Argument(metavar="CONTACT", help="Id, reference, phone or e-mail.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says so; whoever runs this, unless given.")]
TAKEN_BACK_HERE = frozenset({Source.person, Source.task})
"""What a provider tells is taken back where it was told."""
MOST = 500


def register(app: typer.Typer) -> None:
    app.command("add")(add)
    app.command("remove")(remove)
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
        done = await write_milestone(deps, conn, client_id, contact_id, name, instant, by_whom(by))
        return contact_id, *done

    contact_id, when, noted = in_transaction(work)
    onward = f" {counted(noted.moved, 'sequence')} of theirs waited for it." if noted.moved else ""
    facts = {"contact": contact_id, "milestone": name, "at": when, "moved": noted.moved}
    say(f"Written down: {name}, {cell(when)}, of {cell(contact)}.{onward}", as_json, facts)


def remove(
    contact: Who,
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `milestone list` shows it.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept with it.")],
    client: OfOneClient = None,
    at: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="Where there are several of that name: which one.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take back what a person wrote down by mistake. Nothing is undone; from now on nothing asks about it any more."""
    instant = read_instant("--at", at) if at else None
    if not reason.strip():
        raise typer.BadParameter("say why in a few words", param_hint="--reason")

    async def work(deps: Deps, conn: Connection) -> tuple[ContactId, ListedMilestone]:
        client_id, contact_id = await find_one(conn, client, contact)
        await lock_whom_it_moves(conn, client_id, contact_id)
        known = await list_milestones(conn, client_id, contact_id, MOST)
        found = choose(known, name, instant)
        await mark_taken_back(conn, client_id, found.id, by_whom(by), reason.strip(), deps.clock.now())
        return contact_id, found

    contact_id, found = in_transaction(work)
    facts = {"contact": contact_id, "milestone": name, "at": found.at}
    words = "Whoever went on because of it stays where they are"
    say(f"Taken back: {name}, {cell(found.at)}, of {cell(contact)}. {words}.", as_json, facts)


def choose(known: Sequence[ListedMilestone], name: str, at: datetime | None) -> ListedMilestone:
    """The one that is meant, of all that are known of a contact; NotFound or Conflict where it is none, or several."""
    counted = [one for one in known if one.taken_back_at is None]
    named = [one for one in counted if one.name == name]
    near = [one for one in named if at is None or timedelta(0) <= one.at - at < timedelta(minutes=1)]
    found = [one for one in named if one.at == at] or near
    if not found:
        there = ", ".join(sorted({f"{one.name} ({one.at.isoformat()})" for one in counted})) or "nothing"
        then = f" at {at.isoformat()}" if at else ""
        raise NotFound(f"No '{cell(name)}'{then} is written down about this contact; there is: {there}", field="name")
    ours = [one for one in found if one.source in TAKEN_BACK_HERE]
    if not ours:
        raise Conflict(
            f"'{cell(name)}' was told by {found[0].source}; cancel the appointment there, and it is taken back here",
            field="name",
        )
    if len({one.at for one in ours}) > 1:
        times = ", ".join(one.at.isoformat() for one in ours)
        raise Conflict(f"There are several '{cell(name)}'; say which one by --at: {times}", field="at")
    return ours[0]


def show(contact: Who, client: OfOneClient = None, as_json: AsJson = False) -> None:
    """List what is known to have happened with a contact, the latest first."""

    async def work(_: Deps, conn: Connection) -> list[ListedMilestone]:
        client_id, contact_id = await find_one(conn, client, contact)
        return await list_milestones(conn, client_id, contact_id, MOST)

    rows = [{name: value for name, value in asdict(one).items() if name != "id"} for one in in_transaction(work)]
    show_rows(rows, as_json, nothing=f"Nothing is written down about {cell(contact)}.")
