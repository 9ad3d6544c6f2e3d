"""Goals, ends, entry and absences, and what was kept before these words existed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from modules.labels import TouchState
from modules.sequences import (
    Finish,
    FinishReason,
    Move,
    Reach,
    Stop,
    StopReason,
    apply,
    decide,
    settle,
    skip,
)
from modules.sequences.follow import MOST_VISITS
from modules.sequences.freeze import definition_from_json, definition_to_json
from modules.sequences.models import Follow, Next
from modules.sequences.models_of_rules import Compare as By
from modules.sequences.models_of_rules import (
    Entry,
    FieldIs,
    ReEntry,
    StopOn,
)
from modules.sequences.show import show_sequence
from tests.pure.sequence_texts import HELLO, MORE, problems, read
from tests.pure.touches import NOW, last, snapshot

T = TouchState
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_a_goal_that_is_met_ends_it_before_the_next_step_and_not_in_its_midst() -> None:
    found = read(HELLO % "", MORE % "", top="goal: {field: contact.stage, in: [won, signed]}\n")
    assert found.goal == FieldIs("contact.stage", By.one_of, ("won", "signed"))
    won = replace(snapshot("hello"), fields={"stage": "Won"})
    plan = decide(won, found, NOW)
    assert plan == Finish(FinishReason.goal_met)
    row = apply(won, plan, NOW)
    assert row is not None
    assert (row.status, row.status_reason, row.due_at) == ("finished", "goal_met", None)
    assert decide(replace(won, fields={"stage": "new"}), found, NOW) == Reach(found.steps[0], 1)
    assert "Goal: contact.stage is one of won, signed. It ends before the next step then." in show_sequence(found, 1)
    under_way = replace(won, last_touch=last(T.accepted, key="hello"), waiting=True)
    assert decide(under_way, found, NOW) != Finish(FinishReason.goal_met)


def test_a_reply_may_be_the_goal() -> None:
    found = read(HELLO % "", top="goal: {replied: true}\n")
    assert decide(replace(snapshot("hello"), replied_at=NOW), found, NOW) == Finish(FinishReason.goal_met)
    assert any("met at once" in one for one in problems(HELLO % "", top="goal: {replied: false}\n"))
    assert any("'outcome' is not known here" in one for one in problems(HELLO % "", top="goal: {outcome: {}}\n"))


def test_a_bounce_ends_the_sequence_where_the_file_says_so() -> None:
    stops = read(HELLO % "", MORE % "", top="stop_on: [bounce, opt_out]\n")
    usual = read(HELLO % "", MORE % "")
    assert stops.stop_on == {StopOn.bounce, StopOn.opt_out}
    bounced = snapshot("hello", last_touch=last(T.bounced, key="hello"), waiting=True)
    assert settle(bounced, stops, NOW) == Stop(StopReason.bounced)
    assert settle(bounced, usual, NOW) == Move(usual.steps[1], 1, NOW + DAY)
    later = replace(snapshot("more", visit=1), mail_bounced=True)
    assert decide(later, stops, NOW) == Stop(StopReason.bounced)
    assert decide(later, usual, NOW) == Reach(usual.steps[1], 1)
    for word, way in (("reply", "on_reply"), ("rain", "write bounce")):
        assert any(way in one for one in problems(HELLO % "", top=f"stop_on: [{word}]\n"))


def test_who_asked_to_stop_is_led_by_no_branch_and_given_to_nobody_as_a_task() -> None:
    asks = "  - {key: ask, channel: task, on_reply: continue, content: {title: Call them}}\n"
    turns = "  - {key: pick, channel: branch, when: [{replied: true, go_to: ask}], otherwise: next}\n"
    found = read(HELLO % "", turns, asks, MORE % "")
    for key in ("pick", "ask"):
        stopped = replace(snapshot(key, visit=1), said_stop=True)
        assert decide(stopped, found, NOW) == Stop(StopReason.suppressed)
        assert decide(replace(stopped, said_stop=False), found, NOW) != Stop(StopReason.suppressed)
    # of what is sent, the guards ask on locked facts
    assert decide(replace(snapshot("more", visit=1), said_stop=True), found, NOW) == Reach(found.steps[3], 1)


def test_the_rules_of_entry_are_read_kept_and_shown() -> None:
    top = "re_entry: {after: {days: 30}}\nexclusive_with: [welcome, recall]\nexclusive: sales\ngap: {days: 14}\n"
    found = read(HELLO % "", top=top)
    assert found.entry == Entry(timedelta(days=30), ("welcome", "recall"), "sales", timedelta(days=14))
    shown = show_sequence(found, 1)
    for sentence in (
        "Nobody enters again within 30 days after the end.",
        "Nobody enters who runs in welcome or recall.",
        "Nobody enters who runs in another sequence of the group 'sales'.",
        "Nobody enters within 14 days after another sequence.",
    ):
        assert sentence in shown
    assert read(HELLO % "", top="re_entry: never\n").entry == Entry(ReEntry.never)
    assert read(HELLO % "", top="re_entry: after_end\n").entry == Entry()
    for rule in (
        "re_entry: sometimes",
        "re_entry: {after: {}}",
        "exclusive_with: [A B]",
        "exclusive: A B",
        "gap: soon",
    ):
        assert problems(HELLO % "", top=rule + "\n")[0].startswith("line 3: ")


def test_who_is_away_is_written_to_on_the_morning_they_are_back_and_on_time_then() -> None:
    found = read(HELLO % "", MORE % "")
    away = replace(snapshot("more", visit=1), back_on="2026-12-07")
    plan = decide(away, found, NOW)
    back = datetime(2026, 12, 7, 14, tzinfo=UTC)  # nine in New York
    assert isinstance(plan, Move)
    assert (plan.step.key, plan.visit, plan.due_at) == ("more", 1, back)
    row = apply(away, plan, NOW)
    assert row is not None
    assert row.decision == {
        "reason": "out_of_office",
        "at": NOW.isoformat(),
        "until": back.isoformat(),
        "since": back.isoformat(),
    }
    there = replace(away, due_at=row.due_at, decision=row.decision)
    assert decide(there, found, back) == Reach(found.steps[1], 1)


def test_however_it_circles_a_sequence_comes_to_an_end() -> None:
    found = read(MORE % ", on_success: {go_to: more}")
    turned = snapshot("more", visit=MOST_VISITS - 2)
    assert skip(replace(turned, step="more"), found, NOW) == Finish()
    round_again = replace(turned, visit=MOST_VISITS - 1, last_touch=last(T.delivered, key="more", part=MOST_VISITS - 1))
    assert settle(round_again, found, NOW) == Finish(FinishReason.visits_spent)


TODAY: dict[str, object] = {
    "name": "Old",
    "slug": "old",
    "windows": [{"days": ["mon"], "from": "09:00", "to": "17:00"}],
    "fallbacks": {"contact.first_name": "there"},
    "steps": [
        {
            "key": "a",
            "channel": "sms",
            "wait": {"days": 1, "at": "10:15"},
            "waits_for": "accepted",
            "content": {"body": "Hi"},
            "on_success": "next",
            "on_failure": {"retry": {"times": 2, "after": {"minutes": 30}}},
            "max_lateness": {"days": 2},
        }
    ],
}


def test_a_version_that_was_kept_before_these_words_existed_loads_as_it_was() -> None:
    old = definition_from_json(TODAY)
    step = old.steps[0]
    assert (old.goal, old.stop_on, old.entry, step.branch, step.after_window) == (
        None,
        frozenset(),
        Entry(),
        None,
        "hold",
    )
    assert step.on_failure == Follow(Next.retry, None, 2, timedelta(minutes=30))
    again = definition_to_json(old)
    assert set(again) == {*TODAY, "purpose", "timezone", "enroll_when"}
    assert again["steps"] == [{**TODAY["steps"][0], "on_reply": "stop"}]  # type: ignore[index]
    assert isinstance(decide(snapshot("a"), old, NOW), Reach)
