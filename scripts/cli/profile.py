"""Verbs about who a client is before the law and the carriers: what has to be told before it may write to anybody."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

import typer

from modules.accounts import Client, ClientChange, ClientStatus, Profile, find_client, load_profile, set_client
from modules.contacts import read_address
from modules.permits import list_clearances, list_dnc_lists, list_registrations
from scripts.cli.home import in_transaction
from scripts.cli.output import AsJson, cell, say, show_rows, write_json
from scripts.cli.typed import Incomplete, counted
from utils.db import Connection, Row
from utils.errors import BadInput, NotFound
from workers.context import Deps

MICROS = 1_000_000
_PAGE = re.compile(r"(https?://)?([a-z0-9-]+\.)+[a-z]{2,}(:[0-9]{1,5})?([/?#]\S*)?", re.IGNORECASE | re.ASCII)
Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The client's slug.")]
LegalName = Annotated[str | None, typer.Option(help="Who sells, as the law knows it, such as Bright Dental LLC.")]
PostalAddress = Annotated[str | None, typer.Option(help="Where mail reaches the client; it stands below every e-mail.")]
HelpContact = Annotated[str | None, typer.Option(help="What HELP is answered with: a phone, an e-mail or a page.")]
DailyBudget = Annotated[
    str | None, typer.Option(metavar="25.00|none", help="Dollars that may be spent in any 24 hours.")
]
Status = Annotated[ClientStatus | None, typer.Option(help="Only a live or a test client sends.")]


@dataclass(frozen=True)
class Known:
    """Everything that is registered for a client."""

    client: Client
    profile: Profile
    senders: list[Row]
    clearances: list[Row]
    dnc_lists: list[Row]


def register(app: typer.Typer) -> None:
    app.command("set")(set_profile)
    app.command("show")(show)


def change_of(
    legal_name: str | None,
    postal_address: str | None,
    help_contact: str | None,
    daily_budget: str | None,
    status: ClientStatus | None = None,
) -> ClientChange:
    """The options as a change; BadInput for a budget that is no sum of money, or help that nobody can turn to."""
    unlimited = daily_budget is not None and daily_budget.strip().lower() == "none"
    micros = None if daily_budget is None or unlimited else read_dollars(daily_budget)
    return ClientChange(status, legal_name, postal_address, read_help(help_contact), micros, unlimited)


def read_help(text: str | None) -> str | None:
    """As it was typed, for people to read: a phone, an e-mail or a page, or several with a comma or «or» between them.

    BadInput for anything else: it would be the whole answer to HELP. Whether it is one line, `set_client` asks.
    """
    if text is None or not text.strip() or not text.isprintable():
        return text
    for one in re.split(r",|\bor\b", text):
        if not _leads_to_help(one.strip()):
            raise BadInput(
                f"'{cell(one.strip())}' is neither a phone, an e-mail nor a page; write one such as +13125550100, "
                "help@acme.example or https://acme.example/help",
                field="help_contact",
            )
    return text


def _leads_to_help(text: str) -> bool:
    if _PAGE.fullmatch(text):
        return True
    try:
        read_address(text)
    except BadInput:
        return False
    return True


def read_dollars(text: str) -> int:
    """Millionths of a dollar; BadInput for what is no sum with at most two decimals."""
    if not re.fullmatch(r"\$?[0-9]{1,9}(\.[0-9]{1,2})?", text.strip(), re.ASCII):
        raise BadInput(
            f"'{cell(text)}' is not a daily budget; write dollars and cents such as 25.00, or none to take it away",
            field="daily_budget",
        )
    return int(Decimal(text.strip().removeprefix("$")) * MICROS)


def set_profile(
    slug: Slug,
    legal_name: LegalName = None,
    postal_address: PostalAddress = None,
    help_contact: HelpContact = None,
    daily_budget: DailyBudget = None,
    status: Status = None,
    as_json: AsJson = False,
) -> None:
    """Change what is told of a client; what is not given stays."""
    change = change_of(legal_name, postal_address, help_contact, daily_budget, status)
    if change == ClientChange():
        raise Incomplete("Nothing is to change; give at least one of --legal-name, --postal-address and so on")

    async def work(_: Deps, conn: Connection) -> Profile:
        return await set_client(conn, (await find_client(conn, slug)).id, change)

    facts = {"slug": slug, **facts_of(in_transaction(work))}
    told = "\n".join(f"  {name.replace('_', ' ')}: {value or '–'}" for name, value in facts.items() if name != "slug")
    say(f"{slug} is now:\n{told}", as_json, facts)


def facts_of(profile: Profile) -> dict[str, Any]:
    budget = profile.daily_budget_micros
    return {
        "status": profile.status,
        "legal_name": profile.seller,
        "postal_address": profile.postal_address,
        "help_contact": profile.help_contact,
        "daily_budget": None if budget is None else f"{Decimal(budget) / MICROS:.2f}",
    }


def show(slug: Slug, as_json: AsJson = False) -> None:
    """Show what is registered for a client, and what is missing before it may write to people."""

    async def work(_: Deps, conn: Connection) -> Known:
        client = await find_client(conn, slug)
        profile = await load_profile(conn, client.id)
        if profile is None:
            raise NotFound(f"There is no client '{slug}' that you may see", field="client")
        return Known(
            client,
            profile,
            [row for row in await list_registrations(conn, client.id) if row["retired_at"] is None],
            await list_clearances(conn, client.id),
            await list_dnc_lists(conn, client.id),
        )

    known = in_transaction(work)
    if as_json:
        facts = {"slug": slug, "name": known.client.name, **facts_of(known.profile)}
        lists = {"senders": known.senders, "clearances": known.clearances, "dnc_lists": known.dnc_lists}
        write_json(facts | {"missing": missing(slug, known)} | lists)
        return
    show_rows(_rows(known), False, nothing="")
    print("\n".join(["", *missing(slug, known)]) if missing(slug, known) else "\nNothing is missing.")


def missing(slug: str, known: Known) -> list[str]:
    """One sentence for each thing without which something of this client stays where it is."""
    change = f"scripts/omnify client set {slug}"
    said = []
    if known.profile.status is ClientStatus.paused:
        said.append(f"The client is paused, so nothing leaves. To go on: {change} --status live")
    if not known.senders:
        account = f"scripts/omnify client account add --client {slug} --provider …"
        said.append(f"There is no account at a provider, so nothing can leave: {account}")
    if not known.profile.postal_address:
        said.append(f"E-mail waits for a postal address: {change} --postal-address '…'")
    if not known.profile.help_contact:
        said.append(f"HELP cannot be answered without a help contact: {change} --help-contact '…'")
    for row in known.senders:
        if row["channel"] == "sms" and row["status"] != "approved":
            stands = f"is {row['status']}" if row["status"] else "is not registered"
            way = f"scripts/omnify client register-sender {slug} --channel sms --campaign ID"
            said.append(f"SMS waits: the sender at {row['provider']} {stands}. Once the carriers approved it: {way}")
    return said


def _rows(known: Known) -> list[dict[str, Any]]:
    told = {"name": known.client.name, **facts_of(known.profile)}
    rows = [{"what": name.replace("_", " "), "value": value} for name, value in told.items()]
    for row in known.senders:
        without = "not registered" if row["channel"] == "sms" else "in service; needs no registration"
        stands = f"{row['campaign']}, {row['status']}" if row["status"] else without
        rows.append({"what": f"{row['channel']} sender at {row['provider']}", "value": stands})
    for row in known.clearances:
        ends = f" until {row['ends_at']:%Y-%m-%d}" if row["ends_at"] else ""
        rows.append({"what": f"may write to {row['state']}", "value": row["reference"] + ends})
    for row in known.dnc_lists:
        held = f"{counted(row['numbers'], 'number')}, issued on {row['issued_on']}"
        rows.append({"what": f"Do Not Call list {row['area_code']}", "value": held})
    return rows
