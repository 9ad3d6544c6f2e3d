"""Clients and their members."""

import re
from datetime import datetime

from modules.accounts import store
from modules.accounts.models import Client, ClientStatus, Membership, Role
from modules.ids import ClientId, UserId
from utils.db import Connection
from utils.errors import BadInput, Conflict, NotFound
from utils.uuid7 import uuid7

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


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
