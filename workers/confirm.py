"""What was learned about touches becomes their state, and moves their enrollments: one transaction, locks in order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from modules.accounts import distrust_account
from modules.channels import Fact, channel_for
from modules.emotion import OptOut, Scope, judge_call
from modules.health import Level, LogEvent, close_breaker, open_breaker, write_log
from modules.ids import EnrollmentId, SequenceId, TouchId
from modules.labels import CallEnd, ChannelName, SuppressionReason, TouchState
from modules.policy import GuardReason
from modules.sequences import (
    RUNNING,
    Definition,
    EnrollmentChange,
    EnrollmentState,
    Snapshot,
    apply,
    hold,
    load_versions,
    lock_and_load_snapshots,
    settle,
    write_enrollments,
)
from modules.touches import (
    Change,
    News,
    Touch,
    Verdict,
    add_call_details,
    judge,
    keep_conflicting_evidence,
    lock_touches,
    record_changes,
)
from utils.crashpoint import crashpoint
from utils.db import Connection
from utils.frozen import changed
from utils.log import logger
from workers.context import Deps
from workers.heard_since import with_what_was_heard
from workers.heed import heed, keep_doubt
from workers.quarantine import POISON, quarantine

LOG = logger("confirm")
LONGEST_PAUSE = timedelta(hours=24)
"""However long a provider asks us to wait; it is their text, not ours."""


def news_of_fact(touch_id: TouchId, fact: Fact) -> News:
    """A provider's fact as news of one touch."""
    # what a person says plainly in a call counts as much as a STOP by text
    said = judge_call(fact.call.transcript if fact.call and fact.call.transcript else "")
    return News(
        touch_id,
        fact.state,
        provider_id=fact.provider_id,
        provider_status=fact.provider_status,
        evidence_id=fact.evidence_id,
        said_at=fact.at,
        reason=fact.reason,
        suppress=fact.suppress or (SuppressionReason.opted_out if said.opt_out is OptOut.yes else None),
        person_closed=said.opt_out is OptOut.yes and said.scope is Scope.all,
        doubtful=said.opt_out is OptOut.unsure,
        cost_micros=fact.cost_micros,
        cost_currency=fact.cost_currency,
        call=fact.call,
    )


async def confirm(deps: Deps, news: Sequence[News]) -> list[Change]:
    """Takes news of touches (each at most once a call); returns what changed. Old or repeated news writes nothing."""
    if not news:
        return []
    now = deps.clock.now()
    changes = await _confirm_with_patience(deps, news, now)
    crashpoint("after_confirm")
    moved: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        moved.setdefault((change.before, change.after), []).append(str(change.touch.id))
    for (before, after), touch_ids in moved.items():
        LOG.info("touches_changed", before=before, after=after, touch_ids=touch_ids)
    return changes


async def _confirm_with_patience(deps: Deps, news: Sequence[News], now: datetime) -> list[Change]:
    async def work(conn: Connection) -> list[Change]:
        changes = await _confirm_once(deps, conn, news, now)
        crashpoint("before_confirm_commit")
        return changes

    return await deps.database.patiently(work)


async def _confirm_once(deps: Deps, conn: Connection, news: Sequence[News], now: datetime) -> list[Change]:
    told_of = [one.touch_id for one in news]
    snapshots = {one.enrollment_id: one for one in await lock_and_load_snapshots(conn, [], of_touches=told_of)}
    await heed(deps, conn, news, now)
    touches = {touch.id: touch for touch in await lock_touches(conn, told_of)}
    verdicts = [
        (one, touches[one.touch_id], judge_touch(touches[one.touch_id], one)) for one in news if one.touch_id in touches
    ]
    changes = [verdict.change for _, _, verdict in verdicts if verdict.change]
    await record_changes(conn, changes, now)
    for one, touch, verdict in verdicts:
        await _note(conn, one, touch, verdict, now)
    await _advance(deps, conn, changes, snapshots, now)
    broken = [touch for _, touch, verdict in verdicts if verdict.broken_promise and not verdict.change]
    await _stop_sending_again(conn, broken, snapshots, now)
    await _hold_for_doubts(conn, verdicts, now)
    return changes


def judge_touch(touch: Touch, news: News) -> Verdict:
    """The verdict on one piece of news, with the polls of the touch's own provider."""
    return judge(touch, news, channel_for(touch.provider, touch.channel).policy.polls)


async def _note(conn: Connection, news: News, touch: Touch, verdict: Verdict, now: datetime) -> None:
    if news.alarm:
        code = {"code": news.reason or ""}
        await write_log(conn, touch.client_id, Level.alarm, LogEvent(news.alarm), now, touch_id=touch.id, detail=code)
    if touch.channel is ChannelName.voice:
        await _note_call(conn, news, touch, verdict, now)
    if verdict.conflict and news.evidence_id and news.state:
        await keep_conflicting_evidence(conn, touch.id, news.state, news.evidence_id, now)
    if verdict.broken_promise:
        # assumption A1 does not hold at this provider: from now on nothing unknown is sent again there
        await distrust_account(conn, touch.account_id)
        await write_log(conn, touch.client_id, Level.alarm, LogEvent.broken_promise, now, touch_id=touch.id)


