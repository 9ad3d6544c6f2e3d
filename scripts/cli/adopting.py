"""Verbs about people under way on older versions: what a new one would mean for them, and taking them over."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from modules.accounts import find_client
from modules.sequences import (
    Fate,
    ImpactLine,
    Likeness,
    find_sequence,
    slug_in,
)
from scripts.cli.drafts import Slug
from scripts.cli.home import by_whom, in_transaction, open_home
from scripts.cli.output import AsJson, OfClient, cell, read_pairs, show_rows, write_json
from scripts.cli.sequences import By, read_file, require_sequence
from scripts.cli.typed import counted, whole
from scripts.cli.versions import read_new
from utils.db import Connection
from workers.adopt import (
    Adopted,
    AdoptOrder,
    adopt_runs,
    check_mapping,
    foresee_adoption,
    load_every_version,
    load_impact,
)
from workers.context import Deps, open_deps

Steps = Annotated[
    list[str] | None,
    typer.Option("--step", metavar="OLD=NEW", help="Where those at a step that is gone go on; may be repeated."),
]
LIKE = {Likeness.same: "is the same", Likeness.differs: "differs", Likeness.gone: "is not there"}
STAY: Mapping[Fate, str] = {
    Fate.under_way: "what was sent, asked or is being done in their step has not settled yet; the same command later "
    "takes them over",
    Fate.being_tried: "their step is being tried again, and is another one in the new version; later takes them over",
    Fate.step_gone: "the new version has no such step; --step OLD=NEW says where they go on",
    Fate.would_repeat: "they would get again what they have had: {repeats}; `scripts/omnify jump ENROLLMENT STEP` "
    "moves one by hand",
}


def register(app: typer.Typer) -> None:
    app.command("impact")(impact)
    app.command("adopt")(adopt)


def impact(
    client: OfClient,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A sequence file (YAML).")] = None,
    draft: Annotated[str | None, typer.Option(metavar="SLUG", help="The draft of this slug instead of a file.")] = None,
    step: Steps = None,
    as_json: AsJson = False,
) -> None:
    """Say, before publishing, what a file or draft would mean for everybody who is under way; writes nothing."""
    if (file is None) == (draft is None):
        raise typer.BadParameter("say what would be published: FILE, or --draft SLUG", param_hint="FILE")
    mapping = read_pairs("--step", step or [])
    text = None if file is None else read_file(file)

    async def work(_: Deps, conn: Connection) -> tuple[str, list[ImpactLine]]:
        client_id = (await find_client(conn, client)).id
        slug = draft if draft is not None else slug_in(text or "") or ""
        new = await read_new(conn, client_id, slug, text)
        sequence = await find_sequence(conn, client_id, new.slug)
        if sequence is None:
            return new.slug, []
        if mapping:
            older = await load_every_version(conn, sequence)
            check_mapping(sequence.slug, mapping, older.values(), new, "The new version")
        return new.slug, (await load_impact(conn, sequence, client_id, new, mapping))[0]

    slug, lines = in_transaction(work)
    if as_json:
        write_json({"slug": slug, "people": sum(line.people for line in lines), "lines": lines})
        return
    show_rows([_row(line) for line in lines], False, nothing=f"Nobody is under way in '{slug}'.")
    if lines:
        print("\n".join(_afterwards(slug, client, lines)))


def adopt(
    slug: Slug,
    client: OfClient,
    only: Annotated[
        int | None, typer.Option("--from", metavar="N", parser=whole(0), help="Only those on this version.")
    ] = None,
    step: Steps = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    by: By = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why; kept with each of them.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take those who run on older versions over to the current one, at the same step and instant. Nobody gets a step
    twice, and nobody leaves one of which the proof is still to come."""
    mapping = read_pairs("--step", step or [])
    done = asyncio.run(_adopt(client, slug, only, mapping, by_whom(by), (reason or "").strip() or None, dry_run))
    taken = done.fates.get(Fate.adopts, 0)
    facts = {"slug": slug, "version": done.version, "dry_run": dry_run, "taken_over": taken}
    stayed = {fate: count for fate, count in sorted(done.fates.items()) if fate is not Fate.adopts and count}
    if as_json:
        write_json({**facts, "stayed": stayed, "lines": done.lines})
        return
    if dry_run:
        show_rows([_row(line) for line in done.lines], False, nothing="")
    said = "Would be taken over" if dry_run else "Taken over"
    print("\n".join([f"{said} to version {done.version}: {counted(taken, 'enrollment')}.", *_stayed(done.fates, done)]))


async def _adopt(
    client: str, slug: str, only: int | None, mapping: Mapping[str, str], by: str, reason: str | None, dry_run: bool
) -> Adopted:
    with open_home() as (settings, dsn):
        async with open_deps(settings, dsn) as deps:
            async with deps.database.transaction() as conn:
                client_id = (await find_client(conn, client)).id
                await require_sequence(conn, client_id, slug)
            order = AdoptOrder(client_id, slug, by, reason, only, mapping)
            return await (foresee_adoption(deps, order) if dry_run else adopt_runs(deps, order))


def _row(line: ImpactLine) -> dict[str, Any]:
    fates = line.fates
    return {
        "version": line.version,
        "step": line.step,
        "people": line.people,
        "standing": dict(sorted(line.statuses.items())),
        "in the new version": f"the step {LIKE[line.likeness]}",
        "could be adopted": fates.get(Fate.adopts, 0),
        "not settled": fates.get(Fate.under_way, 0) + fates.get(Fate.being_tried, 0),
        "would repeat": fates.get(Fate.would_repeat, 0),
        "without a step": fates.get(Fate.step_gone, 0),
    }


def _afterwards(slug: str, client: str, lines: Sequence[ImpactLine]) -> list[str]:
    people = counted(sum(line.people for line in lines), "enrollment")
    return [
        f"Publishing moves nobody; under way on their own versions: {people}.",
        f"`scripts/omnify sequence adopt {cell(slug)} --client {client}` afterwards takes over those who can be",
        "adopted, at the same step and instant.",
    ]


def _stayed(fates: Mapping[Fate, int], done: Adopted) -> list[str]:
    repeats = ", ".join(sorted({one for line in done.lines for one in line.repeats}))
    return [
        f"Not taken over: {counted(fates[fate], 'enrollment')}; {words.format(repeats=repeats)}."
        for fate, words in STAY.items()
        if fates.get(fate)
    ]
