"""Phone numbers as E.164, e-mail addresses as they are compared."""

import re

import phonenumbers

_EMAIL = re.compile(r"^[^@\s\"<>(),:;\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")


def normalise_phone(text: str, region: str = "US") -> str:
    """A valid number in E.164; ValueError says why it is none. `region` is used when the number has no country code."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError(
            f"'{text}' is not a phone number; write it with country code, for example +12125550123"
        ) from error
    if not phonenumbers.is_possible_number(number) or not phonenumbers.is_valid_number(number):
        raise ValueError(f"'{text}' is not a number that exists; check its digits")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_email(text: str) -> str:
    """Trimmed and lower case; ValueError when it cannot be an address."""
    value = text.strip().lower()
    if len(value) > 254 or not value.isprintable() or not _EMAIL.match(value):
        raise ValueError(f"'{text}' is not an e-mail address; write it like name@example.com")
    return value


def phone_time_zones(e164: str) -> tuple[str, ...]:
    """Every time zone the number's prefix can be in (IANA names); empty when the prefix tells nothing."""
    from phonenumbers import timezone  # its table takes 30 ms to load; only what asks pays

    try:
        zones = timezone.time_zones_for_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(zone for zone in zones if zone != timezone.UNKNOWN_TIMEZONE)
