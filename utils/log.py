"""Structured events with ids. Addresses and message bodies never pass through here."""

import logging
import sys
from typing import cast

import structlog

FORBIDDEN_FIELDS = frozenset(
    {"body", "to", "to_address", "from_address", "subject", "phone", "email", "text", "secret", "password", "token"}
)


def drop_private(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The last wall: a field that could carry an address, a body or a secret leaves as `withheld`."""
    for key in FORBIDDEN_FIELDS & event.keys():
        event[key] = "withheld"
    return event


def configure(level: str = "info") -> None:
    """JSON lines on stderr. Called once by whoever owns the process, never at import."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            drop_private,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def logger(name: str) -> structlog.stdlib.BoundLogger:
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(room=name))
