"""All verbs in one place, and what their ends mean: 0 done, 1 refused with a sentence on stderr, 2 called wrongly."""

from collections.abc import Sequence

import psycopg
import typer

from scripts.cli import accounts, clients, contacts, enrollments, imports, inbox, operate, sequences, why
from scripts.cli.output import refuse
from utils.errors import AppError, NotFound

HELP = "Omnify Sequencer: sequences of messages, each sent once and proven."
SEE_CLIENTS = "; `scripts/omnify client list` shows all"
BUSY = "The database is busy with the same rows. Nothing was changed; please try again."


def build_app() -> typer.Typer:
    """The verbs as users know them; `publish`, `list` and `show` are short for those of `sequence`."""
    app = _group(HELP)
    operate.register(app)
    client = _group("Clients, their accounts at the providers, and the people who may see them.")
    clients.register(client)
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
    sequence = _group("Sequences and their versions.")
    sequences.register(sequence)
    app.add_typer(sequence, name="sequence")
    sequences.register(app)
    enrollments.register(app)
    inbox.register(app)
    why.register(app)
    imports.register(app)
    return app


def _group(words: str) -> typer.Typer:
    return typer.Typer(
        help=words,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def main(arguments: Sequence[str]) -> int:
    """Runs one verb; the exit code. A defect of ours is not caught here: its traceback is what we need to see."""
    try:
        build_app()(args=list(arguments), prog_name="scripts/omnify")
    except AppError as error:
        return refuse(error.detail + (SEE_CLIENTS if isinstance(error, NotFound) and error.field == "client" else ""))
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
        return refuse(BUSY)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0
