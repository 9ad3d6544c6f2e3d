"""Verbs about clients and the people who may see them."""

import getpass
import sys
from typing import Annotated

import typer

from modules.accounts import (
    Role,
    add_client,
    add_local_user,
    add_member,
    find_client,
    list_clients,
    reseal_secrets,
    set_client,
)
from modules.erasure import reseal_proofs
from modules.ids import UserId
from modules.labels import ChannelName, Provider
from modules.suppressions import reseal_pepper
from scripts.cli.accounts import Added, Given, describe, put_in_service
from scripts.cli.home import SQL, in_transaction
from scripts.cli.output import AsJson, OfClient, note, say, show_rows
from scripts.cli.profile import DailyBudget, HelpContact, LegalName, PostalAddress, change_of
from utils.db import Connection, fetch_one
from utils.errors import BadInput, SettingsError
from workers.context import Deps, environment_accounts_of

_PREFERRED = {
    ChannelName.sms: (Provider.twilio, Provider.ghl),
    ChannelName.email: (Provider.resend, Provider.ghl),
    ChannelName.voice: (Provider.vapi, Provider.retell),
}


def register(app: typer.Typer) -> None:
    app.command("add")(add)
    app.command("list")(show_all)
    app.command("reseal")(reseal)


def register_members(app: typer.Typer) -> None:
    app.command("add")(add_person)


def add(
    slug: Annotated[
        str, typer.Argument(metavar="SLUG", help="Small letters, digits and hyphens, such as bright-dental.")
    ],
    name: Annotated[str, typer.Option(help="The name as contacts read it.")],
    use_environment: Annotated[
        bool,
        typer.Option("--use-environment", help="Send with the providers' accounts in this environment's settings."),
    ] = False,
    legal_name: LegalName = None,
    postal_address: PostalAddress = None,
    help_contact: HelpContact = None,
    daily_budget: DailyBudget = None,
    as_json: AsJson = False,
) -> None:
    """Add a client."""
    change = change_of(legal_name, postal_address, help_contact, daily_budget)

    async def work(deps: Deps, conn: Connection) -> tuple[str, list[Added]]:
        served = served_by(deps) if use_environment else {}
        if use_environment and not served:
            raise SettingsError(
                "There are no provider accounts in the settings; set for example the names that begin with TWILIO_",
                field="TWILIO_ACCOUNT_SID",
            )
        client = await add_client(conn, slug, name, deps.clock.now())
        await set_client(conn, client.id, change)
        given = Given({}, None)
        added = [await put_in_service(deps, conn, slug, one, channel, given) for channel, one in served.items()]
        return str(client.id), added

    client_id, accounts = in_transaction(work)
    facts = {"id": client_id, "slug": slug, "name": name.strip(), "accounts": [one.facts() for one in accounts]}
    say("\n".join([f"Added the client {slug}.", *map(describe, accounts)]), as_json, facts)


def served_by(deps: Deps) -> dict[ChannelName, Provider]:
    """Who serves each channel with the environment's own accounts; where two could, the more direct one."""
    present = environment_accounts_of(deps.settings)
    return {
        channel: next(one for one in order if one in present)
        for channel, order in _PREFERRED.items()
        if any(one in present for one in order)
    }


def show_all(as_json: AsJson = False) -> None:
    """List the clients."""

    async def work(_: Deps, conn: Connection) -> list[dict[str, str]]:
        return [
            {"slug": one.slug, "name": one.name, "status": one.status, "id": str(one.id)}
            for one in await list_clients(conn)
        ]

    nothing = "There are no clients yet; add one: scripts/omnify client add SLUG --name NAME"
    show_rows(in_transaction(work), as_json, nothing=nothing)


def reseal(as_json: AsJson = False) -> None:
    """Seal all stored secrets under the newest key of OMNIFY_SECRET_KEY."""

    async def work(deps: Deps, conn: Connection) -> int:
        sealer = deps.sealer
        accounts, pepper = await reseal_secrets(conn, sealer), await reseal_pepper(conn, sealer)
        return accounts + int(pepper) + await reseal_proofs(conn, sealer)

    count = in_transaction(work)
    words = "1 secret" if count == 1 else f"{count:,} secrets"
    done = f"Sealed {words} under the newest key." if count else "Everything is sealed under the newest key already."
    links = "An older key still opens the unsubscribe links of mails that left under it: keep it for 60 days more."
    say(f"{done} {links}", as_json, {"resealed": count})


def add_person(
    client: OfClient,
    email: Annotated[str, typer.Option(help="The address to sign in with.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.marketer,
    as_json: AsJson = False,
) -> None:
    """Let a person see a client. With local sign-in a new person's password is asked for, or read from stdin; with
    Supabase the person has to be invited there first."""
    address = email.strip().lower()

    async def look(deps: Deps, conn: Connection) -> bool:
        await find_client(conn, client)
        found = await fetch_one(conn, SQL["find_person"], {"email": address}) is not None
        if deps.settings.supabase_url is not None and not found:
            raise BadInput(
                f"{address} is not in Supabase Auth yet. Invite this person there first, then run this again",
                field="email",
            )
        return found

    known = in_transaction(look)
    password = "" if known else _ask_password()

    async def work(deps: Deps, conn: Connection) -> UserId:
        found = await find_client(conn, client)
        now = deps.clock.now()
        row = await fetch_one(conn, SQL["find_person"], {"email": address})
        user = UserId(row["id"]) if row else await add_local_user(conn, address, password, now)
        await add_member(conn, found.id, user, role, now)
        return user

    user = in_transaction(work)
    if known:
        note("This person can sign in already; the password stays as it is.")
    facts = {"id": str(user), "email": address, "client": client, "role": role}
    say(f"{address} may now see {client} as {role}.", as_json, facts)


def _ask_password() -> str:
    """Typed twice at a terminal, else the first line of stdin."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != password:
        raise BadInput("The two passwords differ; nothing was changed", field="password")
    return password
