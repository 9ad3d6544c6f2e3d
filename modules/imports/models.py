"""A file of people, from its header to what became of each row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from modules.labels import ChannelName, ConsentKind

CELL_LIMIT = 10_000
"""Characters of one cell; a longer one is cut off where it is read, and its row is refused."""
COLUMN_LIMIT = 200
ROW_LIMIT = 1_000_000


class Target(StrEnum):
    """What a column can be beside one of the person's own fields."""

    phone = "phone"
    email = "email"
    first_name = "first_name"
    last_name = "last_name"
    time_zone = "time_zone"
    reference = "reference"


class Outcome(StrEnum):
    new = "new"
    known = "known"
    twice = "twice"
    rejected = "rejected"


class Fault(StrEnum):
    """Why a row, or the agreement in it, was not taken."""

    too_long = "too_long"
    nul = "nul"
    too_short = "too_short"
    too_wide = "too_wide"
    no_address = "no_address"
    bad_phone = "bad_phone"
    extension = "extension"
    bad_email = "bad_email"
    unknown_zone = "unknown_zone"
    twice = "twice"
    shared = "shared"
    known = "known"
    bad_date = "bad_date"
    future_date = "future_date"
    no_date = "no_date"
    no_wording = "no_wording"
    other_address = "other_address"
    withdrawn = "withdrawn"
    stopped = "stopped"


class DateOrder(StrEnum):
    """How a date with slashes is meant; `iso` takes none."""

    iso = "iso"
    mdy = "mdy"
    dmy = "dmy"


@dataclass(frozen=True)
class Record:
    """One row of a file as it stands there. `number` counts as a spreadsheet does: the header is row 1.

    `long_cell` is the index of a cell that was longer than CELL_LIMIT and is cut off.
    """

    number: int
    cells: tuple[str, ...]
    long_cell: int | None = None


@dataclass(frozen=True)
class Column:
    """What a column is taken for: one of the known targets, else a field of the person, else nothing."""

    index: int
    header: str
    target: Target | None = None
    name: str | None = None

    @property
    def words(self) -> str:
        return str(self.target) if self.target else f"fields.{self.name}" if self.name is not None else "(not taken)"


@dataclass(frozen=True)
class AgreementPlan:
    """How a file says what people agreed to. Columns are indexes."""

    channels: tuple[ChannelName, ...]
    source: str
    kind: ConsentKind
    attested_by: str
    wording: str | None = None
    wording_column: int | None = None
    version: str | None = None
    at_column: int | None = None
    date_order: DateOrder = DateOrder.iso
    only_if: tuple[int, frozenset[str]] | None = None
    proof_columns: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Agreement:
    """What one row says was agreed to; nothing without `channels`; `fault` tells why there is nothing."""

    channels: tuple[ChannelName, ...] = ()
    wording: str | None = None
    at: datetime | None = None
    proof: Mapping[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    detail: str | None = None


@dataclass(frozen=True)
class Person:
    """A row that can be taken: addresses in their normal form."""

    external_ref: str | None
    first_name: str | None
    last_name: str | None
    time_zone: str | None
    phone: str | None
    email: str | None
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Refusal:
    """Why a row cannot be taken, the header of the column it is about, and what stood there (cut to a few words)."""

    fault: Fault
    field: str | None = None
    detail: str | None = None


@dataclass(frozen=True)
class FileFacts:
    """The file itself: its name without the folder, SHA-256 in hexadecimal, size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Counts:
    """What became of the rows."""

    read: int
    added: int
    known: int
    twice: int
    rejected: int
    closed: int
    without_consent: int
