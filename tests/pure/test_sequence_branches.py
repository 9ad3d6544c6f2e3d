"""Branches in a sequence file: read, kept, shown, published again equal, and decided by what is so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from modules.labels import NextChannel, TouchState
from modules.sequences import (
    Finish,
    Move,
    apply,
    decide,
)
from modules.sequences.models import Branch, Follow, Next
from modules.sequences.models_of_rules import (
    Case,
    FieldIs,
    Outcome,
    OutcomeIs,
    Replied,
)
from modules.sequences.models_of_rules import Compare as By
from modules.sequences.models_of_runs import StepTouch
from modules.sequences.show import show_sequence
from tests.pure.sequence_texts import HELLO, MORE, problems, read
from tests.pure.touches import NOW, last, snapshot

T = TouchState
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

CALL = "  - {key: hello, channel: voice, content: {prompt: Ask}}\n"
CASES = """  - key: pick
    channel: branch
    wait: {hours: 1}
    when:
      - {field: contact.language, equals: es, go_to: more}
      - {field: contact.stage, in: [won, lost], go_to: more}
      - {field: contact.email, exists: false, go_to: more}
      - {field: contact.closing_on, before: "2026-12-01", go_to: more}
      - {field: contact.closing_on, after: {days: 30}, go_to: more}
      - {outcome: {step: hello, is: failed}, go_to: more}
      - {replied: false, since: {days: 2}, go_to: more}
    otherwise: end
