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
