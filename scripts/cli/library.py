"""Verbs about the library: sequences that are ready to be used, shown and taken."""

from pathlib import Path
from typing import Annotated, Any

import typer

from modules.accounts import find_client
from modules.ids import ClientId
from modules.sequences import FileRefused, find_sequence, load_source, publish_sequence, show_sequence
from modules.sequences.files import read_sequence
from modules.sequences.models import Definition
from modules.sequences.quiet_way import quiet_days
from modules.sequences.shelf import library_head, library_slugs, library_source
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, note, say, show_rows, write_json
from scripts.cli.sequences import lacking
from scripts.cli.typed import why_unwritten
from utils.db import Connection
from utils.errors import BadInput, Conflict
from workers.context import Deps

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="A sequence of the library, as `library list` names it.")]


def register(app: typer.Typer) -> None:
    app.command("list")(show_all)
    app.command("show")(show)
    app.command("take")(take)


def show_all(as_json: AsJson = False) -> None:
    """List the ready-made sequences; `days` is how long one takes when nobody answers. Needs no database."""
    rows = []
    for slug in library_slugs():
        one = _read(slug)[1]
        days = quiet_days(one)
        rows.append({"slug": slug, "name": one.name, "purpose": one.purpose, "steps": len(one.steps), "days": days})
    show_rows(rows, as_json, nothing="The library is empty.")


def show(
    slug: Slug,
    source: Annotated[bool, typer.Option("--source", help="Print the file itself, for `publish`.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print a ready-made sequence in words. Needs no database."""
    text, definition = _read(slug)
    told = show_sequence(definition, 1).partition("\n")[2]
    words = f"{definition.name} ({slug}), from the library\n\n{library_head(slug)}\n\n{told}"
    if as_json:
        write_json({"slug": slug, "name": definition.name, "source": text, "words": words})
        return
    print(text if source else words, end="")


def take(
    slug: Slug,
    client: Annotated[str | None, typer.Option(metavar="SLUG", help="Publish it at this client.")] = None,
    file: Annotated[Path | None, typer.Option(metavar="OUT", help="Write it to this file, to be edited.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Also over one that the client has edited.")] = False,
    as_json: AsJson = False,
) -> None:
    """Publish a ready-made sequence at a client as it is, or write it to a file for editing."""
    if (client is None) == (file is None):
        raise typer.BadParameter("name either a client (--client) or a file (--file)", param_hint="--client")
    text, definition = _read(slug)
    if file is not None:
        _write(file, text, dry_run=dry_run)
        done = f"{file} is written; publish it: scripts/omnify publish {file} --client SLUG"
        words = f"{file} would be written." if dry_run else done
        say(words, as_json, {"slug": slug, "file": str(file), "dry_run": dry_run})
        return

    async def work(deps: Deps, conn: Connection) -> dict[str, Any]:
        client_id = (await find_client(conn, client or "")).id
        facts = await _taken(deps, conn, client_id, slug, text, dry_run=dry_run, replace=replace)
        missing = await lacking(conn, client_id, definition)
        return {"slug": slug, **facts, "missing": missing, "dry_run": dry_run}

    facts = in_transaction(work)
    say(_told(facts), as_json, facts)
    if facts["missing"] and not as_json:
        names = ", ".join(facts["missing"])
        note(f"It hands people over to {names}, which {client} does not have yet: take that too, or edit the file.")


async def _taken(
    deps: Deps, conn: Connection, client_id: ClientId, slug: str, text: str, *, dry_run: bool, replace: bool
) -> dict[str, Any]:
    """The version that the client has (or would have) of it. Conflict where the client's own says something else."""
    there = await find_sequence(conn, client_id, slug)
    same = there is not None and await load_source(conn, there.id, there.current_version) == text
    if there is not None and not same and not replace:
        raise Conflict(
            f"The client has a '{slug}' that is not the library's (version {there.current_version}); write the "
            f"library's with --file to compare, or put it in its place with --replace",
            field="slug",
        )
    current = there.current_version if there else 0
    if dry_run:
        return {"version": current if same else current + 1, "unchanged": same}
    done = await publish_sequence(conn, client_id, text, deps.clock.now(), by=by_whom(), only_over=current)
    return {"version": done.version, "unchanged": done.unchanged}


def _told(facts: dict[str, Any]) -> str:
    name = f"{facts['slug']} version {facts['version']}"
    if facts["unchanged"]:
        return f"{name} is this already; nothing {'would be' if facts['dry_run'] else 'was'} changed."
    return f"{name} {'would be' if facts['dry_run'] else 'is'} what new enrollments take."


def _read(slug: str) -> tuple[str, Definition]:
    text = library_source(slug)
    found = read_sequence(text)
    if isinstance(found, list):
        raise FileRefused(found)
    return text, found


def _write(file: Path, text: str, *, dry_run: bool) -> None:
    """A new file; never in place of another."""
    if file.exists():
        raise Conflict(f"{file} is there already; name another file", field="file")
    if dry_run:
        return
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {why_unwritten(error)}", field="file") from error
