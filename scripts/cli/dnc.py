"""Verbs about the national Do Not Call list, as far as a client has bought and loaded it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Annotated, Any

import typer

from modules.accounts import find_client
from modules.labels import DNC_LIST_HOLDS_FOR
from modules.permits import list_dnc_lists, load_dnc_list, read_dnc_lines
from scripts.cli.home import in_transaction
from scripts.cli.output import AsJson, OfClient, say, show_rows
from scripts.cli.typed import counted, why_unread
from utils.db import Connection
from utils.errors import BadInput
from workers.context import Deps

LONGEST_LINE = 1000


def register(app: typer.Typer) -> None:
    app.command("load")(load)
    app.command("list")(show)
    app.command("show", hidden=True)(show)  # its name of before


def load(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Lines like 212,5550123; whole lists of area codes.")],
    client: OfClient,
    issued_on: Annotated[str, typer.Option(metavar="DATE", help="The day of the list, such as 2026-11-15.")],
    as_json: AsJson = False,
) -> None:
    """Load the list of one area code or several; each takes the place of the one before it, whole or not at all."""
    day = _read_day(issued_on)
    with _lines_of(file) as lines:
        found = read_dnc_lines(lines)

    async def work(deps: Deps, conn: Connection) -> dict[str, int]:
        return await load_dnc_list(conn, (await find_client(conn, client)).id, found, day, deps.clock.now())

    counts = in_transaction(work)
    total, areas = sum(counts.values()), ", ".join(counts)
    facts = {"client": client, "issued_on": day.isoformat(), "numbers": total, "area_codes": counts}
    say(f"Loaded {counted(total, 'number')} under {areas} for {client}, issued on {day}.", as_json, facts)


def show(client: OfClient, as_json: AsJson = False) -> None:
    """List the area codes whose list a client has, and until when each may be used."""

    async def work(_: Deps, conn: Connection) -> list[dict[str, Any]]:
        return [
            {
                "area_code": row["area_code"],
                "issued_on": row["issued_on"].isoformat(),
                "numbers": row["numbers"],
                "loaded_at": row["loaded_at"],
                "good_until": datetime.combine(row["issued_on"], time(), UTC) + DNC_LIST_HOLDS_FOR,
            }
            for row in await list_dnc_lists(conn, (await find_client(conn, client)).id)
        ]

    load = f"scripts/omnify dnc load FILE --client {client} --issued-on YYYY-MM-DD"
    nothing = f"{client} has loaded no Do Not Call list; buy it and run: {load}"
    show_rows(in_transaction(work), as_json, nothing=nothing)


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is no day; write it like 2026-11-15", param_hint="--issued-on") from error


@contextmanager
def _lines_of(path: str) -> Iterator[Iterator[str]]:
    """The lines, none longer than can be a number's: a file without line ends is not read into memory."""
    try:
        with open(path, encoding="utf-8-sig", errors="replace") as file:
            yield iter(lambda: file.readline(LONGEST_LINE), "")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {why_unread(error)}", field="file") from error
