"""Does a text ask us to stop? By words alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.emotion import asks_to_stop_on_call, is_opt_out_keyword
from modules.emotion.opt_out import KEYWORDS

NAMED_BY_LAW = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")
edges = st.text(st.sampled_from(" \t\n.!?\"'“”…*_-0123456789🛑👎\u200b\ufe0f"), max_size=5)


@pytest.mark.parametrize("word", NAMED_BY_LAW)
def test_every_word_that_the_law_names_is_one(word: str) -> None:
    assert is_opt_out_keyword(word)


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", "Stop.", " stop \n", "“Stop”", "stop!!!", "STOP 🛑", "Opt  Out", "opt-out", "OPTOUT", "Stop\tAll"),
        *("ＳＴＯＰ", "stóp", "st\u200bop", "(unsubscribe)", "*STOP*", "_stop_", "1. stop", "Stop 2"),
    ],
)
def test_case_signs_accents_and_spaces_do_not_matter(text: str) -> None:
    assert is_opt_out_keyword(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "🛑",
            "stopp",
            "st op",
            "don't stop",
            "stop by on Monday",
            "bus stop",
            "weekend",
            "the end",
            "cancelled",
        ),
        *("yes", "help", "start", "не stop", "请不要stop", "stop停", "конец", "end終わり"),
    ],
)
def test_a_text_that_says_more_or_something_else_is_left_to_understanding(text: str) -> None:
    assert not is_opt_out_keyword(text)


@given(edges, st.sampled_from(sorted(KEYWORDS)), edges)
def test_signs_around_a_keyword_never_hide_it(before: str, word: str, after: str) -> None:
    for text in (word, word.upper(), word.title()):
        assert is_opt_out_keyword(before + text + after)


@given(st.text(max_size=60))
def test_any_text_whatsoever_gets_an_answer(text: str) -> None:
    assert is_opt_out_keyword(text) in (True, False)


@given(st.sampled_from(sorted(KEYWORDS)), st.text(st.characters(categories=["L"]), min_size=1, max_size=10))
def test_a_word_beside_a_keyword_is_part_of_the_text(word: str, more: str) -> None:
    assert is_opt_out_keyword(f"{more} and {word}") is False


@pytest.mark.parametrize(
    "words",
    ["Stop.", "Please stop calling me!", "Don't call me again.", "do not contact me", "Take me off your list",
     "remove my number from there", "This is the wrong number", "No more calls, please", "Leave me alone"],
)  # fmt: skip
def test_a_person_who_says_stop_in_a_call_is_heard(words: str) -> None:
    assert asks_to_stop_on_call(f"AI: Hello, this is Harbor Homes.\nUser: {words}\nAI: I will see to it.")


@pytest.mark.parametrize(
    "words",
    ["I could not stop laughing", "Call me on Friday", "We stop working at five", "Can you take me through the list?",
     "The number is on the wrong page", "I don't know, call my wife"],
)  # fmt: skip
def test_other_words_in_a_call_close_nothing(words: str) -> None:
    assert not asks_to_stop_on_call(f"AI: Hello.\nUser: {words}")


def test_what_our_own_assistant_says_is_nobodys_wish() -> None:
    assert not asks_to_stop_on_call("AI: If you say stop calling me, I will.\nBot: do not call\nUser: Fine, go on.")
