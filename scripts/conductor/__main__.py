"""`scripts/demo`: starts everything, plays the sample contacts through their sequences, and with --check judges.

With --library the sequences are the six ready-made ones, and for each of their ends there is somebody who comes to it.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from modules.labels import Provider
from scripts.conductor.alone import alone
from scripts.conductor.check import check
from scripts.conductor.conduct import Beat, conduct
from scripts.conductor.ends import Ends, count_ends
from scripts.conductor.hands import Hands
from scripts.conductor.library import LIBRARY_CLIENTS, Member, build_library
from scripts.conductor.sample import EMAIL, PASSWORD, build_world
from scripts.conductor.sample_accounts import CLIENTS
from scripts.conductor.stage import Stage, open_stage
from scripts.database.scratch import scratch_database
from scripts.jobs import ProcessPlatform, run_sweep, schedule_of
from scripts.sandbox.remote import ROOT
from scripts.serve import listen
from utils import log
from utils.clock import monotonic
from utils.errors import AppError

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
FOLDER = ROOT / ".demo"
PORT = 8400
PACE_SECONDS = 0.25
CONTACTS = 20
COPIES = {"none": 1, "mild": 1, "harsh": 2}  # of each of the library's people: bad weather turns some of them
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="run to the end, then judge; exit 0 or 1")
    parser.add_argument("--library", action="store_true", help="play the library's sequences to each of their ends")
    parser.add_argument("--contacts", type=int, help=f"how many sample contacts (1 to 5000; {CONTACTS} unless given)")
    parser.add_argument("--seed", default="7", help="the same seed plays the same story")
    parser.add_argument("--faults", choices=("none", "mild", "harsh"), default="none", help="what the twin does wrong")
    parser.add_argument("--outage", type=_outage, metavar="PROVIDER:DURATION", help="such as twilio:2h")
    options = parser.parse_args(given)
    if options.library and options.contacts is not None:
        parser.error("--library brings its own people; leave out --contacts")
    options.contacts = CONTACTS if options.contacts is None else options.contacts
    if not 1 <= options.contacts <= 5000:
        parser.error("--contacts takes 1 to 5000")
    return options


def _outage(text: str) -> tuple[str, timedelta]:
    names = "|".join(provider.value for provider in Provider)
    found = re.fullmatch(rf"({names}):(\d{{1,4}})([mhd])", text)
    if not found:
        providers = ", ".join(provider.value for provider in Provider)
        raise argparse.ArgumentTypeError(
            f"'{text}' is not a provider ({providers}), a colon and a duration such as 30m, 2h, 1d"
        )
    return found[1], timedelta(**{UNITS[found[3]]: int(found[2])})


async def play(stage: Stage, options: argparse.Namespace) -> int:
    """The exit code."""
    started, clock = stage.clock.now(), monotonic()
    members = await people_of(stage, options)
    hands = Hands(stage, members, options.seed) if options.library else None
    if options.outage:
        stage.twin.script(options.outage[0], "500_before_accept", times=1_000_000_000)
    job: Callable[[], Awaitable[dict[str, int]]] = lambda: run_sweep(stage.deps)  # noqa: E731
    if not options.check:
        announce(stage, options)
        platform = ProcessPlatform(stage.environment, FOLDER / "jobs.log")
        job = lambda: platform.run(schedule_of("sweep"))  # noqa: E731
    async for beat in conduct(stage, job, hands):
        if options.outage and beat.at - started >= options.outage[1]:
            stage.twin.clear_faults()
            options.outage = None
        if not options.check:
            print(told(beat), flush=True)
            await asyncio.sleep(PACE_SECONDS)
    result = await check(stage, started, monotonic() - clock)
    ends = await count_ends(stage, members) if options.library else None
    keep_ledgers(stage)
    if not options.check:
        print("Everybody reached the end. The ledger stays open until Ctrl-C.", flush=True)
    if ends:
        tell_ends(ends)
    print(json.dumps(result.as_dict() | (ends.as_dict() if ends else {})), flush=True)
    return 0 if result.holds() and (ends is None or ends.holds()) else 1


def told(beat: Beat) -> str:
    """When, and what was done or heard then."""
    done = ", ".join(f"{name} {count}" for name, count in sorted(beat.report.items()))
    heard = "1 webhook" if beat.webhooks == 1 else f"{beat.webhooks} webhooks"
    return f"{beat.at:%a %d %b %H:%M:%S} UTC  {done or heard}"


async def people_of(stage: Stage, options: argparse.Namespace) -> list[Member]:
    """Builds the world; the library's people, or none of them."""
    if options.library:
        return await build_library(stage.deps, stage.twin, COPIES[options.faults], options.seed)
    await build_world(stage.deps, stage.twin, options.contacts, options.seed)
    return []


