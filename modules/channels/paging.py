"""A list that gives a page twice is not read to its end, whatever it says: the rest may hold what is sought."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from modules.channels.models import CannotTell

CANNOT_GO_ON = CannotTell("list_cannot_be_continued")


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
