"""Sequences and their versions: one function a query; see versions_queries.sql."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from modules.ids import ClientId, SequenceId
from utils.db import Connection, Row, execute, fetch_all, fetch_one
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("versions_queries.sql"))


@dataclass(frozen=True)
class KnownSequence:
    """A sequence by its name; `current_version` is what new enrollments take."""

    id: SequenceId
    slug: str
    name: str
    current_version: int


@dataclass(frozen=True)
class ListedSequence:
    """A sequence with its numbers; `by_status` counts enrollments, a status nobody is in is absent."""

    id: SequenceId
    slug: str
    name: str
    current_version: int
    published_at: datetime
    step_count: int
    by_status: Mapping[str, int]


@dataclass(frozen=True)
class ListedVersion:
    """One version. `running`: who is under way on it; `restores`: the older one whose text it has, where it came by a
    rollback; `published_by` None: from before that was kept."""

    version: int
    published_at: datetime
    published_by: str | None
    restores: int | None
    step_count: int
    running: int


async def create_sequence(
    conn: Connection, sequence_id: SequenceId, client_id: ClientId, slug: str, name: str, now: datetime
) -> bool:
    """True when it is new."""
    values = {"id": sequence_id, "client_id": client_id, "slug": slug, "name": name, "now": now}
    return await execute(conn, SQL["create_sequence"], values) == 1


async def lock_sequence(conn: Connection, client_id: ClientId, slug: str) -> KnownSequence | None:
    row = await fetch_one(conn, SQL["lock_sequence"], {"client_id": client_id, "slug": slug})
    return _known(row)


async def find_sequence(conn: Connection, client_id: ClientId, slug: str) -> KnownSequence | None:
    row = await fetch_one(conn, SQL["find_sequence"], {"client_id": client_id, "slug": slug})
    return _known(row)


async def load_source(conn: Connection, sequence_id: SequenceId, version: int) -> str | None:
    row = await fetch_one(conn, SQL["load_source"], {"sequence_id": sequence_id, "version": version})
    return None if row is None else str(row["source"])


async def add_version(
    conn: Connection,
    client_id: ClientId,
    sequence_id: SequenceId,
    version: int,
    source: str,
    definition: Mapping[str, Any],
    now: datetime,
    *,
    by: str | None = None,
    restores: int | None = None,
) -> None:
    values = {"client_id": client_id, "sequence_id": sequence_id, "version": version, "source": source}
    told = {"definition": Jsonb(definition), "now": now, "by": by, "restores": restores}
    await execute(conn, SQL["add_version"], {**values, **told})


async def make_current(conn: Connection, client_id: ClientId, sequence_id: SequenceId, version: int, name: str) -> None:
    values = {"client_id": client_id, "sequence_id": sequence_id, "version": version, "name": name}
    await execute(conn, SQL["make_current"], values)


async def load_definitions(
    conn: Connection, wanted: Sequence[tuple[SequenceId, int]]
) -> dict[tuple[SequenceId, int], Mapping[str, Any]]:
    """Plain values by (sequence, version); what does not exist is absent."""
    values = {"sequence_ids": [one for one, _ in wanted], "versions": [version for _, version in wanted]}
    rows = await fetch_all(conn, SQL["load_definitions"], values)
    return {(SequenceId(row["sequence_id"]), row["version"]): row["definition"] for row in rows}


async def list_sequences(conn: Connection, client_id: ClientId) -> list[ListedSequence]:
    return [ListedSequence(**row) for row in await fetch_all(conn, SQL["list_sequences"], {"client_id": client_id})]


async def list_versions(conn: Connection, client_id: ClientId, sequence_id: SequenceId) -> list[ListedVersion]:
    values = {"client_id": client_id, "sequence_id": sequence_id}
    return [ListedVersion(**row) for row in await fetch_all(conn, SQL["list_versions"], values)]


def _known(row: Row | None) -> KnownSequence | None:
    return None if row is None else KnownSequence(**row)
