"""Verbs about contacts in sequences."""

from typing import Annotated

import typer

from modules.accounts import find_client
from modules.contacts import list_contacts
from modules.ids import ContactId
from modules.sequences import enroll as put_in
from modules.sequences import load_version
from scripts.cli.contacts import resolve_contacts
from scripts.cli.home import in_transaction
from scripts.cli.output import AsJson, OfClient, say
from scripts.cli.sequences import require_sequence
from utils.db import Connection
from workers.context import Deps


def register(app: typer.Typer) -> None:
    app.command("enroll")(enroll)


def enroll(
    client: OfClient,
    sequence: Annotated[str, typer.Option(metavar="SLUG", help="The sequence's slug.")],
    everybody: Annotated[bool, typer.Option("--all", help="Every contact of the client.")] = False,
    contact: Annotated[
        list[str] | None, typer.Option(metavar="WHO", help="Id, reference, phone or e-mail; may be repeated.")
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(metavar="WHO", hidden=True)] = None,
    as_json: AsJson = False,
) -> None:
    """Put contacts into a sequence; those that run in it already are left as they are."""
    if everybody == bool(contact):
        raise typer.BadParameter("say whom: --all, or --contact WHO", param_hint="--contact")
    if more and not contact:
        raise typer.BadParameter(f"'{more[0]}' belongs behind --contact", param_hint="--contact")
    wanted = [*(contact or []), *(more or [])]

    async def work(deps: Deps, conn: Connection) -> tuple[int, int, int]:
        client_id = (await find_client(conn, client)).id
        found = await require_sequence(conn, client_id, sequence)
        if everybody:
            ids = [ContactId(row["id"]) for row in await list_contacts(conn, client_id)]
        else:
            ids = await resolve_contacts(conn, client_id, wanted)
        definition = await load_version(conn, found.id, found.current_version)
        now = deps.clock.now()
        fresh = await put_in(conn, client_id, found.id, found.current_version, definition, ids, now)
        return len(fresh), len(ids), found.current_version

    enrolled, asked, version = in_transaction(work)
    rest = asked - enrolled
    people = "1 contact" if enrolled == 1 else f"{enrolled} contacts"
    already = f"; {rest} {'was' if rest == 1 else 'were'} in it already" if rest else ""
    facts = {"sequence": sequence, "version": version, "enrolled": enrolled, "already_in_it": rest}
    say(f"Enrolled {people} in {sequence} version {version}{already}.", as_json, facts)
