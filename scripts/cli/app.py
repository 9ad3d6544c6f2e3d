"""All verbs in one place, and what their ends mean: 0 done, 1 refused with a sentence on stderr, 2 called wrongly."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import psycopg
import typer
import typer.core
import typer.main

from scripts.cli import (
    accounts,
    adopting,
    bench,
    canaries,
    clients,
    contacts,
    control,
    dnc,
    drafts,
    enrollments,
    erasing,
    evidence,
    findings,
    holds,
    imports,
    inbox,
    library,
    milestones,
    operate,
    permits,
    profile,
    prove,
    reopening,
    replaying,
    replies,
    restoring,
    sequences,
    tasks,
    versions,
    why,
)
from scripts.cli.output import refuse
from utils.errors import AppError, NotFound

HELP = "Omnify Sequencer: sequences of messages, each sent once and proven."
SEE_CLIENTS = "; `scripts/omnify client list` shows all"
BUSY = "The database is busy with the same rows. Nothing was changed; please try again."
CANNOT: dict[type[psycopg.Error], str] = {
    psycopg.errors.InsufficientPrivilege: "The user in DATABASE_URL may not do this. Nothing was changed; "
    "use the database's owner, who ran `scripts/omnify migrate`.",
    psycopg.errors.ReadOnlySqlTransaction: "The database takes no changes now (read only, as after a failover). "
    "Nothing was changed; use the one that takes them.",
}
"""States of a database that are nobody's defect, in a sentence."""


def build_app() -> typer.Typer:
    """The verbs as users know them; `publish`, `list` and `show` are short for those of `sequence`."""
    app = _group(HELP)
    operate.register(app)
    client = _group("Clients, their accounts at the providers, and the people who may see them.")
    clients.register(client)
    profile.register(client)
    permits.register_on_clients(client)
    account = _group("A client's accounts at the providers.")
    accounts.register(account)
    client.add_typer(account, name="account")
    member = _group("People who may sign in.")
    clients.register_members(member)
    client.add_typer(member, name="member")
    app.add_typer(client, name="client")
    contact = _group("The people we write to.")
    contacts.register(contact)
    app.add_typer(contact, name="contact")
    contacts.register_suppress(app)
    reopening.register(app)
    sequence = _group("Sequences and their versions.")
    sequences.register(sequence)
    for verbs in (drafts, versions, adopting):
        verbs.register(sequence)
    versions.register_rollback(sequence)
    app.add_typer(sequence, name="sequence")
    sequences.register(app)
    versions.register_rollback(app)
    shelf = _group("Ready-made sequences.")
    library.register(shelf)
    app.add_typer(shelf, name="library")
    to_do = _group("What people of a client have to do.")
    tasks.register(to_do)
    app.add_typer(to_do, name="task")
    events = _group("What happened with a contact: a showing, an offer, an appointment.")
    milestones.register(events)
    app.add_typer(events, name="milestone")
    enrollments.register(app)
    control.register(app)
    inbox.register(app)
    written = _group("What people of a client write back to a contact.")
    replies.register(written)
    app.add_typer(written, name="reply")
    checks = _group("Checks of ours: do messages arrive at all?")
    canaries.register(checks)
    app.add_typer(checks, name="canary")
    why.register(app)
    evidence.register(app)
    erasing.register(app)
    imports.register(app)
    bench.register(app)
    prove.register(app)
    restoring.register(app)
    replaying.register(app)
    found = _group("What the providers' lists and our ledger disagree about.")
    findings.register(found)
    app.add_typer(found, name="findings")
    _add_permits(app)
    return app


def _add_permits(app: typer.Typer) -> None:
    """What has to be registered or bought before people may be reached."""
    for name, words, register in (
        ("clearance", "States in which sellers have to register.", permits.register_clearances),
        ("emergency", "States in which nobody is called or texted for a while.", permits.register_emergencies),
        ("dnc", "The national Do Not Call list, as far as a client has it.", dnc.register),
        ("platform-hold", "Numbers that asked several clients to stop.", holds.register),
    ):
        group = _group(words)
        register(group)
        app.add_typer(group, name=name)


class _Plain(typer.core.TyperGroup):
    """A wrong choice is told without the library's own word for it."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


def _group(words: str) -> typer.Typer:
    return typer.Typer(
        cls=_Plain,
        help=words,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


@cache
def _verbs() -> Callable[..., Any]:
    """The command line, read from the verbs' signatures once a process: a test calls `main` hundreds of times."""
    return typer.main.get_command(build_app())


def main(arguments: Sequence[str]) -> int:
    """Runs one verb; the exit code. A defect of ours is not caught here: its traceback is what we need to see."""
    try:
        _verbs()(args=list(arguments), prog_name="scripts/omnify")
    except AppError as error:
        return refuse(error.detail + (SEE_CLIENTS if isinstance(error, NotFound) and error.field == "client" else ""))
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
        return refuse(BUSY)
    except tuple(CANNOT) as error:
        return refuse(next(words for kind, words in CANNOT.items() if isinstance(error, kind)))
    except UnicodeEncodeError:
        if not (bad := [one for one in arguments if _is_no_text(one)]):
            raise
        refuse(f"Error: '{bad[0]}' is no text in UTF-8; nothing was changed")
        return 2
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def _is_no_text(argument: str) -> bool:
    """Bytes that the shell handed over and no character stands for; a file may be named so, nothing that we keep."""
    return any("\ud800" <= letter <= "\udfff" for letter in argument)
