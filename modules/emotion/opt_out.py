"""Does a text ask us to stop? Decided by words alone, so that it works when nothing else does."""

import re
import unicodedata

KEYWORDS = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out", "opt-out"}
)
"""47 CFR 64.1200(a)(10) names stop, quit, end, revoke, opt out, cancel, unsubscribe; Twilio adds stopall and optout
(twilio.com/docs, Advanced Opt-Out, read 2026-11-20)."""

_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def is_opt_out_keyword(text: str) -> bool:
    """True when the whole text is one of the keywords; case, accents, signs and spaces around it do not matter."""
    letters = unicodedata.normalize("NFKD", text)
    # letters of other scripts stay: what they say around a keyword ("не stop") is part of the text
    plain = "".join(one for one in letters if one.isascii() or one.isalpha()).lower()
    return _EDGES.sub("", " ".join(plain.split())) in KEYWORDS


_SPOKEN = re.compile(
    r"\b(?:"
    r"(?:stop|quit|never|do not|don t|dont) (?:ever )?"
    r"(?:call(?:ing)?|phon(?:e|ing)|contact(?:ing)?|ring(?:ing)?|text(?:ing)?)"
    r"|(?:take|remove) (?:me|my number|us) (?:off|from|out of)"
    r"|leave me alone|lose my number|wrong number|opt out|unsubscribe"
    r"|no more (?:calls|texts|messages)"
    r")\b"
)
_THEIRS = re.compile(r"^\s*(?:user|customer|callee|caller)\s*:\s*(.*)$", re.IGNORECASE)


def asks_to_stop_on_call(transcript: str) -> bool:
    """True when the other side of a call ("User: …" lines) says plainly that they want no more of it.

    Only what needs no judgement (47 CFR 64.1200(a)(10): any reasonable means); doubtful words are for a person.
    """
    return any(_is_plain_stop(found[1]) for line in transcript.splitlines() if (found := _THEIRS.match(line)))


def _is_plain_stop(words: str) -> bool:
    plain = " ".join(re.sub(r"[^a-z]+", " ", unicodedata.normalize("NFKD", words).lower()).split())
    return is_opt_out_keyword(words) or _SPOKEN.search(plain) is not None
