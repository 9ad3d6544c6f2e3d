"""How long a cold process takes to load us, against the libraries that nobody could do without.

A scheduled function starts cold nearly every time, so what it imports is paid every minute. Measured inside a fresh
interpreter, from the first import to the last, with compiled files on the disk.
"""

import subprocess
import sys
from functools import partial

from scripts.bench.models import Line, Outcome, Plan, Sign, Target
from scripts.bench.rounds import in_turns_blocking
from scripts.database.launcher import PROJECT

PROGRAM = "import time; started = time.perf_counter(); import {names}; print(time.perf_counter() - started)"
SWEEP = "uvloop, workers.sweep"
WORK = "workers.work_due, modules.content.liquid_reading"
CASES: tuple[tuple[str, str, str, Target | None], ...] = (
    ("import: the sweep", SWEEP, "psycopg, httpx, structlog", Target(Sign.at_most, 1.5)),
    # what a minute with work loads on top, before anything is armed; told so that the line above hides nothing
    ("import: a sweep with work", f"{SWEEP}, {WORK}", "psycopg, httpx, structlog", None),
    (
        "import: the web application",
        "workers.api",
        "fastapi, psycopg, httpx, jwt, structlog",
        Target(Sign.at_most, 1.3),
    ),
    (
        "import: the web application and its first webhook",
        "workers.api, workers.receive",
        "fastapi, psycopg, httpx, jwt, structlog",
        None,
    ),
)
LEAST_ROUNDS = 7


def import_seconds(names: str, _: int) -> float:
    command = [sys.executable, "-c", PROGRAM.format(names=names)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def bench_import(plan: Plan) -> Outcome:
    rounds = plan.pick(max(plan.rounds, LEAST_ROUNDS), plan.rounds)
    lines = []
    for name, ours, baseline, target in CASES:
        kept = in_turns_blocking(rounds, partial(import_seconds, ours), partial(import_seconds, baseline))
        lines.append(Line(name, "s", *kept, target, {"ours": ours, "baseline": baseline}))
    return Outcome(tuple(lines))
