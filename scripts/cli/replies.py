"""Verbs about what people of a client write back to a contact."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from modules.accounts import find_client
from modules.ids import ContactId
from modules.inbox import list_replies
from modules.policy import Decision
from modules.preview import GUARDS, what_holds, when, why_reply
from scripts.cli.contacts import find_one
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfClient, OfOneClient, cell, say, show_rows
from scripts.cli.typed import read_id, whole
from utils.db import Connection
from workers.context import Deps
from workers.write_reply import Written, held_back_replies, take_back_reply, write_reply

Who = Annotated[str, typer.Argument(metavar="CONTACT", help="Id, reference, phone or e-mail.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who writes; whoever runs this, unless given.")]
MOST = 500


def register(app: typer.Typer) -> None:
    app.command("write")(write)
    app.command("list")(show)
    app.command("take-back")(take_back)


def write(
    contact: Who,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The words, in quotes.")],
    client: OfOneClient = None,
    within: Annotated[
        int, typer.Option(metavar="HOURS", help="It leaves within so many hours or not at all.", parser=whole(1, 168))
    ] = 24,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Write back to the number that texted last; the next sweep sends it, once, when everything allows it."""

    async def work(deps: Deps, conn: Connection) -> tuple[ContactId, Written]:
        client_id, contact_id = await find_one(conn, client, contact)
        hours = timedelta(hours=within)
        return contact_id, await write_reply(deps, conn, client_id, contact_id, text, by_whom(by), hours)

    contact_id, written = in_transaction(work)
    facts = {"reply": written.id, "contact": contact_id, "written": written.fresh, "send_by": written.send_by}
    say(_words(contact, written), as_json, facts | {"closed_reason": written.closed_reason})


def show(client: OfClient, as_json: AsJson = False) -> None:
    """List what a client's people wrote back, newest first, and what became of it.

    A reply is `waiting`, and `why` says what holds it back this minute; or `closed`, or `late` because nobody swept in
    time, and will not leave; else its state is its touch's in the ledger.
    """

    async def work(deps: Deps, conn: Connection) -> list[dict[str, Any]]:
        client_id = (await find_client(conn, client)).id
        listed = await list_replies(conn, client_id, deps.clock.now(), MOST + 1)
        held_back = await held_back_replies(deps, conn, client_id, MOST)
        return [dict(row) | {"why": held_back.get(row["id"]) or why_reply(row["reason"]) or None} for row in listed]

    show_rows(in_transaction(work), as_json, nothing="Nobody wrote back yet.", at_most=MOST)


def take_back(
    reply: Annotated[UUID, typer.Argument(metavar="REPLY", help="Its id, as `reply list` shows it.", parser=read_id)],
    client: OfClient,
    as_json: AsJson = False,
) -> None:
    """Keep a reply that has not left from leaving."""

    async def work(deps: Deps, conn: Connection) -> ContactId:
        client_id = (await find_client(conn, client)).id
        return await take_back_reply(conn, client_id, reply, deps.clock.now())

    contact_id = in_transaction(work)
    say("It will not leave.", as_json, {"reply": reply, "contact": contact_id})


def _words(contact: str, written: Written) -> str:
    if written.closed_reason is not None:
        return (
            f"These words to {cell(contact)} were written before and will not leave any more. "
            f"{why_reply(written.closed_reason)} Change the words to write back once more."
        )
    if not written.fresh:
        return f"These words to {cell(contact)} were written already; nothing was written twice."
    return f"Written to {cell(contact)}. {_foretold(written.decision)}"


def _foretold(decision: Decision | None) -> str:
    """When it leaves, as things stand."""
    hold = what_holds(decision)
    if hold is None:
        return "The next sweep sends it, if nothing changes."
    until = f" until {when(hold.until, 'UTC')}" if hold.until else ""
    return f"As things stand it waits{until}: {GUARDS[hold.reason]}"
