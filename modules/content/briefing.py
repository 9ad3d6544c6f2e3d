"""What a call's assistant is told before the marketer's words: our opening. Written here, and read back here."""

import re

_BEFORE = "The call opens with exactly these words; unless they were said, say them: "
_ONCE = "Open the call with exactly these words: "
"""As the first touches of all have it."""
_OPENING = re.compile(rf'\A(?:{re.escape(_BEFORE)}|{re.escape(_ONCE)})"(.*?)"\n', re.DOTALL)


def brief(opening: str, prompt: str) -> str:
    """A provider that takes the first words from us says them itself; elsewhere the assistant has to."""
    return f'{_BEFORE}"{opening}"\n\n{prompt}'


def opening_in(briefing: str) -> str | None:
    """The words that a briefing makes a call open with; None where there are none of ours."""
    found = _OPENING.match(briefing)
    return found[1] if found else None
