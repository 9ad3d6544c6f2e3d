"""The verb that erases a person, with the certificate of it."""

import sys
from typing import Annotated, Any

import typer

from modules.erasure import Certificate
from scripts.cli.contacts import find_one
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfOneClient, cell, write_json
from utils.db import Connection
from utils.errors import BadInput, Conflict
from workers.context import Deps
from workers.erase import erase_person

WORDS = {
    "enrollments_stopped": "sequences ended",
    "touches": "lines of the ledger emptied; ids, hashes, states and times stay",
    "inbound": "messages and calls from the person deleted",
    "events": "raw posts of providers deleted",
    "log_details": "log lines emptied",
    "finding_details": "findings emptied",
    "provider_references": "ids at providers deleted",
    "reopenings": "notes of reopened addresses deleted",
    "tasks": "tasks deleted",
    "milestones": "milestones deleted",
    "appointments": "appointments deleted",
    "replies": "replies to the person deleted",
    "canaries": "checks of our own that wrote to the person deleted",
    "number_checks": "receipts of number checks deleted",
    "consents_sealed": "consents sealed for five years",
    "suppressions_kept": "closed addresses kept as a hash",
    "addresses_unlinked": "addresses taken from the person",
    "addresses_deleted": "addresses deleted; one that somebody else has stays",
}
AT_PROVIDERS = "What lies at the providers (messages, recordings) is not deleted by this; ask each of them."


def register(app: typer.Typer) -> None:
    app.command("erase")(erase)


def erase(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="Id, reference, phone or e-mail.")],
    client: OfOneClient = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a person for good, and print what was done. What they closed stays closed."""
    if not yes:
        _ask(contact)

    async def work(deps: Deps, conn: Connection) -> Certificate:
        client_id, contact_id = await find_one(conn, client, contact)
        return await erase_person(deps, conn, client_id, contact_id, by_whom(), deps.clock.now())

    done = in_transaction(work)
    if as_json:
        write_json(_facts(done))
        return
    for line in _lines(done):
        print(line)


def _ask(contact: str) -> None:
    """A person at a terminal is asked; a program has to say --yes."""
    if not sys.stdin.isatty():
        raise BadInput("Erasing cannot be undone; say --yes to go on. Nothing was changed", field="yes")
    if not typer.confirm(f"Erase {cell(contact)} for good? This cannot be undone.", err=True):
        raise Conflict("Nothing was changed", field="contact")


def _lines(done: Certificate) -> list[str]:
    again = " They were erased before; nothing was done now." if done.repeated else ""
    lines = [f"Erased the contact {done.contact_id} on {cell(done.erased_at)}, {cell(done.erased_by)}.{again}"]
    lines += [f"  {count:>5}  {WORDS.get(name, name)}" for name, count in done.counts.items() if count]
    return [*lines, f"Certificate {done.id}.", AT_PROVIDERS]


def _facts(done: Certificate) -> dict[str, Any]:
    return {
        "certificate": done.id,
        "client_id": done.client_id,
        "contact": done.contact_id,
        "erased_at": done.erased_at,
        "erased_by": done.erased_by,
        "counts": done.counts,
        "repeated": done.repeated,
    }
