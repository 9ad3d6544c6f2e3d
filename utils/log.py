"""Structured events with ids. Addresses and message bodies never pass through here.

Two walls stand behind that rule: fields that could carry such a thing leave as `withheld`, and every text is masked
where it looks like a number, a mail address or a secret, tracebacks and the words of libraries included.
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import cast

import structlog

FORBIDDEN_FIELDS = frozenset(
    {
        *("body", "to", "to_address", "from_address", "subject", "phone", "email", "text", "name", "first_name"),
        *("last_name", "transcript", "secret", "password", "token", "authorization"),
    }
)
_MARKS = (
    *("+", "@", "%2B", "%2b", "%40", "eyJ", "sk-", "whsec_", "re_", "pit-"),
    *("earer", "EARER", "asic", "ASIC"),
)
"""A text without any of these holds nothing to mask: most end here, at the cost of a few searches."""
_SECRET = re.compile(
    r"(?P<token>\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?|\b(?:sk|pit)-[\w-]{8,}|\b(?:whsec|re)_[\w+/=-]{12,}"
    r"|\b(?i:bearer|basic)\s+[\w.+/=~-]{6,})"
    r"|(?P<email>[\w.%+'-]{1,64}(?:@|%40)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+)"
    r"|(?P<number>(?:\+|%2[Bb])[1-9][0-9]{6,14}(?![0-9]))"
)
_DEEP = 4


def mask(text: str) -> str:
    """The same text with `(number)`, `(email)` and `(token)` where such a thing stood."""
    for mark in _MARKS:
        if mark in text:
            return _SECRET.sub(lambda found: f"({found.lastgroup})", text)
    return text


def drop_private(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The first wall: a field that could carry an address, a body or a secret leaves as `withheld`."""
    if not FORBIDDEN_FIELDS.isdisjoint(event):
        for key in FORBIDDEN_FIELDS & event.keys():
            event[key] = "withheld"
    return event


def mask_private(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The second wall: every text in the event, however deep, masked."""
    for key, value in event.items():
        event[key] = _masked(value, _DEEP)
    return event


def _masked(value: object, deep: int) -> object:
    if isinstance(value, str):
        return mask(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if deep and isinstance(value, Mapping):
        return {mask(str(name)): _masked(inner, deep - 1) for name, inner in value.items()}
    if deep and isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner, deep - 1) for inner in value]
    return mask(str(value))


class MaskingFormatter(logging.Formatter):
    """What libraries say by themselves (the web server, the database's pool), masked as well."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def configure(level: str = "info") -> None:
    """JSON lines on stderr. Called once by whoever owns the process, never at import."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            drop_private,
            structlog.processors.format_exc_info,
            mask_private,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(room=name))
