"""A sequence file is a definition, or the whole list of what is wrong with it."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from modules.labels import ChannelName, WaitsFor
from modules.sequences.files import read_sequence
from modules.sequences.freeze_yaml import definition_to_yaml
from modules.sequences.models import Content, Definition, Follow, Next, Step, Wait, Window
from modules.sequences.show import show_sequence

SAMPLES = Path(__file__).parents[2] / "scripts" / "samples"

SOUND = """\
name: Follow up
slug: follow-up
timezone: contact
windows:
  - days: [mon, tue]
    from: "09:00"
    to: 17:00
fallbacks:
  contact.first_name: there
steps:
  - key: hello
    channel: sms
    content:
      body: |
        Hi {{ contact.first_name }},
        {{ client.name }} here.
    on_failure: {retry: {times: 3, after: {minutes: 15}}}
  - key: more
    channel: email
    wait: {days: 1, at: 11:00}
    waits_for: ended
    content:
      subject: A question
      html: <p>Hello {{ contact.first_name }}</p>
    on_success: end
    on_failure: {go_to: last}
    max_lateness: {hours: 24}
  - key: last
    channel: sms
    wait: {business_days: 2}
    content: {body: Bye}
    on_failure: skip
"""


def read(text: str) -> Definition:
    found = read_sequence(text)
    assert isinstance(found, Definition), [str(one) for one in found]
    return found


def test_a_sound_file_becomes_the_definition_it_describes() -> None:
    after_failure = Follow(Next.retry, None, 3, timedelta(minutes=15))
    hello = Content(body="Hi {{ contact.first_name }},\n{{ client.name }} here.\n")
    mail = Content(subject="A question", html="<p>Hello {{ contact.first_name }}</p>")
    go_on, three_days = Follow(Next.next), timedelta(days=3)
    sms, email, accepted = ChannelName.sms, ChannelName.email, WaitsFor.accepted
    steps = (
        Step("hello", sms, Wait(), accepted, hello, go_on, after_failure, three_days),
        Step(
            *("more", email, Wait(days=1, at=time(11)), WaitsFor.ended, mail),
            *(Follow(Next.end), Follow(Next.go_to, "last"), timedelta(days=1)),
        ),
        Step("last", sms, Wait(business_days=2), accepted, Content(body="Bye"), go_on, go_on, three_days),
    )
    windows = (Window((1, 2), time(9), time(17)),)
    assert read(SOUND) == Definition("Follow up", "follow-up", windows, steps, {"contact.first_name": "there"})


# what stands in the sound file, what is put in its place, and the problem: line, field, words
FAULTS = [
    ("name: Follow up", "nme: Follow up", 1, "nme", "did you mean 'name'?"),
    ("name: Follow up", "name:", 1, "name", "give the sequence a name"),
    ("slug: follow-up", "slug: Follow up", 2, "slug", "lower-case letters, digits and - only"),
    ("slug: follow-up\n", "", 1, "slug", "write for example slug: new-lead-welcome"),
    ("timezone: contact", "timezone: Europe/Oslo", 3, "timezone", "leave it out or write 'contact'"),
    ("timezone: contact", "goal: booked", 3, "goal", "this takes a group such as {field: contact.stage"),
    ("timezone: contact", "timezone: contact\ntimezone: contact", 4, "timezone", "stands twice; keep one"),
    ("[mon, tue]", "[mon, tuesday]", 5, "windows.1.days", "'tuesday' is not a day; write mon, tue"),
    ("[mon, tue]", "mon", 5, "windows.1.days", "this takes a list such as [mon, tue"),
    ("[mon, tue]", "[]", 5, "windows.1.days", "name at least one day"),
    ('from: "09:00"', 'from: "9 am"', 6, "windows.1.from", 'write it like "09:30"'),
    ("to: 17:00", "to: 08:00", 7, "windows.1.to", "for a night, write two windows"),
    ("    to: 17:00\n", "", 5, "windows.1.to", 'write for example to: "09:00"'),
    ("contact.first_name: there", "first_name: there", 9, "fallbacks.first_name", "such as contact.first_name"),
    ("contact.first_name: there", 'contact.first_name: ""', 9, "fallbacks.contact.first_name", "give it a word"),
    ("key: more", "key: hello", 18, "steps.hello.key", "give each step its own"),
    ("key: hello", "key: Hello!", 11, "steps.Hello!.key", "lower-case letters, digits, - and _ only"),
    ("- key: last", "- ky: last", 28, "steps.3.ky", "did you mean 'key'?"),
    ("channel: email", "channel: fax", 19, "steps.more.channel", "use sms, email or voice"),
    ("    channel: email\n", "", 18, "steps.more.channel", "channel: sms, email or voice"),
    ("{days: 1, at: 11:00}", "{days: one}", 20, "steps.more.wait.days", "'one' is not a whole number from 0 to 365"),
    ("{days: 1, at: 11:00}", "{days: -1}", 20, "steps.more.wait.days", "'-1' is not a whole number"),
    ("{days: 1, at: 11:00}", "{day: 1}", 20, "steps.more.wait.day", "did you mean 'days'?"),
    ("{days: 1, at: 11:00}", "{days: 1, hours: 2}", 20, "steps.more.wait", "not hours and days together"),
    ("{days: 1, at: 11:00}", "{hours: 1, at: 11:00}", 20, "steps.more.wait.at", "with days or business_days only"),
    ("{days: 1, at: 11:00}", "{days: 1, at: 25:00}", 20, "steps.more.wait.at", 'write it like "09:30"'),
    ("{days: 1, at: 11:00}", "1 day", 20, "steps.more.wait", "this takes a group such as {days: 1"),
    ("{days: 1, at: 11:00}", "{}", 20, "steps.more.wait", "leave 'wait' out to send at once"),
    ("waits_for: ended", "waits_for: delivered", 21, "steps.more.waits_for", "write accepted"),
    ("content: {body: Bye}", "content: {}", 31, "steps.last.content.body", "the body is missing or empty"),
    ("    content: {body: Bye}\n", "", 28, "steps.last.content", "this step says nothing; write content: {body"),
    ("{body: Bye}", "{body: Bye, subject: x}", 31, "steps.last.content.subject", "these are: body"),
    ("      subject: A question\n", "", 23, "steps.more.content.subject", "the subject is missing or empty"),
    ("{go_to: last}", "{go_to: lst}", 26, "steps.more.on_failure", "there is no step 'lst' to go to; these are: hello"),
    ("on_success: end", "on_success: skip", 25, "steps.more.on_success", "one of: next, end, {go_to: STEP}"),
    ("on_failure: skip", "on_failure: stop", 32, "steps.last.on_failure", "one of: next, end, skip"),
    ("{times: 3, after", "{times: 99, after", 17, "steps.hello.on_failure.retry.times", "from 1 to 10"),
    ("times: 3, after: {minutes: 15}", "times: 3", 17, "steps.hello.on_failure.retry.after", "after: {minutes: 15}"),
    ("on_failure: {go_to: last}", "on_failure: end", 0, "", ""),  # 'last' is for who is skipped at 'more'
    ("on_failure: skip", "on_success: {go_to: last}", 0, "", ""),
    (
        "{business_days: 2}",
        "{minutes: 0}\n    on_success: {go_to: last}",
        28,
        "steps.last",
        "in a circle without a wait",
    ),
    ("{hours: 24}", "{hours: 0}", 27, "steps.more.max_lateness.hours", "from 1 to 8760"),
    ("{hours: 24}", "{hours: 1, days: 1}", 27, "steps.more.max_lateness", "exactly one of minutes, hours, days"),
    ("{hours: 24}", "a day", 27, "steps.more.max_lateness", "this takes a group such as {hours: 24}"),
    ("{{ client.name }} here", "{{ contact.town }}", 16, "steps.hello.content.body", "contact.town | default:"),
    ("{{ client.name }} here", "{{ client.name", 16, "steps.hello.content.body", "expected '}}'"),
    (
        "Hello {{ contact.first_name",
        "{{ contact.name",
        24,
        "steps.more.content.html",
        "give 'contact.name' under fallbacks",
    ),
    ("{{ client.name }} here", "{% include 'x' %}", 16, "steps.hello.content.body", "'include' is not available"),
    ("body: Bye", "body: " + "x" * 1601, 31, "steps.last.content.body", "1601 characters; at most 1600"),
    ("{body: Bye}", "{body: Bye}\n    variants: []", 32, "steps.last.variants", "arrives with a later version"),
]


@pytest.mark.parametrize(("old", "new", "line", "field", "words"), FAULTS)
def test_a_planted_fault_is_told_with_its_line_and_the_way_out(
    old: str, new: str, line: int, field: str, words: str
) -> None:
    assert SOUND.count(old) == 1, "the fault must be planted in one place"
    found = read_sequence(SOUND.replace(old, new))
    if not words:
        assert isinstance(found, Definition)
        return
    assert isinstance(found, list)
    assert (line, field) in [(one.line, one.field) for one in found], [str(one) for one in found]
    assert any(words in one.message for one in found if one.field == field), [str(one) for one in found]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "begins with 'name:'"),
        ("- a\n- b", 1, "begins with 'name:'"),
        ("name: x\n  slug: y", 2, "this is not YAML"),
        ("name: 'x", 1, "this is not YAML"),
        ("name: x\n---\nname: y", 2, "this is not YAML"),
        ("name: \x00", 1, "this is not YAML"),
        ('name: "A\\0"', 1, "no character"),
        ('name: x\nslug: "\\ud83d"', 2, "half of an emoji"),
        ('name: x\n"a\\uDC00": x', 2, "take it out"),
        ("name: &a x\nslug: *a", 1, "anchors (&) and aliases (*) are not available"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", 1, "write the value out"),
        ("name: " + "[" * 5000, 1, "nested more than 12 deep"),
        ("name: " + "x" * 262_144, 1, "larger than 256 KB"),
        ("name: x\nslug: x", 1, "add at least one under 'steps:'"),
        ("name: x\nslug: x\nsteps: []", 3, "the sequence has no steps"),
        ("name: x\nslug: x\nsteps: hello", 3, "this takes a list"),
        ("name: x\nslug: x\nsteps: [hello]", 3, "this takes a group"),
        ("name: [x]\nslug: x", 1, "this takes one text"),
        ("name: !!python/object/apply:os.system [id]\nslug: x", 1, "this takes one text"),
        ("? [a, b]\n: c", 1, "is not known here"),
    ],
)
def test_what_is_no_sequence_at_all_is_told_in_one_sentence(text: str, line: int, words: str) -> None:
    found = read_sequence(text)
    assert isinstance(found, list)
    assert any(one.line == line and words in one.message for one in found), [str(one) for one in found]


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = SOUND.replace("slug: follow-up", "slug: F!").replace("channel: email", "chanel: email")
    text = text.replace("{business_days: 2}", "{weeks: 2}").replace("{{ client.name }}", "{{ client.nam }}")
    found = read_sequence(text)
    assert isinstance(found, list)
    lines = [one.line for one in found]
    assert lines == sorted(lines)
    assert {2, 16, 19, 30} <= set(lines)


def test_a_circle_with_a_wait_is_allowed_and_one_without_is_told_once() -> None:
    steps = "\n".join(
        f"  - {{key: {key}, channel: sms, content: {{body: x}}, on_success: {{go_to: {to}}}, on_failure: end%s}}"
        for key, to in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    text = "name: x\nslug: x\nsteps:\n" + steps
    found = read_sequence(text.replace("%s", ""))
    assert isinstance(found, list)
    assert [str(one) for one in found] == [
        "line 4: steps.a: a → b → c → a runs in a circle without a wait; give one of these steps a wait, or end it"
    ]
    assert isinstance(read_sequence(text.replace("%s", ", wait: {hours: 1}", 1).replace("%s", "")), Definition)


def test_words_that_yaml_would_turn_into_something_else_stay_words() -> None:
    text = (
        SOUND.replace("slug: follow-up", "slug: no").replace("key: last", "key: on").replace("go_to: last", "go_to: on")
    )
    found = read(text.replace("body: Bye", "body: 2026-11-21"))
    assert found.slug == "no"
    assert found.step("on").content.body == "2026-11-21"


@pytest.mark.parametrize("name", ["new-lead-welcome", "patient-recall"])
def test_a_sample_publishes_shows_and_reads_back_as_itself(name: str) -> None:
    definition = read((SAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))
    assert definition.slug == name
    assert read(definition_to_yaml(definition)) == definition
    first_sms = next(step for step in definition.steps if step.channel is ChannelName.sms)
    assert "STOP" not in (first_sms.content.body or "")  # code says it


def test_what_is_shown_and_published_again_is_the_same_sequence() -> None:
    assert read(definition_to_yaml(read(SOUND))) == read(SOUND)


def test_a_person_can_read_what_a_sequence_does() -> None:
    shown = show_sequence(read(SOUND), 3)
    for sentence in (
        "Follow up (follow-up), version 3",
        "Sends Mon, Tue 09:00–17:00, in the contact's own time.",
        'When contact.first_name is missing: "there".',
        "1. hello: SMS, at once",
        "   | {{ client.name }} here.",
        "About 1 SMS part.",
        "try again up to 3 times, each after 15 minutes, then the next step.",
        "2. more: E-mail, 1 day later at 11:00",
        "Goes on when its fate is known: end. If it fails: go to last.",
        "Not sent when more than 1 day late.",
        "3. last: SMS, 2 business days later",
    ):
        assert sentence in shown
