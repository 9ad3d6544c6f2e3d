"""One demo to watch in a folder: what it keeps there (its settings, its jobs' log) is for the one who looks now."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from utils.errors import Conflict


@contextmanager
def alone(folder: Path) -> Iterator[Callable[[str], None]]:
    """The only one in this folder until the end of the block; takes the address where it can be seen, once it is known.

    Conflict names the one that is there. The kernel frees the lock when a process ends, however it ends.
    """
    with (folder / "running").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            who = file.read() or "just starting"
            raise Conflict(
                f"A demo runs here already ({who}): look at that one, or end it with Ctrl-C first. "
                "`scripts/demo --check` runs beside it."
            ) from error

        def write(who: str) -> None:
            file.truncate(0)
            file.write(who)
            file.flush()

        write(f"process {os.getpid()}, just starting")
        yield lambda address: write(f"process {os.getpid()}, {address}")
