"""Facts that are told at the same time are recorded together, as a sweep's answers are: one transaction for many.

While some are being written down the next ones gather, so nobody waits for company; each is answered only after the
commit that holds it. A provider tells of a thousand texts within seconds, and one transaction for each would be four
times the work.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import psycopg

from modules.channels import Fact
from modules.ids import AccountId, TouchId
from modules.labels import ChannelName
from modules.touches import find_touches, is_old, match_facts
from utils.log import logger
from workers.confirm import confirm, news_of_fact
from workers.context import Deps
from workers.follow_links import judge_links_again

LOG = logger("gathering")
AT_MOST = 50
NOTHING_NEW = "nothing_new"


@dataclass
class Told:
    """A fact, the accounts whose touch it may be about, and what became of it (None: no touch of theirs was found)."""

    accounts: frozenset[AccountId]
    fact: Fact
    outcome: asyncio.Future[str | None]


@dataclass
class Gathering:
    """One for each web application. Only facts without a click gather; what is not found goes the long way."""

    deps: Deps
    _waiting: list[Told] = field(default_factory=list)
    _working: asyncio.Task[None] | None = None

    async def tell(self, accounts: Sequence[AccountId], fact: Fact) -> str | None:
        """What became of it, in a word; None when none of these accounts has such a touch. Whatever recording it raises
        is raised here."""
        told = Told(frozenset(accounts), fact, asyncio.get_running_loop().create_future())
        self._waiting.append(told)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await told.outcome

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:AT_MOST], self._waiting[AT_MOST:]
            try:
                await self._record(batch)
                LOG.info("facts_recorded", facts=len(batch))
            except (psycopg.IntegrityError, psycopg.DataError):
                # what the database refuses of one fact must not lose the others
                for one in batch:
                    await self._record_alone(one)
            except BaseException as error:
                for one in batch:
                    _fail(one, error)
                if not isinstance(error, Exception):
                    while self._waiting:
                        _fail(self._waiting.pop(), error)
                    raise

    async def _record_alone(self, one: Told) -> None:
        try:
            await self._record([one])
        except Exception as error:  # noqa: BLE001 - as above
            _fail(one, error)

    async def _record(self, batch: Sequence[Told]) -> None:
        """Each touch once a transaction: of two different facts about one the second is told after the first."""
        accounts = sorted(frozenset().union(*(one.accounts for one in batch)))
        async with self.deps.database.transaction() as conn:
            seen = await find_touches(
                conn, accounts, [one.fact.reference for one in batch], [one.fact.provider_id for one in batch]
            )
        news: list[tuple[Told, TouchId]] = []
        for one, touch in zip(batch, match_facts(seen, [(one.accounts, one.fact) for one in batch]), strict=True):
            if touch is None:
                _answer(one, None)
            elif one.fact.suppress is None and is_old(one.fact, touch.state, touch.provider_id):
                _answer(one, NOTHING_NEW)
            else:
                news.append((one, touch.id))
        for share in _apart(news):
            await self._confirm(share)
            for one in chain.from_iterable(share.values()):
                _answer(one, NOTHING_NEW)

    async def _confirm(self, share: Mapping[TouchId, Sequence[Told]]) -> None:
        news = [news_of_fact(touch_id, told[0].fact) for touch_id, told in share.items()]
        for change in await confirm(self.deps, news):
            one = share[change.touch.id][0]
            if change.touch.channel is ChannelName.email:
                await judge_links_again(self.deps, change.touch.id, one.fact)
            _answer(one, change.after)


def _apart(news: Sequence[tuple[Told, TouchId]]) -> Sequence[Mapping[TouchId, Sequence[Told]]]:
    """In shares in which no touch comes twice, the first facts first. Who told the very same waits with the first."""
    shares: list[dict[TouchId, list[Told]]] = []
    for one, touch_id in news:
        for share in shares:
            told = share.setdefault(touch_id, [])
            if not told or told[0].fact == one.fact:
                told.append(one)
                break
        else:
            shares.append({touch_id: [one]})
    return shares


def _answer(one: Told, outcome: str | None) -> None:
    if not one.outcome.done():  # else whoever told it has gone
        one.outcome.set_result(outcome)


def _fail(one: Told, error: BaseException) -> None:
    if not one.outcome.done():
        one.outcome.set_exception(error)
