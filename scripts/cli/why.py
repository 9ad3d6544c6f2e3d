"""The verb that answers «why this message» and «why not yet»."""

from datetime import datetime
from typing import Annotated, Any

import typer

from modules.accounts import find_client, list_clients
from modules.ids import ClientId, ContactId
from modules.preview import Answer, Entry, explain, when
from scripts.cli.contacts import find_people
from scripts.cli.home import in_transaction
from scripts.cli.output import AsJson, cell, write_json
from utils.db import Connection
from utils.errors import Conflict, NotFound
from workers.context import Deps

OfOneClient = Annotated[str | None, typer.Option("--client", metavar="SLUG", help="Only this client.")]


def register(app: typer.Typer) -> None:
    app.command("why")(why)


def why(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="Id, reference, phone or e-mail.")],
    client: OfOneClient = None,
    as_json: AsJson = False,
) -> None:
    """Say why a contact got what they got, and why they wait, newest first."""

    async def work(deps: Deps, conn: Connection) -> Answer:
        client_id, contact_id = await _find_one(conn, client, contact)
        return await explain(conn, client_id, contact_id, deps.clock.now())

    answer = in_transaction(work)
    if as_json:
        write_json(_facts(answer))
        return
    for line in _lines(answer):
        print(cell(line))


def _lines(answer: Answer) -> list[str]:
    person = answer.person
    name = person.name or person.external_ref or person.phone or person.email or str(person.id)
    lines = [f"{name}, a contact of {person.client}. Times are in {answer.zone} and UTC."]
    if not answer.entries:
        return [*lines, "", "Nothing was sent, nothing waits, and nothing is closed: they are in no sequence."]
    for entry in answer.entries:
        lines += ["", entry.title, *(f"  {sentence}" for sentence in entry.sentences)]
    return lines


def _facts(answer: Answer) -> dict[str, Any]:
    person = answer.person
    entries = [_entry(entry, answer.zone) for entry in answer.entries]
    return {"contact": person.id, "client": person.client, "time_zone": answer.zone, "entries": entries}


def _entry(entry: Entry, zone: str) -> dict[str, Any]:
    said = {"kind": entry.kind, "at": entry.at, "title": entry.title, "sentences": entry.sentences}
    return {**said, "next_at": entry.next_at, "next_local": _local(entry.next_at, zone), "facts": entry.facts}


def _local(at: datetime | None, zone: str) -> str | None:
    return when(at, zone) if at else None


async def _find_one(conn: Connection, slug: str | None, who: str) -> tuple[ClientId, ContactId]:
    clients = [await find_client(conn, slug)] if slug else await list_clients(conn)
    found = [(one.id, contact_id) for one in clients for contact_id in sorted(await find_people(conn, one.id, who))]
    if len(found) > 1:
        more = "the contact's id" if slug else "--client, or the contact's id"
        raise Conflict(f"More than one contact answers to '{cell(who)}'; give {more}", field="contact")
    if not found:
        raise NotFound(f"No contact answers to {cell(who)}", field="contact")
    return found[0]
