"""After three days down: what the next sweep will do is told before, nothing is written, and then it does just that."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from modules.contacts import close_address
from modules.labels import AddressKind, ChannelName, Provider, SuppressionReason
from modules.preview import EXAMPLES, Fate, Outcome, count_fates
from scripts.bench.economy import count_row_writes
from scripts.conductor.stage import Stage, open_stage
from tests.cast import Cast, gather_cast, join, rows, story
from tests.cast_accounts import Given
from tests.databases import Database
from tests.db.test_write_economy import row_versions
from tests.flow.conftest import START
from tests.flow.outside import sweep_after, sweep_at
from tests.flow.test_sequence_language import file, text
from utils.db import Row
from workers.foretell import foretell

UP_AGAIN = START + timedelta(days=3, hours=13)
"""Friday four in the morning, eleven at night in New York: mail may leave, texts may not."""
NEXT_MORNING = UP_AGAIN + timedelta(hours=11)
OF_AN_HOUR = story("sms", "sms", slug="urgent").replace("hours: 100", "hours: 2")
CALLS = {ChannelName.voice: Provider.vapi}
TWO_LINES = Given({"concurrent_calls": "2", "reserved_for_inbound": "0"})
ONE_GREETING = "<p>Hello {{ contact.first_name }}, email-1</p>"
FOR_NOBODY = story("email", "email", slug="empty").replace(
    ONE_GREETING, "{% if contact.first_name != 'Ada' %}Hello{% endif %}"
)


async def fates_at(stage: Stage) -> list[Fate]:
    async with stage.deps.database.transaction() as conn:
        return await foretell(stage.deps, conn, stage.clock.now())


async def four_clients(stage: Stage) -> Mapping[str, Cast]:
    """Everybody has got the first step, and the second is due a day later; then nothing runs for three days."""
    texts = {"acme": story("sms", "sms"), "urgent": OF_AN_HOUR, "mail": story("email", "email"), "empty": FOR_NOBODY}
    casts = {slug: await gather_cast(stage.deps, stage.twin, text, 7, slug=slug) for slug, text in texts.items()}
    await sweep_at(stage, START)
    await sweep_after(stage, minutes=5)
    async with stage.deps.database.transaction() as conn:
        pepper, stop = await stage.deps.pepper(conn), SuppressionReason.opted_out
        cast, now = casts["mail"], START + timedelta(hours=2)
        await close_address(conn, pepper, cast.client_id, AddressKind.email, cast.mails[0], stop, now)
    return casts


def became(fate: Fate, place: Row, armed: Sequence[Row]) -> tuple[Outcome, str | None, Any]:
    """What the real sweep made of it, in the words of the forecast."""
    note = place["decision"] or {}
    if armed:
        return Outcome.leave, None, None
    if fate.channel == "task" and place["waiting"]:
        return Outcome.ask, None, place["due_at"]
    if place["status"] == "held":
        return Outcome.hold, place["status_reason"], None
    if place["status"] == "stopped":
        return Outcome.end, note["reason"], None
    if note.get("skipped") == fate.step:
        late = note["reason"] == "too_late"
        return (Outcome.too_late, None, place["due_at"]) if late else (Outcome.skip, note["reason"], place["due_at"])
    return Outcome.wait, note.get("reason"), place["due_at"]


async def compare(stage: Stage) -> Counter[str]:
    """Foretells, sweeps at the same instant, and compares enrollment by enrollment; what was foretold."""
    now, fates = stage.clock.now(), await fates_at(stage)
    await sweep_at(stage, now)
    places = {row["id"]: row for row in await rows(stage.deps, "enrollments")}
    armed: dict[UUID, list[Row]] = {}
    for touch in await rows(stage.deps, "touches"):
        if touch["armed_at"] == now:
            armed.setdefault(touch["enrollment_id"], []).append(touch)
    assert set(armed) <= {fate.enrollment_id for fate in fates}
    for fate in fates:
        done = became(fate, places[fate.enrollment_id], armed.get(fate.enrollment_id, []))
        assert done == (fate.outcome, fate.reason, fate.until), fate
    return Counter(" ".join(filter(None, (fate.sequence, fate.outcome, fate.reason))) for fate in fates)


async def test_after_three_days_down_the_real_sweep_does_what_was_foretold(stage: Stage) -> None:
    await four_clients(stage)
    stage.clock.set(UP_AGAIN)
    night = await compare(stage)
    assert night == {
        "story wait quiet_hours": 7,
        "urgent too_late": 7,
        "story leave": 6,
        "story end suppressed": 1,
        "empty hold not_renderable": 7,
    }
    stage.clock.set(NEXT_MORNING)
    assert await compare(stage) == {"story leave": 7}


@pytest.mark.full
async def test_the_throttle_is_foretold_batch_by_batch(stage: Stage) -> None:
    """Two messages a second: batches of fourteen, and no more than twenty in ten seconds."""
    await gather_cast(stage.deps, stage.twin, story("sms"), 45, rate=2.0)
    assert await compare(stage) == {"story leave": 28, "story wait sender_throttle": 17}


async def test_a_client_without_an_account_waits_and_nothing_due_is_told_as_nothing(stage: Stage) -> None:
    assert await fates_at(stage) == []
    await gather_cast(stage.deps, stage.twin, story("voice"), 2)
    assert await compare(stage) == {"story wait no_account": 2}


async def test_without_an_account_a_step_waits_no_longer_than_it_may_be_late(stage: Stage) -> None:
    short = story("voice", "sms").replace("hours: 100", "hours: 2", 1)
    await gather_cast(stage.deps, stage.twin, short, 2)
    for hours, outcome in ((0, "wait no_account"), (1.5, "wait no_account"), (2, "wait no_account"), (2.6, "too_late")):
        stage.clock.set(START + timedelta(hours=hours))
        assert await compare(stage) == {f"story {outcome}": 2}, hours
    assert {row["step"] for row in await rows(stage.deps, "enrollments")} == {"sms-1"}


async def test_a_task_is_told_as_one_that_a_person_is_given(stage: Stage) -> None:
    ask = "  - {key: ask, channel: task, content: {title: Call them}, within: {days: 2}}\n"
    await gather_cast(stage.deps, stage.twin, file(ask, text("then")), 2)
    assert await compare(stage) == {"story ask": 2}


async def test_who_is_being_called_is_foretold_to_wait_for_the_end_of_the_call(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, "priority: high\n" + story("voice"), 3, by=CALLS)
    await join(stage.deps, acme.client_id, story("voice", slug="second"), acme.contacts)
    assert await compare(stage) == {"story leave": 3, "second wait on_a_call_now": 3}


async def test_the_urgent_are_foretold_to_go_first_also_where_the_others_have_waited_for_longer(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, "priority: low\n" + story("voice"), 3, by=CALLS)
    stage.clock.set(START + timedelta(minutes=5))
    await join(stage.deps, acme.client_id, "priority: high\n" + story("voice", slug="second"), acme.contacts)
    assert await compare(stage) == {"second leave": 3, "story wait on_a_call_now": 3}


async def test_lines_that_the_urgent_take_are_foretold_as_taken_for_the_others(stage: Stage) -> None:
    given = {ChannelName.voice: TWO_LINES}
    acme = await gather_cast(stage.deps, stage.twin, story("voice"), 4, by=CALLS, given=given)
    await join(stage.deps, acme.client_id, "priority: high\n" + story("voice", slug="second"), acme.contacts[2:])
    fates = await fates_at(stage)
    told = Counter(" ".join(filter(None, (fate.sequence, fate.outcome, fate.reason))) for fate in fates)
    assert told == {"second leave": 2, "story wait lines_taken": 4}
    await sweep_at(stage, START)
    called = {touch["enrollment_id"] for touch in await rows(stage.deps, "touches")}
    assert called == {fate.enrollment_id for fate in fates if fate.outcome is Outcome.leave}


async def test_a_line_is_foretold_for_each_who_is_looked_at_called_or_not(stage: Stage) -> None:
    """Whom a guard keeps back takes a place of the batch; the others wait for the next minute."""
    acme = await gather_cast(stage.deps, stage.twin, story("voice"), 4, by=CALLS, given={ChannelName.voice: TWO_LINES})
    first = min(zip(acme.enrollments, acme.phones, strict=True))[1]
    async with stage.deps.database.transaction() as conn:
        pepper, stop = await stage.deps.pepper(conn), SuppressionReason.opted_out
        await close_address(conn, pepper, acme.client_id, AddressKind.phone, first, stop, START)
    fates = await fates_at(stage)
    told = Counter(" ".join(filter(None, (fate.outcome, fate.reason))) for fate in fates)
    assert told == {"end suppressed": 1, "leave": 1, "wait lines_taken": 2}
    await sweep_at(stage, START)
    called = {touch["enrollment_id"] for touch in await rows(stage.deps, "touches")}
    assert called == {fate.enrollment_id for fate in fates if fate.outcome is Outcome.leave}


async def test_what_is_told_of_a_step_is_a_number_its_instants_and_five_people(stage: Stage) -> None:
    casts = await four_clients(stage)
    stage.clock.set(UP_AGAIN)
    told = {one.client_id: one for one in count_fates(await fates_at(stage))}
    waiting = told[casts["acme"].client_id]
    assert (waiting.sequence, waiting.version, waiting.step, waiting.channel, waiting.due) == (
        "story",
        1,
        "sms-1",
        "sms",
        7,
    )
    [share] = waiting.shares
    opening = UP_AGAIN.replace(hour=13)
    assert (share.outcome, share.reason, share.count) == (Outcome.wait, "quiet_hours", 7)
    assert (share.first_until, share.last_until) == (opening, opening)
    assert len(share.examples) == EXAMPLES
    assert set(share.examples) <= set(casts["acme"].contacts)
    assert [one.count for one in told[casts["mail"].client_id].shares] == [6, 1]


async def test_a_dry_run_writes_nothing(database: Database, tmp_path: Any) -> None:
    async with open_stage(tmp_path, database.url, START, timeout="5") as stage:
        await four_clients(stage)
    before, versions = count_row_writes(database.superuser_url), row_versions(database)
    async with open_stage(tmp_path, database.url, UP_AGAIN, timeout="5") as stage:
        due = len(await fates_at(stage))
    assert due == 28
    assert count_row_writes(database.superuser_url) == before
    assert row_versions(database) == versions
