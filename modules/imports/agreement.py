"""What a row says was agreed to: nothing, unless the file's owner vouches for it, and where the row says so."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from modules.imports.cells import plain_cell
from modules.imports.check import clip
from modules.imports.models import Agreement, AgreementPlan, DateOrder, Fault, Person
from modules.labels import ChannelName

_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
# Nobody agreed to a text message before; such a date is a slip, or a number that a spreadsheet made of one.
_FIRST_YEAR = 1992
# A date without a zone may be a day ahead of ours somewhere (UTC+14 is the farthest).
_AHEAD = timedelta(hours=14)
_NOTHING = Agreement()


def read_agreement(plan: AgreementPlan, cells: Sequence[str], person: Person, now: datetime) -> Agreement:
    """The channels that the row's person agreed to and has an address for; a fault for a bad date or no words."""
    texts = [plain_cell(cell).strip() for cell in cells]
    if plan.only_if is not None:
        index, wanted = plan.only_if
        if texts[index].casefold() not in wanted:
            return _NOTHING
    channels = tuple(one for one in plan.channels if _address(one, person))
    if not channels:
        return _NOTHING
    wording = None
    if plan.wording_column is not None:
        wording = plain_cell(cells[plan.wording_column]).strip()
        if not wording:
            return Agreement(fault=Fault.no_wording)
    at = None
    if plan.at_column is not None:
        found = read_instant(texts[plan.at_column], plan.date_order, now)
        if isinstance(found, Fault):
            return Agreement(fault=found, detail=clip(texts[plan.at_column]))
        at = found
    proof = {name: texts[index] for name, index in plan.proof_columns.items() if texts[index]}
    return Agreement(channels, wording, at, proof)


def read_instant(text: str, order: DateOrder, now: datetime) -> datetime | Fault:
    """An instant of the past, or why it is none.

    A date alone is its first instant in UTC and a time without a zone is UTC: of two readings the older one, because an
    agreement counts as given no later than it was. What lies ahead by no more than a zone can explain counts as now.
    """
    if not text:
        return Fault.no_date
    try:
        found = _parse(text, order)
    except (ValueError, OverflowError):  # also where its zone carries it beyond the calendar
        return Fault.bad_date
    if found is None or found.year < _FIRST_YEAR:
        return Fault.bad_date
    if found > now + (timedelta() if re.search(r"(?:Z|[+-]\d{2}:?\d{2})$", text[10:]) else _AHEAD):
        return Fault.future_date
    return min(found, now)


def _parse(text: str, order: DateOrder) -> datetime | None:
    """ValueError for a day that is not in the calendar; None for what is written in another way."""
    if _ISO.fullmatch(text):
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    match = _SLASHED.fullmatch(text)
    if match is None or order is DateOrder.iso:
        return None
    first, second, year = (int(part) for part in match.groups())
    month, day = (first, second) if order is DateOrder.mdy else (second, first)
    return datetime.combine(date(year, month, day), time(), UTC)


def _address(channel: ChannelName, person: Person) -> str | None:
    return person.email if channel is ChannelName.email else person.phone
