"""The words that code owns: who writes, how to stop, what a call says first. Never from a template, never from a model.

Whoever may change a message may not change these. Texts stay within the GSM alphabet (Spanish therefore has words
without accents that it lacks), so that a footer never doubles what a message costs.
"""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from modules.content.segments import GSM, count_segments

FOOTER_EVERY = timedelta(days=30)
FOOTER_EVERY_TEXTS = 5
"""Carriers want "Reply STOP" said again in a running conversation (CTIA, May 2023, as providers restate it): of five
texts in a row one, and one every 30 days."""
CONFIRM_WITHIN = timedelta(minutes=5)
"""One confirmation of an opt-out counts as asked for when it follows within five minutes (47 CFR 64.1200(a)(12))."""
ALL_PARTY_STATES = frozenset({"CA", "CT", "DE", "FL", "IL", "MA", "MD", "MI", "MT", "NH", "NV", "OR", "PA", "WA"})
"""Where everybody on a call must agree to its recording: every state that any of our sources names (2025:
worldpopulationreview; read 2026-11-20: tryainora, metaverse.law, dialzara). Some name OR and IL for certain talks only;
the stricter reading wins. Secondary sources, to be confirmed by counsel."""
_ONE_PART = 160
_TYPED = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-"),
}
"""Quotation marks and dashes of print, and what a keyboard has for them."""
_PLAIN = str.maketrans(_TYPED)
_CONTROLS = dict.fromkeys((*range(32), 127), " ")
_SHORTEST = 3
_STATE_LETTERS = 2


class Language(StrEnum):
    en = "en"
    es = "es"
    fr = "fr"


_SPOKEN = frozenset(str(one) for one in Language)


@dataclass(frozen=True)
class _Words:
    footer: str
    help: str
    stopped: str
    ai_call: str
    ai_call_unnamed: str
    recorded: str
    stop_call: str
    ai_text: str


_WORDS = {
    Language.en: _Words(
        footer="Reply STOP to opt out, HELP for help. Msg&data rates may apply.",
        help="For help: {contact}. Reply STOP to opt out. Msg&data rates may apply.",
        stopped="You are opted out. We will not text or call this number again.",
        ai_call="Hello, this is {agent}, an automated AI assistant calling for {brand}.",
        ai_call_unnamed="Hello, this is an automated AI assistant calling for {brand}.",
        recorded="This call is recorded.",
        stop_call="Say stop at any time and we will not call again.",
        ai_text="I am an automated AI assistant for {brand}.",
    ),
    Language.es: _Words(
        footer="Responda STOP para darse de baja, AYUDA para ayuda. Pueden aplicarse tarifas.",
        help="Para ayuda: {contact}. Responda STOP para darse de baja. Pueden aplicarse tarifas.",
        stopped="Su baja queda hecha. No volveremos a escribir ni a llamar a este numero.",
        ai_call="Hola, soy {agent}, asistente automático con inteligencia artificial (IA) de {brand}.",
        ai_call_unnamed="Hola, soy un asistente automático con inteligencia artificial (IA) de {brand}.",
        recorded="Esta llamada se graba.",
        stop_call="Diga «alto» en cualquier momento y no volveremos a llamar.",
        ai_text="Soy un asistente automatico con inteligencia artificial (IA) de {brand}.",
    ),
    Language.fr: _Words(
        footer="Répondez STOP pour vous désabonner, AIDE pour de l'aide. Des frais peuvent s'appliquer.",
        help="Pour de l'aide : {contact}. Répondez STOP pour vous désabonner. Des frais peuvent s'appliquer.",
        stopped="Vous ne recevrez plus de messages ni d'appels à ce numéro.",
        ai_call="Bonjour, ici {agent}, assistant automatique à intelligence artificielle (IA), pour {brand}.",
        ai_call_unnamed="Bonjour, ici un assistant automatique à intelligence artificielle (IA), pour {brand}.",
        recorded="Cet appel est enregistré.",
        stop_call="Dites « stop » à tout moment et nous ne rappellerons plus.",
        ai_text="Je suis un assistant automatique à intelligence artificielle (IA) de {brand}.",
    ),
}


def language_of(code: str | None) -> Language:
    """The language of a code like "es-MX"; English when we do not speak it."""
    first = (code or "").replace("_", "-").split("-")[0].strip().lower()
    return Language(first) if first in _SPOKEN else Language.en


@lru_cache(maxsize=1024)
def brand_in_texts(brand: str) -> str:
    """The brand as texts say it: on one line, in letters of the GSM alphabet where it has such ("Café Élan"), else as
    it is."""
    line = _one_line(brand)
    return line if _is_gsm(line) else _only_gsm(line) if _only_gsm(line).strip(" .,-&") else line


