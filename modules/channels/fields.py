"""Checks of an account's settings: one clear sentence that names the field."""

from collections.abc import Mapping

from utils.errors import BadInput


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
