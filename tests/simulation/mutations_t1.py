"""The guards that only the real engine and a real PostgreSQL have, each taken away for as long as a seed is played.

A block of SQL is replaced in its module's `SQL.blocks`, a function as the attribute of the module that calls it. All of
it happens inside the worker process that plays the seed.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from psycopg import sql

from modules.channels import Answer, Message, Unknown
from modules.contacts import store as contacts_store
from modules.ids import EnrollmentId
from modules.labels import ChannelName, TouchState
from modules.policy import store as policy_store
from modules.sequences import Snapshot, outcomes
from modules.sequences import store as sequences_store
from modules.touches import Change, News, Touch, judge
from modules.touches import store as touches_store
from modules.touches.judge import Verdict
from tests.simulation.database import SQL as DATABASE
from tests.simulation.mutations_t0 import DECIDE, Inside, patched, without_guard
from tests.simulation.runner import ground_here
from utils.db import Connection
from utils.sql import Queries
from workers.context import Deps

S = TouchState
NOW = timedelta(0)


def module(name: str) -> Any:
    """By its name in the tree: a face may show a verb under the same name."""
    __import__(name)
    return sys.modules[name]


@contextmanager
def reworded(*changes: tuple[Queries, str, str, str]) -> Iterator[None]:
    """These blocks say `new` instead of `old`; LookupError when a block does not say `old`."""
    with ExitStack() as back:
        for queries, block, old, new in changes:
            text = queries.blocks[block]
            if old not in text:
                raise LookupError(f"{block} no longer says {old!r}")
            back.callback(queries.blocks.__setitem__, block, text)
            queries.blocks[block] = text.replace(old, new)
        yield


ADDRESSES = (contacts_store.SQL, "lock_addresses", "for no key update of a skip locked", "")
CONTACTS = (contacts_store.SQL, "lock_contacts", "for no key update of c skip locked", "")


async def _yes(*_: object) -> bool:
    return True


async def _no(*_: object) -> bool:
    return False


async def _silence(*_: object) -> tuple[None, bool]:
    return None, True


def quarantine_is_zero() -> Inside:
    resolve = module("workers.resolve")
    polls = {provider: (NOW, *instants[1:]) for provider, instants in resolve.POLLS.items()}
    return patched((module("workers.compose"), "QUARANTINE", NOW), (resolve, "POLLS", polls))


def sent_again_after_a_timeout() -> Inside:
    send = module("workers.send")
    real = send.news_of

    def told(message: Message, answer: Answer) -> News:
        news: News = real(message, answer)
        return replace(news, state=S.not_sent, alarm=None) if isinstance(answer, Unknown) else news

    return patched((send, "news_of", told))


def addresses_are_not_locked() -> Inside:
    return reworded(ADDRESSES)


def addresses_and_contacts_are_not_locked() -> Inside:
    return reworded(ADDRESSES, CONTACTS)


def runs_are_not_locked() -> Inside:
    return reworded((sequences_store.SQL, "claim_due", "for no key update of e skip locked", ""))


def senders_are_not_locked() -> Inside:
    said = "pg_try_advisory_xact_lock(hashtextextended(%(account_id)s::uuid::text, 7))"
    return reworded((policy_store.SQL, "try_sender", said, "%(account_id)s::text is not null"))


SNAPSHOTS = (sequences_store.SQL, "lock_and_load_snapshots", "for no key update of e", "")
BEFORE = (touches_store.SQL, "record_changes", "and t.state = v.before", "")
TOUCHES = (touches_store.SQL, "lock_touches", "for no key update", "")


def confirmations_lock_nothing() -> Inside:
    return reworded(SNAPSHOTS, BEFORE, TOUCHES)


def confirmations_do_not_lock_the_enrollment() -> Inside:
    return reworded(SNAPSHOTS)


def any_touch_moves_its_enrollment() -> Inside:
    """Whatever touch news is about, it is taken for the latest."""
    confirm = module("workers.confirm")
    real = confirm._advance

    async def advance(
        deps: Deps,
        conn: Connection,
        changes: Sequence[Change],
        snapshots: Mapping[EnrollmentId, Snapshot],
        now: datetime,
    ) -> None:
        for change in changes:
            touch = change.touch
            run = snapshots.get(touch.enrollment_id) if touch.enrollment_id else None
            if run is None or run.last_touch is None or touch.step is None:
                continue
            last = replace(run.last_touch, id=touch.id, step=touch.step, part=touch.part, attempt=touch.attempt)
            taken = replace(run, last_touch=last, visit=touch.part, waiting=True)
            await real(deps, conn, [change], {run.enrollment_id: taken}, now)

    return patched((confirm, "_advance", advance))


def facts_and_moves_in_two_transactions() -> Inside:
    confirm = module("workers.confirm")
    real, move = confirm._confirm_with_patience, confirm._advance
    left: ContextVar[list[tuple[Any, Any]]] = ContextVar("left")

    async def note(_deps: Deps, _conn: Connection, changes: Any, snapshots: Any, _now: datetime) -> None:
        left.get().append((changes, snapshots))

    async def confirmed(deps: Deps, news: Sequence[News], now: datetime) -> list[Change]:
        left.set([])
        changes: list[Change] = await real(deps, news, now)
        async with deps.database.transaction() as conn:
            for moving, snapshots in left.get():
                fresh = await sequences_store.lock_and_load_snapshots(conn, list(snapshots))
                await move(deps, conn, moving, {one.enrollment_id: one for one in fresh}, now)
        return changes

    return patched((confirm, "_confirm_with_patience", confirmed), (confirm, "_advance", note))


def a_closing_fact_closes_nothing() -> Inside:
    return patched((module("workers.heed"), "_closes", _no))


def a_stop_that_was_heard_closes_nothing() -> Inside:
    inbound = module("workers.inbound")
    return patched((inbound, "close_address", _no), (inbound, "suppress_contact", _no))


@contextmanager
def a_second_touch_may_be_in_flight() -> Iterator[None]:
    """The guard and, behind it, the unique indexes of the schema: each of them alone is enough."""
    ground = ground_here()
    look = ground.stage.looker
    indexes = look.execute(DATABASE["open_indexes"]).fetchall()
    for index in indexes:
        look.execute(sql.SQL(DATABASE["drop_index"]).format(name=sql.Identifier(index["name"])))
    try:
        with without_guard("address_in_flight"):
            yield
    finally:
        ground.clear()  # what is there twice by now would keep the indexes away
        for index in indexes:
            look.execute(index["definition"])


def the_provider_is_never_asked() -> Inside:
    return patched((module("workers.resolve"), "_look", _silence))


def the_repetition_asks_no_guard() -> Inside:
    return patched((module("workers.repeat"), "_still_allowed", _yes))


def acceptance_counts_as_success() -> Inside:
    def judged(touch: Touch, news: News, polls: Any) -> Verdict:
        success = S.completed if touch.channel is ChannelName.voice else S.delivered
        told = replace(news, state=success, evidence_id=news.provider_id) if news.state is None else news
        return judge(touch, told, polls)

    return patched((module("workers.confirm"), "judge", judged))


def unknown_counts_as_failed() -> Inside:
    failed, settled = outcomes.FAILED | {S.unknown}, outcomes.SETTLED | {S.unknown}
    return patched((DECIDE, "FAILED", failed), (DECIDE, "SETTLED", settled))


def what_expired_is_tried_again() -> Inside:
    again = outcomes.MAY_REPEAT | {S.expired}
    return patched((outcomes, "MAY_REPEAT", again), (DECIDE, "MAY_REPEAT", again))
