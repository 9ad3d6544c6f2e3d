"""How much memory the whole demo needs: database, twin, web application, sweep and their helpers together.

The program that starts it makes itself the parent of all that it leaves behind (a `subreaper`), so that the server,
which leaves its starter, is counted too. Pages that processes share are counted in each of them, so the truth is less.
"""

import ctypes
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from scripts.bench.models import Line, Outcome, Plan, Sign, Target
from scripts.database.launcher import PROJECT
from utils.errors import Unavailable

TARGET = Target(Sign.at_most, 1.5)
GIGABYTE = 1024**3
PEOPLE = 20
EVERY_SECONDS = 0.05
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
PROC = Path("/proc")


def bench_memory(plan: Plan) -> Outcome:
    """The peak of the sum over all processes of one run, sampled twenty times a second."""
    if sys.platform != "linux":
        raise Unavailable("Memory is measured by Linux's /proc, which this machine does not have.")
    people = plan.pick(PEOPLE, 1)
    demo = [sys.executable, "-m", "scripts.conductor", "--check", "--contacts", str(people)]
    command = [sys.executable, "-m", "scripts.bench.memory", *demo]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"The demo did not reach its end: {done.stderr.strip()[-500:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    settings = {"contacts": people, "processes": found["processes"], "sampled_every_seconds": EVERY_SECONDS}
    return Outcome((Line("memory: scripts/demo --check", "GB", (found["peak"] / GIGABYTE,), (), TARGET, settings),))


def watch(command: list[str]) -> int:
    """Runs the command and prints the peak of all that came from it; its exit code."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    peak = processes = 0
    with subprocess.Popen(command) as program:
        while program.poll() is None:
            sizes = resident_sizes(os.getpid())
            peak, processes = max(peak, sum(sizes)), max(processes, len(sizes))
            time.sleep(EVERY_SECONDS)
    print(json.dumps({"peak": peak, "processes": processes}))
    return program.returncode


def resident_sizes(ancestor: int) -> list[int]:
    """Bytes in memory of each descendant of a process."""
    page = os.sysconf("SC_PAGE_SIZE")
    children: dict[int, list[int]] = defaultdict(list)
    size: dict[int, int] = {}
    for folder in PROC.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            # the name in parentheses may hold anything; behind it come the state, the parent (field 4) … the pages (24)
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        children[int(fields[1])].append(int(folder.name))
        size[int(folder.name)] = int(fields[21]) * page
    found, rest = [], children[ancestor]
    while rest:
        one = rest.pop()
        found.append(size[one])
        rest.extend(children[one])
    return found


if __name__ == "__main__":
    sys.exit(watch(sys.argv[1:]))
