"""Standard output that may end early: a full disk is told in a sentence, a reader who has left (`| head`) is not."""

import errno
import io
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from utils.errors import Portable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

FULL = 1
LEFT = 128 + signal.SIGPIPE
"""What a shell says of a program that ended because its reader had left."""


class OutputLost(Portable):
    """What was printed did not get through: the exit `code`, and a sentence, empty where the reader has left."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror)
        left = error.errno == errno.EPIPE
        self.code = LEFT if left else FULL
        told = f"The output cannot be written: {error.strerror}. Not all of it is there; what was changed stays so."
        self.detail = "" if left else told


class _Output(io.FileIO):
    """The descriptor itself. Its first refusal is raised as OutputLost, which no handler of files takes for its own;
    what is written after that is dropped, so that Python's own last flush finds nothing to complain of."""

    _lost = False

    def write(self, data: "ReadableBuffer") -> int:
        if self._lost:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except OSError as error:
            self._lost = True
            raise OutputLost(error) from error


@contextmanager
def output_watched() -> Iterator[None]:
    """Raises OutputLost within or at the end of the block when standard output takes no more."""
    before = sys.stdout
    if before is None:  # closed by whoever started us, who wants no words
        yield
        return
    output = io.BufferedWriter(_Output(before.fileno(), "w", closefd=False))
    sys.stdout = io.TextIOWrapper(
        output, encoding=before.encoding, errors=before.errors, line_buffering=before.isatty()
    )
    try:
        yield
    finally:
        sys.stdout.flush()
