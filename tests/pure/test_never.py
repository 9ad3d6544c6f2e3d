"""What could be published and could never come true is refused, with its line and the way out."""

import pytest

from modules.sequences import Definition, lint_sequence
from modules.sequences.files import read_sequence

STEPS = """  - {key: hello, channel: sms, content: {body: Hello}}
  - {key: letter, channel: email, content: {subject: Hi, html: "<a href='https://acme.example'>Hi</a>"}}
  - {key: ring, channel: voice, content: {prompt: Ask}}
  - {key: turn, channel: branch, %s, when: [{%s, go_to: more}], otherwise: end}
  - {key: more, channel: sms, content: {body: More}}
"""


def read(wait: str, asked: str) -> list[str]:
    found = read_sequence("name: Story\nslug: story\nsteps:\n" + STEPS % (wait, asked))
    return [] if isinstance(found, Definition) else [str(problem) for problem in found]


DAY, SHOWING = "wait: {days: 1}", "milestone: showing"


@pytest.mark.parametrize(
    ("wait", "asked", "words"),
    [
        (DAY, "clicked: hello", "'hello' is no e-mail, so nobody follows a link in it"),
        (DAY, "outcome: {step: hello, is: completed}", "'hello' is a message and never completed; write is: delivered"),
        (DAY, "outcome: {step: letter, is: completed}", "never completed"),
        (DAY, "outcome: {step: ring, is: delivered}", "'ring' is a call and never delivered; write is: completed"),
        ("wait: {minutes: 0}, wait_for: {milestone: showing}", SHOWING, "this does not wait at all"),
        (
            "wait: {until: {milestone: offer}}, wait_for: {milestone: showing}",
            SHOWING,
            "wait until a date, or for a mile",
        ),
    ],
)
def test_what_can_never_be_is_refused_with_its_line(wait: str, asked: str, words: str) -> None:
    (told,) = read(wait, asked)
    assert told.startswith("line 7: steps.")
    assert words in told


@pytest.mark.parametrize(
    ("wait", "asked"),
    [
        (DAY, "clicked: letter"),
        (DAY, "outcome: {step: hello, is: delivered}"),
        (DAY, "outcome: {step: ring, is: completed}"),
        (DAY, "outcome: {step: ring, is: failed}"),
        ("wait: {minutes: 1}, wait_for: {milestone: showing}", SHOWING),
        ('wait: {at: "09:00"}, wait_for: {milestone: showing}', SHOWING),
    ],
)
def test_what_can_be_may_be_published(wait: str, asked: str) -> None:
    assert read(wait, asked) == []


PLAIN = '  - {key: letter, channel: email, content: {subject: Hi, html: "%s"}}\n'
ASKS = "  - {key: turn, channel: branch, wait: {days: 1}, when: [%s], otherwise: end}\n"
TASK = "  - {key: more, channel: task, content: {title: Call}, on_reply: continue}\n"


def told(*steps: str, top: str = "") -> list[str]:
    text = f"name: Story\nslug: story\npurpose: marketing\n{top}steps:\n{''.join(steps)}"
    return [str(one) for one in lint_sequence(text)]


def asked(*cases: str, top: str = "") -> list[str]:
    """What is said against a branch of these cases."""
    when = ", ".join(f"{{{one}, go_to: more}}" for one in cases)
    return told(PLAIN % "<p>Hi</p>", ASKS % when, TASK, top=top)


@pytest.mark.parametrize("html", ["<p>Hi</p>", "Read https://acme.example", "<abbr href='x'>Hi</abbr>"])
def test_nobody_follows_a_link_in_a_mail_that_has_none(html: str) -> None:
    assert told(PLAIN % html, ASKS % "{clicked: letter, go_to: more}", TASK) == [
        "line 6: steps.turn.when.1: 'letter' has no link that anybody could follow (the one to unsubscribe does not "
        'count); write one into its html: <a href="https://…">'
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<A class='x' HREF='https://acme.example'>Hi</A>",
        "Hi {% if client.name == 'A' %}<a href='https://a.example'>A</a>{% endif %}",
        "<a {% if client.name > 'A' %}class='x' {% endif %}href='https://a.example'>A</a>",
    ],
)
def test_a_link_may_be_followed_however_it_is_written(html: str) -> None:
    assert told(PLAIN % html, ASKS % "{clicked: letter, go_to: more}", TASK) == []


@pytest.mark.parametrize(
    ("cases", "top"),
    [
        (["replied: true"], "goal: {replied: true}\n"),
        (["replied: true, since: {days: 2}"], "goal: {replied: true}\n"),
        (["milestone: closing"], "goal: {milestone: closing}\n"),
        (["field: contact.stage, equals: Won"], "goal: {field: contact.stage, in: [won, lost]}\n"),
        (["field: contact.stage, equals: won"], "goal: {field: contact.stage, exists: true}\n"),
    ],
)
def test_what_the_goal_asks_is_no_question_any_more(cases: list[str], top: str) -> None:
    assert asked(*cases, top=top) == [
        "line 7: steps.turn.when.1: the goal is met whenever this holds, and ends the sequence first, so this is never "
        "followed; remove the case or the goal"
    ]


