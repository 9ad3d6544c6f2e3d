"""Importing a module reads no environment and opens nothing: run for real, in a fresh interpreter with the doors wired.

Python's own import machinery opens files and some libraries read the environment while they load; that is theirs. The
innermost frame counts that is either the import machinery (then a library acted) or a file of ours (then we did).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.tree import ROOT, project

# Runs in the fresh interpreter: argv[1] is the project's root, the rest are the modules to import.
_WATCH = """
import importlib, os, sys, traceback
root = os.path.join(sys.argv[1], "")
OPENS = {"open", "os.listdir", "os.scandir", "socket.__new__", "socket.connect", "socket.bind", "socket.getaddrinfo",
         "subprocess.Popen", "os.system", "os.fork", "os.posix_spawn", "os.mkdir", "sqlite3.connect", "time.sleep"}
found = []

def ours():
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib") or name.startswith("<frozen zipimport"):
            return None
        if "/site-packages/pydantic/" in name:
            return None  # asks for its own plugin switch whenever a model class is made
        if name.startswith(root) and "/site-packages/" not in name:
            return f"{name[len(root):]}:{frame.f_lineno}"
        frame = frame.f_back
    return None

def door(event, arguments):
    if event in OPENS and (place := ours()):
        found.append(f"{place}: {event} while it is imported ({str(arguments[0])[:80] if arguments else ''})")

class Watched(type(os.environ)):
    def __getitem__(self, key):
        if place := ours():
            found.append(f"{place}: reads the environment while it is imported ({key})")
        return super().__getitem__(key)
    def __iter__(self):
        if place := ours():
            found.append(f"{place}: reads the whole environment while it is imported")
        return super().__iter__()

os.environ.__class__ = Watched
sys.path.insert(0, sys.argv[1])
sys.addaudithook(door)
for name in sys.argv[2:]:
    try:
        importlib.import_module(name)
    except Exception as error:
        found.append(f"{name}: cannot be imported: {type(error).__name__}: {error}")
for sentence in dict.fromkeys(found):
    print(sentence)
print("loaded", *sorted(name for name in sys.modules if "." not in name))
"""


def module_names(*starts: str, root: Path = ROOT) -> list[str]:
    """`utils.sql` for utils/sql.py, `modules.touches` for its face."""
    names = (
        source.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for source in project(*starts, root=root)
    )
    return list(names)


def watch_imports(names: Iterable[str], root: Path = ROOT) -> tuple[list[str], set[str]]:
    """What our files did while they were imported, one sentence each, and the top-level packages that got loaded."""
    run = subprocess.run(
        [sys.executable, "-c", _WATCH, str(root), *names],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=root,
    )
    *sentences, loaded = run.stdout.splitlines()
    return sentences, set(loaded.split()[1:])
