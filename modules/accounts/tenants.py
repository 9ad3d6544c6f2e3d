"""Clients and their members."""

import re
from dataclasses import replace
from datetime import datetime

from modules.accounts import store
from modules.accounts.models import Client, ClientChange, ClientStatus, Membership, Profile, Role
from modules.ids import ClientId, UserId
from utils.db import Connection
from utils.errors import BadInput, Conflict, NotFound
from utils.uuid7 import uuid7

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LONGEST = {"seller": 200, "postal_address": 300, "help_contact": 200}
_NAMES = {"seller": "legal name", "postal_address": "postal address", "help_contact": "help contact"}
_EXAMPLES = {
    "seller": "Bright Dental LLC",
    "postal_address": "12 Main Street, Springfield, IL 62701",
    "help_contact": "help@bright-dental.example or +13125550100",
}
MOST_BUDGET_MICROS = 1_000_000 * 1_000_000


async def add_client(conn: Connection, slug: str, name: str, now: datetime) -> Client:
    """A new tenant, live at once. BadInput for a slug or name that cannot be used, Conflict when the slug is taken."""
    if not _SLUG.fullmatch(slug):
        raise BadInput(
            "The slug takes 1 to 63 small letters, digits and hyphens, and begins with a letter or digit, "
            "for example bright-dental",
            field="slug",
        )
    if not name.strip():
        raise BadInput("The client needs a name", field="name")
    client = Client(ClientId(uuid7(now)), slug, name.strip(), ClientStatus.live)
    if not await store.add_client(conn, client, now):
        raise Conflict(f"There is already a client '{slug}'; choose another slug", field="slug")
    return client


async def set_client(conn: Connection, client_id: ClientId, change: ClientChange) -> Profile:
    """Changes what is given and leaves the rest; everything as it is then. BadInput names the field that cannot be."""
    budget = change.daily_budget_micros
    if budget is not None and not 0 <= budget <= MOST_BUDGET_MICROS:
        raise BadInput("The daily budget is between 0 and 1,000,000 dollars", field="daily_budget")
    if budget is not None and change.unlimited:
        raise BadInput("A daily budget and no budget cannot both hold; give one of the two", field="daily_budget")
    told = replace(
        change,
        seller=_one_line("seller", change.seller),
        postal_address=_one_line("postal_address", change.postal_address),
        help_contact=_one_line("help_contact", change.help_contact),
    )
    await store.change_client(conn, client_id, told)
    profile = await store.load_profile(conn, client_id)
    if profile is None:
        raise NotFound("There is no such client that you may see", field="client")
    return profile


def _one_line(field: str, text: str | None) -> str | None:
    if text is None:
        return None
    found = " ".join(text.split())
    if not found or not found.isprintable() or len(found) > _LONGEST[field]:
        raise BadInput(
            f"The {_NAMES[field]} takes one line of at most {_LONGEST[field]} characters, such as {_EXAMPLES[field]}",
            field=field,
        )
    return found


async def list_clients(conn: Connection) -> list[Client]:
    """Every tenant that the connection's role may see, by slug."""
    return await store.list_clients(conn)


async def find_client(conn: Connection, slug: str) -> Client:
    """The tenant with this slug; NotFound also for one the caller may not see, so that nobody can probe for names."""
    client = await store.find_client(conn, slug)
    if client is None:
        raise NotFound(f"There is no client '{slug}' that you may see", field="client")
    return client


async def add_member(conn: Connection, client_id: ClientId, user_id: UserId, role: Role, now: datetime) -> None:
    """Lets a person in; for somebody who is already in, changes the role."""
    await store.add_member(conn, client_id, user_id, role, now)


async def memberships_of(conn: Connection, user_id: UserId) -> list[Membership]:
    """Where this person belongs, by the client's slug."""
    return await store.memberships_of(conn, user_id)


async def member_ids_of(conn: Connection, client_id: ClientId) -> frozenset[UserId]:
    """Who belongs to this client; empty as well when the connection's role may not see it."""
    return await store.member_ids_of(conn, client_id)
