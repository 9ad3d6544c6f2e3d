"""Lint finds each planted fault, with the line it stands in and the way out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modules.sequences import Definition, is_only_better, lint_sequence
from modules.sequences.check_sense import USUAL_PARTS
from modules.sequences.files import read_sequence
from modules.sequences.read_content import MOST_PARTS
from scripts.cli.app import main

SOUND = """\
name: Closing
slug: closing
purpose: informational
fallbacks:
  contact.first_name: there
goal: {field: contact.stage, in: [won]}
stop_on: [bounce]
re_entry: {after: {days: 30}}
gap: {days: 3}
steps:
  - key: hello
    channel: sms
    content: {body: "Hi {{ contact.first_name }}"}
    on_failure: {retry: {after: [{minutes: 5}, {minutes: 15}], then: {go_to: mail}}}
  - key: pick
    channel: branch
    wait: {hours: 2}
    when:
      - {field: contact.language, equals: es, go_to: hola}
      - {outcome: {step: hello, is: expired}, go_to: mail}
    otherwise: next
  - key: mail
    channel: email
    wait: {until: {field: contact.closing_on, days: -3, at: "09:00"}}
    content: {subject: Soon, html: "<p><a href='https://acme.example'>Hello</a></p>"}
    on_success: end
    on_failure: {go_to: hola}
  - key: hola
    channel: sms
    wait: {days: 1}
    content: {body: Hola}
    after_window: skip
    max_hold: {hours: 2}
