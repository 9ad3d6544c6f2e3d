"""What the words of an agreement cover. The words decide, not a tick in a form."""

import re
import unicodedata

_VOICE = re.compile(
    r"\b(?:artificial|synthetic|pre-?recorded|automated|automatic|ai|robotic|computer[- ]generated)\b"
    r"(?:[\s,/-]+(?:or|and|and/or|pre-?recorded|artificial|synthetic|automated|ai|intelligence|generated))*"
    r"[\s,/-]+(?:voices?|calls?|callers?|phone calls?|voice (?:calls?|messages?|agents?|assistants?))\b"
    r"|\b(?:calls?|called|phoned|voice)\b.{0,60}\b(?:by|using|with|through) (?:an? |our |the )?"
    r"(?:ai|artificial intelligence|robots?)\b"
    r"|\b(?:calls?|called|phoned|voice)\b.{0,60}\b(?:by|from|using|with|through)\b.{0,40}"
    r"\b(?:(?:ai|artificial|automated|synthetic|robotic) (?:agents?|assistants?|speech|recordings?)"
    r"|pre-?recorded (?:messages?|recordings?))\b"
    r"|\bvoz (?:artificial|pregrabada|sintetica|automatica|automatizada)\b"
    r"|\bllamadas? (?:automaticas?|automatizadas?|pregrabadas?|(?:con|por|de) (?:ia|inteligencia artificial))\b"
    r"|\bvoix (?:artificielle|preenregistree|pre-enregistree|synthetique|automatique)\b"
    r"|\bappels? (?:automatiques?|automatises?|preenregistres?|pre-enregistres?)\b"
    r"|\bappels? (?:par|d'une?) (?:ia|intelligence artificielle)\b"
)
_REFUSED_BEFORE = re.compile(
    r"\b(?:not?|never|without|neither|nor|cannot|refuse|decline|except|excluding|other than|instead of|rather than"
    r"|sin|nunca|ne|pas|sans|jamais)\b|n't\b|\bn'"
)
_REFUSED_AFTER = re.compile(r"^(?: \w+){0,3} (?:not|never|no|nunca|ne|pas|jamais)\b")
_NO_CONDITION = re.compile(
    r"\b(?:not|no) (?:an? |any )?(?:condition\w*|requirement|required|necessary|obligat\w+|purchase)\b"
    r"|\bno (?:es|son) (?:una? )?(?:condicion|requisito|obligatori\w+|necesari\w+)"
    r"|\bn'est pas (?:une? )?(?:condition|obligatoire|necessaire|requis\w*)"
)
"""What agreements say of purchases ("not a condition of purchase"): it refuses no call."""

_BRACKETS = re.compile(r"[()\[\]\"“”«»]")


def covers_ai_voice(wording: str) -> bool:
    """True when the words agree to calls by an artificial, prerecorded or automated voice (English, Spanish, French).

    A machine that only dials is no voice, and a sentence that refuses such calls agrees to none; in doubt it is no.
    Without such words a call by an AI is not agreed to (FCC 24-17, 8 February 2024: an AI-generated voice is an
    artificial voice, and the agreement has to authorise it clearly).
    """
    plain = unicodedata.normalize("NFKD", wording.casefold())
    plain = "".join(one for one in plain if not unicodedata.combining(one)).replace("’", "'")
    plain = _NO_CONDITION.sub("", " ".join(_BRACKETS.sub(" ", plain).split()))
    return any(_agrees(sentence) for sentence in re.split(r"[.;!?]", plain))


def _agrees(sentence: str) -> bool:
    found = _VOICE.search(sentence)
    if found is None or _REFUSED_BEFORE.search(sentence[: found.start()]):
        return False
    return not _REFUSED_BEFORE.search(found[0]) and not _REFUSED_AFTER.search(sentence[found.end() :])
