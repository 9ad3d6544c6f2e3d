"""Verbs about sequences."""

from pathlib import Path
from typing import Annotated, Any

import typer

from modules.accounts import find_client
from modules.ids import ClientId
from modules.sequences import (
    KnownSequence,
    Published,
    find_sequence,
    lint_sequence,
    list_sequences,
    load_source,
    load_version,
    publish_sequence,
    show_sequence,
)
from scripts.cli.home import in_transaction
from scripts.cli.output import AsJson, OfClient, say, show_rows, write_json
from scripts.cli.typed import why_unread
from utils.db import Connection
from utils.errors import BadInput, NotFound
from workers.context import Deps


def register(app: typer.Typer) -> None:
    app.command("list")(show_all)
    app.command("show")(show)
    app.command("publish")(publish)
    app.command("lint")(lint)


def show_all(client: OfClient, as_json: AsJson = False) -> None:
    """List a client's sequences with how many contacts stand where."""

    async def work(_: Deps, conn: Connection) -> list[dict[str, Any]]:
        return [
            {
                "slug": one.slug,
                "name": one.name,
                "version": one.current_version,
                "steps": one.step_count,
                "enrollments": dict(sorted(one.by_status.items())),
                "published_at": one.published_at,
            }
            for one in await list_sequences(conn, (await find_client(conn, client)).id)
        ]

    show_rows(in_transaction(work), as_json, nothing=f"{client} has no sequences yet.")


def show(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The sequence's slug.")],
    client: OfClient,
    version: Annotated[int | None, typer.Option(help="An older version.", min=1)] = None,
    words: Annotated[bool, typer.Option("--words", help="Explain it instead of printing the file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print a sequence as the file that `publish` takes."""

    async def work(_: Deps, conn: Connection) -> tuple[KnownSequence, int, str, str]:
        sequence = await require_sequence(conn, (await find_client(conn, client)).id, slug)
        wanted = version or sequence.current_version
        source = await load_source(conn, sequence.id, wanted)
        if source is None:
            raise NotFound(f"'{slug}' has no version {wanted}; the newest is {sequence.current_version}")
        return sequence, wanted, source, show_sequence(await load_version(conn, sequence.id, wanted), wanted)

    sequence, shown, source, told = in_transaction(work)
    if as_json:
        newest = sequence.current_version
        facts = {"slug": slug, "name": sequence.name, "version": shown, "current_version": newest, "source": source}
        write_json({**facts, "words": told})
        return
    print(told if words else source, end="")


def publish(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A sequence file (YAML).")],
    client: OfClient,
    as_json: AsJson = False,
) -> None:
    """Publish a file as the sequence's new version; running enrollments stay with theirs."""
    text = _read(file)

    async def work(deps: Deps, conn: Connection) -> Published:
        return await publish_sequence(conn, (await find_client(conn, client)).id, text, deps.clock.now())

    done = in_transaction(work)
    words = "is this already; nothing was changed" if done.unchanged else "is what new enrollments take"
    facts = {"slug": done.slug, "version": done.version, "unchanged": done.unchanged}
    say(f"{done.slug} version {done.version} {words}.", as_json, facts)


def lint(file: Annotated[Path, typer.Argument(help="A sequence file (YAML).")], as_json: AsJson = False) -> None:
    """Say everything that is wrong with a sequence file, each with its line and the way out; needs no database."""
    problems = lint_sequence(_read(file))
    if as_json:
        write_json({"problems": [{"line": one.line, "field": one.field, "message": one.message} for one in problems]})
        raise typer.Exit(1 if problems else 0)
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise BadInput("\n".join([f"{file} has {count}:", *(f"  {one}" for one in problems)]), field="file")
    print(f"{file}: nothing to say against it.")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {why_unread(error)}", field="file") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} cannot be read: it is not text in UTF-8", field="file") from error


async def require_sequence(conn: Connection, client_id: ClientId, slug: str) -> KnownSequence:
    """NotFound when the client has no such sequence."""
    sequence = await find_sequence(conn, client_id, slug)
    if sequence is None:
        raise NotFound(f"There is no sequence '{slug}' at this client; `scripts/omnify list` shows what there is")
    return sequence
