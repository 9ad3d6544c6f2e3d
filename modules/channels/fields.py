"""Checks of an account's settings: one clear sentence that names the field."""

import re
from collections.abc import Callable, Mapping

from modules.accounts import Account
from utils.errors import BadInput


def fault_of(check: Callable[[Mapping[str, str], Mapping[str, str]], None], account: Account) -> str | None:
    """What keeps a stored account from being used, as a word for an answer; None when it is whole."""
    try:
        check(account.settings, account.secrets)
    except BadInput as error:
        return f"account_incomplete_{error.field}"
    return None


def need(given: Mapping[str, str], field: str, words: str) -> str:
    """The field's value; BadInput when it is missing, blank, or holds what no HTTP header can carry."""
    value = given.get(field, "")
    if not value.strip():
        raise BadInput(f"{words} is missing: give `{field}`", field=field)
    if not value.isprintable():
        raise BadInput(f"{words} holds a character that cannot be right: check `{field}`", field=field)
    return value


def need_token(given: Mapping[str, str], field: str, words: str) -> str:
    """As `need`, for what travels in a header: plain letters, digits and signs, no spaces."""
    value = need(given, field, words)
    if not value.isascii() or " " in value:
        raise BadInput(f"{words} holds a character that cannot be right: check `{field}`", field=field)
    return value


SENDER = re.compile(r"\+?[1-9][0-9]{6,14}|[0-9]{5,6}")
"""E.164 (with its country code no number is shorter than Niue's: +683 and four), or the digits of a short code."""


def check_sender(settings: Mapping[str, str]) -> None:
    """BadInput when `from_number` is given and no text can leave by it."""
    number = settings.get("from_number", "")
    if number and not SENDER.fullmatch(number):
        raise BadInput("`from_number` is written like +14155550123", field="from_number")


MOST_LINES = 1000


def check_lines(settings: Mapping[str, str]) -> None:
    """BadInput when the lines of a voice account, or those kept free for people who call us, cannot be right."""
    lines = _lines_in(settings, "concurrent_calls", 1)
    reserved = _lines_in(settings, "reserved_for_inbound", 0)
    if lines is not None and reserved is not None and reserved >= lines:
        raise BadInput("`reserved_for_inbound` must leave at least one line free", field="reserved_for_inbound")


def _lines_in(settings: Mapping[str, str], field: str, least: int) -> int | None:
    """A number of lines, None when it is not given; BadInput when it cannot be one."""
    given = settings.get(field, "")
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and least <= int(given[:9]) <= MOST_LINES):
        raise BadInput(f"`{field}` is a whole number from {least} to {MOST_LINES}", field=field)
    return int(given)
