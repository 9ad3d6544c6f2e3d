"""Takes an import back, as long as nobody was written to because of it."""

from datetime import UTC
from typing import Annotated, Any
from uuid import UUID

import psycopg
import typer

from modules.accounts import find_client
from modules.consents import drop_imported_consents, measure_consents
from modules.contacts import MANY_ROWS, drop_imported, lock_imported
from modules.health import untie_imported_logs
from modules.imports import count_reached, list_imports, lock_import, mark_undone, try_lock_client
from modules.sequences import await_imported_runs, drop_imported_runs
from scripts.cli.home import in_transaction
from scripts.cli.output import AsJson, OfClient, say, show_rows
from scripts.cli.typed import counted
from utils.db import Connection, Row
from utils.errors import BadInput, Conflict, NotFound
from workers.context import Deps


def register(app: typer.Typer) -> None:
    app.command("undo")(undo)
    app.command("imports")(show_imports)


def undo(
    import_id: Annotated[str, typer.Argument(metavar="IMPORT_ID", help="As `import` and `imports` print it.")],
    as_json: AsJson = False,
) -> None:
    """Take an import back: the people it added, their addresses and consents. What is closed stays closed."""
    try:
        wanted = UUID(import_id)
    except ValueError as error:
        raise BadInput(
            f"'{import_id}' is not the id of an import; see: scripts/omnify imports --client SLUG", field="import"
        ) from error

    async def work(deps: Deps, conn: Connection) -> dict[str, Any]:
        try:
            return await _take_back(conn, wanted, deps)
        except psycopg.errors.ForeignKeyViolation as error:
            raise Conflict(
                "Something else holds on to a person of this import already, so it cannot be taken back. "
                "One person at a time: scripts/omnify erase CONTACT",
                field="import",
            ) from error

    facts = in_transaction(work)
    people = "1 person" if facts["contacts"] == 1 else f"{facts['contacts']:,} people"
    words = f"{people}, {counted(facts['enrollments'], 'enrollment')} and {counted(facts['consents'], 'consent')}"
    say(f"The import of {facts['file']} is taken back: {words} are gone. What was closed stays closed.", as_json, facts)


async def _take_back(conn: Connection, import_id: UUID, deps: Deps) -> dict[str, Any]:
    found = await lock_import(conn, import_id)
    if found is None:
        raise NotFound("There is no such import; see: scripts/omnify imports --client SLUG", field="import")
    if found["state"] == "undone":
        undone_at = found["undone_at"].astimezone(UTC)
        raise Conflict(f"This import was taken back on {undone_at:%Y-%m-%d at %H:%MZ} already", field="import")
    if not await try_lock_client(conn, found["client_id"]):  # it may count people as known who are about to go
        raise Conflict(f"An import for {found['slug']} is running; try again when it has ended", field="client")
    # enrollment, contact, address: the order in which everybody locks; what was sent meanwhile is seen after that
    await await_imported_runs(conn, import_id)
    if await lock_imported(conn, import_id) >= MANY_ROWS:
        await measure_consents(conn)
    _refuse_reached(await count_reached(conn, import_id))
    await untie_imported_logs(conn, import_id)
    enrollments = await drop_imported_runs(conn, import_id)
    consents = await drop_imported_consents(conn, import_id)
    contacts = await drop_imported(conn, import_id)
    await mark_undone(conn, import_id, deps.clock.now())
    return {
        "import_id": str(import_id),
        "client": found["slug"],
        "file": found["file_name"],
        "contacts": contacts,
        "enrollments": enrollments,
        "consents": consents,
    }


def _refuse_reached(reached: Row) -> None:
    if not any(reached.values()):
        return
    kinds = {
        "written_to": "were written to",
        "wrote": "wrote to us",
        "written_back_to": "were written back to",
        "checked": "get checks of yours",
        "relied_on": "were known before and written to since",
    }
    told = [f"{reached[name]:,} {words}" for name, words in kinds.items() if reached[name]]
    raise Conflict(
        f"This import cannot be taken back any more: of its people {', '.join(told)}, and what was sent must stay "
        "proven. One person at a time: scripts/omnify erase CONTACT",
        field="import",
    )


def show_imports(client: OfClient, as_json: AsJson = False) -> None:
    """A client's imports, newest first."""

    async def work(_: Deps, conn: Connection) -> list[Row]:
        return await list_imports(conn, (await find_client(conn, client)).id)

    show_rows(in_transaction(work), as_json, nothing=f"{client} has no imports yet.")
