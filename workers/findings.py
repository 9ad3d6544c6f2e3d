"""What lists and ledger disagree about, as questions: kept once, closed when explained, answered by a person.

What was lost in a gap of the ledger (a restore) holds back everything else that would go to the same address by the
same way; the guard `possibly_sent` asks for it at every arming. So nobody is written twice, and nothing is dropped:
each such enrollment waits, visibly, for one word.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from modules.health import (
    FindingKind,
    Settled,
    close_explained,
    lock_findings,
    open_questions,
    settle_finding,
    waiting_runs,
)
from modules.ids import ClientId, EnrollmentId
from modules.policy import GuardReason
from modules.sequences import (
    EnrollmentChange,
    EnrollmentState,
    Snapshot,
    apply,
    count_as_sent,
    go_on,
    lock_and_load_snapshots,
    write_enrollments,
)
from utils.db import Connection, Row
from utils.errors import BadInput, Conflict, NotFound
from workers.confirm import definitions_of
from workers.context import Deps

ANSWERED_LATELY = timedelta(hours=2)
"""An arming ends within seconds, and the reconciliation comes every 15 minutes."""
Whom = tuple[str, bytes]
"""A channel and the keyed hash of an address."""


@dataclass(frozen=True)
class Waiting:
    """An enrollment that a question holds, and the addresses it may be about."""

    enrollment_id: EnrollmentId
    whom: frozenset[Whom]


@dataclass(frozen=True)
class Answered:
    """`settled`: findings that have their answer now; `moved`: enrollments whose step counts as sent; `released`: those
    that go on; `left`: findings for which nobody waits (yet), so that «sent» would mean no step."""

    settled: int
    moved: int
    released: int
    left: int


async def close_what_is_explained(deps: Deps, now: datetime) -> dict[str, int]:
    """Findings whose touch has turned up ask nobody any more, and who waited for them goes on; also who was held by an
    arming that had read the question just before its answer."""
    counts: Counter[str] = Counter()
    async with deps.database.transaction() as conn:
        counts["explained"], clients = await close_explained(conn, now, now - ANSWERED_LATELY)
        for client_id in sorted(clients):
            released = await _release(deps, conn, client_id, now)
            counts["released"] += released
    return {name: count for name, count in counts.items() if count}


async def answer_findings(
    deps: Deps,
    conn: Connection,
    client_id: ClientId | None,
    prefix: str,
    word: Settled,
    by: str,
    because: str | None,
    now: datetime,
    *,
    every: bool = False,
) -> Answered:
    """A person's word on the open finding whose id begins so, or on `every` one. NotFound for none; Conflict for
    several that are meant to be one; BadInput for a word that does not answer it; Conflict where «sent» was said and no
    enrollment, or more than one, waits for it."""
    rows = await lock_findings(conn, client_id, prefix)
    if not rows:
        raise NotFound(
            f"No open finding begins with '{prefix}'; scripts/omnify findings list shows all", field="finding"
        )
    one = not every
    if one and len({row["provider_id"] for row in rows}) > 1:
        raise Conflict(f"Several findings begin with '{prefix}'; give more letters, or --all", field="finding")
    totals: Counter[str] = Counter()
    touched: set[ClientId] = set()
    answered: set[str] = set()
    # one item may stand as a ghost and, since a restore, as lost: the second is the question
    for row in sorted(
        rows, key=lambda one: (one["taken_at"] or "", one["provider_id"], one["kind"] != FindingKind.lost)
    ):
        if word is Settled.sent and row["kind"] == FindingKind.lost:
            waiting = [run for run in await _waiting(deps, conn, row["client_id"]) if _whom(row) in run.whom]
            if len(waiting) != 1:
                if one:
                    raise Conflict(_why_not(row, len(waiting)), field="as")
                totals["left"] += 1
                continue
            await _settle(conn, row, word, by, because, now)
            moved = await _move(deps, conn, row, waiting[0], now)
            totals["moved"] += moved
        elif row["provider_id"] in answered or _is_an_answer(word, FindingKind(row["kind"])):
            await _settle(conn, row, word, by, because, now)
        elif one:
            raise BadInput(_wrong_word(row), field="as")
        else:
            totals["left"] += 1
            continue
        totals["settled"] += 1
        answered.add(row["provider_id"])
        touched.add(ClientId(row["client_id"]))
    for client in sorted(touched):
        released = await _release(deps, conn, client, now)
        totals["released"] += released
    return Answered(totals["settled"], totals["moved"], totals["released"], totals["left"])


def _is_an_answer(word: Settled, kind: FindingKind) -> bool:
    """What was lost is either a step or none of ours; the rest can only be looked at."""
    return word is Settled.not_ours if kind is FindingKind.lost else word in (Settled.seen, Settled.not_ours)


def _wrong_word(row: Row) -> str:
    if row["kind"] == FindingKind.lost:
        return "Somebody may have got this already: say --as sent, or --as not_ours if it was none of ours"
    return "No enrollment waits for this: say --as seen, or --as not_ours"


def _why_not(row: Row, waiting: int) -> str:
    if waiting:
        return (
            f"{waiting} enrollments wait for {row['provider_id']}. Say which one goes on: scripts/omnify skip or jump "
            "with its id; then answer the finding with --as not_ours"
        )
    return (
        f"Nobody waits for {row['provider_id']} yet, so there is no step to count as sent. It holds back what would go "
        "there next; answer when `scripts/omnify findings list` shows that somebody waits, or say --as not_ours"
    )


async def _settle(conn: Connection, row: Row, word: Settled, by: str, because: str | None, now: datetime) -> None:
    await settle_finding(conn, row["account_id"], FindingKind(row["kind"]), row["provider_id"], word, by, because, now)


async def _move(deps: Deps, conn: Connection, row: Row, run: Waiting, now: datetime) -> int:
    """The step counts as sent. While another question about the same person and way is open, it stays held."""
    snapshots = await lock_and_load_snapshots(conn, [run.enrollment_id])
    definitions = await definitions_of(deps, conn, snapshots)
    asked = await _questions(conn, ClientId(row["client_id"]))
    changes = []
    for snapshot in snapshots:
        if snapshot.status_reason != GuardReason.possibly_sent:
            continue  # somebody else has led them on meanwhile
        plan = count_as_sent(snapshot, definitions[snapshot.sequence_id, snapshot.version], now)
        change = apply(snapshot, plan, now)
        if change is None:
            continue
        still = change.next_channel == row["channel"] and _whom(row) in asked
        changes.append(change if still else _let_go(snapshot, change))
    return await write_enrollments(conn, changes, now)


def _let_go(snapshot: Snapshot, change: EnrollmentChange) -> EnrollmentChange:
    if change.status is EnrollmentState.held:
        return replace(change, status=EnrollmentState.active, status_reason=None)
    return replace(change, status_reason=None) if snapshot.status is EnrollmentState.paused else change


async def _release(deps: Deps, conn: Connection, client_id: ClientId, now: datetime) -> int:
    """Who waits although nothing is asked about them any more goes on; the guards look again at the next arming."""
    asked = await _questions(conn, client_id)
    free = [run.enrollment_id for run in await _waiting(deps, conn, client_id) if not run.whom & asked]
    changes = [
        _let_go(one, go_on(one, one.status, one.status_reason, now))
        for one in await lock_and_load_snapshots(conn, free)
        if one.status_reason == GuardReason.possibly_sent
    ]
    return await write_enrollments(conn, changes, now)


async def who_waits(deps: Deps, conn: Connection, client_id: ClientId) -> Counter[Whom]:
    """How many enrollments wait for an answer about whom."""
    return Counter(whom for run in await _waiting(deps, conn, client_id) for whom in run.whom)


async def _waiting(deps: Deps, conn: Connection, client_id: ClientId) -> list[Waiting]:
    pepper = await deps.pepper(conn)
    found: dict[EnrollmentId, set[Whom]] = defaultdict(set)
    for row in await waiting_runs(conn, client_id):
        hashed = pepper.hash(client_id, row["kind"], row["value"])
        found[EnrollmentId(row["enrollment_id"])].add((row["channel"], hashed))
    return [Waiting(enrollment_id, frozenset(whom)) for enrollment_id, whom in found.items()]


async def _questions(conn: Connection, client_id: ClientId) -> frozenset[Whom]:
    return frozenset(_whom(row) for row in await open_questions(conn, client_id))


def _whom(row: Row) -> Whom:
    return str(row["channel"]), bytes(row["address_hash"] or b"")
