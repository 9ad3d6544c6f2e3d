"""All that the checker of a T0 seed looks at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from modules.labels import ChannelName
from modules.sequences import Definition
from tests.simulation.outcome import Violation
from tests.simulation.t0_provider import Accept, Provider
from tests.simulation.t0_rows import Event, Ledger


@dataclass
class Books:
    """`replayed`: writes that telling every webhook again has cost."""

    ledger: Ledger
    definitions: dict[Any, Definition]
    providers: dict[ChannelName, Provider]
    ended_at: datetime
    replayed: int

    def accepted(self) -> list[Accept]:
        return [one for provider in self.providers.values() for one in provider.accepted]

    def events(self, op: str) -> list[Event]:
        return [event for event in self.ledger.history if event.op == op]


def broken(invariant: str, at: datetime, detail: str) -> Violation:
    return Violation(invariant, at.isoformat(), detail)
