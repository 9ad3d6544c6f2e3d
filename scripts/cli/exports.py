"""Writes a client's people to a file that a spreadsheet may open, and that `import` reads back as it was."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TextIO
from uuid import UUID

import typer

from modules.accounts import find_client
from modules.ids import ClientId
from modules.imports import OURS, list_field_names, page_people, safe_cell
from modules.labels import ChannelName
from scripts.cli.home import in_transaction
from scripts.cli.output import AsJson, OfClient, say
from scripts.cli.private_file import write_private
from scripts.cli.typed import counted
from utils.db import Connection, Row
from workers.context import Deps

_PAGE = 1_000
_OWN = ("reference", "first_name", "last_name", "phone", "email", "time_zone")
_CLOSED = ("phone_closed", "email_closed", "closed")


def register(app: typer.Typer) -> None:
    app.command("export")(export)


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Made for your eyes only (mode 0600).")],
    client: OfClient,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a client's contacts to a CSV file (UTF-8): addresses, fields, consent on each channel, what is closed.

    Cells that a spreadsheet would calculate begin with '; `import` takes it off again. Columns that begin with omnify.
    are for reading and are never imported.
    """
    with write_private(file, force, "file") as opened:

        async def work(_: Deps, conn: Connection) -> int:
            return await _write_people(conn, (await find_client(conn, client)).id, opened)

        count = in_transaction(work)
    is_in = "is" if count == 1 else "are"
    say(f"{counted(count, 'contact')} of {client} {is_in} in {file}.", as_json, {"file": str(file), "contacts": count})


async def _write_people(conn: Connection, client_id: ClientId, file: TextIO) -> int:
    names = await list_field_names(conn, client_id)
    writer = csv.writer(file)
    told = (f"{OURS}contact_id", f"{OURS}added_at", *(f"{OURS}consent_{one}" for one in ChannelName))
    closed = tuple(f"{OURS}{name}" for name in _CLOSED)
    writer.writerow(map(safe_cell, [*_OWN, *(f"fields.{name}" for name in names), *told, *closed]))
    count, after = 0, UUID(int=0)
    while page := await page_people(conn, client_id, after, _PAGE):
        for row in page:
            writer.writerow(map(safe_cell, _cells(row, names)))
        count, after = count + len(page), page[-1]["id"]
    return count


def _cells(row: Row, names: Sequence[str]) -> list[str]:
    own = (row[name] for name in ("external_ref", *_OWN[1:]))
    consents = row["consents"] or {}
    return [
        *(text or "" for text in own),
        *(_text(row["fields"].get(name)) for name in names),
        str(row["id"]),
        row["created_at"].isoformat(),
        *(_consent(consents.get(channel)) for channel in ChannelName),
        *(row[name] or "" for name in ("phone_closed", "email_closed", "suppressed_reason")),
    ]


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _consent(newest: dict[str, Any] | None) -> str:
    return " ".join(part for part in (newest["event"], newest["kind"], newest["at"]) if part) if newest else ""
