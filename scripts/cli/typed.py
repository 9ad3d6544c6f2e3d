"""What people type, read; and the small words with which it is told back."""

import errno
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

import typer

from utils.clock import parse_instant
from utils.errors import BadInput

_UNREAD = {
    errno.ENOENT: "there is no such file",
    errno.EISDIR: "it is a folder",
    errno.EACCES: "you may not read it",
}
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class Incomplete(typer.BadParameter):
    """A usage error where nothing given is wrong: something is missing, and the sentence says what."""

    def format_message(self) -> str:
        return self.message


def for_no_channel(option: str) -> BadInput:
    """What is to be told of an option that speaks of consent where --consent is missing."""
    return BadInput(f"{option} speaks of consent; say for which channels: --consent sms,email,voice", field="consent")


@contextmanager
def usage_errors(hint: str) -> Iterator[None]:
    """What is refused in here was typed: a usage error about the parameter that `hint` names."""
    try:
        yield
    except BadInput as error:
        raise typer.BadParameter(str(error), param_hint=hint) from error


def read_instant(option: str, text: str) -> datetime:
    """An instant with its offset as aware UTC; a usage error shows how to write it, also for a day without an hour."""
    try:
        return parse_instant(text)
    except ValueError as error:
        day = None if "T" in text or " " in text else _day(text[:10])
        said = f"'{text}' has no hour; write it like {day}T09:00:00-05:00" if day else str(error)
        raise typer.BadParameter(said, param_hint=option) from error


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """Reads a whole number in these bounds; the usage error says so in plain words, not in a library's."""

    def read(text: str) -> int:
        number = int(text) if re.fullmatch(r"[0-9]{1,18}", str(text), re.ASCII) else -1  # a default is a number already
        if number < least or (most is not None and number > most):
            bounds = f"of {least} or more" if most is None else f"from {least} to {most}"
            raise typer.BadParameter(f"'{text}' is not a whole number {bounds}")
        return number

    return read


def read_id(text: str) -> UUID:
    """An id as our lists print it; a usage error for anything else."""
    try:
        return UUID(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"'{text}' is not an id; it looks like 0193e0a2-5f1c-7abc-8def-0123456789ab"
        ) from error


def counted(number: int, what: str) -> str:
    """`1 row`, `2 rows`, `1,000 rows`."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def why_unread(error: OSError) -> str:
    """Why a file could not be read, for the person who named it."""
    return _UNREAD.get(error.errno or 0, error.strerror or "the machine refused")


def why_unwritten(error: OSError) -> str:
    """Why a file could not be written, for the person who named it."""
    barred = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
    return "you may not write there" if barred else error.strerror or "the machine refused"


def is_about_room(error: OSError) -> bool:
    """Whether a file that was being written found no room on its disk (or the disk no longer works)."""
    return error.errno in _NO_ROOM


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
