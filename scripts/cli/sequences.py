"""Verbs about sequences."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from modules.accounts import find_client, list_clients
from modules.ids import ClientId
from modules.sequences import (
    Definition,
    Draft,
    KnownSequence,
    Published,
    find_draft,
    find_sequence,
    is_only_better,
    lint_sequence,
    list_sequences,
    load_source,
    load_version,
    publish_draft,
    publish_sequence,
    show_sequence,
)
from modules.sequences.quiet_way import successors
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfClient, cell, note, say, show_rows, write_json
from scripts.cli.typed import counted, whole, why_unread
from utils.db import Connection
from utils.errors import BadInput, NotFound
from workers.context import Deps

if TYPE_CHECKING:
    from modules.sequences.read_yaml import Problem

By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who decides; whoever runs this, unless given.")]


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
    version: Annotated[int | None, typer.Option(metavar="N", help="An older version.", parser=whole(1))] = None,
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
    client: OfClient,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A sequence file (YAML).")] = None,
    draft: Annotated[str | None, typer.Option(metavar="SLUG", help="The draft of this slug instead of a file.")] = None,
    over: Annotated[
        int | None,
        typer.Option(metavar="N", help="Publish the draft over this version, which it may not know.", parser=whole(0)),
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Publish a file or a draft as the sequence's new version; running enrollments stay with theirs."""
    if (file is None) == (draft is None):
        raise typer.BadParameter("say what to publish: FILE, or --draft SLUG", param_hint="FILE")
    if over is not None and draft is None:
        raise typer.BadParameter("goes with --draft", param_hint="--over")
    text = "" if file is None else read_file(file)

    async def work(deps: Deps, conn: Connection) -> tuple[Published, list[str], Draft | None]:
        client_id, now = (await find_client(conn, client)).id, deps.clock.now()
        kept = await find_draft(conn, client_id, draft) if draft is not None else None
        if draft is None:
            done = await publish_sequence(conn, client_id, text, now, by=by_whom(by))
        elif kept is None:
            raise await no_draft(conn, client_id, draft)
        else:
            done = await publish_draft(conn, client_id, draft, by_whom(by), now, over)
        missing = await lacking(conn, client_id, await load_version(conn, done.sequence_id, done.version))
        return done, missing, kept if kept and kept.saved_by != by_whom(by) else None

    done, missing, theirs = in_transaction(work)
    words = "is this already; nothing was changed" if done.unchanged else "is what new enrollments take"
    facts = {"slug": done.slug, "version": done.version, "unchanged": done.unchanged}
    facts |= {"missing": missing} if missing else {}
    whose = f" The draft was {cell(theirs.saved_by)}'s, saved {cell(theirs.saved_at)}." if theirs else ""
    say(f"{done.slug} version {done.version} {words}.{whose}", as_json, facts)
    if missing and not as_json:
        note(f"It hands people over to {', '.join(missing)}, which {client} does not have yet: publish that too.")


def lint(file: Annotated[Path, typer.Argument(help="A sequence file (YAML).")], as_json: AsJson = False) -> None:
    """Say everything that is wrong with a sequence file, each with its line and the way out; needs no database.

    Ends with 1 when the file cannot be published, with 0 when it can, be there something better or not.
    """
    problems = lint_sequence(read_file(file))
    refused = any(not is_only_better(one) for one in problems)
    if as_json:
        write_json({"problems": [problem_facts(one) for one in problems]})
    elif problems:
        print("\n".join(map(cell, lint_said(str(file), problems))), file=sys.stderr if refused else sys.stdout)
    else:
        print(f"{file}: nothing to say against it.")
    if refused:
        raise typer.Exit(1)


def lint_said(name: str, problems: "Sequence[Problem]") -> list[str]:
    """What lint found, line by line: first what hinders its publication, then what would be better."""
    faults = [one for one in problems if not is_only_better(one)]
    hints = [one for one in problems if is_only_better(one)]
    said = [f"{name} has {counted(len(faults), 'problem')}:", *(f"  {one}" for one in faults)] if faults else []
    if hints:
        said += [f"{name} {'also ' if faults else 'can be published; it '}has what would be better otherwise:"]
        said += [f"  {one}" for one in hints]
    return said


def problem_facts(problem: "Problem") -> dict[str, Any]:
    level = "better" if is_only_better(problem) else "error"
    return {"line": problem.line, "field": problem.field, "message": problem.message, "level": level}


def read_file(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {why_unread(error)}", field="file") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} cannot be read: it is not text in UTF-8", field="file") from error


async def lacking(conn: Connection, client_id: ClientId, definition: Definition) -> list[str]:
    """The sequences that it hands people over to and that the client does not have: whoever comes there just ends."""
    return [one for one in successors(definition) if not await find_sequence(conn, client_id, one)]


async def require_sequence(conn: Connection, client_id: ClientId, slug: str) -> KnownSequence:
    """NotFound when the client has no such sequence."""
    sequence = await find_sequence(conn, client_id, slug)
    if sequence is None:
        see = f"`scripts/omnify list --client {await slug_of(conn, client_id)}` shows what there is"
        raise NotFound(f"There is no sequence '{slug}' at this client; {see}")
    return sequence


async def no_draft(conn: Connection, client_id: ClientId, slug: str) -> NotFound:
    """What to say when there is no draft of this slug."""
    see = f"`scripts/omnify sequence drafts --client {await slug_of(conn, client_id)}` shows what there is"
    return NotFound(f"There is no draft of '{slug}'; {see}")


async def slug_of(conn: Connection, client_id: ClientId) -> str:
    """The client's slug, for a command that works as it is printed."""
    return next(one.slug for one in await list_clients(conn) if one.id == client_id)
