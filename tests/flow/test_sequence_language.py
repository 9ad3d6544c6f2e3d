"""The words of a sequence file at work, against the twin: ladders, dates, hours, branches, goals, entry, absences."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from psycopg.types.json import Jsonb

from modules.channels import Inbound
from modules.ids import ClientId
from modules.labels import ChannelName
from modules.sequences import EntryRefusal, enroll_admitted, find_sequence, load_version
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, join, rows
from tests.db.rig import account_of
from tests.flow.outside import play_on, standing, sweep_after
from tests.flow.speaking import post_text
from utils.db import execute
from utils.sql import Queries
from workers.take_in import post_of_account, take_in

SQL = Queries(Path(__file__).with_name("sequence_language.sql"))
START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, ten in the morning in New York
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def text(key: str, wait: str = "minutes: 0", more: str = "") -> str:
    return f"  - {{key: {key}, channel: sms, wait: {{{wait}}}, content: {{body: {key}}}{more}}}\n"


def mail(key: str, wait: str = "minutes: 0", more: str = "") -> str:
    content = f"content: {{subject: {key}, html: <p>{key}</p>}}"
    return f"  - {{key: {key}, channel: email, wait: {{{wait}}}, {content}{more}}}\n"


def file(*steps: str, top: str = "", slug: str = "story") -> str:
    return f"name: Story\nslug: {slug}\n{top}steps:\n" + "".join(steps)


async def know(theatre: Stage, cast: Cast, **fields: object) -> None:
    async with theatre.deps.database.transaction() as conn:
        await execute(conn, SQL["give_fields"], {"client_id": cast.client_id, "fields": Jsonb(fields)})


async def sent(stage: Stage) -> list[tuple[str, int, str]]:
    return [(one["step"], one["attempt"], one["state"]) for one in await rows(stage.deps, "touches")]


async def note(stage: Stage) -> dict[str, object]:
    (enrollment,) = await rows(stage.deps, "enrollments")
    found: dict[str, object] = enrollment["decision"] or {}
    return found


async def test_a_ladder_climbs_its_rungs_and_then_goes_where_the_file_says(stage: Stage) -> None:
    ladder = ", waits_for: ended, on_failure: {retry: {after: [{minutes: 5}, {minutes: 15}], then: {go_to: bye}}}"
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello", more=ladder), text("more"), text("bye")))
    stage.twin.script("twilio", "status_undelivered", times=3, match={"to": acme.phones[0]})
    touches = await play_on(stage)
    assert await sent(stage) == [
        ("hello", 1, "failed"),
        ("hello", 2, "failed"),
        ("hello", 3, "failed"),
        ("bye", 1, "delivered"),
    ]
    pauses = [after["armed_at"] - before["confirmed_at"] for before, after in pairwise(touches[:3])]
    for pause, rung in zip(pauses, (5, 15), strict=True):
        assert timedelta(0) <= pause - rung * MINUTE <= MINUTE
    assert await standing(stage) == {"finished": 1}


async def test_an_attempt_that_never_left_takes_no_rung_of_the_ladder(stage: Stage) -> None:
    ladder = ", waits_for: ended, on_failure: {retry: {after: [{minutes: 5}, {minutes: 15}], then: {go_to: bye}}}"
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello", more=ladder), text("more"), text("bye")))
    stage.twin.script("twilio", "429", times=2, match={"to": acme.phones[0]})
    stage.twin.script("twilio", "status_undelivered", times=5, match={"to": acme.phones[0]})
    touches = await play_on(stage)
    states = [(step, state) for step, _, state in await sent(stage)]
    assert states == [("hello", "not_sent")] * 2 + [("hello", "failed")] * 3 + [("bye", "delivered")]
    pauses = [after["armed_at"] - before["confirmed_at"] for before, after in pairwise(touches[2:5])]
    for pause, rung in zip(pauses, (5, 15), strict=True):
        assert timedelta(0) <= pause - rung * MINUTE <= MINUTE


async def test_steps_wait_until_the_contacts_own_dates_and_are_skipped_where_there_is_none(stage: Stage) -> None:
    near = 'until: {field: contact.closing_on, days: -3, at: "09:15"}'
    gone = "until: {field: contact.visited_on}"
    past = 'until: {field: contact.signed_on, at: "09:00"}'
    steps = (text("hello"), text("visit", gone), text("soon", near), text("signed", past), text("bye"))
    acme = await gather_cast(stage.deps, stage.twin, file(*steps))
    await know(stage, acme, closing_on="2026-12-10", signed_on="2026-11-20")
    touches = await play_on(stage)
    assert [touch["step"] for touch in touches] == ["hello", "soon", "bye"]
    assert touches[1]["armed_at"] == datetime(2026, 12, 7, 14, 15, tzinfo=UTC)
    skips = (await note(stage))["skips"]
    assert isinstance(skips, list)
    assert [(one["skipped"], one["reason"]) for one in skips] == [("visit", "no_date"), ("signed", "too_late")]
    assert await standing(stage) == {"finished": 1}


async def test_a_step_is_skipped_with_a_note_when_the_hours_would_put_it_off_for_too_long(stage: Stage) -> None:
    hours = 'windows: [{days: [tue], from: "09:00", to: "17:00"}]\n'
    steps = (text("now", more=", after_window: skip, max_hold: {hours: 4}"), text("then"))
    await gather_cast(stage.deps, stage.twin, file(*steps, top=hours))
    await run_sweep(stage.deps)
    told = await note(stage)
    assert (told["skipped"], told["reason"], told["why"]) == ("now", "sequence_window", "after_window")
    touches = await play_on(stage)
    assert [(touch["step"], touch["armed_at"]) for touch in touches] == [("then", START - timedelta(hours=1) + DAY)]


PICK = """  - key: pick
    channel: branch
    wait: {hours: 1}
    when:
      - {outcome: {step: hello, is: failed}, go_to: letter}
      - {field: contact.language, in: [es, pt], go_to: hola}
      - {replied: true, since: {days: 2}, go_to: thanks}
    otherwise: end