def tell_ends(ends: Ends) -> None:
    print(ends.table())
    for one in ends.astray:
        print(f"Turned by what a provider did: {one}.")
    for one in ends.missing:
        print(f"Nobody came to {one}.", file=sys.stderr)
    for one in ends.undeclared:
        print(f"Not declared in the file's head: {one}.", file=sys.stderr)
    sys.stdout.flush()


def keep_ledgers(stage: Stage) -> None:
    """The twin's ledger of the run that ended last stays in .demo/, whole, for whoever wants to look."""
    lines = "".join(json.dumps(line) + "\n" for line in stage.twin.ledger())
    fresh = FOLDER / f".twin-ledger.{os.getpid()}"
    fresh.write_text(lines, encoding="utf-8")
    fresh.replace(FOLDER / "twin-ledger.jsonl")


def announce(stage: Stage, options: argparse.Namespace) -> None:
    environment = "".join(f"{name}='{value}'\n" for name, value in stage.environment.items())
    (FOLDER / "environment").write_text(environment, encoding="utf-8")
    (FOLDER / "environment").chmod(0o600)
    print(f"Dashboard     {stage.url}")
    print(f"Sign in       {EMAIL}   {PASSWORD}")
    clients = LIBRARY_CLIENTS if options.library else CLIENTS
    print(f"Clients       {', '.join(client.name for client in clients)}")
    print("Our ledger    OMNIFY_ENV_FILE=.demo/environment scripts/omnify ledger")
    print(f"The twin's    {stage.twin.url}/_twin/ledger")
    print("Ctrl-C stops everything.\n", flush=True)


async def run(options: argparse.Namespace, dsn: str, folder: Path, tell: Callable[[str], None]) -> int:
    """Plays; `tell` takes the address where it can be watched."""
    async with open_stage(
        folder, dsn, START, seed=options.seed, faults=options.faults, port=0 if options.check else free_or(PORT)
    ) as stage:
        tell(stage.url)
        code = await play(stage, options)
        if not options.check:
            await asyncio.Event().wait()
        return code


def free_or(port: int) -> int:
    """The usual port, or 0 (any free one) when somebody has it."""
    with contextlib.suppress(OSError), contextlib.closing(listen(port)):
        return port
    return 0


def main() -> int:
    options = arguments(sys.argv[1:])
    log.configure("error")
    # a shell that starts us in the background has SIGINT ignored; Ctrl-C and TERM shall stop us all the same
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    FOLDER.mkdir(exist_ok=True)
    try:
        with (
            # a check keeps nothing that another run looks at
            contextlib.nullcontext(lambda _: None) if options.check else alone(FOLDER) as tell,
            tempfile.TemporaryDirectory(prefix="omnify-demo-") as folder,
            scratch_database() as dsn,
        ):
            return asyncio.run(run(options, dsn, Path(folder), tell))
    except KeyboardInterrupt:
        print("Stopped.")
        return 130 if options.check else 0
    except AppError as error:
        print(error.detail, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