def brand_line(brand: str) -> str:
    """What a first text begins with, "Harbor Homes: "."""
    return f"{brand_in_texts(brand)}: "


def text_footer(language: Language) -> str:
    """How to stop and to get help: below a first text, and again whenever `footer_needed`."""
    return _WORDS[language].footer


def footer_needed(first: bool, last_footer_at: datetime | None, texts_since: int, now: datetime) -> bool:
    """The first text of a conversation has it, and then one at least every 30 days and every fifth text; `texts_since`
    are those that went after the last one that had it."""
    if first or last_footer_at is None:
        return True
    return texts_since + 1 >= FOOTER_EVERY_TEXTS or now - last_footer_at >= FOOTER_EVERY


def dress_text(body: str, brand: str, language: Language, *, first: bool, footer: bool) -> str:
    """The text as it leaves: the brand before a first one unless it begins with it, the footer as its own line."""
    head = brand_line(brand) if first and not _begins_with(body, brand) else ""
    return f"{head}{body}\n{text_footer(language)}" if footer else f"{head}{body}"


def _begins_with(body: str, brand: str) -> bool:
    """Also where the text was typed with the letters that the brand has on paper, and texts say it without them."""
    line, names = _one_line(body), (_one_line(brand), brand_in_texts(brand))
    if any(_names(line, name) for name in names):
        return True
    # not where its very first letter falls away: what stands before the brand costs more, and is said
    folded = _only_gsm(line) if _only_gsm(line[:1]) else line
    return any(_names(folded, name) for name in names)


def _names(text: str, brand: str) -> bool:
    """The brand as a word of its own: "Harboring" does not name "Harbor"."""
    head, rest = text[: len(brand)], text[len(brand) :]
    return head.casefold() == brand.casefold() and not rest[:1].isalnum()


def help_answer(brand: str, contact: str, language: Language) -> str:
    """The answer to HELP; `contact` is a phone number, an e-mail address or a page of the client."""
    return brand_line(brand) + _WORDS[language].help.format(contact=_one_line(contact))


def opt_out_confirmation(brand: str, language: Language) -> str:
    """The one answer to an opt-out: no offer, no link, at most 160 GSM characters; a long brand is cut to fit."""
    words = _WORDS[language].stopped
    name = _only_gsm(brand_in_texts(brand))
    while len(name) > _SHORTEST and count_segments(f"{name}: {words}").units > _ONE_PART:
        name = name[:-1].rstrip()
    return f"{name}: {words}" if name else words


def ai_disclosure(brand: str, language: Language) -> str:
    """The answer to "are you a robot?", and the first words of a conversation by text that a model leads."""
    return _WORDS[language].ai_text.format(brand=brand_in_texts(brand))


def needs_recording_notice(states: Collection[str]) -> bool:
    """True when everybody on the call must know of its recording in any of these states ("CA"); also when none is
    known, or one of them is no state at all: a number that tells none may ring in any."""
    codes = [state.strip().upper() for state in states]
    return not codes or any(len(code) != _STATE_LETTERS or code in ALL_PARTY_STATES for code in codes)


def call_opening(agent: str, brand: str, language: Language, states: Collection[str], *, recorded: bool) -> str:
    """What an AI call says first: who calls, for whom, that it is an AI, that it is recorded, how to end it.

    `states`: those that the person (by address and number) and the caller may be in. California PUC 2874 (AB 2905,
    1 January 2025), Maine 10 MRS 1500-DD, FCC 24-17: said at once, in the first sentence.
    """
    words = _WORDS[language]
    opening = words.ai_call if _one_line(agent) else words.ai_call_unnamed
    parts = [opening.format(agent=_one_line(agent), brand=_one_line(brand))]
    if recorded and needs_recording_notice(states):
        parts.append(words.recorded)
    return " ".join([*parts, words.stop_call])


def _one_line(text: str) -> str:
    """Without line ends, marks that nobody sees, and spaces around: a name must not bring words of its own lines."""
    if text.isascii():  # nearly every text, and each first one is asked whom it names
        return " ".join((text if text.isprintable() else text.translate(_CONTROLS)).split())
    seen = ("" if unicodedata.category(one) == "Cf" else one if one.isprintable() else " " for one in text)
    return " ".join("".join(seen).split())


def _only_gsm(text: str) -> str:
    if _is_gsm(text):
        return " ".join(text.split())
    whole = unicodedata.normalize("NFC", text.translate(_PLAIN))
    folded = (one if _is_gsm(one) else unicodedata.normalize("NFKD", one) for one in whole)
    return " ".join("".join(part for one in folded for part in one if _is_gsm(part)).split())


def _is_gsm(text: str) -> bool:
    return GSM.issuperset(text)
