"""What is known of contacts apart from any address: one function a query; see people_queries.sql."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from modules.ids import ContactId
from modules.policy.public_mail import PUBLIC_MAIL
from utils.db import Connection, fetch_all
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("people_queries.sql"))


@dataclass(frozen=True)
class PersonFacts:
    """`closed`: nothing may reach them any more; `replied_at`: the latest that nobody has released; `unsure`: what they
    said may mean no."""

    closed: bool
    replied_at: datetime | None
    unsure: bool


async def load_people_facts(conn: Connection, contact_ids: Iterable[ContactId]) -> dict[ContactId, PersonFacts]:
    """By contact. Who does not exist is absent."""
    rows = await fetch_all(conn, SQL["load_people_facts"], {"contact_id": list(dict.fromkeys(contact_ids))})
    return {ContactId(row["contact_id"]): PersonFacts(row["closed"], row["replied_at"], row["unsure"]) for row in rows}


async def load_colleague_replies(conn: Connection, since: Mapping[ContactId, datetime]) -> dict[ContactId, datetime]:
    """When a colleague of each last wrote after the given instant; whose colleagues were silent is absent."""
    values = {"contact_id": list(since), "since": list(since.values()), "public_mail": list(PUBLIC_MAIL)}
    rows = await fetch_all(conn, SQL["load_colleague_replies"], values)
    return {ContactId(row["contact_id"]): row["replied_at"] for row in rows}
