"""What was found in the words of a person."""

from dataclasses import dataclass
from enum import StrEnum


class OptOut(StrEnum):
    """yes: no more of this; unsure: pause, and a person looks; no: may go on."""

    yes = "yes"
    unsure = "unsure"
    no = "no"


class Scope(StrEnum):
    """channel: the address it came from (a phone number is texts and calls together); all: every address they have."""

    channel = "channel"
    all = "all"


class Command(StrEnum):
    """Words that a network or a law gives a meaning of their own."""

    start = "start"
    help = "help"


@dataclass(frozen=True)
class Verdict:
    """`scope` is None unless `opt_out` is yes; `rule` names what decided, the reason that a person is shown."""

    opt_out: OptOut
    scope: Scope | None
    rule: str


@dataclass(frozen=True)
class Phrases:
    """One language, as patterns over plain words (see plain.py).

    `idioms` are taken out before anything is looked for. `everywhere`, `here` and `doubtful` are (rule, pattern) for
    yes with scope all, yes with scope channel, and unsure. `limits` follow a wish and narrow it to a time; `instead`
    names another way by phone.
    """

    idioms: tuple[str, ...]
    everywhere: tuple[tuple[str, str], ...]
    here: tuple[tuple[str, str], ...]
    doubtful: tuple[tuple[str, str], ...]
    limits: str
    instead: str
