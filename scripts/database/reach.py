"""Binaries that the server's account can read, wherever the project lies."""

import contextlib
import os
import shutil
import stat
import tempfile
from dataclasses import replace
from pathlib import Path

from scripts.database.binaries import Binaries
from scripts.database.errors import DatabaseProblem
from scripts.database.privileges import require_reading, server_account

_PLACE = Path("/var/tmp")  # noqa: S108 - made by mkdtemp, owner and mode are checked before use


def within_reach(binaries: Binaries) -> Binaries:
    """The same binaries, or as root, in a project that others may not enter, a copy of them in /var/tmp.

    A clone below a private folder (0700, such as mktemp makes) could not be tried otherwise: PostgreSQL refuses root,
    and its own account cannot pass into .venv.
    """
    if os.geteuid() != 0:
        return binaries
    try:
        require_reading(server_account(Path("/nonexistent")), binaries.bin_dir)
    except DatabaseProblem:
        package = binaries.bin_dir.parents[1]
        copy = _PLACE / f"omnify-postgres-{binaries.version}"
        if not copy.exists():
            _copy(package, copy)
        if not _is_ours(copy):
            raise
        return replace(binaries, bin_dir=copy / binaries.bin_dir.relative_to(package.parent))
    return binaries


def _copy(package: Path, target: Path) -> None:
    """The package's folder and the `.libs` folder beside it, in which its programs look for their libraries."""
    fresh = Path(tempfile.mkdtemp(prefix="omnify-postgres-", dir=_PLACE))
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.is_dir():
            shutil.copytree(folder, fresh / folder.name, symlinks=True)
    fresh.chmod(0o755)
    # another process may have been faster: its copy serves as well
    with contextlib.suppress(OSError):
        fresh.rename(target)
    if fresh.exists():
        shutil.rmtree(fresh)


def _is_ours(folder: Path) -> bool:
    """Made by root and changed by nobody else: what is in it will be run."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
