"""Was it a machine that answered? An out-of-office note is kept, and stops nothing."""

from collections.abc import Mapping

_AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "bulk", "junk", "list"})


def is_automatic(payload: Mapping[str, object]) -> bool:
    """True when the mail's own headers say so: Auto-Submitted other than `no` (RFC 3834, section 5), a Precedence that
    people do not write with, X-Autoreply, or a list's id. `payload` holds headers by their lower-case names."""
    submitted = _word(payload, "auto-submitted")
    if submitted and submitted.split(";")[0].strip() != "no":
        return True
    if _word(payload, "precedence") in _AUTOMATIC_PRECEDENCE:
        return True
    return bool(_word(payload, "list-id")) or _word(payload, "x-autoreply") not in ("", "no")


def _word(payload: Mapping[str, object], name: str) -> str:
    value = payload.get(name)
    return value.strip().lower() if isinstance(value, str) else ""
