"""One thin function a query of replay_queries.sql: the evidence of a touch, to be judged again by today's code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from modules.ids import TouchId
from modules.labels import TouchState
from utils.db import Connection, fetch_all
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("replay_queries.sql"))


@dataclass(frozen=True)
class Proof:
    """How a touch stands, and each piece of evidence: `id`, `state`, `at`, and `lost` where another one won."""

    id: TouchId
    state: TouchState
    reason: str | None
    provider_id: str | None
    provider_status: str | None
    evidence: Sequence[Mapping[str, Any]]
    armed_at: datetime


async def load_proofs(conn: Connection, name: str, touch_id: UUID | None) -> list[Proof]:
    rows = await fetch_all(conn, SQL["load_proofs"], {"name": name, "id": touch_id})
    return [Proof(**row | {"state": TouchState(row["state"])}) for row in rows]
