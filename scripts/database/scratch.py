"""Places for databases that nobody will miss: the demo's and the tests'.

In memory where the machine allows it (/dev/shm), without fsync. A process that was killed leaves its server behind; the
next one finds it by its free lock, stops it and clears up.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.database.binaries import Binaries, find_binaries
from scripts.database.launcher import Cluster, stop_server
from scripts.database.migrate import migrate
from scripts.database.reach import within_reach

_PREFIX = "omnify-scratch-"
_ALIVE = "alive"
_ROOM_NEEDED = 2 * 1024**3
_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder in it is made by mkdtemp
_DISK = Path("/var/tmp")  # noqa: S108 - the same; it survives a restart, so it is never in memory (FHS 3.0, 5.15)


@contextmanager
def scratch_database() -> Iterator[str]:
    """The DSN of a fresh, migrated database of its own server, gone at the end."""
    binaries = within_reach(find_binaries())
    with scratch_folder(binaries) as folder, Cluster.start(folder / "data", binaries=binaries, fsync=False) as cluster:
        migrate(cluster.url())
        yield cluster.url()


@contextmanager
def scratch_folder(binaries: Binaries, *, on_disk: bool = False) -> Iterator[Path]:
    """A folder that the server's account can enter, removed at the end; also removes what killed processes left.

    `on_disk` is for whoever measures: in memory fsync costs nothing, and /tmp may be memory too.
    """
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_NEEDED
    place = _DISK if on_disk else _MEMORY if roomy else Path(tempfile.gettempdir())
    with _turn(place):
        _clear_abandoned(place, binaries)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
        folder.chmod(0o711)
        alive = (folder / _ALIVE).open("w")
        fcntl.flock(alive, fcntl.LOCK_EX)
    with alive:
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


@contextmanager
def _turn(place: Path) -> Iterator[None]:
    handle = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _clear_abandoned(place: Path, binaries: Binaries) -> None:
    """Stops and removes scratch servers of ours whose process is gone: the kernel frees its lock, however it died."""
    for folder in place.glob(f"{_PREFIX}*"):
        if folder.stat().st_uid != os.geteuid():
            continue
        with (folder / _ALIVE).open("a") as alive:
            try:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            stop_server(binaries, folder / "data")
            shutil.rmtree(folder)