"""


@pytest.mark.parametrize(("case", "steps"), [("failed", ["letter"]), ("es", ["hola", "thanks", "letter"]), ("", [])])
async def test_a_branch_decides_by_what_is_so_when_it_is_due_and_sends_nothing(
    stage: Stage, case: str, steps: list[str]
) -> None:
    last = text("hola"), text("thanks", more=", on_reply: continue"), mail("letter")
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello", more=", waits_for: ended"), PICK, *last))
    if case == "failed":
        stage.twin.script("twilio", "status_undelivered")
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    await know(stage, acme, language=case)
    touches = await play_on(stage)
    assert [touch["step"] for touch in sorted(touches, key=lambda touch: int(touch["part"]))] == ["hello", *steps]
    assert all(touch["armed_at"] >= START + timedelta(hours=1) for touch in touches[1:])
    assert await standing(stage) == {"finished": 1}


async def test_a_branch_hears_a_reply(stage: Stage) -> None:
    last = text("hola"), text("thanks", more=", on_reply: continue, on_success: end"), mail("letter")
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), PICK, *last))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    assert post_text(stage, acme, acme.phones[0], "Tell me more") == 200
    assert [touch["step"] for touch in await play_on(stage)] == ["hello", "thanks"]


async def test_a_goal_that_is_met_ends_it_before_the_next_step(stage: Stage) -> None:
    top = "goal: {field: contact.stage, in: [won]}\n"
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), text("more", "days: 1"), top=top))
    await run_sweep(stage.deps)
    await know(stage, acme, stage="Won")
    assert [touch["step"] for touch in await play_on(stage)] == ["hello"]
    assert await standing(stage) == {"finished:goal_met": 1}


@pytest.mark.parametrize(("top", "ends"), [("stop_on: [bounce]\n", "stopped:bounced"), ("", "finished")])
async def test_a_bounce_ends_it_where_the_file_says_so(stage: Stage, top: str, ends: str) -> None:
    steps = (mail("letter"), text("hello", "hours: 1"), text("more", "days: 1"))
    await gather_cast(stage.deps, stage.twin, file(*steps, top=top))
    stage.twin.script("resend", "bounced")
    await play_on(stage)
    assert await standing(stage) == {ends: 1}
    kept = [] if top else [("hello", 1, "delivered"), ("more", 1, "delivered")]
    assert await sent(stage) == [("letter", 1, "bounced"), *kept]


async def refused(stage: Stage, client_id: ClientId, slug: str, cast: Cast) -> dict[EntryRefusal, int]:
    """Whom an enrollment into the current version keeps out; nobody who is refused gets in."""
    now = stage.clock.now()
    async with stage.deps.database.transaction() as conn:
        known = await find_sequence(conn, client_id, slug)
        assert known is not None
        definition = await load_version(conn, known.id, known.current_version)
        done = await enroll_admitted(conn, client_id, known.id, known.current_version, definition, cast.contacts, now)
    assert len(done.ids) + sum(done.refused.values()) == len(cast.contacts)
    return dict(done.refused)


async def test_the_rules_of_entry_keep_people_out_and_count_them(stage: Stage) -> None:
    sales = file(text("hello"), text("more", "days: 1"), top="exclusive: sales\n")
    acme = await gather_cast(stage.deps, stage.twin, sales, people=2)
    client, why = acme.client_id, EntryRefusal
    for slug, top in (
        ("rival", "exclusive: sales\n"),
        ("wary", "exclusive_with: [story, other]\n"),
        ("spaced", "gap: {days: 14}\n"),
        ("once", "re_entry: never\n"),
        ("monthly", "re_entry: {after: {days: 30}}\n"),
        ("free", ""),
    ):
        await join(stage.deps, client, file(text("hello"), top=top, slug=slug), [])
    assert await refused(stage, client, "rival", acme) == {why.exclusive: 2}
    assert await refused(stage, client, "wary", acme) == {why.exclusive: 2}
    assert await refused(stage, client, "spaced", acme) == {why.gap: 2}
    for slug in ("once", "monthly", "free"):
        assert await refused(stage, client, slug, acme) == {}
    await play_on(stage)
    assert await standing(stage) == {"finished": 8}
    assert await refused(stage, client, "spaced", acme) == {why.gap: 2}
    assert await refused(stage, client, "once", acme) == {why.ran_before: 2}
    assert await refused(stage, client, "monthly", acme) == {why.too_soon: 2}
    assert await refused(stage, client, "free", acme) == {}
    await play_on(stage)
    stage.clock.set(stage.clock.now() + 31 * DAY)
    for slug in ("rival", "wary", "spaced", "monthly"):
        assert await refused(stage, client, slug, acme) == ({} if slug != "spaced" else {why.gap: 2})
    assert await refused(stage, client, "once", acme) == {why.ran_before: 2}


async def test_an_automatic_reply_moves_the_next_step_to_the_day_the_person_is_back(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(mail("letter"), text("hello", "days: 1"), text("more")))
    await run_sweep(stage.deps)
    account = await account_of(stage.deps, acme.client_id, ChannelName.email)
    async with stage.deps.database.transaction() as conn:
        post = await post_of_account(conn, account)
    away = Inbound(
        event_key="auto-1",
        channel=ChannelName.email,
        from_address=acme.mails[0],
        to_address="hello@acme.example",
        text="Thank you. I am out of the office until Friday and back on Monday, December 7.\n\n> back on Tuesday",
        subject="Automatic reply: letter",
        opted_out=False,
        payload={"auto-submitted": "auto-replied"},
    )
    assert await take_in(stage.deps, post, away) == "kept"
    await sweep_after(stage, days=1, minutes=1)
    told = await note(stage)
    back = datetime(2026, 12, 7, 14, 0, tzinfo=UTC)
    assert (told["reason"], told["until"]) == ("out_of_office", back.isoformat())
    touches = await play_on(stage)
    assert [touch["step"] for touch in touches] == ["letter", "hello", "more"]
    assert touches[1]["armed_at"] == back
    assert await standing(stage) == {"finished": 1}


async def test_who_asks_for_help_has_replied_to_nothing(stage: Stage) -> None:
    acme = await gather_cast(
        stage.deps, stage.twin, file(text("hello"), text("more", "days: 1"), top="goal: {replied: true}\n")
    )
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    post_text(stage, acme, acme.phones[0], "HELP")
    touches = await play_on(stage)
    assert [touch["step"] for touch in touches if touch["origin"] == "step"] == ["hello", "more"]
    assert await standing(stage) == {"finished": 1}
