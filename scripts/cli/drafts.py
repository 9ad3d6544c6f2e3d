"""Verbs about drafts: a sequence that is written down and not published yet."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from modules.accounts import find_client
from modules.sequences import (
    Draft,
    drop_draft,
    find_draft,
    find_sequence,
    is_only_better,
    keep_draft,
    lint_sequence,
    list_drafts,
    slug_in,
)
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfClient, cell, say, show_rows, write_json
from scripts.cli.sequences import By, lint_said, no_draft, problem_facts, read_file
from utils.db import Connection
from workers.context import Deps

if TYPE_CHECKING:
    from modules.sequences.read_yaml import Problem

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The sequence's slug.")]


def register(app: typer.Typer) -> None:
    app.command("draft")(draft)
    app.command("drafts")(drafts)
    app.command("discard")(discard)


def draft(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A sequence file (YAML), faulty or not.")],
    client: OfClient,
    slug: Annotated[str | None, typer.Option(metavar="SLUG", help="For a file that names no slug yet.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Save a file as a draft and say what lint finds; nothing is published, whatever it says."""
    text = read_file(file)
    problems = lint_sequence(text)

    async def work(deps: Deps, conn: Connection) -> tuple[Draft, int, Draft | None]:
        client_id = (await find_client(conn, client)).id
        there = await find_draft(conn, client_id, slug_in(text) or slug or "")
        saved = await keep_draft(conn, client_id, text, by_whom(by), deps.clock.now(), slug)
        sequence = await find_sequence(conn, client_id, saved.slug)
        taken = there if there and there.saved_by != saved.saved_by and there.source != saved.source else None
        return saved, sequence.current_version if sequence else 0, taken

    saved, current, taken = in_transaction(work)
    if as_json:
        facts = {"slug": saved.slug, "based_on": saved.based_on, "current_version": current, "saved_by": saved.saved_by}
        facts |= {"replaced": {"saved_by": taken.saved_by, "saved_at": taken.saved_at} if taken else None}
        write_json({**facts, "problems": [problem_facts(one) for one in problems]})
        return
    print("\n".join(map(cell, _words(saved, taken, current, client, problems))))


def _words(saved: Draft, taken: Draft | None, current: int, client: str, problems: "Sequence[Problem]") -> list[str]:
    begun = f"begun on version {saved.based_on}" if saved.based_on else "begun before any version"
    said = [f"Saved as the draft of '{saved.slug}', {begun}. Nothing was published."]
    if taken:
        said += [f"It stands in the place of what {taken.saved_by} saved {cell(taken.saved_at)}, which is not kept."]
    if saved.based_on != current:
        diff = f"scripts/omnify sequence diff {saved.slug} --client {client} --from {current} --draft"
        said += [f"Version {current} is current by now. What the draft would take back: {diff}"]
    said += lint_said("It", problems)
    if not any(not is_only_better(one) for one in problems):
        over = f" --over {current}" if saved.based_on != current else ""
        said += [f"To publish it: scripts/omnify publish --draft {saved.slug} --client {client}{over}"]
    return said


def drafts(client: OfClient, as_json: AsJson = False) -> None:
    """List a client's drafts with what they were begun on."""

    async def work(_: Deps, conn: Connection) -> list[dict[str, Any]]:
        return [
            {
                "slug": one.draft.slug,
                "based_on": one.draft.based_on,
                "current_version": one.current_version,
                "problems": sum(not is_only_better(problem) for problem in lint_sequence(one.draft.source)),
                "saved_by": one.draft.saved_by,
                "saved_at": one.draft.saved_at,
            }
            for one in await list_drafts(conn, (await find_client(conn, client)).id)
        ]

    show_rows(in_transaction(work), as_json, nothing=f"{client} has no drafts.")


def discard(slug: Slug, client: OfClient, as_json: AsJson = False) -> None:
    """Throw a draft away; what is published stays as it is."""

    async def work(_: Deps, conn: Connection) -> None:
        client_id = (await find_client(conn, client)).id
        if not await drop_draft(conn, client_id, slug):
            raise await no_draft(conn, client_id, slug)

    in_transaction(work)
    say(f"The draft of '{slug}' is gone; what is published stays as it is.", as_json, {"slug": slug, "discarded": True})