async def _note_call(conn: Connection, news: News, touch: Touch, verdict: Verdict, now: datetime) -> None:
    """A number that could not dial rests; one that got through does not. A summary may come after the end."""
    after = verdict.change.after if verdict.change else None
    if touch.sender and after is TouchState.failed and news.reason == CallEnd.transport_fault:
        detail = {"status": news.provider_status or ""}
        if await open_breaker(conn, touch.client_id, touch.account_id, touch.sender, CallEnd.transport_fault, now):
            event = LogEvent.number_cannot_dial
            await write_log(conn, touch.client_id, Level.alarm, event, now, touch_id=touch.id, detail=detail)
    if touch.sender and after is TouchState.completed:
        await close_breaker(conn, touch.account_id, touch.sender)
    if after is None and news.call and news.call.summary and news.evidence_id:
        await add_call_details(conn, touch.id, news.call, now)


async def _stop_sending_again(
    conn: Connection, touches: Sequence[Touch], snapshots: Mapping[EnrollmentId, Snapshot], now: datetime
) -> None:
    """The provider has what we called not sent: the next attempt, if it has not left, waits for a person."""
    rows: list[EnrollmentChange] = []
    for touch in touches:
        snapshot = snapshots.get(touch.enrollment_id) if touch.enrollment_id else None
        if snapshot and snapshot.last_touch and snapshot.last_touch.id == touch.id:
            rows += hold(snapshot, LogEvent.broken_promise)
    await write_enrollments(conn, rows, now)


async def _hold_for_doubts(conn: Connection, verdicts: Sequence[tuple[News, Touch, Verdict]], now: datetime) -> None:
    """What may be a wish to hear no more is kept once and holds all that is planned for the person; their enrollment
    also where it came with a later report, which moved nothing."""
    held: list[EnrollmentId] = []
    for one, touch, verdict in verdicts:
        fresh = one.doubtful and await keep_doubt(conn, one, touch, now)
        if fresh and touch.enrollment_id and not verdict.change:
            held.append(touch.enrollment_id)
    if held:
        # read again: what else was told may have moved it
        snapshots = await lock_and_load_snapshots(conn, held)
        await write_enrollments(conn, [row for one in snapshots for row in hold(one, GuardReason.reply_waiting)], now)


async def _advance(
    deps: Deps, conn: Connection, changes: Sequence[Change], snapshots: Mapping[EnrollmentId, Snapshot], now: datetime
) -> None:
    moved: list[tuple[Snapshot, Change]] = []
    rows: list[EnrollmentChange] = []
    for change in changes:
        enrollment_id = change.touch.enrollment_id
        snapshot = snapshots.get(enrollment_id) if enrollment_id else None
        if snapshot is None or snapshot.status not in RUNNING:
            continue
        if snapshot.last_touch and snapshot.last_touch.id == change.touch.id:
            told = changed(snapshot.last_touch, state=change.after, reason=change.news.reason)
            moved.append((changed(snapshot, last_touch=told), change))
        elif change.news.doubtful:
            # the step was left, perhaps by hand; what may be a wish to hear no more counts all the same
            rows += hold(snapshot, GuardReason.reply_waiting)
    definitions = await definitions_of(deps, conn, [snapshot for snapshot, _ in moved])
    heard = await with_what_was_heard(conn, [snapshot for snapshot, _ in moved], definitions)
    for snapshot, (_, change) in zip(heard, moved, strict=True):
        try:
            plan = settle(snapshot, definitions[snapshot.sequence_id, snapshot.version], now)
            row = apply(snapshot, plan, now)
        except POISON as error:
            # the fact stands whatever becomes of the enrollment: facts are never fenced
            await quarantine(conn, snapshot, type(error).__name__, now)
            continue
        if change.news.doubtful:
            row = _waiting_for_a_person(snapshot, row)
        if row:
            rows.append(_not_before(row, change.news.retry_after, now))
    await write_enrollments(conn, rows, now)


def _waiting_for_a_person(snapshot: Snapshot, row: EnrollmentChange | None) -> EnrollmentChange | None:
    """What is doubtful goes no further by itself; `omnify release` lets it go on."""
    if row is None:
        return next(iter(hold(snapshot, GuardReason.reply_waiting)), None)
    standing = {EnrollmentState.active: EnrollmentState.held, EnrollmentState.paused: EnrollmentState.paused}
    if row.status not in standing:
        return row
    return replace(row, status=standing[row.status], status_reason=GuardReason.reply_waiting)


def _not_before(row: EnrollmentChange, retry_after: timedelta | None, now: datetime) -> EnrollmentChange:
    """The provider may ask for a longer pause than ours."""
    if retry_after is None or row.due_at is None:
        return row
    return replace(row, due_at=max(row.due_at, now + min(retry_after, LONGEST_PAUSE)))


async def definitions_of(
    deps: Deps, conn: Connection, snapshots: Sequence[Snapshot]
) -> dict[tuple[SequenceId, int], Definition]:
    """The versions these enrollments are pinned to; read once in a process's life."""
    wanted = {(one.sequence_id, one.version) for one in snapshots}
    missing = [key for key in wanted if key not in deps.definitions]
    if missing:
        deps.definitions.update(await load_versions(conn, missing))
    return {key: deps.definitions[key] for key in wanted}
