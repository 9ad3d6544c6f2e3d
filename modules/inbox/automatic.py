"""Was it a machine that answered? An out-of-office note is kept, and stops nothing."""

import re
from collections.abc import Mapping

_AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "bulk", "junk", "list"})
_SUBJECT = re.compile(r"^\s*(?:automatic reply|respuesta autom[aá]tica|r[ée]ponse automatique)\s?:", re.IGNORECASE)
"""How Exchange and Outlook begin the subject of what they answer by themselves; an answer to it begins with "Re:"."""
_DRIVING = re.compile(
    r"^\W*i['’]?m (?:driving with \b.{1,60}\bturned on\. i['’]?ll see your message when i get where i['’]?m going"
    r"|not receiving notifications\. if this is urgent, reply .{1,20} to send a notification through)",
    re.IGNORECASE,
)
"""What an iPhone answers by text while its owner drives or wants quiet, word for word."""


def is_automatic(payload: Mapping[str, object], subject: str = "", words: str = "") -> bool:
    """True when the mail's own headers say so: Auto-Submitted other than `no` (RFC 3834, section 5), a Precedence that
    people do not write with, X-Autoreply, or a list's id. `payload` holds headers by their lower-case names.

    Not every provider shows headers, and a text has none: a subject or words that only machines begin with say it too.
    """
    if _SUBJECT.match(subject) or _DRIVING.match(words):
        return True
    submitted = _word(payload, "auto-submitted")
    if submitted and submitted.split(";")[0].strip() != "no":
        return True
    if _word(payload, "precedence") in _AUTOMATIC_PRECEDENCE:
        return True
    return bool(_word(payload, "list-id")) or _word(payload, "x-autoreply") not in ("", "no")


def _word(payload: Mapping[str, object], name: str) -> str:
    value = payload.get(name)
    return value.strip().lower() if isinstance(value, str) else ""
