"""Verbs about the people we write to, and the addresses that are closed."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from modules.accounts import Client, find_client, list_clients
from modules.consents import ConsentGiven
from modules.contacts import (
    ContactDraft,
    add_contact,
    close_address,
    find_contact,
    list_contacts,
    read_address,
)
from modules.ids import ClientId, ContactId
from modules.labels import ChannelName, ConsentKind, SuppressionReason
from modules.touches import suppress_claimed
from scripts.cli.home import SQL, in_transaction
from scripts.cli.output import AsJson, OfClient, cell, read_pairs, say, show_rows
from scripts.cli.typed import for_no_channel
from utils.db import Connection, fetch_all
from utils.errors import BadInput, Conflict, NotFound
from workers.context import Deps

MOST_NAMED = 10
SEE_CONTACTS = "`scripts/omnify contact list --client SLUG` shows all"


def register(app: typer.Typer) -> None:
    app.command("add")(add)
    app.command("list")(show_all)


def register_suppress(app: typer.Typer) -> None:
    app.command("suppress")(suppress)


def add(
    client: OfClient,
    first_name: Annotated[str | None, typer.Option(help="What texts call the person.")] = None,
    last_name: Annotated[str | None, typer.Option(help="The family name.")] = None,
    phone: Annotated[str | None, typer.Option(help="With country code, such as +12125550123.")] = None,
    email: Annotated[str | None, typer.Option(help="Such as ada@example.com.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Such as America/New_York.")] = None,
    ref: Annotated[str | None, typer.Option(help="Your own reference for this person.")] = None,
    field: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="May be repeated.")] = None,
    consent: Annotated[str | None, typer.Option(metavar="sms,email,voice", help="Channels they agreed to.")] = None,
    wording: Annotated[str | None, typer.Option(help="The exact words that were agreed to.")] = None,
    source: Annotated[str | None, typer.Option(help="Where consent was given, such as web-form.")] = None,
    consent_kind: Annotated[
        ConsentKind, typer.Option(help="written: signed, names the seller and the number. Marketing needs it.")
    ] = ConsentKind.express,
    wording_version: Annotated[str | None, typer.Option(help="Your own name for these words.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a contact."""
    draft = ContactDraft(
        first_name=first_name,
        last_name=last_name,
        phone=phone,
        email=email,
        time_zone=time_zone,
        external_ref=ref,
        fields=read_pairs("--field", field or []),
        consents=_read_consents(consent, wording, source, consent_kind, wording_version),
    )

    async def work(deps: Deps, conn: Connection) -> ContactId:
        return await add_contact(conn, (await find_client(conn, client)).id, draft, deps.clock.now())

    contact_id = in_transaction(work)
    say(f"Added the contact {contact_id}.", as_json, {"id": str(contact_id), "client": client, "ref": ref})


def _read_consents(
    consent: str | None, wording: str | None, source: str | None, kind: ConsentKind, version: str | None
) -> tuple[ConsentGiven, ...]:
    names = [part.strip() for part in (consent or "").split(",") if part.strip()]
    said = (("--wording", wording), ("--source", source), ("--wording-version", version))
    signed = ("--consent-kind", kind is not ConsentKind.express)
    if not names and (stray := [option for option, value in (*said, signed) if value]):
        raise for_no_channel(stray[0])
    if unknown := [name for name in names if name not in tuple(ChannelName)]:
        raise typer.BadParameter(f"'{unknown[0]}' is not a channel; one of sms, email, voice", param_hint="--consent")
    if names and not (wording and wording.strip() and source and source.strip()):
        raise BadInput(
            "Consent needs its proof: give --wording (the exact words) and --source (where it was given)",
            field="wording" if not wording or not wording.strip() else "source",
        )
    return tuple(
        ConsentGiven(ChannelName(name), wording or "", source or "", kind, version) for name in dict.fromkeys(names)
    )


def show_all(client: OfClient, as_json: AsJson = False) -> None:
    """List a client's contacts, oldest first."""

    async def work(_: Deps, conn: Connection) -> list[dict[str, Any]]:
        names = ("first_name", "last_name", "phone", "email", "time_zone", "id")
        rows = await list_contacts(conn, (await find_client(conn, client)).id)
        return [{name: row[name] for name in names} for row in rows]

    show_rows(in_transaction(work), as_json, nothing=f"{client} has no contacts yet.")


