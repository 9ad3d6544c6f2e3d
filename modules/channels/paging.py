"""A list that gives a page twice, or less than it counts, is not read to its end, whatever it says: the rest may hold
what is sought."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeGuard

from modules.channels.models import CannotTell

CANNOT_GO_ON = CannotTell("list_cannot_be_continued")
CUT_SHORT = CannotTell("list_cut_short")
NOT_NEWEST_FIRST = CannotTell("list_is_not_newest_first")
ONE_MOMENT = timedelta(seconds=1)
"""Lines of one moment may stand either way round."""


def is_cut(total: object, read: int) -> bool:
    """Whether a list that says it is at its end says too that it holds more than was read. To have read more than it
    holds is no wonder: lines go while pages are turned."""
    return is_count(total) and read < total


def is_count(total: object) -> TypeGuard[int]:
    """Whether a list says at all how much it holds."""
    return isinstance(total, int) and not isinstance(total, bool)


@dataclass
class Reading:
    """The ids that one reading of a list has shown so far, and how far back it has come."""

    ids: set[object] = field(default_factory=set)
    oldest: datetime | None = None

    def goes_round(self, ids: Iterable[object]) -> bool:
        """True when a page shows nothing but what was shown before; an empty page goes nowhere."""
        page = set(ids)
        fresh = page - self.ids
        self.ids |= fresh
        return bool(page) and not fresh

    def turns_back(self, instants: Iterable[datetime]) -> bool:
        """True when a line is newer than one before it, on this page or on an earlier one: what is old enough to end
        the reading is then no sign that nothing newer follows."""
        for instant in instants:
            if self.oldest is not None and instant > self.oldest + ONE_MOMENT:
                return True
            self.oldest = instant if self.oldest is None else min(self.oldest, instant)
        return False
