"""Who may go on in a newer version: nobody in the middle of a step, nobody to the same message twice."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from modules.labels import NextChannel, TouchState
from modules.sequences import Adoption, Definition, Fate, Likeness, Standing, impact_of, judge_adoption
from modules.sequences.adopt import likeness
from modules.sequences.outcomes import MAY_REPEAT
from tests.pure.sequence_texts import read

F, T = Fate, TouchState
NONE = MappingProxyType[str, str]({})


def sms(key: str, more: str = "", body: str = "Hi") -> str:
    return f"  - {{key: {key}, channel: sms, wait: {{days: 1}}, content: {{body: {body}}}{more}}}\n"


def mail(key: str) -> str:
    return f'  - {{key: {key}, channel: email, wait: {{days: 1}}, content: {{subject: Hi, html: "<p>Hi</p>"}}}}\n'


def pick(key: str, to: str, otherwise: str = "next") -> str:
    when = f"[{{replied: true, go_to: {to}}}]"
    return f"  - {{key: {key}, channel: branch, wait: {{days: 1}}, when: {when}, otherwise: {otherwise}}}\n"


OLD = read(sms("a"), sms("b"), sms("c"))


def at(step: str | None, *had: str, tried: TouchState | None = None, **more: object) -> Standing:
    """Somebody who waits for this step, after those; `tried`: it has been tried in this visit, and came to that."""
    touch = step if tried else (had[-1] if had else None)
    base = Standing(1, "active", step, False, tried is not None, touch, tried or (T.delivered if had else None), had)
    return replace(base, **more)  # type: ignore[arg-type]


def fate(place: Standing, new: Definition, mapping: dict[str, str] | None = None, old: Definition = OLD) -> Fate:
    return judge_adoption(place, old, new, mapping or {}).fate


def test_who_waits_for_a_step_goes_on_at_the_same_one() -> None:
    new = read(sms("a"), sms("b", body="Hello"), sms("c"))
    assert judge_adoption(at("b", "a"), OLD, new, NONE) == Adoption(F.adopts, "b", NextChannel.sms)
    mailed = read(sms("a"), mail("b"), sms("c"))
    assert judge_adoption(at("b", "a"), OLD, mailed, NONE) == Adoption(F.adopts, "b", NextChannel.email)
    asks = read(sms("a"), pick("b", "d", "end"), sms("d", ", on_reply: continue"))
    assert judge_adoption(at("b", "a"), OLD, asks, NONE) == Adoption(F.adopts, "b", NextChannel.settle)


@pytest.mark.parametrize("state", sorted(set(T) - MAY_REPEAT))
def test_nobody_is_taken_out_of_a_step_whose_touch_is_not_settled_or_not_yet_taken_in(state: TouchState) -> None:
    assert fate(at("b", "a", tried=state), OLD) is F.under_way


@pytest.mark.parametrize("state", sorted(T))
def test_who_waits_for_news_of_any_kind_stays(state: TouchState) -> None:
    assert fate(at("b", "a", tried=state, waiting=True), OLD) is F.under_way
    assert fate(at("b", "a", waiting=True), OLD) is F.under_way


@pytest.mark.parametrize("state", sorted(MAY_REPEAT))
def test_a_try_that_provably_failed_is_repeated_by_the_new_version_at_the_same_step_only(state: TouchState) -> None:
    place = at("b", "a", "b", tried=state)
    assert fate(place, read(sms("a"), sms("b", body="Hello"), sms("c"))) is F.adopts
    assert fate(place, read(sms("a"), mail("b"), sms("c"))) is F.being_tried
    assert fate(place, read(sms("a"), sms("e"), sms("c")), {"b": "e"}) is F.being_tried


def test_a_step_that_is_gone_needs_to_be_told_by_what_it_was_replaced() -> None:
    new = read(sms("a"), sms("e"), sms("c"))
    assert fate(at("b", "a"), new) is F.step_gone
    assert judge_adoption(at("b", "a"), OLD, new, {"b": "e"}) == Adoption(F.adopts, "e", NextChannel.sms)
    assert fate(at("b", "a"), new, {"b": "none"}) is F.step_gone
    assert fate(at(None), new) is F.step_gone


def test_a_touch_whose_step_is_gone_turns_nobodys_way_any_more() -> None:
    new = read(sms("x"), sms("b"), sms("c"))
    assert judge_adoption(at("b", "a"), OLD, new, NONE).lets_go
    assert not judge_adoption(at("b", "a"), OLD, OLD, NONE).lets_go
    assert not judge_adoption(at("b"), OLD, new, NONE).lets_go


def test_who_would_get_a_step_again_in_the_new_order_stays() -> None:
    turned = read(sms("b"), sms("a"), sms("c"))
    judged = judge_adoption(at("b", "a"), OLD, turned, NONE)
    assert (judged.fate, judged.repeats) == (F.would_repeat, ("a",))
    assert fate(at("c", "a", "b"), turned) is F.adopts
    assert fate(at("b"), turned) is F.adopts


def test_a_step_that_was_renamed_behind_somebody_counts_as_had_under_its_new_name() -> None:
    new = read(sms("b"), sms("hello"), sms("c"))
    assert fate(at("b", "a"), new) is F.adopts
    assert fate(at("b", "a"), new, {"a": "hello"}) is F.would_repeat


def test_somebody_may_not_be_put_on_a_step_that_they_have_had() -> None:
    assert fate(at("c", "a", "b"), read(sms("a"), sms("b")), {"c": "b"}) is F.would_repeat
    assert fate(at("c", "b"), read(sms("a"), sms("b")), {"c": "a"}) is F.would_repeat


def test_a_way_back_that_is_new_is_a_repeat_and_one_that_was_there_before_is_none() -> None:
    circle = read(sms("a"), sms("b"), sms("c", ", on_success: {go_to: a}, on_failure: end"))
    assert judge_adoption(at("b", "a"), OLD, circle, NONE).repeats == ("a",)
    assert fate(at("b", "a", "b", "c"), circle, old=circle) is F.adopts


def test_a_step_that_is_only_skipped_to_counts_as_ahead() -> None:
    """What may not leave is skipped to the step after it, wherever its success would lead."""
    to_c = ", on_success: {go_to: c}, on_failure: {go_to: c}"
    new = read(pick("ask", "a"), sms("b", to_c), sms("a", ", on_reply: continue"), sms("c"))
    assert fate(at("b", "a"), new) is F.would_repeat


def test_what_a_branch_without_its_date_skips_to_counts_as_ahead() -> None:
    """Where the date is missing that it waits for, a branch goes on to the step after it, whatever its cases say."""
    asks = "channel: branch, wait: {until: {field: contact.on, otherwise: %s}}, when: [{replied: true, go_to: c}]"
    skips, ends = (f"  - {{key: turn, {asks % word}, otherwise: {{go_to: c}}}}\n" for word in ("skip", "end"))
    way, after = (pick("ask", "a"), sms("b")), (sms("a", ", on_reply: continue"), sms("c", ", on_reply: continue"))
    assert fate(at("b", "a"), read(*way, skips, *after)) is F.would_repeat
    assert fate(at("b", "a"), read(*way, ends, *after)) is F.adopts


def test_a_way_back_that_only_late_news_of_the_last_touch_would_take_is_a_repeat_too() -> None:
    back = read(sms("x", ", on_failure: {go_to: a}"), sms("a"), sms("b", ", on_failure: {go_to: a}"), sms("c"))
    assert judge_adoption(at("c", "a", "b"), OLD, back, NONE).repeats == ("a", "b")
    assert fate(at("c", "a", "b"), back, old=back) is F.adopts


def test_the_same_version_repeats_nothing_for_anybody_anywhere() -> None:
    for place in (at("a"), at("b", "a"), at("c", "a", "b"), at("a", "a", "b", "c")):
        assert fate(place, OLD) is F.adopts


def test_a_step_is_the_same_the_other_or_gone() -> None:
    new = read(sms("a"), sms("b", body="Hello"), sms("d"))
    told = [likeness(step, OLD, new, mapping) for step, mapping in (("a", {}), ("b", {}), ("c", {}), ("c", {"c": "d"}))]
    assert told == [Likeness.same, Likeness.differs, Likeness.gone, Likeness.same]
    assert likeness(None, OLD, new, NONE) is Likeness.gone


def test_the_impact_is_one_line_for_each_version_and_step_in_the_order_of_the_steps() -> None:
    new = read(sms("b", body="Hello"), sms("a"), sms("d"))
    people = [
        (at("c", "a", "b"), 4),
        (at("b", "a"), 3),
        (at("b", "a", status="paused"), 2),
        (at("b", tried=T.accepted, waiting=True), 1),
        (at("a", version=2), 7),
    ]
    lines = impact_of(people, {1: OLD, 2: OLD}, new, NONE)
    assert [(one.version, one.step, one.people, one.likeness) for one in lines] == [
        (1, "b", 6, "differs"),
        (1, "c", 4, "gone"),
        (2, "a", 7, "same"),
    ]
    assert lines[0].statuses == {"active": 4, "paused": 2}
    assert lines[0].fates == {F.would_repeat: 5, F.under_way: 1}
    assert (lines[0].repeats, lines[2].fates) == (("a",), {F.adopts: 7})
    assert impact_of([], {}, new, NONE) == []