async def resolve_contacts(conn: Connection, client_id: ClientId, wanted: Sequence[str]) -> list[ContactId]:
    """One contact for each id, reference, phone or e-mail. NotFound or Conflict names every one that is not clear."""
    found: dict[ContactId, None] = {}
    unknown: list[str] = []
    for who in map(_asked, wanted):
        ids = await find_people(conn, client_id, who)
        if len(ids) > 1:
            raise await _several(conn, [client_id], who)
        if not ids:
            unknown.append(cell(who))
        found.update(dict.fromkeys(ids))
    if unknown:
        raise NotFound(f"No contact answers to {', '.join(unknown)}; nobody was enrolled", field="contact")
    return list(found)


async def find_one(conn: Connection, slug: str | None, who: str) -> tuple[ClientId, ContactId]:
    """The one contact that is meant, of the client or of all; NotFound or Conflict says what to give instead."""
    clients, who = [await find_client(conn, slug)] if slug else await list_clients(conn), _asked(who)
    found = [(one.id, contact_id) for one in clients for contact_id in sorted(await find_people(conn, one.id, who))]
    if len(found) > 1:
        raise await _several(conn, [one.id for one in clients], who)
    if not found:
        raise NotFound(f"No contact answers to {cell(who)}; {SEE_CONTACTS}", field="contact")
    return found[0]


async def find_people(conn: Connection, client_id: ClientId, who: str) -> set[ContactId]:
    """At most two contacts who answer to an id, a reference, a phone or an e-mail address."""
    ids = set[ContactId]()
    for one in _spellings(who):
        ids |= set(await find_contact(conn, client_id, one))
    return ids


def _asked(who: str) -> str:
    if not who.strip():
        raise BadInput(f"Say whom: an id, a reference, a phone or an e-mail; {SEE_CONTACTS}", field="contact")
    return who


def _spellings(who: str) -> list[str]:
    """As it was typed, and as an address is kept."""
    try:
        return [who.strip(), read_address(who)[1]]
    except BadInput:
        return [who.strip()]


async def _several(conn: Connection, clients: Sequence[ClientId], who: str) -> Conflict:
    """The refusal, with the id and the name of each who may be meant: an id is clear at every client."""
    asked = {"clients": list(clients), "spellings": _spellings(who), "most": MOST_NAMED + 1}
    people = await fetch_all(conn, SQL["list_namesakes"], asked)
    lines = [
        f"  {one['id']}  {cell(one['name'] or 'without a name')}, {one['client']}"
        + (f", reference {cell(one['external_ref'])}" if one["external_ref"] else "")
        for one in people[:MOST_NAMED]
    ]
    rest = ["  and more"] if len(people) > MOST_NAMED else []
    head = f"More than one contact answers to '{cell(who)}'; give the id of the one you mean:"
    return Conflict("\n".join([head, *lines, *rest]), field="contact")


def suppress(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A phone number or an e-mail address.")],
    client: Annotated[
        str | None,
        typer.Option("--client", metavar="SLUG", help="Whose; needed where several know the address."),
    ] = None,
    reason: Annotated[SuppressionReason, typer.Option(help="Why.")] = SuppressionReason.by_hand,
    as_json: AsJson = False,
) -> None:
    """Close an address for good: nothing more is sent to it."""

    async def work(deps: Deps, conn: Connection) -> tuple[str, str, bool]:
        kind, value = read_address(address)
        whose = await find_client(conn, client) if client else await _only_client_with(conn, value)
        now = deps.clock.now()
        fresh = await close_address(conn, await deps.pepper(conn), whose.id, kind, value, reason, now)
        await suppress_claimed(conn, whose.id, value, reason, now)
        return value, whose.slug, fresh

    value, slug, fresh = in_transaction(work)
    words = "is closed from now on" if fresh else "was closed already"
    facts = {"address": value, "client": slug, "reason": reason, "changed": fresh}
    say(f"{value} {words} at {slug}.", as_json, facts)


async def _only_client_with(conn: Connection, value: str) -> Client:
    """The one client that there is, or of several the one that knows the address. Each client's people are its own, so
    nothing is guessed: Conflict and NotFound name the option."""
    clients = await list_clients(conn)
    knowing = clients if len(clients) == 1 else [one for one in clients if await find_people(conn, one.id, value)]
    if len(knowing) == 1:
        return knowing[0]
    if knowing:
        slugs = ", ".join(one.slug for one in knowing)
        raise Conflict(f"Several clients know this address ({slugs}); say which by --client SLUG", field="client")
    raise NotFound(
        "No client knows this address; to keep it closed all the same, name one by --client SLUG", field="client"
    )
