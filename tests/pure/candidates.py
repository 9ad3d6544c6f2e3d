"""A touch that may leave now, for tests to take something away from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from modules.ids import AddressId
from modules.labels import ChannelName, ConsentKind
from modules.policy import Agreement, Candidate, Facts, OpenWindow, Permits
from tests.pure.touches import ACCOUNT, CLIENT, CONTACT, NOW

NEW_YORK, LOS_ANGELES = "America/New_York", "America/Los_Angeles"
ADDRESS = AddressId(UUID(int=7))
ZONES = (
    *(NEW_YORK, LOS_ANGELES, "America/Phoenix", "America/St_Johns", "Pacific/Honolulu", "Europe/London"),
    *("Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Africa/Casablanca", "America/Havana", "UTC"),
)

ALLOWED = Facts(
    client_status="live",
    sending_stopped=False,
    contact_suppressed=False,
    address_suppressed=False,
    consent=True,
    held_until=None,
    in_flight_until=None,
    sent_last_day=0,
    oldest_in_day=None,
    sent_just_now=0,
    sends_per_second=1.0,
    zones=frozenset({NEW_YORK}),
    states=frozenset({"NY"}),
    has_address=True,
    agreement=Agreement(ConsentKind.written, NOW - timedelta(days=1), covers_ai_voice=True),
    permits=Permits(platform_held=False, registered=True, postal_address=True),
)


def candidate(
    channel: ChannelName = ChannelName.sms,
    *,
    due_at: datetime = NOW,
    max_lateness: timedelta = timedelta(days=2),
    windows: tuple[OpenWindow, ...] = (),
) -> Candidate:
    return Candidate(CLIENT, CONTACT, ACCOUNT, ADDRESS, channel, due_at, max_lateness, windows)


def in_zone(text: str, zone: str = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
