"""Verbs about what people wrote to us, and their calls."""

from typing import Annotated, Any

import typer

from modules.accounts import find_client
from modules.ids import ContactId
from modules.inbox import list_inbound
from scripts.cli.contacts import find_one
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, cell, say, show_rows
from scripts.cli.typed import counted
from utils.db import Connection
from workers.context import Deps
from workers.release import release_person

OfOneClient = Annotated[str | None, typer.Option("--client", metavar="SLUG", help="Only this client.")]
MOST = 1000


def register(app: typer.Typer) -> None:
    app.command("inbox")(show_inbox)
    app.command("release")(release)


def show_inbox(
    client: OfOneClient = None,
    unmatched: Annotated[bool, typer.Option("--unmatched", help="Only what nobody is known for.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what came in, newest first."""

    async def work(_: Deps, conn: Connection) -> list[dict[str, Any]]:
        client_id = (await find_client(conn, client)).id if client else None
        return [dict(row) for row in await list_inbound(conn, client_id, unmatched, MOST + 1)]

    nothing = "Nothing came in." if not unmatched else "Nothing waits."
    show_rows(in_transaction(work), as_json, nothing=nothing, at_most=MOST)


def release(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="Id, reference, phone or e-mail.")],
    client: OfOneClient = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who has read it; whoever runs this, unless given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say that somebody has read what a contact wrote: what it held goes on."""

    async def work(deps: Deps, conn: Connection) -> tuple[ContactId, int]:
        client_id, contact_id = await find_one(conn, client, contact)
        return contact_id, await release_person(conn, client_id, contact_id, by_whom(by), deps.clock.now())

    contact_id, released = in_transaction(work)
    words = f"Released {counted(released, 'message')} of" if released else "Nothing was waiting from"
    say(f"{words} {cell(contact)}.", as_json, {"contact": str(contact_id), "released": released})
