"""Checks of ours that leave every so often: what they are, and when they may leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from modules.ids import ClientId, ContactId
from modules.labels import ChannelName, TouchState

SHORTEST = timedelta(hours=1)
LONGEST: Mapping[ChannelName, timedelta] = {
    ChannelName.sms: timedelta(hours=12),
    ChannelName.email: timedelta(hours=24),
    ChannelName.voice: timedelta(hours=12),
}
"""Between two checks of one channel. The turns stay at the same hours of the day, and no text or call leaves for some
eleven hours of a night: with more than twelve between two, a day and more may pass without one, or all days. The table
allows a day for all, and what was started with more than this goes on."""
PUNCTUAL = timedelta(minutes=10)
"""A check leaves within so long after its turn began or not at all: a late one says nothing about the provider. What
the night or a stop held back is not made up for."""


@dataclass(frozen=True)
class Canary:
    """One that runs; it writes to `contact_id` by the client's account for `channel`."""

    id: UUID
    client_id: ClientId
    channel: ChannelName
    contact_id: ContactId
    every: timedelta
    started_by: str
    started_at: datetime


@dataclass(frozen=True)
class DueCheck:
    """A turn of a canary that has not left. `number` counts turns from 0; it began at `begins_at`; `attempts` of it
    were provably not sent."""

    id: UUID
    client_id: ClientId
    channel: ChannelName
    contact_id: ContactId
    started_at: datetime
    number: int
    begins_at: datetime
    attempts: int

    @property
    def send_by(self) -> datetime:
        return self.begins_at + PUNCTUAL


@dataclass(frozen=True)
class CanaryLook:
    """How a canary does: its newest check, and those of the last day with the median time from armed to proven."""

    id: UUID
    client_id: ClientId
    channel: ChannelName
    contact_id: ContactId
    every: timedelta
    started_by: str
    started_at: datetime
    stopped_by: str | None
    stopped_at: datetime | None
    newest_at: datetime | None
    newest_state: str | None
    newest_reason: str | None
    proven_at: datetime | None
    sent: int
    proven: int
    median_seconds: float | None

    @property
    def newest_is_proven(self) -> bool:
        """By the provider's own word: it was delivered, or answered and spoken."""
        return self.newest_state in (TouchState.delivered, TouchState.completed)
