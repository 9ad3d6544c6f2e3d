"""Phone numbers as E.164, e-mail addresses as they are compared."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_EMAIL = re.compile(r"^[^@\s\"<>(),:;\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")


class HasExtension(ValueError):
    """The number of a company and an extension: what goes to the number alone reaches somebody else."""


def normalise_phone(text: str, region: str = "US", *, cut_extension: bool = False) -> str:
    """A valid number in E.164; ValueError says why it is none. `region` is used when the number has no country code.

    HasExtension unless `cut_extension`, which is for what came from there: whoever wrote is heard by the number.
    """
    import phonenumbers  # its 60 files take 10 ms to load; a sweep that finds nothing due needs none of them

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError(
            f"'{text}' is not a phone number; write it with country code, for example +12125550123"
        ) from error
    if not phonenumbers.is_possible_number(number) or not phonenumbers.is_valid_number(number):
        raise ValueError(f"'{text}' is not a number that exists; check its digits")
    if number.extension and not cut_extension:
        raise HasExtension(f"'{text}' is a phone number with an extension; give the person's own number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_email(text: str) -> str:
    """Trimmed and lower case; ValueError when it cannot be an address."""
    value = text.strip().lower()
    if len(value) > 254 or not value.isprintable() or not _EMAIL.match(value):
        raise ValueError(f"'{text}' is not an e-mail address; write it like name@example.com")
    return value


def phone_time_zones(e164: str) -> tuple[str, ...]:
    """Every time zone the number's prefix can be in (IANA names); empty when the prefix tells nothing."""
    return _time_zones(_of_its_exchange(e164))


@lru_cache(maxsize=4096)
def _time_zones(e164: str) -> tuple[str, ...]:
    number = _parsed(e164)
    if number is None:
        return ()
    from phonenumbers import timezone  # its table takes 30 ms; only what asks pays

    zones = timezone.time_zones_for_number(number)
    return tuple(zone for zone in zones if zone != timezone.UNKNOWN_TIMEZONE)


def area_code(e164: str) -> str | None:
    """The three digits after +1; None for a number of another country code."""
    return e164[2:5] if re.fullmatch(r"\+1\d{10}", e164) else None


_PLAIN = re.compile(r"\+1[2-9][0-9]{9}")
"""A number of North America that holds nothing to be read first: the library would find these same parts (a test)."""


_EXCHANGE = re.compile(r"(\+1(?!246|876)[2-9][0-9]{2}[2-9][0-9]{2})[0-9]{4}")
"""The library knows no finer place in North America than area and exchange, but in Barbados and Jamaica (a test)."""


def _of_its_exchange(e164: str) -> str:
    """One number for all of its exchange, so that its place is looked up once for all people of a neighbourhood."""
    found = _EXCHANGE.fullmatch(e164)
    return f"{found[1]}0000" if found else e164


@lru_cache(maxsize=4096)
def _parsed(e164: str) -> "PhoneNumber | None":
    """The library's number, to be read only; several questions about one number come in a row, and reading it is most
    of the price of each. None when it is none."""
    import phonenumbers  # as above

    if _PLAIN.fullmatch(e164):
        return phonenumbers.PhoneNumber(country_code=1, national_number=int(e164[2:]))
    try:
        return phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return None


@lru_cache(maxsize=1024)
def area_zones(area: str) -> tuple[str, ...]:
    """Every time zone of any number under a North American area code.

    For exchanges it does not know the library answers with one zone for a code that is split between two, and often
    the wrong one (423 is Eastern and Central, phonenumbers 9.0.43): so all its prefixes under the code count.
    """
    from phonenumbers.tzdata import TIMEZONE_DATA  # 30 ms, as above

    found = {zone for prefix, zones in TIMEZONE_DATA.items() if prefix.startswith(f"1{area}") for zone in zones}
    return tuple(sorted(found))


_AT_HOME = frozenset({"US", "PR", "GU", "VI", "AS", "MP"})


def is_abroad(e164: str) -> bool:
    """True for a number outside the United States and its territories, so for Canada's +1; toll-free ones are ours."""
    return _is_abroad(_of_its_exchange(e164))


@lru_cache(maxsize=4096)
def _is_abroad(e164: str) -> bool:
    import phonenumbers  # as above

    if is_toll_free(e164):
        return not e164.startswith("+1")
    number = _parsed(e164)
    if number is None:
        return True
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(number.country_code or 0, ())
    if not _AT_HOME & set(regions):
        return True
    exact = phonenumbers.region_code_for_number(number)
    # an area code that is younger than the library's list is one of ours, as far as anybody can tell
    return exact is not None and exact not in _AT_HOME


@lru_cache(maxsize=4096)
def is_toll_free(e164: str) -> bool:
    """A number of a company's choice: it tells nothing of a place."""
    if e164.startswith("+1") and e164[2:3] != "8" and not e164.startswith("+1242"):
        return False  # North America's begin with 8, but for a few of the Bahamas; asking the library is dear
    import phonenumbers

    number = _parsed(e164)
    return number is not None and bool(phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.TOLL_FREE)


@lru_cache(maxsize=1024)
def is_time_zone(name: str) -> bool:
    """True for an IANA name that this machine knows; lists of zips hold empty and invented ones."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@lru_cache(maxsize=4096)
def places_of_zip(text: str) -> tuple[tuple[str, str], ...]:
    """(state, time zone) of a United States zip or zip+4; empty when there is none. The zone is empty if unknown."""
    import zipcodes  # unpacks its list at the first question: a second, once a process

    found = re.fullmatch(r"([0-9]{4,5})(?:-?[0-9]{4})?", text.strip())
    if not found:
        return ()
    places = zipcodes.matching(found[1].zfill(5))  # type: ignore[no-untyped-call] # a table editor drops the first 0 of New England
    return tuple(sorted({(one["state"], one["timezone"] if is_time_zone(one["timezone"]) else "") for one in places}))


def zone_of(stated: str | None, phone: str | None) -> str:
    """The zone that waits are counted in: what the contact stated, else the phone number's first, else UTC."""
    if stated:
        return stated
    zones = phone_time_zones(phone) if phone else ()
    return zones[0] if zones else "UTC"
