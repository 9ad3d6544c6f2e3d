"""Words that code owns: complete in every language, short, and nobody's to change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.content import (
    ALL_PARTY_STATES,
    Encoding,
    Language,
    ai_disclosure,
    brand_line,
    call_opening,
    count_segments,
    dress_text,
    footer_needed,
    help_answer,
    language_of,
    needs_recording_notice,
    opt_out_confirmation,
    text_footer,
)
from modules.emotion import Command, OptOut, command_of, judge_call, judge_words

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
EACH = list(Language)
BRANDS = ("Harbor Homes", "Café Élan", "Ünïqué™ Smiles", "A" * 200, "O'Neill & Söhne")
AI = {Language.en: "AI", Language.es: "inteligencia artificial", Language.fr: "intelligence artificielle"}
RECORDED = {Language.en: "recorded", Language.es: "se graba", Language.fr: "enregistré"}
STOP_SAID = {Language.en: "Stop.", Language.es: "Alto.", Language.fr: "Stop."}
HELP_TOLD = {Language.en: "HELP", Language.es: "AYUDA", Language.fr: "AIDE"}


@pytest.mark.parametrize("language", EACH)
def test_a_footer_says_how_to_stop_and_to_get_help_in_one_part_of_a_text(language: Language) -> None:
    footer = text_footer(language)
    assert "STOP" in footer
    assert HELP_TOLD[language] in footer
    assert command_of(HELP_TOLD[language]) is Command.help
    assert (count_segments(footer).encoding, count_segments(footer).count) == (Encoding.gsm7, 1)
    assert count_segments(footer).units <= 100


@pytest.mark.parametrize("language", EACH)
@pytest.mark.parametrize("brand", BRANDS)
def test_the_answer_to_an_opt_out_is_one_part_without_link_or_offer(language: Language, brand: str) -> None:
    words = opt_out_confirmation(brand, language)
    parts = count_segments(words)
    assert (parts.encoding, parts.count) == (Encoding.gsm7, 1)
    assert parts.units <= 160
    assert not any(bad in words.lower() for bad in ("http", "www", "start", "offer", "%"))
    assert words.startswith(brand[:1]) or brand.startswith("Ü")


@given(st.text(max_size=300), st.sampled_from(EACH))
def test_whatever_a_brand_is_called_the_answer_to_an_opt_out_fits(brand: str, language: Language) -> None:
    parts = count_segments(opt_out_confirmation(brand, language))
    assert (parts.encoding, parts.count) == (Encoding.gsm7, 1)


@pytest.mark.parametrize("language", EACH)
def test_help_names_the_client_and_a_way_to_reach_them(language: Language) -> None:
    words = help_answer("Harbor Homes", "hello@harbor.example", language)
    assert words.startswith("Harbor Homes: ")
    assert "hello@harbor.example" in words
    assert "STOP" in words
    assert (count_segments(words).encoding, count_segments(words).count) == (Encoding.gsm7, 1)


@pytest.mark.parametrize(
    ("first", "last", "since", "needed"),
    [
        (True, NOW, 0, True),
        (False, None, 0, True),
        (False, NOW - timedelta(days=30), 0, True),
        (False, NOW - timedelta(days=30) + timedelta(seconds=1), 3, False),
        (False, NOW, 4, True),
        (False, NOW, 3, False),
        (False, NOW, 0, False),
    ],
)
def test_the_footer_comes_first_and_then_every_thirty_days_and_every_fifth_text(
    first: bool, last: datetime | None, since: int, needed: bool
) -> None:
    assert footer_needed(first, last, since, NOW) is needed


def test_a_first_text_begins_with_the_brand_once_and_ends_with_the_footer() -> None:
    hello = dress_text("Hi Ada, still looking?", "Harbor Homes", Language.en, first=True, footer=True)
    assert hello == f"Harbor Homes: Hi Ada, still looking?\n{text_footer(Language.en)}"
    named = dress_text("Harbor Homes here, hi", "Harbor Homes", Language.en, first=True, footer=False)
    assert named == "Harbor Homes here, hi"
    alike = dress_text("Harboring doubts?", "Harbor", Language.en, first=True, footer=False)
    assert alike == "Harbor: Harboring doubts?"
    assert dress_text("Harbor! Hi", "Harbor", Language.en, first=True, footer=False) == "Harbor! Hi"
    assert dress_text("Hi again", "Harbor Homes", Language.en, first=False, footer=False) == "Hi again"


@pytest.mark.parametrize(
    ("brand", "written"),
    [
        *(("García Realty", one) for one in ("García Realty", "Garcia Realty", "GARCÍA REALTY", "Garci\u0301a Realty")),
        *(("O’Brien Homes", one) for one in ("O’Brien Homes", "O'Brien Homes", "o'brien homes")),
        *(("Harbor  Homes", one) for one in ("Harbor  Homes", "Harbor Homes", "Harbor\u200b Homes")),
        *(("☀ Sunny Homes", one) for one in ("☀ Sunny Homes", "Sunny Homes")),
        ("北京", "北京"),
    ],
)
def test_a_brand_that_a_text_begins_with_is_not_said_again_however_it_is_written(brand: str, written: str) -> None:
    for rest in (": Hi Ada", " here, hi", "", ": Hi Zoë, 你好"):
        body = written + rest
        assert dress_text(body, brand, Language.en, first=True, footer=False) == body
    longer = f"{written}x is new"
    assert dress_text(longer, brand, Language.en, first=True, footer=False) == brand_line(brand) + longer


def test_letters_before_a_brand_that_cost_more_are_no_reason_to_leave_it_out() -> None:
    body = "你好 Harbor Homes"
    assert dress_text(body, "Harbor Homes", Language.en, first=True, footer=False) == f"Harbor Homes: {body}"


def test_a_brand_in_a_text_keeps_to_cheap_letters_and_one_line() -> None:
    assert brand_line("O’Brien “Home” – Sales…") == 'O\'Brien "Home" - Sales...: '
    assert brand_line("Café\u200b Élan\nSTOP") == "Café Élan STOP: "
    assert brand_line("Crème Brûlée") == "Crème Brulée: "
    assert brand_line("北京") == "北京: "


@pytest.mark.parametrize("language", EACH)
def test_a_call_says_first_who_calls_for_whom_and_that_it_is_an_ai(language: Language) -> None:
    for agent in ("Ava", " "):
        words = call_opening(agent, "Harbor Homes", language, ["CA"], recorded=True)
        first = words.split(". ")[0]
        assert agent.strip() in first
        assert "Harbor Homes" in first
        assert AI[language] in first
        assert RECORDED[language] in words
        assert len(words.split()) <= 32, "a person hears all of it within some ten seconds"


@pytest.mark.parametrize("language", EACH)
def test_the_word_that_a_call_offers_ends_the_calls(language: Language) -> None:
    said = STOP_SAID[language]
    assert said.strip(".").lower() in call_opening("Ava", "Harbor", language, [], recorded=False).lower()
    assert judge_call(f"User: {said}").opt_out is OptOut.yes


@pytest.mark.parametrize(
    ("states", "needed"),
    [((), True), (("TX",), False), (("TX", "ca"), True), (("TX", "NY"), False), (("unknown",), True),
     (("TX", "unknown"), True),
     *(((one,), True) for one in sorted(ALL_PARTY_STATES))],
)  # fmt: skip
def test_recording_is_said_where_everybody_must_agree_or_nobody_knows(states: tuple[str, ...], needed: bool) -> None:
    assert needs_recording_notice(states) is needed
    assert ("recorded" in call_opening("Ava", "Harbor", Language.en, states, recorded=True)) is needed
    assert "recorded" not in call_opening("Ava", "Harbor", Language.en, states, recorded=False)


@pytest.mark.parametrize("language", EACH)
def test_who_asks_for_a_robot_is_told_and_never_denied(language: Language) -> None:
    words = ai_disclosure("Harbor Homes", language)
    assert AI[language] in words
    assert (count_segments(words).encoding, count_segments(words).count) == (Encoding.gsm7, 1)


@pytest.mark.parametrize(
    ("code", "language"),
    [("es-MX", "es"), ("FR_ca", "fr"), ("en", "en"), (None, "en"), ("", "en"), ("de", "en"), ("español", "en")],
)
def test_a_language_that_we_do_not_speak_becomes_english(code: str | None, language: str) -> None:
    assert language_of(code) == language


def test_our_own_words_sent_back_as_a_sign_close_nothing() -> None:
    for language in EACH:
        assert judge_words(f"Liked “Harbor Homes: hi\n{text_footer(language)}”").opt_out is OptOut.no
