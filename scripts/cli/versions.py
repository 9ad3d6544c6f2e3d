"""Verbs about the versions of a sequence: which there are, what differs, and back to an older one."""

from pathlib import Path
from typing import Annotated, Any

import typer

from modules.accounts import find_client
from modules.ids import ClientId
from modules.sequences import (
    Definition,
    Difference,
    FileRefused,
    KnownSequence,
    RolledBack,
    diff_said,
    diff_sequences,
    find_draft,
    list_versions,
    load_versions,
    rollback_sequence,
)
from scripts.cli.drafts import Slug
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfClient, cell, say, show_rows, write_json
from scripts.cli.sequences import By, no_draft, read_file, require_sequence
from scripts.cli.typed import whole
from utils.db import Connection
from utils.errors import NotFound
from workers.context import Deps


def register(app: typer.Typer) -> None:
    app.command("versions")(versions)
    app.command("diff")(diff)


def register_rollback(app: typer.Typer) -> None:
    app.command(rollback.__name__)(rollback)


def versions(slug: Slug, client: OfClient, as_json: AsJson = False) -> None:
    """List a sequence's versions, the newest first, with how many are under way on each."""

    async def work(_: Deps, conn: Connection) -> list[dict[str, Any]]:
        client_id = (await find_client(conn, client)).id
        sequence = await require_sequence(conn, client_id, slug)
        return [
            {
                "version": one.version,
                "current": one.version == sequence.current_version,
                "what": f"rolled back to {one.restores}" if one.restores else "published",
                "at": one.published_at,
                "by": one.published_by,
                "steps": one.step_count,
                "running": one.running,
            }
            for one in await list_versions(conn, client_id, sequence.id)
        ]

    show_rows(in_transaction(work), as_json, nothing="")


def diff(
    slug: Slug,
    client: OfClient,
    before: Annotated[
        int | None, typer.Option("--from", metavar="N", parser=whole(0), help="The current one, unless given.")
    ] = None,
    after: Annotated[
        int | None, typer.Option("--to", metavar="N", parser=whole(0), help="The version to compare with.")
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Compare with the draft.")] = False,
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Compare with this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what differs between two versions, or between a version and a draft or file, step by step."""
    if (after is not None) + draft + (file is not None) != 1:
        raise typer.BadParameter("say with what to compare: --to N, --draft or --file FILE", param_hint="--to")
    text = None if file is None else read_file(file)

    async def work(_: Deps, conn: Connection) -> tuple[Difference, str, str]:
        client_id = (await find_client(conn, client)).id
        sequence = await require_sequence(conn, client_id, slug)
        first = before if before is not None else sequence.current_version
        old = await require_version(conn, sequence, first)
        if after is not None:
            new, name = await require_version(conn, sequence, after), f"version {after}"
        else:
            new, name = await read_new(conn, client_id, slug, text), str(file) if file else "the draft"
        return diff_sequences(old, new), f"{slug} version {first}", name

    found, first, second = in_transaction(work)
    if as_json:
        write_json({"slug": slug, "same": found.is_none, "whole": found.whole, "steps": found.steps})
        return
    print("\n".join(map(cell, diff_said(found, first, second).split("\n"))), end="")


def rollback(
    slug: Slug,
    to: Annotated[
        int, typer.Option("--to", metavar="N", parser=whole(0), help="The older version whose text comes back.")
    ],
    client: OfClient,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Publish an older version's text again, as a new version; who is under way stays on theirs."""

    async def work(deps: Deps, conn: Connection) -> RolledBack:
        client_id = (await find_client(conn, client)).id
        await require_sequence(conn, client_id, slug)
        return await rollback_sequence(conn, client_id, slug, to, by_whom(by), deps.clock.now())

    done = in_transaction(work)
    words = (
        f"{done.slug} version {done.version} is what new enrollments take; it says what version {done.restores} said. "
        f"Who is under way stays on theirs; `scripts/omnify sequence adopt {done.slug} --client {client}` takes "
        "them over."
    )
    facts = {"slug": done.slug, "version": done.version, "restores": done.restores, "before": done.before}
    say(words, as_json, facts)


async def require_version(conn: Connection, sequence: KnownSequence, version: int) -> Definition:
    """NotFound, with the newest, when there is no such version."""
    known = 0 < version <= sequence.current_version  # anything else may be no number of the database's
    found = await load_versions(conn, [(sequence.id, version)]) if known else {}
    if not found:
        raise NotFound(f"'{sequence.slug}' has no version {version}; the newest is {sequence.current_version}")
    return found[sequence.id, version]


async def read_new(conn: Connection, client_id: ClientId, slug: str, text: str | None) -> Definition:
    """The file's text, or the draft where there is none, as it would be published; FileRefused lists its problems."""
    from modules.sequences.files import read_sequence  # heavy: yaml and eight files, for who publishes

    if text is None:
        kept = await find_draft(conn, client_id, slug)
        if kept is None:
            raise await no_draft(conn, client_id, slug)
        text = kept.source
    read = read_sequence(text)
    if isinstance(read, list):
        raise FileRefused(read, "It cannot be compared before its faults are gone")
    return read
