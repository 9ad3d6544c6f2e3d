"""Holds the ends that people really came to against those that the head of each library file declares."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from modules.ids import ContactId
from modules.sequences.shelf import library_ends, library_slugs
from scripts.conductor.hands import SQL
from scripts.conductor.library import Member
from scripts.conductor.stage import Stage
from utils.db import Row, fetch_all

EVERYWHERE = {
    "suppressed": "they asked to stop",
    "by_hand": "one of the team ended it",
    "replied": "they answered while a message waited for its hour",
}
"""Each head says it once for all sequences: "Besides, as everywhere"."""
UNDECLARED = "NOT DECLARED"
Place = tuple[str, str]


@dataclass(frozen=True)
class Ends:
    """`counted`: how many came to which end of which sequence; `astray`: stories that ended otherwise than they would
    if no provider did anything wrong, in words."""

    counted: Counter[Place]
    astray: Sequence[str]

    @property
    def missing(self) -> list[str]:
        """Declared ends that nobody came to."""
        return [f"{slug}: {end}" for slug, ends in declared().items() for end in ends if not self.counted[slug, end]]

    @property
    def undeclared(self) -> list[str]:
        """Ends that somebody came to, and that no head names."""
        heads = declared()
        return [f"{slug}: {end}" for slug, end in self.counted if end not in heads[slug] and end not in EVERYWHERE]

    def holds(self) -> bool:
        return not self.missing and not self.undeclared

    def as_dict(self) -> dict[str, object]:
        return {"ends": len(self.counted), "missing_ends": self.missing, "undeclared_ends": self.undeclared}

    def table(self) -> str:
        """Sequence, end, how many people, and what the head says of it."""
        lines = [_line("sequence", "end", "people", "in the file's head")]
        for slug, ends in declared().items():
            others = [end for where, end in sorted(self.counted) if where == slug and end not in ends]
            for place, end in enumerate([*ends, *others]):
                known = f"(as everywhere) {EVERYWHERE[end]}" if end in EVERYWHERE else UNDECLARED
                lines.append(_line("" if place else slug, end, str(self.counted[slug, end]), ends.get(end, known)))
        return "\n".join(lines)


def declared() -> dict[str, dict[str, str]]:
    return {slug: library_ends(slug) for slug in library_slugs()}


async def count_ends(stage: Stage, members: Sequence[Member]) -> Ends:
    """Where everybody stands now."""
    async with stage.deps.database.transaction() as conn:
        rows: Sequence[Row] = await fetch_all(conn, SQL["ends"])
    counted = Counter((row["slug"], end_of(row)) for row in rows)
    came: dict[tuple[ContactId, str], str] = {(row["contact_id"], row["slug"]): end_of(row) for row in rows}
    told = [(one, came[one.contact_id, one.story.sequence]) for one in members]
    astray = [f"{_whose(one)} came to {end} instead of {one.end}" for one, end in told if end != one.end]
    return Ends(counted, astray)


def end_of(row: Row) -> str:
    """As a head names it; where nothing has ended, the state itself."""
    if row["reason"] == "handed_over":
        return f"handed_over {row['handed_to']}"
    return str(row["reason"] or row["status"])


def _whose(one: Member) -> str:
    return f"{one.client.slug}, {one.story.sequence}: {one.phone}"


def _line(slug: str, end: str, people: str, words: str) -> str:
    return f"{slug:<16}{end:<30}{people:>6}   {words}".rstrip()
