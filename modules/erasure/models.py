"""An erasure: what it does to a table, and what is left to show for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from modules.ids import ClientId, ContactId


class Fate(StrEnum):
    """What becomes of a person's rows in a table."""

    deleted = "deleted"
    emptied = "emptied"  # the row stays, the columns named lose what they said of the person
    kept = "kept"  # it knows the person by an id or a keyed hash only, or is sealed
    passing = "passing"  # rows live for one transaction
    nobody = "nobody"  # nothing of any contact stands there


@dataclass(frozen=True)
class Policy:
    """`emptied`: columns that lose what they held. `codes`: columns that hold ids, enums, hashes or our own words."""

    fate: Fate
    emptied: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Certificate:
    """What was done; `counts` by what it counts. `repeated`: the person was erased before, and nothing was done now."""

    id: UUID
    client_id: ClientId
    contact_id: ContactId
    erased_by: str
    erased_at: datetime
    counts: Mapping[str, int]
    repeated: bool = False