"""

# name, what stands in the sound file, what is put in its place, the line, and a part of the way out
FAULTS = [
    ("circle", "wait: {hours: 2}\n", "wait: {hours: 0}\n", 0, ""),  # still goes forward: no fault
    ("cycle", "equals: es, go_to: hola", "equals: es, go_to: pick", 0, ""),  # it waits two hours each time
    ("cycle without a wait", 'until: {field: contact.closing_on, days: -3, at: "09:00"}', "minutes: 0", 0, ""),
    (
        "mail to itself",
        "    on_success: end\n",
        "    on_success: {go_to: mail}\n",
        22,
        "give one of these steps a wait",
    ),
    ("unreachable step", "equals: es, go_to: hola", "equals: es, go_to: mail", 0, ""),  # hola follows a failed mail
    ("unreachable", "on_failure: {go_to: hola}", "on_failure: end", 0, ""),  # and a branch leads to it
    ("no way in", "otherwise: next", "otherwise: {go_to: hola}", 0, ""),
    (
        "no end",
        "    max_hold: {hours: 2}\n",
        "    max_hold: {hours: 2}\n    on_success: {go_to: hola}\n    on_failure: {go_to: hola}\n",
        28,
        "let a step end",
    ),
    ("undefined variable", "{{ contact.first_name }}", "{{ first_nam }}", 13, "'first_nam' is not a variable"),
    ("too many parts", "body: Hola", f"body: {'я' * (67 * (MOST_PARTS - 1))}", 31, "is billed as 11 parts, at most 10"),
    (
        "missing fallback",
        "contact.first_name: there",
        "contact.last_name: there",
        13,
        "give 'contact.first_name' under",
    ),
    ("unknown consent class", "purpose: informational", "purpose: fun", 3, "write marketing (the default)"),
    ("unknown step", "then: {go_to: mail}", "then: {go_to: letter}", 14, "there is no step 'letter' to go to"),
    ("unknown last step", "otherwise: next", "otherwise: {go_to: letter}", 21, "there is no step 'letter'"),
    ("unknown case", "is: expired}, go_to: mail", "is: expired}, go_to: letter", 20, "there is no step 'letter'"),
    ("unknown asked step", "{step: hello, is", "{step: helo, is", 20, "no step 'helo' sends anything"),
    ("unknown outcome", "is: expired", "is: booked", 20, "one of delivered, completed, failed"),
    ("missing otherwise", "    otherwise: next\n", "", 15, "say what happens when no case holds"),
    (
        "no question",
        "field: contact.language, equals: es,",
        "equals: es,",
        19,
        "exactly one of field, outcome, replied",
    ),
    ("two comparisons", "equals: es,", "equals: es, exists: true,", 19, "exactly one of equals, in, exists"),
    ("no field", "field: contact.closing_on", "field: closing_on", 24, "such as contact.closing_on"),
    ("no date to wait for", "field: contact.closing_on, ", "", 24, "name the field that holds the date"),
    ("retry without a pause", "[{minutes: 5}, {minutes: 15}]", "[]", 14, "name at least one pause"),
    ("empty goal", "{field: contact.stage, in: [won]}", "{}", 6, "exactly one of field, milestone, replied; write"),
    ("goal in the air", "in: [won]}", "}", 6, "exactly one of equals, in, exists"),
    ("unknown stop", "[bounce]", "[snow]", 7, "write bounce"),
    ("re-entry", "{after: {days: 30}}\ngap", "{after: {days: 0}}\ngap", 8, "from 1 to 365"),
    ("gap", "gap: {days: 3}", "gap: 3 days", 9, "this takes a group such as {days: 14}"),
    ("hold without skip", "    after_window: skip\n", "", 32, "goes with after_window: skip"),
    ("says nothing", "    content: {body: Hola}\n", "", 28, "write content: {body"),
    ("key twice", "- key: hola", "- key: mail", 28, "give each step its own"),
    (
        "branch that sends",
        "    otherwise: next",
        "    otherwise: next\n    content: {body: x}",
        22,
        "'content' is not known here",
    ),
    ("typing slip", "stop_on: [bounce]", "stop_om: [bounce]", 7, "did you mean 'stop_on'?"),
    (
        "hands over to itself",
        "    on_success: end\n",
        "    on_success: {hand_over: closing}\n",
        26,
        "hands over to the sequence itself; name another",
    ),
    ("hands over to another", "    on_success: end\n", "    on_success: {hand_over: nurture}\n", 0, ""),
    (
        "hands over to itself from a branch",
        "    otherwise: next\n",
        "    otherwise: {hand_over: closing}\n",
        21,
        "go_to a step of this one",
    ),
    (
        "asked twice",
        "      - {outcome: {step: hello, is: expired}, go_to: mail}\n",
        "      - {field: contact.language, equals: es, go_to: mail}\n",
        20,
        "case 1 asks the same and comes first",
    ),
    (
        "asked otherwise",
        "      - {outcome: {step: hello, is: expired}, go_to: mail}\n",
        "      - {field: contact.language, equals: pt, go_to: mail}\n",
        0,
        "",
    ),
    (
        "shut at night",
        "gap: {days: 3}\n",
        'gap: {days: 3}\nwindows: [{days: [mon], from: "22:00", to: "23:00"}]\n',
        10,
        "no text may leave in these hours by law",
    ),
    (
        "shut but for a minute nobody may use",
        "gap: {days: 3}\n",
        'gap: {days: 3}\nwindows: [{days: [mon], from: "20:50", to: "23:00"}]\n',
        10,
        "open them between 8:00 and 21:00",
    ),
    (
        "open late",
        "gap: {days: 3}\n",
        'gap: {days: 3}\nwindows: [{days: [mon, wed, fri, sun], from: "20:30", to: "23:00"}]\n',
        0,
        "",
    ),
    (
        "asks about a step that comes later",
        "      - {outcome: {step: hello, is: expired}, go_to: mail}\n",
        "      - {outcome: {step: hola, is: delivered}, go_to: mail}\n",
        20,
        "on no way here has 'hola' been reached",
    ),
    (
        "asks whether somebody followed a link that was not sent yet",
        "      - {outcome: {step: hello, is: expired}, go_to: mail}\n",
        "      - {clicked: mail, go_to: mail}\n",
        20,
        "or let 'mail' lead here",
    ),
    (
        "asks about a later step that leads back",
        "    on_success: end\n    on_failure: {go_to: hola}\n",
        "    on_success: {go_to: again}\n    on_failure: {go_to: hola}\n"
        "  - {key: again, channel: branch, wait: {days: 1}, when: [{clicked: mail, go_to: mail}], otherwise: next}\n",
        0,
        "",
    ),
    (
        "open at least on one of its days",
        "gap: {days: 3}\n",
        'gap: {days: 3}\nwindows:\n  - {days: [mon], from: "22:00", to: "23:00"}\n'
        '  - {days: [tue, thu, sat], from: "09:00", to: "10:00"}\n',
        0,
        "",
    ),
]
# name, what stands in the sound file, what is put in its place, the line, and a part of what would be better
BETTER = [
    ("missing consent class", "purpose: informational\n", "", 1, "purpose: marketing, or purpose: informational"),
    ("excludes itself", "gap: {days: 3}\n", "exclusive_with: [closing, other]\n", 9, "or write re_entry: never"),
    ("long text", "body: Hola", f"body: {'a' * (153 * USUAL_PARTS + 1)}", 31, "is billed as 4 parts"),
    ("long in few letters", "body: Hola", f"body: {'я' * (67 * USUAL_PARTS + 1)}", 31, "'я' is not in the GSM"),
]
PLANTED = [fault for fault in FAULTS if fault[3]]
HARMLESS = [fault for fault in FAULTS if not fault[3]]


def test_twenty_faults_at_least_are_planted() -> None:
    assert len(PLANTED) >= 20
    assert lint_sequence(SOUND) == []


@pytest.mark.parametrize(("old", "new", "line", "words"), [one[1:] for one in PLANTED], ids=[one[0] for one in PLANTED])
def test_each_is_found_with_its_line_and_the_way_out(old: str, new: str, line: int, words: str) -> None:
    assert SOUND.count(old) == 1, "the fault must be planted in one place"
    found = lint_sequence(SOUND.replace(old, new))
    assert any(one.line == line and words in one.message for one in found), [str(one) for one in found]
    assert not all(is_only_better(one) for one in found)


@pytest.mark.parametrize(("old", "new", "line", "words"), [one[1:] for one in BETTER], ids=[one[0] for one in BETTER])
def test_what_would_only_be_better_is_told_as_that_and_hinders_nobody(
    old: str, new: str, line: int, words: str
) -> None:
    assert SOUND.count(old) == 1
    text = SOUND.replace(old, new)
    [found] = lint_sequence(text)
    assert (found.line, is_only_better(found)) == (line, True)
    assert words in str(found)
    assert str(found).startswith(f"line {line}: better: ")
    assert isinstance(read_sequence(text), Definition)


@pytest.mark.parametrize(("old", "new"), [one[1:3] for one in HARMLESS], ids=[one[0] for one in HARMLESS])
def test_what_only_looks_like_one_is_let_pass(old: str, new: str) -> None:
    assert SOUND.count(old) == 1
    assert lint_sequence(SOUND.replace(old, new)) == []


def test_all_are_told_at_once_in_the_order_of_the_file() -> None:
    text = SOUND
    for _, old, new, _, _ in (PLANTED[i] for i in (4, 10, 14, 18)):
        text = text.replace(old, new)
    lines = [one.line for one in lint_sequence(text)]
    assert lines == sorted(lines)
    assert len(lines) >= 4


@pytest.mark.parametrize("text", ["", "- a", "name: 'x"])
def test_what_is_no_sequence_at_all_is_one_problem(text: str) -> None:
    assert len(lint_sequence(text)) == 1


def test_a_text_as_long_as_usual_is_not_told_about() -> None:
    assert lint_sequence(SOUND.replace("body: Hola", f"body: {'a' * 153 * USUAL_PARTS}")) == []


def test_mail_may_leave_at_any_hour() -> None:
    """No law keeps hours for it, so no window shuts it out."""
    night = 'windows: [{days: [mon, wed, fri, sun], from: "22:00", to: "23:00"}]'
    step = '{key: a, channel: email, content: {subject: Hi, html: "<p>Hi</p>"}}'
    assert lint_sequence(f"name: A\nslug: a\npurpose: marketing\n{night}\nsteps:\n  - {step}\n") == []


def test_the_verb_prints_every_problem_and_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "closing.yaml"
    file.write_text(SOUND, encoding="utf-8")
    assert main(["sequence", "lint", str(file)]) == 0
    assert capsys.readouterr() == (f"{file}: nothing to say against it.\n", "")

    file.write_text(SOUND.replace("[bounce]", "[snow]").replace("purpose: informational\n", ""), encoding="utf-8")
    assert main(["sequence", "lint", str(file)]) == 1
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[0]) == ("", f"{file} has 1 problem:")
    assert "  line 6: stop_on: 'snow' is not known; write bounce" in err
    assert f"{file} also has what would be better otherwise:\n  line 1: better: purpose: say what" in err
    assert main(["sequence", "lint", str(file), "--json"]) == 1
    out, err = capsys.readouterr()
    told = [(one["line"], one["field"], one["level"]) for one in json.loads(out)["problems"]]
    assert told == [(1, "purpose", "better"), (6, "stop_on", "error")]
    assert main(["sequence", "lint", str(tmp_path / "gone.yaml")]) == 1
    assert "there is no such file" in capsys.readouterr().err


def test_the_verb_ends_with_zero_when_something_is_only_better(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "closing.yaml"
    file.write_text(SOUND.replace("purpose: informational\n", ""), encoding="utf-8")
    assert main(["sequence", "lint", str(file)]) == 0
    out, err = capsys.readouterr()
    assert (err, out.splitlines()[0]) == ("", f"{file} can be published; it has what would be better otherwise:")
