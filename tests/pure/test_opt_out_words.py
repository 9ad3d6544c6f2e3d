"""Does a person ask us to stop? By words alone, in three languages, held to a table of our own sentences."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.channels import Inbound
from modules.emotion import Command, OptOut, Scope, asks_to_stop_on_call, command_of, judge_call, judge_words
from modules.labels import AddressKind, CallDetails, ChannelName, InboundKind
from workers.hear import flags_of, judge


@dataclass(frozen=True)
class Line:
    opt_out: str
    scope: str
    language: str
    text: str


def _table() -> list[Line]:
    with Path(__file__).with_name("opt_out_table.csv").open(encoding="utf-8", newline="") as file:
        return [Line(**row) for row in csv.DictReader(file)]


TABLE = _table()
YES = [line for line in TABLE if line.opt_out == "yes"]
NAMED_BY_LAW = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")
# What issue 4 and our notes on the law (rule R-1, 2026-11-20) name as to be understood, word for word.
NAMED_YES = (
    *("pls quit textin me", "STOP 🛑", "s t o p", "no mas", "take me off your list", "STOP", " stop. ", "Stop!!!"),
    *("S T O P", "ｓｔｏｐ", "sto\u200bp", "STOP please", "Please cancel", "opt-out", "Opt Out", "END"),
    *("revoke my consent", "quit texting me", "unsuscribe", "wrong number", "STOPALL", "remove", "remove me", "optout"),
    *("unsub", "arret", "alto", "para", "baja", "leave me alone", "no longer interested", "lose my number"),
    *("stop contacting me", "ignore that, STOP"),
)
NAMED_NO = (
    *("stop by tomorrow?", "don't stop", "can we cancel Tuesday's appointment", "the weekend works"),
    "I can't stop laughing",
)
WEAK_ALONE = "pare por favor"  # a yes only when nothing else is said
# Marks that nobody sees, and signs of feeling; no digits, for a number may be an age.
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f"
EMOJI = ("🛑", "🙏🏽", "😡", "✋", "☎️")
signs = st.text(st.sampled_from(" \t\n.!?\"“”…*_-()#~,;:'’@$&/\\|+=%"), max_size=4)


def test_the_table_is_wide_enough_and_says_nothing_twice() -> None:
    assert len(TABLE) >= 170
    assert len({line.text for line in TABLE}) == len(TABLE)
    assert {(line.language, line.opt_out) for line in TABLE} == {
        (language, opt_out) for language in ("en", "es", "fr") for opt_out in ("yes", "unsure", "no")
    }
    assert all(bool(line.scope) is (line.opt_out == "yes") for line in TABLE)


def test_every_sentence_that_was_named_stands_in_the_table() -> None:
    verdicts = {line.text: line.opt_out for line in TABLE}
    assert {text: verdicts.get(text) for text in NAMED_YES} == dict.fromkeys(NAMED_YES, "yes")
    assert {text: verdicts.get(text) for text in NAMED_NO} == dict.fromkeys(NAMED_NO, "no")


def test_no_wish_of_the_table_is_missed_and_no_other_closes_anything(capsys: pytest.CaptureFixture[str]) -> None:
    verdicts = [(line, judge_words(line.text)) for line in TABLE]
    missed = [line.text for line, verdict in verdicts if line.opt_out == "yes" and verdict.opt_out is not OptOut.yes]
    false_yes = [line.text for line, verdict in verdicts if line.opt_out != "yes" and verdict.opt_out is OptOut.yes]
    unheard = [line.text for line, verdict in verdicts if line.opt_out == "unsure" and verdict.opt_out is OptOut.no]
    pauses = [line.text for line, verdict in verdicts if line.opt_out == "no" and verdict.opt_out is OptOut.unsure]
    with capsys.disabled():
        print(f"\nopt-out table: {len(TABLE)} sentences {dict(Counter(line.opt_out for line in TABLE))};", end=" ")
        print(
            f"missed yes {len(missed)}, false yes {len(false_yes)}, missed doubt {len(unheard)}, pauses {len(pauses)}"
        )
    assert (missed, false_yes, unheard, pauses) == ([], [], [], [])


@pytest.mark.parametrize("line", YES, ids=lambda line: line.text)
def test_a_yes_closes_as_much_as_it_says(line: Line) -> None:
    assert judge_words(line.text).scope == line.scope


@pytest.mark.parametrize("word", NAMED_BY_LAW)
def test_every_word_that_the_law_names_closes_the_address(word: str) -> None:
    verdict = judge_words(word)
    assert (verdict.opt_out, verdict.scope, verdict.rule) == (OptOut.yes, Scope.channel, "keyword")


@given(
    st.sampled_from(YES), signs, signs, st.sampled_from([str.upper, str.lower, str.title, str.swapcase]), st.randoms()
)
def test_dress_never_changes_a_yes(line: Line, before: str, after: str, case: object, draw: object) -> None:
    assert callable(case)
    dressed = before + _dressed(case(line.text), draw) + after
    verdict = judge_words(dressed)
    assert (verdict.opt_out, verdict.scope) == (OptOut.yes, line.scope)


def _dressed(text: str, draw: object) -> str:
    """With accents and unseen marks within words, and emoji between them."""
    choose: Callable[[Sequence[str]], str] = getattr(draw, "choice")  # noqa: B009
    marked = "".join(
        letter + choose(["", "", "", "\u0301", "\u0308"] if letter.isalpha() else [""]) + choose(["", "", *UNSEEN])
        for letter in text
    )
    spaced = re.sub(" ", lambda _: choose([" ", " ", f" {choose(EMOJI)} "]), marked)
    return choose(["", choose(EMOJI)]) + spaced + choose(["", choose(EMOJI)])


@given(st.text(max_size=80))
def test_any_text_whatsoever_gets_an_answer(text: str) -> None:
    verdict = judge_words(text)
    assert (verdict.scope is not None) is (verdict.opt_out is OptOut.yes)


@given(st.sampled_from(YES), st.sampled_from(["Thank you for the offer.", "We met on Monday.", "¡Hola!", "Bonjour."]))
def test_history_and_courtesy_excuse_nothing(line: Line, before: str) -> None:
    wish = line.text if len(line.text.split()) > 2 and line.text != WEAK_ALONE else "stop texting me"
    assert judge_words(f"{before}\n{wish}").opt_out is OptOut.yes


@pytest.mark.parametrize("words", ["please ", "do not ", "stop ", "no more ", "s ", "take me off ", "a" * 9, "? . "])
def test_a_book_of_one_word_is_read_to_its_end(words: str) -> None:
    assert judge_words(words * 4000) == judge_words(words * 4000)


@pytest.mark.parametrize(
    ("text", "kind", "scope"),
    [
        ("stop emailing me", AddressKind.phone, Scope.all),
        ("stop emailing me", AddressKind.email, Scope.channel),
        ("stop calling me", AddressKind.email, Scope.all),
        ("stop calling me", AddressKind.phone, Scope.channel),
        ("stop texting me", AddressKind.phone, Scope.channel),
        ("unsubscribe me from your emails", AddressKind.phone, Scope.all),
        ("take me off your email list", AddressKind.phone, Scope.all),
        ("take me off your list", AddressKind.phone, Scope.channel),
        ("unsubscribe me from your texts", AddressKind.email, Scope.all),
        ("please remove my number", AddressKind.email, Scope.all),
        ("unsubscribe. Ada, from my phone", AddressKind.email, Scope.channel),
    ],
)
def test_who_writes_on_one_way_that_another_shall_end_ends_both(text: str, kind: AddressKind, scope: Scope) -> None:
    assert judge_words(text, kind).scope is scope


@pytest.mark.parametrize(
    ("text", "command"),
    [
        *(("START", Command.start), (" unstop. ", Command.start), ("Opt-in", Command.start), ("HELP", Command.help)),
        *(("info?", Command.help), ("ayuda", Command.help), ("Aide !", Command.help), ("yes", None), ("STOP", None)),
        *(("start on Monday", None), ("can you help me", None), ("YES!", None), ("sí", None), ("oui", None)),
    ],
)
def test_start_and_help_are_recognised_and_a_bare_yes_never_is(text: str, command: Command | None) -> None:
    assert command_of(text) is command
    assert command is None or judge_words(text).opt_out is OptOut.no


@pytest.mark.parametrize(
    "words",
    ["Stop.", "Please stop calling me!", "Don't call me again.", "do not contact me", "Take me off your list",
     "remove my number from there", "This is the wrong number", "No more calls, please", "Leave me alone", "Alto."],
)  # fmt: skip
def test_a_person_who_says_stop_in_a_call_is_heard(words: str) -> None:
    assert asks_to_stop_on_call(f"AI: Hello, this is Harbor Homes.\nUser: {words}\nAI: I will see to it.")


def test_a_line_without_a_speaker_goes_on_with_the_one_before() -> None:
    assert asks_to_stop_on_call("Agent: Hello.\nCustomer: Hm. Yes?\nDon't call me again.\nAgent: Fine.")
    assert not asks_to_stop_on_call("Customer: Hm. Yes?\nAgent: Shall I say it?\nDon't call me again.")


@pytest.mark.parametrize(
    "words",
    ["I could not stop laughing", "Call me on Friday", "We stop working at five", "Can you take me through the list?",
     "The number is on the wrong page", "I don't know, call my wife", "Cancel.", "The end.",
     "Wait, stop, say it again"],
)  # fmt: skip
def test_other_words_in_a_call_close_nothing(words: str) -> None:
    assert not asks_to_stop_on_call(f"AI: Hello.\nUser: {words}")


def test_a_keyword_that_answers_a_spoken_question_is_for_a_person() -> None:
    assert judge_call("AI: Shall I move it or cancel it?\nUser: Cancel.").opt_out is OptOut.unsure


def test_what_our_own_assistant_says_is_nobodys_wish() -> None:
    said = "AI: If you say stop calling me, I will.\nBot: do not call\nand no more texts\nUser: Fine, go on."
    assert judge_call(said).opt_out is OptOut.no


def test_of_a_call_to_us_only_their_turns_count() -> None:
    said = "AI: Say stop at any time.\nUser: My father has the wrong size."
    call = CallDetails(None, None, said, None, None)
    event = Inbound("k", "a", "b", said, False, {}, ChannelName.voice, InboundKind.call, call=call)
    assert judge(event).opt_out is OptOut.no


def test_the_word_of_the_provider_closes_the_address_and_the_persons_own_may_close_more() -> None:
    plain, more = (Inbound("k", "a", "b", text, True, {}) for text in ("hm", "do not contact me"))
    assert (judge(plain).scope, judge(plain).rule) == (Scope.channel, "provider")
    assert judge(more).scope is Scope.all


def test_an_inbox_row_keeps_what_was_understood_and_why() -> None:
    assert flags_of(judge_words("hello")) == {}
    assert flags_of(judge_words("not interested")) == {"opt_out": "unsure", "opt_out_rule": "not_interested"}
    assert flags_of(judge_words("STOP")) == {"opt_out": "yes", "opt_out_rule": "keyword", "opt_out_scope": "channel"}


def test_a_subject_of_their_own_above_other_words_is_for_a_person() -> None:
    above = Inbound("k", "a", "b", "Thank you", False, {}, ChannelName.email, subject="stop")
    ours = Inbound("k", "a", "b", "Thank you", False, {}, ChannelName.email, subject="Re: Never stop")
    assert (judge(above).opt_out, judge(ours).opt_out) == (OptOut.unsure, OptOut.no)


@pytest.mark.parametrize(
    "quoted",
    ["On Monday Acme wrote:\nReply STOP to opt out",
     "El lun, 23 nov 2026 a las 10:00, Acme\n<a@b.example> escribió:\nbaja",
     "Le lun. 23 nov. 2026 à 10:00, Acme a écrit :\nne m'écrivez plus", "--- Message d'origine ---\nunsubscribe"],
)  # fmt: skip
def test_our_own_footer_quoted_in_an_answer_by_mail_is_nobodys_wish(quoted: str) -> None:
    answer = Inbound("k", "a", "b", f"Friday is fine.\n\n{quoted}", False, {}, ChannelName.email, subject="Re: Hello")
    assert judge(answer).opt_out is OptOut.no
