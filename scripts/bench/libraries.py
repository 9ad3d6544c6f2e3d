"""The libraries that we are compared with: installed when they are first asked for, into the project's own cache.

Never into what production installs. A library that the tests' environment has already is taken from there; the cache is
looked into last, so that what our own code runs on stays what it is.
"""

import importlib.metadata
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from scripts.database.launcher import PROJECT
from utils.digest import hash_text
from utils.errors import Unavailable

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
CACHE = PROJECT / ".cache" / "bench"
PYTHON_LIBRARIES, NODE_LIBRARIES = CACHE / "python", CACHE / "node"
GRAPHILE = "graphile-worker"
LONGEST_SECONDS = 300
LAST_WORDS = 300


def need_python(names: Iterable[str]) -> Path:
    """The folder to look into last for these libraries; installed now if they are not there.

    Unavailable when they cannot be installed, with the installer's last words.
    """
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    text = REQUIREMENTS.read_text(encoding="utf-8")
    wanted = hash_text(f"{text}{sys.version}")
    if missing and not _is_stamped(PYTHON_LIBRARIES, wanted):
        folder = ["--target", str(PYTHON_LIBRARIES), "--upgrade", "-r", str(REQUIREMENTS)]
        command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *folder]
        _install(command, " and ".join(missing), PYTHON_LIBRARIES, wanted)
    return PYTHON_LIBRARIES


def need_node(name: str = GRAPHILE) -> Path:
    """The folder whose `node_modules` holds this package; installed now if it is not there. Unavailable as above."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Unavailable(
            f"The comparison with {name} needs Node 20 or newer with npm; install it with: "
            "sudo apt-get install nodejs npm"
        )
    if not _is_stamped(NODE_LIBRARIES, name):
        command = ["npm", "install", "--prefix", str(NODE_LIBRARIES), "--no-audit", "--no-fund", name]
        _install(command, name, NODE_LIBRARIES, name)
    return NODE_LIBRARIES


def python_facts(name: str) -> dict[str, str]:
    """Version and licence as the installed library tells them."""
    found = importlib.metadata.distributions(name=name, path=[*sys.path, str(PYTHON_LIBRARIES)])
    about = next(iter(found)).metadata.json
    classes = about.get("classifier", [])
    classed = [one.rpartition(" :: ")[2] for one in classes if one.startswith("License ::")]
    told = about.get("license_expression") or ", ".join(classed) or "not told"
    return {"version": str(about["version"]), "licence": str(told)}


def node_facts(name: str) -> dict[str, str]:
    """The same of a package for Node."""
    about = json.loads((NODE_LIBRARIES / "node_modules" / name / "package.json").read_text(encoding="utf-8"))
    return {"version": str(about["version"]), "licence": str(about["license"])}


def _is_stamped(folder: Path, wanted: str) -> bool:
    stamp = folder / "installed"
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted


def _install(command: Sequence[str], what: str, folder: Path, wanted: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Installing {what} for the comparison into {folder.relative_to(PROJECT)} (once) …", file=sys.stderr)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)
        failed, said = bool(done.returncode), (done.stderr or done.stdout).strip()
    except (OSError, subprocess.TimeoutExpired) as error:
        failed, said = True, str(error)
    if failed:
        raise Unavailable(
            f"{what} could not be installed into {folder}, so there is nobody to compare with. Try again with a "
            f"network, or name another benchmark. The installer said: {said[-LAST_WORDS:]}"
        )
    (folder / "installed").write_text(wanted, encoding="utf-8")
