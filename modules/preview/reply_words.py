"""Why something that was written back does not leave, in words a client may read. Pure."""

from modules.preview.words import why_said

NOT_LEAVING: dict[str, str] = {
    "taken_back": "Somebody took the reply back.",
    "too_late": "Its time was over before it could leave.",
    "not_sent": "It was tried as often as it may be, and the provider never took it.",
    "other_number": "The person has another number now than the one that wrote.",
    "MessageTooLong": "It was too long together with the words that code has to add.",
}
"""What closes a reply beside the guards; where a guard says it of a step, it is said otherwise here."""


def why_reply(reason: str | None) -> str:
    """The sentence of a reply's stored reason, and the way out where there is one; empty when there is no reason."""
    return NOT_LEAVING.get(reason or "") or why_said(reason)
