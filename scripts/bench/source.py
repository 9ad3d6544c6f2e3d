"""Which code was measured: a record whose commit nobody knows cannot be measured again."""

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

from scripts.database.launcher import PROJECT

UNKNOWN = "unknown"
_SECONDS = 20.0


class Source(NamedTuple):
    """`commit`: 40 hex digits. `tree`: clean, or changed where a file differs or is new."""

    commit: str = UNKNOWN
    tree: str = UNKNOWN


def source(folder: Path = PROJECT) -> Source:
    """What git says; unknown where it is not there, or `folder` is no clone of its own but lies in somebody else's."""
    top = _git(folder, "rev-parse", "--show-toplevel")
    commit = _git(folder, "rev-parse", "HEAD") if top and Path(top).resolve() == folder.resolve() else None
    if commit is None:
        return Source()
    changes = _git(folder, "status", "--porcelain")
    return Source(commit, UNKNOWN if changes is None else "changed" if changes else "clean")


def _git(folder: Path, *arguments: str) -> str | None:
    # a hook's own GIT_DIR would answer for another folder; a question takes no lock that a person's git would meet
    asked = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            env=asked | {"GIT_OPTIONAL_LOCKS": "0"},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
