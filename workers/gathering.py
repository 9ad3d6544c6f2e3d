"""Facts that are told at the same time are recorded together, as a sweep's answers are: one transaction for many.

While some are being written down the next ones gather, so nobody waits for company; each is answered only after the
commit that holds it. A provider tells of a thousand texts within seconds, and one transaction for each would be four
times the work.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from modules.channels import Fact
from modules.ids import AccountId, TouchId
from modules.labels import ChannelName
from modules.touches import find_touches
from utils.db import Row
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
        """Each touch once a transaction: of two facts about one the second is told after the first."""
        accounts = sorted(frozenset().union(*(one.accounts for one in batch)))
        ids = [one.fact.reference for one in batch if one.fact.reference]
        async with self.deps.database.transaction() as conn:
            rows = await find_touches(conn, accounts, ids, [one.fact.provider_id for one in batch])
        by_id = {row["id"]: row for row in rows}
        by_provider = {(row["account_id"], row["provider_id"]): row for row in rows}
        known: list[tuple[Told, Row]] = []
        for one in batch:
            if row := touch_of(one.fact, one.accounts, by_id, by_provider):
                known.append((one, row))
            else:
                _answer(one, None)
        for share in _apart(known):
            await self._confirm([(one, TouchId(row["id"])) for one, row in share if not _is_repeat(one.fact, row)])
            for one, _ in share:
                _answer(one, NOTHING_NEW)

    async def _confirm(self, share: Sequence[tuple[Told, TouchId]]) -> None:
        told = {touch_id: one for one, touch_id in share}
        for change in await confirm(self.deps, [news_of_fact(touch_id, one.fact) for one, touch_id in share]):
            one = told[change.touch.id]
            if change.touch.channel is ChannelName.email:
                await judge_links_again(self.deps, change.touch.id, one.fact)
            _answer(one, change.after)


def touch_of(
    fact: Fact,
    accounts: frozenset[AccountId],
    by_id: Mapping[object, Row],
    by_provider: Mapping[tuple[AccountId, str | None], Row],
) -> Row | None:
    """The touch of these accounts that a fact is about: the one that has the provider's id, else the one it names."""
    for account_id in accounts:
        if row := by_provider.get((account_id, fact.provider_id)):
            return row
    named = by_id.get(fact.reference)
    return named if named and named["provider_id"] is None and named["account_id"] in accounts else None


def _is_repeat(fact: Fact, row: Row) -> bool:
    """The very fact that its state rests on, told again, and nothing else with it: there is nothing to decide, so no
    lock is taken for it."""
    same = fact.state == row["state"] and fact.evidence_id == row["evidence_id"]
    return same and fact.suppress is None and fact.call is None


def _apart(known: Sequence[tuple[Told, Row]]) -> Iterator[list[tuple[Told, Row]]]:
    """In shares in which no touch comes twice, the first facts first."""
    rest = list(known)
    while rest:
        seen: set[object] = set()
        share: list[tuple[Told, Row]] = []
        later: list[tuple[Told, Row]] = []
        for one, row in rest:
            (later if row["id"] in seen else share).append((one, row))
            seen.add(row["id"])
        yield share
        rest = later


def _answer(one: Told, outcome: str | None) -> None:
    if not one.outcome.done():  # else whoever told it has gone
        one.outcome.set_result(outcome)


def _fail(one: Told, error: BaseException) -> None:
    if not one.outcome.done():
        one.outcome.set_exception(error)
