"""What one seed leaves for the checker: plain values, so that a test can forge them and see the checker turn red."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from tests.simulation.forks import Fork
from tests.simulation.history import Event
from tests.simulation.outcome import Violation

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Redirected:
    """From `begins` on everything goes to the `testers`; `people` are the addresses of each contact."""

    begins: datetime
    testers: frozenset[str]
    people: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Evidence:
    """`history` as written; `truth` the providers' own ledger, `touches` our rows at the end (both in the shape of
    scripts/conductor/check.py, the truth attributed to touches); `rates` what each provider takes from us in a second,
    over all accounts; `windowed` clients whose sequences have hours; `changed` tables that a replay of all webhooks
    changed; `test` in a seed that is one (OMNIFY_TEST_REDIRECT); `people` the addresses of each contact;
    `forks` the branches of all sequences, by key.
    """

    history: Sequence[Event]
    truth: Sequence[Line]
    touches: Sequence[Line]
    rates: Mapping[str, float]
    windowed: frozenset[str]
    changed: Sequence[str]
    ended_at: datetime
    test: Redirected | None = None
    people: Mapping[str, frozenset[str]] = field(default_factory=dict)
    forks: Mapping[str, Fork] = field(default_factory=dict)

    def rows(self, table: str) -> Iterator[Event]:
        """Committed changes of one table's rows, in the order of the commits."""
        return (event for event in self.history if event["op"] == "row" and event["table"] == table)

    def actions(self) -> Iterator[tuple[Event, Line]]:
        """The records of what people of the client did, as they were committed."""
        return ((event, event["after"]) for event in self.rows("enrollment_actions") if event["before"] is None)

    def commits(self) -> Iterator[list[Event]]:
        """The changed rows of each commit together."""
        rows = (event for event in self.history if event["op"] == "row")
        return (list(together) for _, together in groupby(rows, key=lambda event: event.get("tx")))


def instant(text: object) -> datetime:
    return text if isinstance(text, datetime) else datetime.fromisoformat(str(text))


def broken(invariant: str, at: object, detail: str) -> Violation:
    return Violation(invariant, at.isoformat() if isinstance(at, datetime) else str(at), detail)
