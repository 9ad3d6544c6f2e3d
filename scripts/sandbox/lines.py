"""One telephone line as it truly goes, as plain values."""

from dataclasses import dataclass, replace
from datetime import timedelta


@dataclass(frozen=True)
class Turn:
    """`who` is agent or callee; `after` counts from the moment the line opened."""

    who: str
    words: str
    after: timedelta


@dataclass(frozen=True)
class Line:
    """One call as it truly goes. `dialling` ends with the first ring, `ringing` with an answer or the end."""

    persona: str
    rings: bool
    opens: bool
    person_spoke: bool
    dialling: timedelta
    ringing: timedelta
    talking: timedelta
    closing: timedelta
    turns: tuple[Turn, ...]


def hurry(line: Line, code: str | None) -> Line:
    """The call of a webhook that outruns the answer: it rings at once, and with `all` it is over at once."""
    if code != "all":
        return replace(line, dialling=timedelta())
    none = timedelta()
    still = tuple(replace(turn, after=none) for turn in line.turns)
    return replace(line, dialling=none, ringing=none, talking=none, closing=none, turns=still)


def make_dead(line: Line, rings: bool, after: timedelta) -> Line:
    """The same line, had nobody taken the call; without `rings` no telephone ever rang, and it ends `after`."""
    none = timedelta()
    silent = replace(line, opens=False, person_spoke=False, talking=none, turns=())
    return silent if rings else replace(silent, rings=False, dialling=after, ringing=none)
