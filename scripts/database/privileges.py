"""PostgreSQL refuses to run as root, so as root its programs run as an ordinary account of the machine.

Done by the subprocess itself (setuid between fork and exec): `su` and `runuser` want a login shell, PAM or both, which
a container may lack.
"""

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.database.errors import DatabaseProblem

_CANDIDATES = ("postgres", "nobody")
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}  # no PGDATA, PGPORT… of the caller


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system's account that the server runs as."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def server_account(data_dir: Path) -> Account:
    """Who runs the server: ourselves, or as root whoever owns the data already, else `postgres`, else `nobody`.

    Raises DatabaseProblem when we are root and the machine has none of them, and for somebody without a name on this
    machine, as whom PostgreSQL itself does not start.
    """
    if os.geteuid() != 0:
        return _named(os.geteuid())
    if data_dir.exists() and (owner := data_dir.stat().st_uid) != 0:
        return _named(owner)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in _CANDIDATES:
        if name in known:
            return _account(known[name])
    raise DatabaseProblem("PostgreSQL does not run as root. Create an account for it: useradd --system postgres")


def _named(uid: int) -> Account:
    try:
        return _account(pwd.getpwuid(uid))
    except KeyError as error:
        raise DatabaseProblem(
            f"PostgreSQL does not run as user {uid}, for whom this machine has no name; set DATABASE_URL to a database "
            "elsewhere, or add the user to /etc/passwd."
        ) from error


def run_as(account: Account, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Runs one program as the account with a bare environment, in `/`; the caller reads the exit code."""
    root = os.geteuid() == 0
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        user=account.uid if root else None,
        group=account.gid if root else None,
        extra_groups=() if root else None,
    )


def require_entry(account: Account, path: Path) -> None:
    """Raises DatabaseProblem, naming the first folder in the way, unless the account can pass through all of them."""
    for folder in reversed(path.parents):
        if not _allowed(account, folder.stat(), stat.S_IXOTH):
            raise DatabaseProblem(
                f"PostgreSQL runs as user {account.name}, who may not pass through {folder}: "
                f"run chmod o+x {folder}, or move the project to a folder that everyone can enter."
            )


def require_reading(account: Account, folder: Path) -> None:
    """Raises DatabaseProblem unless the account can reach the folder and read it."""
    require_entry(account, folder)
    if not _allowed(account, folder.stat(), stat.S_IROTH | stat.S_IXOTH):
        raise DatabaseProblem(
            f"PostgreSQL runs as user {account.name}, who may not read {folder}: run chmod -R o+rX {folder}"
        )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _allowed(account: Account, status: os.stat_result, other_bits: int) -> bool:
    shift = 6 if status.st_uid == account.uid else 3 if status.st_gid == account.gid else 0
    wanted = other_bits << shift
    return status.st_mode & wanted == wanted
