"""What is worth a person's eye."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from modules.ids import AccountId, ClientId, TouchId
from modules.labels import ChannelName


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
    reply_not_sent = "reply_not_sent"  # what a person wrote back will not leave; `closed_reason` says why
    answer_too_late = "answer_too_late"  # an opt-out was not confirmed, or HELP not answered, while it could be
    hand_over_refused = "hand_over_refused"  # a sequence hands a contact to one that does not take them
    silence_found = "silence_found"  # the provider's list does not show what it took from us
    rows_missing = "rows_missing"  # a provider carries an id of ours that no row has: was the database restored?
    orphans_found = "orphans_found"  # a provider told of what we have no row of, and its row has not turned up
    lost_found = "lost_found"  # the provider took it in a gap of our ledger: whom it went to waits for a person
    list_not_read = "list_not_read"  # what a provider took could not be read: the next run reads the same again
    list_unread_long = "list_unread_long"  # nor by the runs of an hour: what others sent with it, nobody sees
    list_read_again = "list_read_again"
    changes_unread = "changes_unread"  # look after look, not all that people wrote at a provider could be read
    canary_unproven = "canary_unproven"  # of the newest check of ours nothing is proven: do messages arrive at all?
    canary_silent = "canary_silent"  # a check of ours has not left for more than a day
    engine_disarmed = "engine_disarmed"  # nothing leaves: a restore was noticed, or a person said so
    engine_armed = "engine_armed"


class FindingKind(StrEnum):
    ghost = "ghost"
    silent = "silent"
    orphan = "orphan"
    lost = "lost"


class Settled(StrEnum):
    """What became of a finding: its step counts as sent; none of ours; seen by a person; its touch turned up."""

    sent = "sent"
    not_ours = "not_ours"
    seen = "seen"
    explained = "explained"


@dataclass(frozen=True)
class Finding:
    """Where our ledger and the provider's list do not agree. Kept once; nothing is repaired because of it.

    `channel` and `address_hash` (keyed) are known of what was lost: nothing more goes there by that way until a person
    has answered.
    """

    client_id: ClientId
    account_id: AccountId
    kind: FindingKind
    provider_id: str
    touch_id: TouchId | None
    detail: Mapping[str, str]
    channel: ChannelName | None = None
    address_hash: bytes | None = None


@dataclass(frozen=True)
class EngineState:
    """May the engine arm? `same` False: this row was not written here, so the database was restored. `tells` False:
    the platform does not say which cluster and timeline this is. `gap_until`: before it, what left may be unknown."""

    armed: bool
    reason: str
    changed_by: str
    changed_at: datetime | None
    gap_until: datetime | None
    same: bool
    tells: bool

    @property
    def may_arm(self) -> bool:
        return self.armed and self.same


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
class Checked:
    """A check of ours that leaves `every` so often: its newest one and how that ended; `proven_at`: the last proof."""

    canary_id: UUID
    client_id: ClientId
    channel: ChannelName
    every: timedelta
    started_at: datetime
    newest_at: datetime | None
    state: str | None
    reason: str | None
    proven: bool
    proven_at: datetime | None


@dataclass(frozen=True)
class Health:
    """The state of everything that a detector judges, read in one query."""

    due_enrollments: tuple[Backlog, ...] = ()
    late_touches: tuple[Backlog, ...] = ()
    lately: tuple[Lately, ...] = ()
    resting_numbers: tuple[Backlog, ...] = ()
    unmatched: tuple[Backlog, ...] = ()
    disarmed_since: datetime | None = None
    canaries: tuple[Checked, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """One thing for a person to look at. The same event of the same subject is not told again for hours. `client_id`
    None: it concerns the whole house."""

    event: LogEvent
    level: Level
    client_id: ClientId | None
    subject: str
    detail: Mapping[str, str]
