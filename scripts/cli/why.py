"""The verb that answers «why this message» and «why not yet»."""

from datetime import datetime
from typing import Annotated, Any

import typer

from modules.preview import Answer, Entry, explain, when
from modules.suppressions import load_pepper
from scripts.cli.contacts import find_one
from scripts.cli.home import in_transaction
from scripts.cli.output import AsJson, OfOneClient, cell, write_json
from utils.db import Connection
from utils.signing import Pepper
from workers.context import Deps


def register(app: typer.Typer) -> None:
    app.command("why")(why)


def why(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="Id, reference, phone or e-mail.")],
    client: OfOneClient = None,
    as_json: AsJson = False,
) -> None:
    """Say why a contact got what they got, and why they wait, newest first."""

    async def work(deps: Deps, conn: Connection) -> Answer:
        client_id, contact_id = await find_one(conn, client, contact)
        # where none was made yet nothing was ever closed by hash, and asking writes nothing
        pepper = await load_pepper(conn, deps.sealer) or Pepper.fresh()
        redirect = deps.settings.test_redirect
        return await explain(conn, pepper, client_id, contact_id, deps.clock.now(), redirect)

    answer = in_transaction(work)
    if as_json:
        write_json(_facts(answer))
        return
    for line in _lines(answer):
        print(cell(line))


def _lines(answer: Answer) -> list[str]:
    person = answer.person
    name = person.name or person.external_ref or person.phone or person.email or str(person.id)
    zones = "UTC" if answer.zone == "UTC" else f"{answer.zone} and UTC"
    lines = [f"{name}, a contact of {person.client}. Times are in {zones}."]
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
