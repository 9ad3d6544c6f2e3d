"""The only place that reads a clock."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from utils.errors import SettingsError


class Clock(Protocol):
    """Business time: an aware instant in UTC."""

    def now(self) -> datetime: ...


@dataclass(frozen=True)
class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """Stands still at one instant (`omnify tick --at`, tests)."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


@dataclass(frozen=True)
class FileClock:
    """Reads the instant that a conductor wrote; an atomic rename replaces the file, so a read is never half of one."""

    path: Path

    def now(self) -> datetime:
        """SettingsError when there is no instant to read; what else the file holds is not shown."""
        try:
            return parse_instant(self.path.read_text(encoding="utf-8").strip())
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"OMNIFY_CLOCK names {self.path}, and no instant such as 2026-11-21T09:00:00+00:00 can be read there",
                field="OMNIFY_CLOCK",
            ) from error

    def set(self, instant: datetime) -> None:
        fresh = self.path.with_name(self.path.name + ".next")
        fresh.write_text(instant.astimezone(UTC).isoformat(), encoding="utf-8")
        fresh.replace(self.path)


def parse_instant(text: str) -> datetime:
    """An ISO 8601 instant with an offset, as aware UTC; ValueError names what is wrong."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"'{text}' is not an ISO 8601 instant such as 2026-11-21T09:00:00+00:00") from error
    if instant.tzinfo is None:
        raise ValueError(f"'{text}' has no offset; write for example {text}+00:00")
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"'{text}' lies outside the years 1 to 9999") from error


def clock_from(setting: str) -> Clock:
    """`system`, `at:ISO` or `file:PATH` (the setting OMNIFY_CLOCK)."""
    kind, _, rest = setting.partition(":")
    if setting == "system":
        return SystemClock()
    if kind == "at" and rest:
        try:
            return FixedClock(parse_instant(rest))
        except ValueError as error:
            raise ValueError(f"OMNIFY_CLOCK: {error}") from error
    if kind == "file" and rest:
        return FileClock(Path(rest))
    raise ValueError(f"OMNIFY_CLOCK is '{setting}'; it takes system, at:ISO or file:PATH")


def monotonic() -> float:
    """Seconds of real time, for deadlines of sockets, signatures and the sweep's budget."""
    return time.monotonic()


def wall_clock() -> datetime:
    """Real time, for what the outside world judges by it: signatures, sessions. Never for business time."""
    return datetime.now(UTC)
