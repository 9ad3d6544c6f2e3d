"""A bare worker as somebody might write it in an afternoon: claims what is due, arms it, sends, records, by the batch.

Batch, transport, client and how many requests at once are ours. It asks nobody whether it may: no consent, no hours, no
caps, no lock on a person. What a crash leaves open nobody ever looks at again.
"""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from psycopg import AsyncConnection

from scripts.bench.peer import SQL
from scripts.bench.peer_errand import NOWHERE, TIMEOUT_SECONDS, send
from scripts.bench.provider import InProcess
from utils.http import send_client
from workers.arm import MOST
from workers.send import AT_ONCE

NAME = "raw SQL worker"
CONTRACT = "claim, arm, send, record, the same rows; checks nothing; what a crash leaves open stays lost"


async def work_raw(conn: AsyncConnection[Any], client_id: UUID, now: datetime, series: int) -> int:
    """Everything due at `now`, batch after batch; how many it sent. The connection has raw cursors and autocommit."""
    sent, gate = 0, asyncio.Semaphore(AT_ONCE)
    async with send_client(TIMEOUT_SECONDS, InProcess(series)) as client:
        while True:
            cursor = await conn.execute(SQL["claim_and_arm"], (now, MOST, client_id))
            claimed = await cursor.fetchall()
            if not claimed:
                return sent
            sids = await asyncio.gather(*(_send(client, gate, str(touch), to, body) for touch, to, body in claimed))
            await conn.execute(SQL["record_many"], ([touch for touch, _, _ in claimed], sids, now))
            sent += len(claimed)


async def _send(client: httpx.AsyncClient, gate: asyncio.Semaphore, touch: str, to: str, body: str) -> str:
    async with gate:
        return await send(client, NOWHERE, touch, to, body)
