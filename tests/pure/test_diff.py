"""What differs between two versions, told step by step."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modules.sequences import diff_said, diff_sequences
from modules.sequences.diff import Changed, StepDiff
from tests.pure.sequence_texts import HELLO, MORE, read

LAST = "  - {key: last, channel: sms, content: {body: Last}}\n"


def test_two_files_that_mean_the_same_do_not_differ() -> None:
    one = read(HELLO % "", MORE % "")
    two = read(HELLO % ", on_success: next, max_lateness: {days: 3}", "  # a word to the reader\n", MORE % "")
    assert diff_sequences(one, two).is_none
    assert diff_said(diff_sequences(one, two), "version 1", "version 2") == "version 1 and version 2 mean the same.\n"


def test_each_change_is_told_with_what_was_before_and_what_is_after() -> None:
    before = read(HELLO % "", MORE % "")
    changed = (MORE % ", on_success: end").replace("{days: 1}", "{hours: 2}").replace("body: More", "body: Much more")
    after = read(HELLO % "", changed, top="purpose: informational\n")
    told = diff_sequences(before, after)
    assert told.whole == (Changed("purpose", "marketing", "informational"),)
    [step] = told.steps
    assert (step.key, step.moved) == ("more", False)
    assert step.changed == (
        Changed("wait", {"days": 1}, {"hours": 2}),
        Changed("content.body", "More", "Much more"),
        Changed("on_success", "next", "end"),
    )


def test_steps_are_added_removed_and_moved_with_their_places() -> None:
    before = read(HELLO % "", MORE % "", LAST)
    after = read(LAST, HELLO % "", "  - {key: new, channel: sms, content: {body: New}}\n")
    told = diff_sequences(before, after)
    assert told.steps == (
        StepDiff("last", 3, 1, moved=True),
        StepDiff("new", None, 3),
        StepDiff("more", 2, None),
    )


def test_a_step_that_says_the_same_under_another_key_is_said_to_be_renamed() -> None:
    before = read(HELLO % "", MORE % "")
    after = read(HELLO % "", (MORE % "").replace("key: more", "key: rest"))
    added, removed = diff_sequences(before, after).steps
    assert (added.key, added.renamed_from, removed.key) == ("rest", "more", "more")
    said = diff_said(diff_sequences(before, after), "language version 1", "the draft")
    assert said == (
        "language version 1 → the draft\n\n"
        "Step 'rest': added, in place 2; 'more', which is gone, said the same\n\n"
        "Step 'more': removed, from place 2\n"
    )


def test_a_long_text_is_told_line_by_line_and_a_short_field_on_one_line() -> None:
    long = "  - key: hello\n    channel: sms\n    content:\n      body: |\n        One\n        Two\n"
    told = diff_sequences(read(HELLO % ""), read(long, top="gap: {days: 3}\n"))
    assert diff_said(told, "version 1", "version 2") == (
        "version 1 → version 2\n\n"
        "The whole sequence\n  gap: (nothing) → {days: 3}\n\n"
        "Step 'hello'\n  content.body:\n    - Hi\n    + One\n    + Two\n"
    )


@given(st.permutations(["a", "b", "c", "d", "e"]), st.sets(st.sampled_from(["a", "b", "c", "d", "e"]), min_size=1))
def test_as_few_steps_as_possible_are_said_to_have_moved(order: list[str], kept: set[str]) -> None:
    """Those that are said to rest stand in the same order before and after, and none that moved could join them."""
    step = "  - {{key: {0}, channel: sms, content: {{body: {0}}}}}\n"
    before = read(*(step.format(key) for key in "abcde"))
    after = [key for key in order if key in kept]
    told = diff_sequences(before, read(*(step.format(key) for key in after)))
    moved = {one.key for one in told.steps if one.moved}
    resting = [key for key in after if key not in moved]
    assert resting == sorted(resting)
    for key in moved:
        joined = [one for one in after if one == key or one not in moved]
        assert joined != sorted(joined)
    assert {one.key for one in told.steps if one.after is None} == set("abcde") - kept
