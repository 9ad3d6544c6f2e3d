"""Each sequence of the library ends as its head says, in every way it says, and in no other; and it nags nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
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


ASKING = [
    (slug, step.key)
    for slug, one in LIBRARY.items()
    for step in one.steps
    if step.channel is not None and (slug, step.key) != ("re-engagement", "last-note")  # asks nothing, and is the end
]
CALLS = {"day-7-call", "analysis-call", "invite", "second-call"}
OF_A_DAY = {"shown", "offered", "inspected"}
REACHED: dict[str, tuple[World, ...]] = {
    slug: (World(), World(clicks=True), World(happens=BOUGHT[:3]), World(happens=(("market_analysis", 3),)))
    for slug in LIBRARY
}


@pytest.mark.parametrize(("slug", "step"), ASKING, ids=[f"{slug}-{step}" for slug, step in ASKING])
@pytest.mark.parametrize("hours", [0.1, 5, 20, 50, 119])
def test_an_answer_is_a_task_for_a_person_before_anything_else_is_sent(slug: str, step: str, hours: float) -> None:
    """The next day at the latest where they answer within hours; nobody releases anything. Two things may come between:
    a call that is tried again within half an hour, and what waits for a day of theirs."""
    worlds = [replace(one, replies_to=step, after=timedelta(hours=hours)) for one in REACHED[slug]]
    ways = [walk(LIBRARY[slug], world) for world in worlds]
    assert any(step in way.sent for way in ways)
    for way in ways:
        assert way.end not in ("held", "replied"), way.steps
        answered_at = way.answered_at
        if answered_at is None:  # what they would have answered did not come, or it was over before they did
            continue
        given_at = next((at for _, at in way.asked if at >= answered_at), None)
        assert given_at is not None, (way.world, way.steps)
        between = [key for key, at in zip(way.sent, way.sent_at, strict=True) if answered_at < at < given_at]
        assert set(between) <= OF_A_DAY | (CALLS & {step}), (way.world, way.steps)
        assert hours > 20 or given_at - answered_at <= timedelta(hours=26), (way.world, way.steps)


@pytest.mark.parametrize("slug", ["seller-nurture", "buyer-nurture"])
def test_one_answer_is_one_task(slug: str) -> None:
    for step in (step.key for step in LIBRARY[slug].steps if step.channel is not None):
        way = walk(LIBRARY[slug], World(replies_to=step, happens=BOUGHT[:3] if slug == "buyer-nurture" else ()))
        assert len({key for key, _ in way.asked}) == len(way.asked), way.asked


@pytest.mark.parametrize("answered", ["offer-analysis", "what-it-is"])
def test_the_analysis_that_was_asked_for_is_spoken_of_without_any_release(answered: str) -> None:
    way = walk(LIBRARY["seller-nurture"], World(replies_to=answered))
    assert way.sent[way.sent.index(answered) + 1 :][:2] == ["analysis-ready", "analysis-call"]
    assert way.end == "handed_over re-engagement"  # and on, to the last mail, though nobody has released the answer
    assert way.sent[-2:] == ["still-thinking", "leave-it-here"]


def test_who_names_a_day_for_the_talk_gets_a_person_and_no_call() -> None:
    happens = (("market_analysis", 3),)
    way = walk(LIBRARY["seller-nurture"], World(replies_to="analysis-ready", happens=happens))
    assert (way.sent[-1], way.steps[-1], way.end) == ("analysis-ready", "person", "finished")


@pytest.mark.parametrize("done", [True, False])
def test_who_wants_no_showing_is_left_in_peace_for_weeks(done: bool) -> None:
    way = walk(LIBRARY["buyer-nurture"], World(answers_calls=True, tasks_done=done, clicks=True))
    asked_at = dict(way.asked)["arrange"]
    after = [(key, at) for key, at in zip(way.sent, way.sent_at, strict=True) if at > asked_at]
    assert after[0][0] == "still-looking"
    assert after[0][1] - asked_at > timedelta(days=14)


@pytest.mark.parametrize("gap", [3, 6, 9])
def test_a_second_showing_is_asked_about_whenever_it_is(gap: int) -> None:
    way = walk(LIBRARY["buyer-nurture"], World(happens=(("showing", 8), ("showing", 8 + gap))))
    assert way.sent.count("shown") == 2


def test_who_looks_again_after_an_inspection_is_asked_again() -> None:
    story = (("showing", 8), ("offer", 15), ("inspection", 20), ("showing", 33), ("offer", 40), ("closing", 70))
    way = walk(LIBRARY["buyer-nurture"], World(happens=story))
    assert way.sent[-5:] == ["shown", "offered", "inspected", "shown", "offered"]
    assert way.end == "goal_met"


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
        "lead-3-7-14-30": 36,
        "re-engagement": 13,
        "review-request": 10,
        "seller-nurture": 50,
        "speed-to-lead": 3,
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
