"""The folder that PostgreSQL keeps its data in: made once, guarded by a lock, with its passwords beside it."""

import fcntl
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from scripts.database.binaries import Binaries
from scripts.database.errors import DatabaseProblem
from scripts.database.privileges import Account, run_as

SUPERUSER = "postgres"
_BUILTIN_LOCALE_SINCE = 17


class Passwords(NamedTuple):
    """Two random passwords, line by line in `<data folder>.secret` (0600); initdb reads the first line."""

    superuser: str
    owner: str


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Two processes that start or stop the same server take turns; the kernel frees the lock when one dies."""
    with beside(data_dir, "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def open_data(binaries: Binaries, data_dir: Path, account: Account, *, durable: bool) -> Passwords:
    """The passwords of this data folder, which is made first when it is not there. Call it inside `only_one`.

    Raises DatabaseProblem when the data are of another major version or of another user, or when initdb fails.
    """
    if data_dir.exists():
        return _read_existing(binaries, data_dir)
    passwords = Passwords(secrets.token_urlsafe(24), secrets.token_urlsafe(24))
    secret = beside(data_dir, "secret")
    secret.unlink(missing_ok=True)
    secret.touch(mode=0o600)
    secret.write_text("\n".join(passwords) + "\n", encoding="ascii")
    account.own(secret)
    _initialise(binaries, data_dir, account, secret, durable)
    return passwords


def beside(data_dir: Path, ending: str) -> Path:
    return data_dir.with_name(f"{data_dir.name}.{ending}")


def _read_existing(binaries: Binaries, data_dir: Path) -> Passwords:
    try:
        major = (data_dir / "PG_VERSION").read_text(encoding="ascii").strip()
        passwords = Passwords(*beside(data_dir, "secret").read_text(encoding="ascii").split())
    except PermissionError as error:
        raise DatabaseProblem(f"{data_dir} belongs to another user: start as the one who made it.") from error
    except (FileNotFoundError, TypeError) as error:
        raise DatabaseProblem(
            f"{data_dir} is no data folder of ours (PG_VERSION or {data_dir.name}.secret is missing): move it away."
        ) from error
    if major != str(binaries.major):
        raise DatabaseProblem(
            f"{data_dir} holds data of PostgreSQL {major}, but {binaries.bin_dir} is {binaries.version}."
        )
    return passwords


def _initialise(binaries: Binaries, data_dir: Path, account: Account, secret: Path, durable: bool) -> None:
    """Runs initdb beside the final place and renames: a killed initdb leaves no half-made data folder."""
    half = beside(data_dir, "initialising")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    account.own(half)
    command = [
        *(binaries.program("initdb"), "-D", str(half), "--username", SUPERUSER, "--pwfile", str(secret)),
        *("--auth=scram-sha-256", "--encoding=UTF8", *_locale(binaries)),
        *(() if durable else ("--no-sync",)),
    ]
    result = run_as(account, command)
    if result.returncode != 0:
        shutil.rmtree(half)
        raise DatabaseProblem(f"initdb could not make {data_dir}: {result.stderr.strip() or result.stdout.strip()}")
    os.rename(half, data_dir)


def _locale(binaries: Binaries) -> tuple[str, ...]:
    """UTF-8 letters, byte order, the same on every machine; before 17 the C library has to know it."""
    if binaries.major >= _BUILTIN_LOCALE_SINCE:
        return ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    return (f"--locale={'en_US.UTF-8' if sys.platform == 'darwin' else 'C.UTF-8'}", "--lc-messages=C")
