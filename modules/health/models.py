"""What is worth a person's eye."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from modules.ids import AccountId, ClientId, TouchId


class Level(StrEnum):
    notice = "notice"
    warning = "warning"
    alarm = "alarm"


class LogEvent(StrEnum):
    broken_promise = "broken_promise"  # a provider accepted what we had called not sent: assumption A1 does not hold
    not_confirmed_in_time = "not_confirmed_in_time"
    enrollment_quarantined = "enrollment_quarantined"
    account_refused = "account_refused"  # the provider refuses our credentials or settings
    idempotency_conflict = "idempotency_conflict"
    no_account = "no_account"
    needs_review = "needs_review"  # nobody could prove it; a person looks
    number_cannot_dial = "number_cannot_dial"  # a transport fault: it rests, and another number is tried
    enrollments_overdue = "enrollments_overdue"  # due for a while: nobody sweeps, or the sweep cannot keep up
    touches_overdue = "touches_overdue"  # past their deadline and not ended
    provider_down = "provider_down"  # nothing that we gave to this account lately was taken for sure
    numbers_resting = "numbers_resting"
    inbound_unmatched = "inbound_unmatched"  # somebody wrote and nobody knows who it is
    ghosts_found = "ghosts_found"  # the provider's list shows what we have no row of
    answer_too_late = "answer_too_late"  # an opt-out was not confirmed, or HELP not answered, while it could be
    hand_over_refused = "hand_over_refused"  # a sequence hands a contact to one that does not take them
    silence_found = "silence_found"  # the provider's list does not show what it took from us


class FindingKind(StrEnum):
    ghost = "ghost"
    silent = "silent"


@dataclass(frozen=True)
class Finding:
    """Where our ledger and the provider's list do not agree. Kept once; nothing is repaired because of it."""

    client_id: ClientId
    account_id: AccountId
    kind: FindingKind
    provider_id: str
    touch_id: TouchId | None
    detail: Mapping[str, str]


@dataclass(frozen=True)
class Backlog:
    """So many things of one client (and account, where it says one) wait; the oldest since then."""

    client_id: ClientId
    account_id: AccountId | None
    how_many: int
    oldest_at: datetime


@dataclass(frozen=True)
class Lately:
    """The newest touches of one account within the hour: how many, and how many of them were taken for sure."""

    client_id: ClientId
    account_id: AccountId
    tried: int
    taken: int


@dataclass(frozen=True)
class Health:
    """The state of everything that a detector judges, read in one query."""

    due_enrollments: tuple[Backlog, ...] = ()
    late_touches: tuple[Backlog, ...] = ()
    lately: tuple[Lately, ...] = ()
    resting_numbers: tuple[Backlog, ...] = ()
    unmatched: tuple[Backlog, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """One thing for a person to look at. The same event of the same subject is not told again for hours."""

    event: LogEvent
    level: Level
    client_id: ClientId
    subject: str
    detail: Mapping[str, str]
