"""Times of day and durations as a sequence file writes them."""

from datetime import time, timedelta

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTE = timedelta(minutes=1)


def duration_out(duration: timedelta) -> dict[str, int]:
    """The largest unit that fits; ValueError when it is not of whole minutes, which no file can hold."""
    minutes, rest = divmod(duration, _MINUTE)
    if rest:
        raise ValueError(f"{duration} is not of whole minutes")
    if minutes % 1440 == 0:
        return {"days": minutes // 1440}
    return {"hours": minutes // 60} if minutes % 60 == 0 else {"minutes": minutes}


def time_out(value: time) -> str:
    return value.isoformat("minutes") if not value.second and not value.microsecond else value.isoformat()


def time_in(value: str) -> time:
    return time.fromisoformat(value)
