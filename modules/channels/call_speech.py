"""Who was heard on a call: a person, a machine that takes calls, or nobody.

Providers write down whatever the other end says as the callee's turns: the greeting of an answering machine that was
not detected, and the telephones' own call screening ("say your name and why you are calling"), which no provider
detects. Such words prove no person. When in doubt it is a machine: that costs a success, never a false one.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import dropwhile, takewhile

_MACHINE = re.compile(
    "|".join(
        (
            r"screening service|google call screen|copy of this conversation|see if (?:this|the) person is available",
            r"name and (?:the |your )?(?:reason|why|purpose)|(?:record|state) your name",
            r"(?:person|party|customer|subscriber|number) you(?: are| have|'re|'ve) (?:\w+ )?(?:call|dial|reach)",
            r"(?:reached|this is|(?:forwarded|sent) to) [^.]{0,60}voice ?mail|voice ?mail (?:box|system|of)",
            r"voice messag|answering machine",
            r"mailbox (?:is|of|has|belong)|after the (?:tone|beep)|at the (?:tone|beep)",
            r"leave (?:me |us )?(?:a|your)\b[^.?!]{0,40}\b(?:message|name|number)\b",
            r"(?:not available|(?:not |un)able) to (?:take|answer|come|get)|away from (?:my|our|the) (?:phone|desk)",
            r"can(?:'t|not| not) (?:\w+ )?(?:take|answer|come to|get to) (?:your call|(?:the|my) phone)",
            r"press (?:\d|one|two|three|pound|star|any key)|no longer in service",
            r"call (?:can(?:'t|not| not)|could not) be completed|offices? (?:is|are) (?:\w+ )?closed",
            r"d[eé]j[ea]r?(?:me|nos)? (?:su|tu|un)\b[^.?!]{0,40}\b(?:mensaje|nombre|n[uú]mero|recado)\b|buz[oó]n de",
            r"después (?:del tono|de la señal|del bip)|n[uú]mero que (?:usted )?(?:ha )?marc",
        )
    ),
    re.IGNORECASE,
)
"""Words that machines say to callers, as makers of telephones and carriers have them (collected 2026-11-21), and as
people speak them onto their own."""
_USER_LINE = re.compile(r"^\s*(?:user|customer)\s*:.*[^\W_]", re.IGNORECASE | re.MULTILINE)

Turn = tuple[str, str]
"""Role and words; the callee's role is "user"."""


class Heard(StrEnum):
    person = "person"
    machine = "machine"
    nobody = "nobody"
    unrecorded = "unrecorded"  # no record of the talk, or one that contradicts itself


def hear(records: Iterable[Sequence[Turn]], transcript: str | None) -> Heard:
    """What the records of one call prove together. A machine in any of them outweighs a person in another."""
    kept = [list(record) for record in records if record]
    found = {hear_turns(record) for record in kept}
    for one in (Heard.machine, Heard.person):
        if one in found:
            return one
    silent = bool(kept) and not _USER_LINE.search(transcript or "")
    return Heard.nobody if silent else Heard.unrecorded


def hear_turns(turns: Sequence[Turn]) -> Heard:
    """A person is who speaks after the last words of a machine: somebody may take the call behind a screening. What
    comes without a word of ours between is one voice: a greeting is written down in pieces."""
    said = [(role, words) for role, words in turns if any(map(str.isalnum, words))]
    spoken = [words for role, words in said if role == "user"]
    if not spoken:
        return Heard.nobody
    return Heard.machine if is_machine(_last_breath(said)) or _ends_in_greeting(spoken) else Heard.person


def _last_breath(said: Sequence[Turn]) -> str:
    """The last words of the other end, back to the turn before them that is not theirs."""
    from_end = dropwhile(lambda turn: turn[0] != "user", reversed(said))
    return " ".join([words for _, words in takewhile(lambda turn: turn[0] == "user", from_end)][::-1])


def is_machine(words: str) -> bool:
    return _MACHINE.search(words.replace("’", "'")) is not None


def _ends_in_greeting(spoken: Sequence[str]) -> bool:
    """A greeting that was cut into turns: what matters may stand across the cut."""
    return is_machine(" ".join(spoken)) and not any(map(is_machine, spoken))
