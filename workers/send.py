"""One HTTP request for each armed touch, and what its answer means. Nothing here holds a transaction."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import httpx

from modules.accounts import Account
from modules.channels import Accepted, Answer, Message, NotSent, Rejected, Unknown, channel_for
from modules.labels import TouchState
from modules.touches import News
from utils.clock import monotonic
from utils.crashpoint import crashpoint
from utils.log import logger
from workers.send_pace import FAST, SendPace

LOG = logger("send")
AT_ONCE = 20
TOGETHER_SECONDS = 0.05
"""What is answered so soon after another is written down with it: one transaction for a wave, not for each answer."""


async def send_batch(
    client: httpx.AsyncClient,
    account: Account,
    messages: Sequence[Message],
    send_by: float,
    places: asyncio.Semaphore | None = None,
    nearly_done: asyncio.Event | None = None,
    pace: SendPace | None = None,
) -> AsyncIterator[list[tuple[News, Answer]]]:
    """Sends at the provider's pace and yields answers in small groups as they come, so that each is soon recorded.

    `places` at the sockets and the `pace` may be shared with another batch. `nearly_done` is set when no message waits
    for a place any more and the provider answers: half of the places are free again, so that the next batch will not
    wait in vain. At a fast account it is set as soon as the provider has answered one of a batch that had to wait for
    places, so that the next one is armed while this one is sent.
    """
    gate = places or asyncio.Semaphore(AT_ONCE)
    turns = pace or SendPace(account.sends_per_second)
    waiting = unanswered = len(messages)
    half, fast = AT_ONCE // 2, account.sends_per_second >= FAST
    may_wait = max(half, len(messages) - AT_ONCE)

    async def one(message: Message) -> tuple[News, Answer]:
        nonlocal waiting, unanswered
        async with gate:
            # the turn is taken at the socket: who waited for a place while the provider hung must not all go at once
            await turns.wait_for_turn()
            waiting -= 1
            answer = await _send_one(client, account, message, send_by)
            unanswered -= 1
            if nearly_done and (waiting <= may_wait if fast else not waiting and unanswered <= half):
                nearly_done.set()
        return news_of(message, answer), answer

    tasks = [asyncio.create_task(one(message)) for message in messages]
    try:
        while tasks:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            done, _ = await asyncio.wait(tasks, timeout=TOGETHER_SECONDS)
            answers = [task.result() for task in tasks if task in done]
            tasks = [task for task in tasks if task not in done]
            _tell(account, answers)
            yield answers
    finally:
        for task in tasks:
            task.cancel()


async def send_one(
    client: httpx.AsyncClient, account: Account, message: Message, send_by: float, pace: SendPace
) -> Answer:
    """The adapter's answer, in the account's turn. Past `send_by` (monotonic seconds) nothing is sent, and that
    is known for sure."""
    await pace.wait_for_turn()
    answer = await _send_one(client, account, message, send_by)
    _tell(account, [(news_of(message, answer), answer)])
    return answer


async def _send_one(client: httpx.AsyncClient, account: Account, message: Message, send_by: float) -> Answer:
    crashpoint("before_send")
    if monotonic() > send_by:
        return NotSent("send_by_passed")
    answer = await channel_for(account.provider, account.channel).send(client, account, message)
    crashpoint("after_send")
    return answer


def _tell(account: Account, answers: Sequence[tuple[News, Answer]]) -> None:
    """One line for each kind of answer: a line a touch took a twentieth of a sweep."""
    told: dict[str, list[str]] = {}
    for news, answer in answers:
        told.setdefault(type(answer).__name__, []).append(str(news.touch_id))
    for kind, touch_ids in told.items():
        LOG.info("sent", provider=account.provider, answer=kind, touch_ids=touch_ids)


def news_of(message: Message, answer: Answer) -> News:
    """What an answer says about the touch. A refusal of our account (not of the message) is no failure of the touch: it
    was not sent, and may be sent again once the account is right."""
    touch_id = message.touch_id
    match answer:
        case Accepted(provider_id, status):
            return News(touch_id, None, provider_id=provider_id, provider_status=status)
        case NotSent(reason, retry_after):
            return News(touch_id, TouchState.not_sent, reason=reason, retry_after=retry_after)
        case Rejected(permanent, _, reason, suppress):
            state = TouchState.failed if permanent else TouchState.not_sent
            alarm = None if permanent else "account_refused"
            return News(touch_id, state, reason=reason, suppress=suppress, alarm=alarm)
        case Unknown(reason):
            alarm = "idempotency_conflict" if reason == "idempotency_conflict" else None
            return News(touch_id, TouchState.unknown, reason=reason, alarm=alarm)
