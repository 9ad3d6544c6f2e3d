"""Suppressions that have no address any more."""

from dataclasses import dataclass
from datetime import datetime

from modules.labels import AddressKind


@dataclass(frozen=True)
class Kept:
    """A closed address whose row goes: its keyed hash at the client, why and since when it is closed."""

    hash: bytes
    kind: AddressKind
    reason: str
    suppressed_at: datetime