"""


def test_a_branch_is_read_kept_and_shown_case_by_case() -> None:
    found = read(HELLO % "", CASES, MORE % "")
    pick = found.step("pick")
    assert (pick.channel, pick.due_for) == (None, NextChannel.settle)
    conditions = (
        FieldIs("contact.language", By.equals, ("es",)),
        FieldIs("contact.stage", By.one_of, ("won", "lost")),
        FieldIs("contact.email", By.exists, ("false",)),
        FieldIs("contact.closing_on", By.before, ("2026-12-01",)),
        FieldIs("contact.closing_on", By.after, (), 30),
        OutcomeIs("hello", Outcome.failed),
        Replied(False, timedelta(days=2)),
    )
    assert pick.branch == Branch(tuple(Case(one, "more") for one in conditions), Follow(Next.end))
    shown = show_sequence(found, 1)
    for sentence in (
        "2. pick: decides, 1 hour later",
        "When contact.language is 'es': go to more.",
        "When contact.stage is one of won, lost: go to more.",
        "When contact.email is missing: go to more.",
        "When contact.closing_on is before 2026-12-01: go to more.",
        "When contact.closing_on is after the day 30 days from today: go to more.",
        "When hello is failed: go to more.",
        "When the contact has not replied in the last 2 days: go to more.",
        "Otherwise: end.",
    ):
        assert sentence in shown


def at_branch(case: str, **facts: object) -> bool:
    """Whether the case holds for these facts: it leads to `more`, and otherwise it ends."""
    branch = f"  - {{key: pick, channel: branch, when: [{{{case}, go_to: more}}], otherwise: end}}\n"
    hello = CALL if "is: completed" in case else HELLO % ""  # a call is completed, a message is delivered
    found = read(hello, branch, MORE % ", on_reply: continue")
    there = replace(snapshot("pick", visit=1, last_touch=last(T.delivered, key="hello")), **facts)  # type: ignore[arg-type]
    plan = decide(there, found, NOW)
    assert plan in (Finish(), Move(found.step("more"), 2, NOW + DAY)), plan
    return plan != Finish()


@pytest.mark.parametrize(
    ("case", "holds", "fails"),
    [
        ("field: contact.language, equals: es", {"language": " ES"}, {"language": "en"}),
        ("field: contact.vip, equals: 'true'", {"vip": True}, {"vip": False}),
        ("field: contact.rooms, in: ['3', '4']", {"rooms": 4}, {"rooms": [4]}),
        ("field: contact.email, exists: true", {"email": "a@b.example"}, {"email": " "}),
        ("field: contact.home.town, equals: Oslo", {"home": {"town": "Oslo"}}, {"home": "Oslo"}),
        ("field: contact.on, before: '2026-12-01'", {"on": "2026-11-30"}, {"on": "2026-12-01"}),
        ("field: contact.on, after: '2026-12-01'", {"on": "2026-12-02"}, {"on": "2026-12-01"}),
        ("field: contact.on, after: {days: -7}", {"on": "2026-11-17"}, {"on": "2026-11-16"}),
        ("field: contact.on, before: {days: 7}", {"on": "2026-11-29"}, {"on": "soon"}),
    ],
)
def test_a_branch_looks_at_a_field(case: str, holds: dict[str, object], fails: dict[str, object]) -> None:
    assert at_branch(case, fields=holds)
    assert not at_branch(case, fields=fails)
    assert not at_branch(case, fields={})


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("state", sorted(TouchState))
def test_a_branch_looks_at_what_became_of_a_step(outcome: Outcome, state: TouchState) -> None:
    words = {
        Outcome.delivered: {T.delivered},
        Outcome.completed: {T.completed},
        Outcome.failed: {T.failed, T.bounced, T.complained, T.cancelled, T.not_sent},
        Outcome.expired: {T.expired},
        Outcome.skipped: set(),
    }
    case = f"outcome: {{step: hello, is: {outcome}}}"
    assert at_branch(case, outcomes={"hello": StepTouch(state, NOW)}) is (state in words[outcome])
    skipped = {"skips": [{"skipped": "hello", "reason": "too_late", "at": (NOW + MINUTE).isoformat()}]}
    assert at_branch(case, outcomes={"hello": StepTouch(state, NOW)}, decision=skipped) is (outcome is Outcome.skipped)
    sent_later = {"hello": StepTouch(state, NOW + DAY)}
    assert at_branch(case, outcomes=sent_later, decision=skipped) is (state in words[outcome])
    assert not at_branch(case)


@pytest.mark.parametrize(
    ("case", "replied_at", "holds"),
    [
        ("replied: true", NOW - 9 * DAY, True),
        ("replied: true", None, False),
        ("replied: true, since: {days: 2}", NOW - 3 * DAY, False),
        ("replied: true, since: {days: 2}", NOW - DAY, True),
        ("replied: false", None, True),
        ("replied: false, since: {days: 2}", NOW - 3 * DAY, True),
    ],
)
def test_a_branch_looks_at_whether_the_person_replied(case: str, replied_at: datetime | None, holds: bool) -> None:
    assert at_branch(case, replied_at=replied_at) is holds


def test_the_first_case_that_holds_is_followed_and_the_decision_is_one_row_without_a_touch() -> None:
    found = read(
        HELLO % "",
        CASES.replace("language, equals: es, go_to: more", "language, equals: es, go_to: pick2"),
        MORE % "",
        CASES.replace("key: pick", "key: pick2"),
    )
    spanish = replace(snapshot("pick", visit=1), fields={"language": "es", "email": "x"})
    row = apply(spanish, decide(spanish, found, NOW), NOW)
    assert row is not None
    assert (row.step, row.visit, row.next_channel, row.waiting) == ("pick2", 2, NextChannel.settle, False)
    assert row.due_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("branch", "line", "words"),
    [
        ("when: [{field: contact.x, equals: y, go_to: more}]", 5, "say what happens when no case holds"),
        ("otherwise: next", 5, "a branch asks something"),
        ("when: [], otherwise: next", 5, "a branch asks something"),
        ("when: [{go_to: more}], otherwise: next", 5, "exactly one of field, outcome, replied"),
        ("when: [{field: contact.x, go_to: more}], otherwise: next", 5, "exactly one of equals, in, exists"),
        ("when: [{field: x, equals: y, go_to: more}], otherwise: next", 5, "is not a field of a contact"),
        ("when: [{field: contact.x, equals: y}], otherwise: next", 5, "say where this case leads"),
        ("when: [{field: contact.x, equals: y, go_to: gone}], otherwise: next", 5, "there is no step 'gone'"),
        ("when: [{outcome: {step: pick, is: failed}, go_to: more}], otherwise: next", 5, "no step 'pick' sends"),
        ("when: [{outcome: {step: hello, is: booked}, go_to: more}], otherwise: next", 5, "'booked' is no outcome"),
        ("when: [{replied: maybe, go_to: more}], otherwise: next", 5, "write replied: true or replied: false"),
        ("when: [{replied: true, go_to: more}], otherwise: next", 5, "give it on_reply: continue"),
        ("when: [{field: contact.x, before: soon, go_to: more}], otherwise: next", 5, "'soon' is not a date"),
        ("when: [{field: contact.x, equals: y, since: {days: 1}, go_to: more}], otherwise: next", 5, "milestone only"),
        ("when: [{field: contact.x, equals: y, go_to: pick}], otherwise: next", 5, "circle without a wait"),
        ("when: [{engaged: true, go_to: more}], otherwise: next", 5, "'engaged' is not known here"),
        ("content: {body: Hi}, when: [{replied: false, go_to: more}], otherwise: next", 5, "'content' is not known"),
    ],
)
def test_a_faulty_branch_is_told_with_its_line_and_the_way_out(branch: str, line: int, words: str) -> None:
    found = problems(HELLO % "", f"  - {{key: pick, channel: branch, {branch}}}\n", MORE % "")
    assert any(one.startswith(f"line {line}: steps.pick") and words in one for one in found), found
