"""A list that gives a page twice, or less than it counts, is not read to its end, whatever it says: the rest may hold
what is sought."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeGuard

from modules.channels.models import CannotTell

CANNOT_GO_ON = CannotTell("list_cannot_be_continued")
CUT_SHORT = CannotTell("list_cut_short")


def is_cut(total: object, read: int) -> bool:
    """Whether a list that says it is at its end says too that it holds more than was read. To have read more than it
    holds is no wonder: lines go while pages are turned."""
    return is_count(total) and read < total


def is_count(total: object) -> TypeGuard[int]:
    """Whether a list says at all how much it holds."""
    return isinstance(total, int) and not isinstance(total, bool)


@dataclass
class Reading:
    """The ids that one reading of a list has shown so far."""

    ids: set[object] = field(default_factory=set)

    def goes_round(self, ids: Iterable[object]) -> bool:
        """True when a page shows nothing but what was shown before; an empty page goes nowhere."""
        page = set(ids)
        fresh = page - self.ids
        self.ids |= fresh
        return bool(page) and not fresh
