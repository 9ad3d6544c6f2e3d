"""Does a person ask us to stop? Decided by words alone, so that it works when nothing else does.

Three layers, each of which can only add: plain words, keywords, phrases. What sounds like a wish to end without being
surely one is `unsure`: a pause costs an hour, a message after a "stop" costs trust and breaks the law.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from modules.emotion.english import ENGLISH
from modules.emotion.french import FRENCH
from modules.emotion.keywords import command_in, is_keyword, is_strong_keyword, is_weak_keyword, keyword_language
from modules.emotion.models import Command, OptOut, Phrases, Scope, Verdict
from modules.emotion.plain import plain_words
from modules.emotion.spanish import SPANISH
from modules.labels import AddressKind

NOTHING = Verdict(OptOut.no, None, "nothing")
KEYWORD = Verdict(OptOut.yes, Scope.channel, "keyword")

_ECHO = re.compile(
    r"^\s*(?:[^\w\s\"“«]{1,4}\s*(?:to|a|à)|liked|loved|disliked|laughed at|emphasi[sz]ed|questioned"
    r"|removed an? \w+ from|reacted \S+ to|le (?:gust[oó]|encant[oó])|a (?:aim[eé]|ador[eé])|indiqu[oó] que le gusta)"
    r"\s*[\"“«].*[\"”»]\s*$",
    re.IGNORECASE | re.DOTALL,
)
"""What telephones send when a person taps a sign at our message: it repeats our words, "Reply STOP" among them."""
_MAIL, _PHONE = re.compile(r"\b(?:email|correo|courriel)"), re.compile(r"\b(?:text|txt|sms|call|phon|ring|llam|appel)")
_NUMBER = re.compile(r"\b(?:my|our|this|the|mi|este|mon|ce) (?:\w+ )?(?:number|cell|phone|numero|telefono|celular)\b")
_GOES_ON = re.compile(
    r"\b(?:(?:im|i am|we are|were) (?:(?!not|no|never|un)\w+ )?|(?:still|very) )interested\b|\b(?:i took over"
    r"|yo tomo)\b"
    r"|(?<!not )(?<!dont )(?<!never )\b(?:send|email|write to|tell) (?:me|us)(?: (?:the|more|info\w*|a|your|instead)"
    r"|$| \.)"
)
"""Who says that somebody else has left and asks for more is for a person, not closed."""
_THEIRS = re.compile(
    r"^\s*(?:user|customer|callee|caller|human|contact|client|usuario|cliente)\s*:\s*(.*)$", re.IGNORECASE
)
_OURS = re.compile(r"^\s*(?:ai|bot|agent|assistant|system|tool)\s*:", re.IGNORECASE)


@dataclass(frozen=True)
class _Compiled:
    idioms: re.Pattern[str]
    rules: tuple[tuple[Verdict, re.Pattern[str]], ...]
    limits: re.Pattern[str]
    instead: re.Pattern[str]


@lru_cache(maxsize=1)
def _languages() -> tuple[_Compiled, ...]:
    return tuple(_compile(one) for one in (ENGLISH, SPANISH, FRENCH))


def _compile(phrases: Phrases) -> _Compiled:
    kinds = (
        (OptOut.yes, Scope.all, phrases.everywhere),
        (OptOut.yes, Scope.channel, phrases.here),
        (OptOut.unsure, None, phrases.doubtful),
    )
    rules = tuple(
        (Verdict(opt_out, scope, rule), re.compile(pattern))
        for opt_out, scope, patterns in kinds
        for rule, pattern in patterns
    )
    idioms = re.compile("|".join(phrases.idioms))
    return _Compiled(idioms, rules, re.compile(phrases.limits), re.compile(phrases.instead))


def judge_words(text: str, kind: AddressKind | None = None) -> Verdict:
    """What these words, written by a person to us, ask for; `kind` is the address they came from.

    Whoever writes on one way that another shall end ("stop emailing me", by text) ends both.
    """
    if _ECHO.match(text):
        return Verdict(OptOut.no, None, "echo")
    plain = plain_words(text)
    if is_keyword(plain):
        return KEYWORD
    found = [one for language in _languages() for one in _judge(language, plain, kind)]
    if is_strong_keyword(plain):
        found.append(KEYWORD)
    return strongest(found)


def judge_call(transcript: str) -> Verdict:
    """The same for the other side of a call ("User: …" lines; a line without a speaker goes on with the one before).

    Aloud, "cancel" or "end" answers a question, and a "stop" within other words asks for silence: both are unsure.
    """
    return strongest([_judge_turn(words) for words in _their_turns(transcript)])


def asks_to_stop_on_call(transcript: str) -> bool:
    """True when they say plainly that they want no more of it; doubtful words are for a person."""
    return judge_call(transcript).opt_out is OptOut.yes


def command_of(text: str) -> Command | None:
    """START and HELP, when the text is nothing else. START opens nothing by itself: that needs a new consent."""
    return command_in(plain_words(text))


def language_of_words(text: str) -> str:
    """`en`, `es` or `fr`: the language in which a text asks for something, so that it is answered in the same."""
    plain = plain_words(text)
    found = keyword_language(plain)
    if found:
        return found
    spoken = zip(("en", "es", "fr"), _languages(), strict=True)
    return next((code for code, language in spoken if _judge(language, plain, None)), "en")


def strongest(verdicts: list[Verdict]) -> Verdict:
    """The one that closes most; the earlier of two alike."""
    order = ((OptOut.yes, Scope.all), (OptOut.yes, Scope.channel), (OptOut.unsure, None))
    for wanted in order:
        for one in verdicts:
            if (one.opt_out, one.scope) == wanted:
                return one
    return NOTHING


def _judge(language: _Compiled, plain: str, kind: AddressKind | None) -> list[Verdict]:
    words = language.idioms.sub("_", plain)
    elsewhere = language.instead.search(words) is not None
    found: list[Verdict] = []
    for verdict, pattern in language.rules:
        for match in pattern.finditer(words):
            found.append(_narrowed(language, verdict, words, match, elsewhere, kind))
    return found


def _narrowed(
    language: _Compiled, verdict: Verdict, words: str, match: re.Match[str], elsewhere: bool, kind: AddressKind | None
) -> Verdict:
    """The wish with what stands around it: for a time only, for one way of two, or said on the other way."""
    if verdict.opt_out is not OptOut.yes:
        return verdict
    if verdict.rule == "wrong_person" and (elsewhere or _GOES_ON.search(words)):
        return Verdict(OptOut.unsure, None, "another_way")
    said = match[0]
    if verdict.rule in ("take_off", "unsubscribe"):
        said = words[match.start() :].split(" . ")[0]
        if kind is AddressKind.email and _NUMBER.search(said):
            return Verdict(OptOut.yes, Scope.all, verdict.rule)
    elif verdict.rule not in ("stop_it", "do_not_call", "no_contact", "no_more"):
        return verdict
    elif language.limits.match(words, match.end()):
        return Verdict(OptOut.unsure, None, "limited")
    if verdict.scope is Scope.all:
        return verdict
    by_mail, by_phone = _MAIL.search(said) is not None, _PHONE.search(said) is not None
    if elsewhere and by_phone != by_mail and (by_phone or kind is not AddressKind.email):
        return Verdict(OptOut.unsure, None, "another_way")
    if (kind is AddressKind.phone and by_mail) or (kind is AddressKind.email and by_phone):
        return Verdict(OptOut.yes, Scope.all, verdict.rule)
    return verdict


def _judge_turn(words: str) -> Verdict:
    verdict = judge_words(words)
    if verdict != KEYWORD:
        return verdict
    plain = plain_words(words)
    doubtful = is_weak_keyword(plain) or not is_keyword(plain)
    return Verdict(OptOut.unsure, None, "keyword_aloud") if doubtful else verdict


def _their_turns(transcript: str) -> list[str]:
    turns: list[str] = []
    theirs = False
    for line in transcript.splitlines():
        if found := _THEIRS.match(line):
            theirs = True
            turns.append(found[1])
        elif _OURS.match(line):
            theirs = False
        elif theirs:
            turns[-1] += f" {line}"
    return turns
