"""Each sequence of the library ends as its head says, in every way it says, and in no other; and it nags nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest

from modules.labels import ChannelName
from modules.sequences import Definition
from modules.sequences.files import read_sequence
from modules.sequences.quiet_way import quiet_days, successors
from modules.sequences.shelf import library_slugs, library_source
from tests.pure.library_walk import Way, World, walk
from tests.pure.sequence_texts import read

BOUGHT = (("showing", 8), ("offer", 20), ("inspection", 26), ("closing", 60))
STORIES = (
    BOUGHT,
    BOUGHT[:3],
    BOUGHT[:2],
    BOUGHT[:1],
    (("offer", 3),),
    (("showing", 40),),
    (("showing", 8), ("showing", 17)),
    (("market_analysis", 3),),
    (("market_analysis", 3), ("listed", 30)),
    (("closing", 1), ("review_given", 6)),
)


def definition_of(slug: str) -> Definition:
    found = read_sequence(library_source(slug))
    assert isinstance(found, Definition)
    return found


LIBRARY = {slug: definition_of(slug) for slug in library_slugs()}


def ends_told(slug: str) -> set[str]:
    head = library_source(slug).split("# Ends:\n")[1].split("name:")[0]
    return set(re.findall(r"^#   (\S+(?: \S+)?): ", head, re.MULTILINE))


def worlds_of(slug: str) -> Iterator[World]:
    """Every mix of what people do, each answer to each message, and the stories that milestones tell."""
    both = (False, True)
    for answers, done, clicks in product(both, both, both):
        yield World(answers, done, clicks)
        yield World(answers, done, clicks, fields=(("interest", "Sell"),))
        for step in (one for one in LIBRARY[slug].steps if one.channel is not None):
            yield World(answers, done, clicks, replies_to=step.key)
    for story, done, clicks in product(STORIES, both, both):
        yield World(tasks_done=done, clicks=clicks, happens=story)
    for name, day in product(("qualified", "booked", "listed", "closing", "review_given"), (0, 4, 20)):
        yield World(happens=((name, day),))
    yield World(bounced=True)


@pytest.fixture(scope="module")
def ways() -> dict[str, list[Way]]:
    return {slug: [walk(one, world) for world in worlds_of(slug)] for slug, one in LIBRARY.items()}


@pytest.mark.parametrize("slug", library_slugs())
def test_it_comes_to_each_end_that_its_head_names_and_to_no_other(slug: str, ways: dict[str, list[Way]]) -> None:
    assert {way.end for way in ways[slug]} == ends_told(slug)


@pytest.mark.parametrize("slug", library_slugs())
def test_no_step_is_there_that_nobody_ever_comes_to(slug: str, ways: dict[str, list[Way]]) -> None:
    assert {key for way in ways[slug] for key in way.steps} == {step.key for step in LIBRARY[slug].steps}


@pytest.mark.parametrize("slug", ["lead-3-7-14-30", "speed-to-lead", "re-engagement", "review-request"])
def test_after_an_answer_no_message_leaves_and_nobody_is_handed_over(slug: str, ways: dict[str, list[Way]]) -> None:
    answered = [way for way in ways[slug] if way.world.replies_to in way.sent]
    assert answered
    for way in answered:
        assert way.sent[-1] == way.world.replies_to
        assert not way.end.startswith("handed_over")


@pytest.mark.parametrize(
    ("slug", "answered", "event", "goes_on_with"),
    [
        ("seller-nurture", "offer-analysis", "listed", "analysis-call"),
        ("seller-nurture", "what-it-is", "listed", "analysis-call"),
        ("seller-nurture", "analysis-ready", "market_analysis", "analysis-call"),
        ("buyer-nurture", "two-wishes", "closing", "see-homes"),
        ("buyer-nurture", "see-homes", "closing", "pick-a-day"),
        ("buyer-nurture", "pick-a-day", "showing", "shown"),
    ],
)
def test_an_answer_in_a_nurture_goes_to_a_person_and_then_it_goes_on(
    slug: str, answered: str, event: str, goes_on_with: str
) -> None:
    happens = ((event, 3 if event == "market_analysis" else 20),)
    sent = walk(LIBRARY[slug], World(replies_to=answered, happens=happens)).sent
    assert sent.index(goes_on_with) > sent.index(answered)


@pytest.mark.parametrize(("story", "last"), [(1, "offered"), (2, "inspected")])
def test_a_purchase_is_followed_as_it_happens(story: int, last: str) -> None:
    events = BOUGHT[: story + 1] + BOUGHT[3:]
    way = walk(LIBRARY["buyer-nurture"], World(happens=events))
    assert way.sent[-1] == last
    assert way.end == "goal_met"


@pytest.mark.parametrize("slug", ["lead-3-7-14-30", "speed-to-lead"])
def test_after_a_talk_on_the_phone_only_a_person_goes_on(slug: str, ways: dict[str, list[Way]]) -> None:
    calls = {step.key for step in LIBRARY[slug].steps if step.channel is ChannelName.voice}
    talked = [way for way in ways[slug] if way.world.answers_calls and calls & set(way.sent)]
    assert talked
    assert all(way.sent[-1] in calls and way.steps[-1] == "person" for way in talked)


@pytest.mark.parametrize("slug", library_slugs())
def test_nobody_gets_the_same_message_twice_but_a_call_that_rang_out(slug: str, ways: dict[str, list[Way]]) -> None:
    calls = {step.key for step in LIBRARY[slug].steps if step.channel is ChannelName.voice}
    for way in ways[slug]:
        # only a showing begins something anew: how it was, and later whether they still look
        anew = {"shown", "still-looking"} if slug == "buyer-nurture" else set()
        shown = [name for name, _ in way.world.happens].count("showing")
        for key in set(way.sent):
            most = 3 if key in calls else 1 + shown if key in anew else 1
            assert way.sent.count(key) <= most, (key, way.world, way.sent)


def test_the_days_that_the_shelf_tells_are_those_of_somebody_who_never_answers() -> None:
    assert {slug: quiet_days(one) for slug, one in LIBRARY.items()} == {
        "buyer-nurture": 55,
        "lead-3-7-14-30": 37,
        "re-engagement": 13,
        "review-request": 10,
        "seller-nurture": 47,
        "speed-to-lead": 4,
    }


@pytest.mark.parametrize(
    ("step", "days", "after"),
    [
        ("wait: {hours: 1}", 1, []),
        ("wait: {business_days: 5}, on_success: {hand_over: other}", 7, ["other"]),
        ("wait: {days: 2}, on_success: {go_to: a}", 2, []),
        ("wait: {days: 2}, on_failure: {retry: {after: [{days: 9}], then: {hand_over: third}}}", 2, ["third"]),
    ],
)
def test_a_way_is_measured_to_its_end_or_to_where_it_turns(step: str, days: int, after: list[str]) -> None:
    one = read(f"  - {{key: a, channel: sms, content: {{body: Hi}}, {step}}}\n")
    assert (quiet_days(one), successors(one)) == (days, after)


def test_a_call_that_rings_out_costs_its_retries_and_a_branch_goes_where_silence_leads() -> None:
    call = "  - {key: a, channel: voice, content: {prompt: Call}, on_failure: {retry: {times: 2, after: {days: 1}}}}\n"
    asks = "  - {key: b, channel: branch, wait: {days: 3}, when: [{stalled: {days: %d}, go_to: c}], otherwise: end}\n"
    late = "  - {key: c, channel: sms, wait: {days: 4}, content: {body: Hi}}\n"
    again = asks.replace("otherwise: end", "otherwise: {go_to: b}")
    assert quiet_days(read(call, again % 9, late)) == 2 + 3 * 3 + 4
    assert quiet_days(read(call, asks % 5, late)) == 9
    assert quiet_days(read(call, asks % 6, late)) == 5
