"""The log as in production, where each event is made and masked, but nobody reads it."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

import structlog

from utils import log


@contextmanager
def unread_log() -> Iterator[None]:
    """Inside, events cost what they cost in production and go nowhere; afterwards the log is as it was."""
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        with redirect_stderr(nowhere):
            log.configure()
        try:
            yield
        finally:
            structlog.configure(**before)
            logging.root.handlers[:] = handlers
            logging.root.setLevel(level)
