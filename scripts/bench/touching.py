"""What a sweep does with one group at a chosen batch size, and then every webhook there is to come."""

import asyncio

from modules.ids import ClientId
from modules.labels import NextChannel
from modules.sequences import DueGroup
from scripts.conductor.stage import Stage
from utils.http import send_client
from workers.accounts_in_use import load_accounts_in_use
from workers.arm import arm_batch
from workers.confirm import confirm
from workers.gate import ask_gate
from workers.send import send_batch


async def arm_and_send(stage: Stage, client_id: ClientId, channel: NextChannel, limit: int) -> int:
    """Arms, sends and records everybody who is due, `limit` at a time; how many were sent."""
    async with stage.deps.database.transaction() as conn:
        account = (await load_accounts_in_use(stage.deps, conn)).by_channel[client_id, str(channel)]
    group, after, sent = DueGroup(client_id, channel), None, 0
    async with send_client(stage.deps.settings.http_timeout_seconds) as client:
        while True:
            permissions = await ask_gate(stage.deps, client, group, account, after, limit)
            armed = await arm_batch(stage.deps, group, account, after, limit, permissions)
            if armed.last is None:
                return sent
            after, sent = armed.last, sent + len(armed.messages)
            async for answers in send_batch(client, account, armed.messages, armed.send_by):
                await confirm(stage.deps, [news for news, _ in answers])


async def play_to_the_end(stage: Stage) -> int:
    """Every webhook, in its order and at its instant; how many came."""
    fired, following = await asyncio.to_thread(stage.twin.advance, stage.clock.now())
    while following is not None:
        stage.clock.set(following)
        more, following = await asyncio.to_thread(stage.twin.advance, following)
        fired += more
    return fired
