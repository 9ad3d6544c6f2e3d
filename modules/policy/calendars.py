"""The days on which a state lets nobody be called or texted: both the day itself and the day it is kept on.

The library `holidays` knows most of them. What it lacks (compared with the states' own lists, 2026-11-20) and what a
governor adds for one year stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

_THURSDAY = 3


@dataclass(frozen=True)
class OwnHoliday:
    """A holiday of one state: `when` is `MM-DD` for every year, `YYYY-MM-DD` for one, or `thanksgiving+1`."""

    state: str
    when: str
    name: str
    source: str
    grade: str


OWN_HOLIDAYS = (
    OwnHoliday("AL", "12-01", "Rosa Parks Day", "a vendor's list (vicifast), 2026-11-20", "C"),
    OwnHoliday("LA", "thanksgiving+1", "Day after Thanksgiving", "a vendor's list (vicifast), 2026-11-20", "C"),
    OwnHoliday("LA", "2023-07-03", "Proclaimed by the governor", "dnc.com holiday alerts, 2023", "B"),
    OwnHoliday("LA", "2023-12-26", "Proclaimed by the governor", "dnc.com holiday alerts, 2023", "B"),
    OwnHoliday("PA", "06-14", "Flag Day", "a vendor's list (vicifast), 2026-11-20", "C"),
    OwnHoliday("RI", "05-04", "Rhode Island Independence Day", "a vendor's list (vicifast), 2026-11-20", "C"),
)


@lru_cache(maxsize=256)
def holidays_of(state: str, year: int) -> Mapping[date, str]:
    """The state's holidays of a year by date, with their names; federal ones included, actual and observed."""
    import holidays  # it takes 160 ms to load; only a state that knows holidays pays

    known = dict(holidays.country_holidays("US", subdiv=state, years=year).items())
    own = [one for one in OWN_HOLIDAYS if one.state == state]
    added = {day: one.name for one in own for day in _days_of(one.when, year)}
    return MappingProxyType(added | known)


def _days_of(when: str, year: int) -> tuple[date, ...]:
    if when == "thanksgiving+1":
        return (_thanksgiving(year) + timedelta(days=1),)
    if len(when) == len("YYYY-MM-DD"):
        return tuple(day for day in (date.fromisoformat(when),) if day.year == year)
    day = date.fromisoformat(f"{year}-{when}")
    # kept on the nearest working day, as federal law does (5 U.S.C. 6103(b)): both days count
    moved = {5: -1, 6: 1}.get(day.weekday(), 0)
    return (day, day + timedelta(days=moved)) if moved else (day,)


def _thanksgiving(year: int) -> date:
    first = date(year, 11, 1)
    return first + timedelta(days=(_THURSDAY - first.weekday()) % 7 + 21)
