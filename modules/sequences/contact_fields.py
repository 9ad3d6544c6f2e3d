"""What is written in a contact's fields, read as a text, a day or a moment of the contact's own calendar."""

from collections.abc import Mapping
from datetime import date, datetime, time

from modules.sequences.zones import find_zone

_OF_CONTACT = "contact."
_YEARS = range(1900, 2200)
"""A year outside of these is a slip of the pen, and would wait for ever."""


def field_text(fields: Mapping[str, object], name: str) -> str | None:
    """The field's value as a trimmed text; None when it is missing, empty, a list or a group. `name` is dotted and
    begins with `contact.`, as in a message."""
    value: object = fields
    for part in name.removeprefix(_OF_CONTACT).split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def read_moment(text: str, zone: str) -> tuple[date, time | None] | None:
    """The local day, and the local time of day where one is given, of `YYYY-MM-DD` (or another ISO date) or an ISO
    instant (one without an offset counts in `zone`); None for anything else. ValueError for an unknown zone."""
    day = _read_date(text)
    if day is not None:
        return (day, None) if day.year in _YEARS else None
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    if told.year not in _YEARS:
        return None
    local = told if told.tzinfo is None else told.astimezone(find_zone(zone))
    return local.date(), local.time()


def _read_date(text: str) -> date | None:
    """Apart from instants: read as one, `20261210` would be a midnight that nobody meant."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_day(text: str, zone: str) -> date | None:
    moment = read_moment(text, zone)
    return moment[0] if moment else None
