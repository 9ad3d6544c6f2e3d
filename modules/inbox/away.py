"""When an out-of-office note says that the person is back: English, Spanish and French phrases, as a table. Pure.

A date counts only behind a phrase that speaks of coming back or of being away until then. What can be read in two ways
(12/05) counts only when one of them lies in the coming weeks; an hour (at 3.30) is no date. What cannot be read is no
date: nothing is put off then.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

FARTHEST = timedelta(days=60)
"""Nothing is put off for longer, whatever the note says."""
_BELIEVED = timedelta(days=366)
_READ = 4000
_NEAR = 70
_DAY = timedelta(days=1)

_MONTHS = (
    ("january", "jan", "enero", "ene", "janvier", "janv"),
    ("february", "feb", "febrero", "février", "fevrier", "févr", "fevr"),
    ("march", "mar", "marzo", "mars"),
    ("april", "apr", "abril", "abr", "avril", "avr"),
    ("may", "mayo", "mai"),
    ("june", "jun", "junio", "juin"),
    ("july", "jul", "julio", "juillet", "juil"),
    ("august", "aug", "agosto", "ago", "août", "aout"),
    ("september", "sept", "sep", "septiembre", "septembre"),
    ("october", "oct", "octubre", "octobre"),
    ("november", "nov", "noviembre", "novembre"),
    ("december", "dec", "diciembre", "dic", "décembre", "decembre", "déc"),
)
_WEEKDAYS = (
    ("monday", "lunes", "lundi"),
    ("tuesday", "martes", "mardi"),
    ("wednesday", "miércoles", "miercoles", "mercredi"),
    ("thursday", "jueves", "jeudi"),
    ("friday", "viernes", "vendredi"),
    ("saturday", "sábado", "sabado", "samedi"),
    ("sunday", "domingo", "dimanche"),
)
_TOMORROW = ("tomorrow", "mañana", "manana", "demain")
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS, 1) for name in names}

_RETURNS = re.compile(
    r"(?<!get )(?<!call )\bback\b(?! to (?:me|you|us))|\breturn(?:ing)?\b(?! (?:your|my|any|calls?|e?-?mails?)\b)"
    r"|\bvuelvo\b|\bvolver[eé]\b|\bregreso\b|\bregresar[eé]\b|\bde vuelta\b|\bme reincorpor\w+"
    r"|\bde retour\b|\bmon retour\b|\breviens\b|\breviendrai\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\buntil\b|\btill\b|\bhasta\b|\bjusqu['’](?:au|à)\b", re.IGNORECASE)
_THROUGH = re.compile(r"\bthrough\b|\binclusive\b", re.IGNORECASE)
_NAMES = "|".join(sorted(map(re.escape, _MONTH), key=len, reverse=True))
_DAYS = "|".join(sorted(map(re.escape, _WEEKDAY), key=len, reverse=True))
_DATE = re.compile(
    rf"(?P<iso>\b\d{{4}}-\d{{2}}-\d{{2}}\b)"
    rf"|\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?\s+(?:of\s+|de\s+)?(?P<m1>{_NAMES})\b\.?(?:,?\s+(?:de\s+|del\s+)?(?P<y1>\d{{4}}))?"
    rf"|\b(?P<m2>{_NAMES})\b\.?\s+(?:the\s+)?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y2>\d{{4}}))?"
    rf"|(?<!\bat )(?<!\blas )(?<!\bà )\b(?!24/7\b)(?P<a>\d{{1,2}})[/.-](?P<b>\d{{1,2}})"
    rf"(?:[/.-](?P<y3>\d{{4}}|\d{{2}}))?\b(?!\s*(?:[ap]\.?\s?m\b|h\b|hrs?\b|hours?\b))"
    rf"|\b(?P<weekday>{_DAYS})\b"
    rf"|(?<!\bla )\b(?P<tomorrow>{'|'.join(_TOMORROW)})\b",
    re.IGNORECASE,
)


def return_date(text: str, received_on: date) -> date | None:
    """The day on which the person is back, after the day it came, and at most 60 days later; None when none is told."""
    said = " ".join(text[:_READ].split())
    for phrase, more in ((_RETURNS, 0), (_UNTIL, 0), (_THROUGH, 1)):
        for found in phrase.finditer(said):
            day = _first_date(said[found.end() : found.end() + _NEAR], received_on)
            if day is not None:
                return min(day + more * _DAY, received_on + FARTHEST)
    return None


def _first_date(said: str, received_on: date) -> date | None:
    """A weekday gives way to a date that stands right behind it (Monday, December 7)."""
    weekday: date | None = None
    for match in _DATE.finditer(re.split(r"[!?;]|\.\s+[A-ZÁÉÍÓÚÀÂÇÈÊ]", said)[0]):
        days = sorted({day for day in _readings(match, received_on) if received_on < day <= received_on + _BELIEVED})
        if match["weekday"]:
            weekday = weekday or days[0]
        elif len(days) == 1 or (days and days[0] <= received_on + FARTHEST < days[1]):
            return days[0]
        else:
            return None
    return weekday


def _readings(match: re.Match[str], received_on: date) -> Iterator[date]:
    """Every day that these characters may mean."""
    if match["iso"]:
        yield from _day(*map(int, match["iso"].split("-")))
    elif match["weekday"]:
        ahead = (_WEEKDAY[match["weekday"].lower()] - received_on.isoweekday() - 1) % 7 + 1
        yield received_on + ahead * _DAY
    elif match["tomorrow"]:
        yield received_on + _DAY
    elif match["a"]:
        first, second, year = int(match["a"]), int(match["b"]), match["y3"]
        for month, day in ((first, second), (second, first)):
            yield from _in_year(month, day, year, received_on)
    else:
        month = _MONTH[(match["m1"] or match["m2"]).lower()]
        yield from _in_year(month, int(match["d1"] or match["d2"]), match["y1"] or match["y2"], received_on)


def _in_year(month: int, day: int, year: str | None, received_on: date) -> Iterator[date]:
    """Without a year, the nearest such day: a note that was left on speaks of one that has passed."""
    if year:
        yield from _day(int(year) + (2000 if len(year) == 2 else 0), month, day)
        return
    near = [one for ahead in (-1, 0, 1) for one in _day(received_on.year + ahead, month, day)]
    yield from sorted(near, key=lambda one: abs(one - received_on))[:1]


def _day(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []
