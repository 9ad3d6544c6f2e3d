"""Verbs around a restore: `disarm` stops what leaves, `arm` reads the gap and lets it leave again."""

import asyncio
from datetime import UTC
from typing import Annotated
from uuid import UUID

import typer

from modules.health import read_engine_state
from modules.ids import AccountId
from scripts.cli.home import by_whom, in_transaction, open_home, require_migrated
from scripts.cli.output import AsJson, cell, note, say, write_json
from scripts.cli.typed import counted, read_instant
from utils.db import Connection
from utils.errors import BadInput, Conflict
from workers.context import Deps, open_deps
from workers.interlock import disarm as stop_arming
from workers.rearm import HANDED_OVER, NAMES_NOBODY, Rearming, Unread, rearm

SWEEP_UNDER_WAY = "A sweep that has begun may still send for two minutes."
NO_IDENTITY = (
    "This database does not say which cluster and timeline it is, so a restore that copies files would not be noticed: "
    "after each one, run scripts/omnify disarm --reason restore"
)
OVERTAKEN = (
    "The engine stays disarmed: somebody disarmed it again while the providers' lists were being read, so more may "
    "have left since. Run this again"
)
IN_WORDS = {
    NAMES_NOBODY: "something left in the gap and it does not say to whom. Look it up there by its id (scripts/omnify "
    "findings list), see that it is not sent again (scripts/omnify skip), and settle it --as not_ours",
    HANDED_OVER: "texts are handed to a workflow there, and no list shows those of the gap. Look at what it sent, "
    "and skip those steps (scripts/omnify skip), before you leave it out",
}
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who decides; else whoever runs this.")]


def register(app: typer.Typer) -> None:
    app.command("arm")(arm)
    app.command("disarm")(disarm)


def disarm(
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, such as restore.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Let nothing leave until somebody runs `arm`. Webhooks, polls and reconciliation go on."""
    if not reason.strip():
        raise BadInput("Say why: --reason TEXT", field="reason")

    async def work(deps: Deps, conn: Connection) -> bool:
        return await stop_arming(conn, reason.strip(), by_whom(by), deps.clock.now())

    stopped = in_transaction(work)
    words = f"The engine is disarmed. {SWEEP_UNDER_WAY}" if stopped else "The engine was disarmed already."
    way = "To let messages leave again: scripts/omnify arm --reason TEXT"
    say(f"{words}\n{way}", as_json, {"armed": False, "changed": stopped})


def arm(
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it may leave again.")] = "reconciled",
    since: Annotated[
        str | None, typer.Option(metavar="ISO", help="Where the gap begins, if the restore was noticed late.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(metavar="ACCOUNT", help="An account that may stay unread; needs --reason.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """After a restore: read what every provider took and heard since, then let messages leave again."""
    begins = read_instant("--since", since) if since else None
    named = {_account(text): reason for text in without or ()}
    if named and reason == "reconciled":
        raise BadInput("Say why these accounts do not matter: --reason TEXT", field="reason")

    async def run() -> tuple[Rearming, bool]:
        with open_home() as (settings, dsn):
            async with open_deps(settings, dsn) as deps:
                async with deps.database.transaction() as conn:
                    await require_migrated(conn)
                done = await rearm(deps, by_whom(by), reason, since=begins, without=named)
                async with deps.database.transaction() as conn:
                    state = await read_engine_state(conn)
                return done, state is not None and not state.tells

    done, untold = asyncio.run(run())
    if done.not_before:
        raise Conflict(
            f"It is too early: what left last may not be in the providers' lists yet. Run this again after "
            f"{done.not_before.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z",
            field="arm",
        )
    if untold:
        note(NO_IDENTITY)
    if as_json:
        write_json(_facts(done))
    else:
        print("\n".join(map(cell, _lines(done))))
    if done.overtaken:
        raise Conflict(OVERTAKEN, field="arm")
    if not done.armed:
        raise Conflict(_missing(done), field="without")


def _account(text: str) -> AccountId:
    try:
        return AccountId(UUID(text))
    except ValueError as error:
        raise BadInput(
            f"'{cell(text)}' is no account's id; scripts/omnify client account list shows them", field="without"
        ) from error


def _lines(done: Rearming) -> list[str]:
    if done.was_armed:
        since = f" since {cell(done.since)}" if done.since else ""
        return [f"The engine is armed{since}. Nothing was done; after a restore, run scripts/omnify disarm first."]
    counts = done.counts
    lines = [
        f"Read from {cell(done.since)} to {cell(done.until)}: {counted(counts['listed'], 'item')} that the providers "
        f"took, {counted(counts['heard'], 'message')} from people that were new to us.",
        f"{counted(counts['changed'], 'touch')} learned something new."
        if counts["changed"] == 1
        else f"{counts['changed']:,} touches learned something new.",
    ]
    if counts["lost"]:
        lines.append(
            f"{counted(counts['lost'], 'item')} left in the gap and our records do not know them. Nothing more goes to "
            "those addresses by the same way until you answer: scripts/omnify findings list"
        )
    if counts["nameless"]:
        lines.append(
            f"{counted(counts['nameless'], 'item')} of them cannot be tied to a person, so nobody is held back for it."
        )
    lines.append(
        "Not in any list: what people did on our own pages in the gap, such as unsubscribing by link, and answers by "
        "e-mail. Enter those that you know of with scripts/omnify suppress."
    )
    lines += [f"Left out: {_named(one)}." for one in done.left_out]
    if done.armed:
        lines.append("The engine is armed: messages leave again with the next sweep.")
    return lines


def _missing(done: Rearming) -> str:
    names = "\n".join(f"  {_named(one)}" for one in done.missing)
    return (
        f"The engine stays disarmed, because not all that left by these accounts is known:\n{names}\nRun this again "
        "later; or say why one does not matter: scripts/omnify arm --without ACCOUNT --reason TEXT"
    )


def _named(one: Unread) -> str:
    return f"{one.account_id} ({one.provider} {one.channel}: {IN_WORDS.get(one.reason, one.reason)})"


def _facts(done: Rearming) -> dict[str, object]:
    return {
        "armed": done.armed,
        "was_armed": done.was_armed,
        "since": done.since,
        "until": done.until,
        "found": dict(sorted(done.counts.items())),
        "missing": done.missing,
        "left_out": done.left_out,
    }