def test_who_has_booked_is_asked_nothing_where_a_booking_ends_it() -> None:
    assert asked("milestone: booked", top="stop_on: [bounce, booking]\n") == [
        "line 7: steps.turn.when.1: stop_on: [booking] ends the sequence whenever this holds, so this is never "
        "followed; remove the case, or take booking out of stop_on"
    ]


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("replied: true", "replied: true, since: {days: 1}"),
        ("replied: true, since: {days: 2}", "replied: true, since: {hours: 48}"),
        ("replied: true, since: {days: 2}", "replied: true, since: {days: 1}"),
        ("replied: false, since: {days: 2}", "replied: false"),
        ("replied: false, since: {days: 2}", "replied: false, since: {days: 3}"),
        ("milestone: showing, since: {days: 7}", "milestone: showing, since: {days: 4}"),
        ("stalled: {days: 14}", "stalled: {days: 30}"),
        ("field: contact.stage, in: [won, Lost]", "field: contact.stage, equals: lost"),
        ("field: contact.stage, exists: true", 'field: contact.stage, before: "2026-12-31"'),
    ],
)
def test_a_case_that_an_earlier_one_contains_is_never_followed(first: str, later: str) -> None:
    (words,) = asked(first, later)
    assert words.startswith("line 6: steps.turn.when.2: case 1 ")
    assert "comes first, so this one is never followed" in words


@pytest.mark.parametrize(
    ("cases", "top"),
    [
        # what happened before the enrollment is asked for by `since` alone
        (["milestone: showing", "milestone: showing, since: {days: 7}"], ""),
        (["milestone: showing, since: {days: 7}", "milestone: showing"], ""),
        (["milestone: booked, since: {days: 7}"], "stop_on: [booking]\n"),
        (["milestone: booked"], "stop_on: [bounce]\n"),
        (["milestone: offer"], "goal: {milestone: closing}\n"),
        (["replied: true, since: {days: 1}", "replied: true"], ""),
        (["replied: false", "replied: true"], ""),
        (["replied: false", "replied: false, since: {days: 2}"], ""),
        (["stalled: {days: 30}", "stalled: {days: 14}"], ""),
        (["field: contact.stage, equals: won"], "goal: {field: contact.stage, equals: lost}\n"),
        (["field: contact.stage, exists: false"], "goal: {field: contact.stage, exists: true}\n"),
        (["field: contact.stage, equals: won", "field: contact.stage, exists: true"], ""),
        (["field: contact.stage, equals: won", "field: contact.state, equals: won"], ""),
    ],
)
def test_what_an_earlier_question_leaves_open_may_be_asked(cases: list[str], top: str) -> None:
    assert asked(*cases, top=top) == []


LAST = "  - {key: last, channel: task, content: {title: Call}, on_reply: continue, on_success: end, on_failure: end}\n"
SMS = "  - {key: %s, channel: sms, content: {body: Hi}%s}\n"


def test_a_text_that_follows_only_a_task_for_who_replied_never_leaves() -> None:
    assert told(SMS % ("hello", ""), ASKS % "{replied: true, go_to: more}", TASK, SMS % ("thanks", "")) == [
        "line 6: better: steps.turn.when.1: 'more' leads to 'thanks', which ends when the contact replies: unless a "
        "person has released the reply, it is never sent on this way; give 'thanks' on_reply: continue, or let the way "
        "end before it"
    ]


@pytest.mark.parametrize(
    "steps",
    [
        [TASK, SMS % ("thanks", ", on_reply: continue"), SMS % ("later", "")],
        [TASK, SMS % ("thanks", ", on_reply: hold")],
        [TASK.replace("continue", "continue, on_success: end, on_failure: end")],
        # a second question leads elsewhere whoever has replied
        [TASK, ASKS.replace("turn", "again") % "{replied: true, go_to: last}", LAST],
        [TASK, ASKS.replace("turn", "again") % "{replied: false, go_to: thanks}", SMS % ("thanks", "")],
    ],
)
def test_who_replied_may_be_led_to_what_a_reply_does_not_end(steps: list[str]) -> None:
    assert told(SMS % ("hello", ""), ASKS % "{replied: true, go_to: more}", *steps) == []


def test_the_way_of_who_replied_is_followed_through_further_questions() -> None:
    again = ASKS.replace("turn", "again") % "{milestone: offer, go_to: last}, {stalled: {days: 9}, go_to: thanks}"
    steps = (ASKS % "{replied: true, go_to: more}", TASK, again, LAST, SMS % ("thanks", ""))
    (words,) = told(SMS % ("hello", ""), *steps)
    assert words.startswith("line 6: better: steps.turn.when.1: 'more' leads to 'thanks', which ends when")
