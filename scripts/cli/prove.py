"""The verb that proves it: years of operation simulated, and each guard taken away to show that it would be missed."""

import gc
import multiprocessing
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scripts.cli.output import AsJson, note, write_json
from scripts.cli.typed import whole

if TYPE_CHECKING:
    from tests.simulation.mutations import Hunt, Mutation
    from tests.simulation.outcome import Outcome

WORKERS = 2
T1_SHARE = 10
"""One seed of the real engine for so many of the rules alone."""
SELDOM = (200_000, 5, 100)
"""When T0's processes look for garbage: of a story nothing is let go before its end, and then all of it by itself; to
look as often as usual took a twentieth of the time."""
SHOWN = 20
FIRST_OF_T1 = 1


class Tier(StrEnum):
    """t0: the rules on plain values. t1: the real engine on a real PostgreSQL."""

    t0 = "t0"
    t1 = "t1"
    all = "all"


@dataclass
class Sums:
    """What one tier came to. `cpu_seconds` are those of all its processes, the database server's included."""

    tier: str
    seeds: int = 0
    hours: float = 0.0
    acceptances: int = 0
    crashes: int = 0
    violations: int = 0
    cpu_seconds: float = 0.0

    def add(self, outcome: "Outcome", cpu_seconds: float) -> None:
        self.seeds += 1
        self.hours += outcome.hours
        self.acceptances += outcome.acceptances
        self.crashes += outcome.crashes
        self.violations += len(outcome.violations)
        self.cpu_seconds += cpu_seconds

    def as_dict(self) -> dict[str, Any]:
        pace = self.hours / self.cpu_seconds if self.cpu_seconds else 0.0
        counts = {name: getattr(self, name) for name in ("seeds", "acceptances", "crashes", "violations")}
        hours = {"simulated_hours": round(self.hours), "hours_per_cpu_second": round(pace)}
        return {"tier": self.tier, **counts, **hours, "cpu_seconds": round(self.cpu_seconds, 1)}

    def line(self) -> str:
        told = self.as_dict()
        return (
            f"{self.tier}: {self.seeds:,} seeds, {told['simulated_hours']:,} simulated hours, {self.acceptances:,} "
            f"acceptances, {self.crashes:,} crashes, {self.violations:,} violations, "
            f"{told['hours_per_cpu_second']:,} hours per CPU second"
        )


def register(app: typer.Typer) -> None:
    app.command("prove")(prove)


def prove(
    seeds: Annotated[
        int,
        typer.Option(
            metavar="N",
            parser=whole(1),
            help="How many seeds the rules alone play; the real engine plays a tenth of it, or with --tier t1 all.",
        ),
    ] = 2000,
    tier: Annotated[
        Tier, typer.Option(help="t0: the rules alone. t1: the real engine on a real PostgreSQL.")
    ] = Tier.all,
    mutations: Annotated[
        bool, typer.Option("--mutations/--no-mutations", help="Take each guard away and show that it is missed.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Simulate years of sending with crashes and providers that lie; nothing may be sent twice, late or unproven."""
    sums, broken, hunts = [], [], []
    for name, play in (("T0", play_t0), ("T1", play_t1)):
        if tier in (Tier.all, name.lower()):
            many = seeds if tier != Tier.all or name == "T0" else max(1, seeds // T1_SHARE)
            note(f"{name}: {many:,} seeds …")
            total = Sums(name)
            for outcome, cpu_seconds in play(many):
                total.add(outcome, cpu_seconds)
                broken += [outcome] if outcome.violations else []
            sums.append(total)
            _say(total.line(), as_json)
    if mutations:
        note("Each guard is taken away by itself …")
        for hunt in hunt_all(tier):
            hunts.append(hunt)
            _say(hunt.line(), as_json)
    proven = not broken and all(hunt.passed for hunt in hunts)
    if as_json:
        write_json(report_of(sums, broken, hunts, proven))
    else:
        print(summary_of(broken, hunts))
    if not proven:
        raise typer.Exit(1)


def _say(line: str, as_json: bool) -> None:
    if not as_json:
        print(line, flush=True)


def play_t0(many: int) -> Iterator[tuple["Outcome", float]]:
    """One process alone: two side by side slow each other where processors share a core, and the pace is told."""
    with _pool(1) as pool:
        yield from pool.map(play_one, range(1, many + 1), chunksize=25)


def play_one(seed: int) -> tuple["Outcome", float]:
    """In a worker process."""
    from tests.simulation.t0 import run_t0  # heavy, and only this verb needs it

    begun = time.process_time()
    outcome = run_t0(seed)
    return outcome, time.process_time() - begun


def play_t1(many: int) -> Iterator[tuple["Outcome", float]]:
    from tests.simulation.runner import run_seeds

    for told in run_seeds(range(FIRST_OF_T1, FIRST_OF_T1 + many), workers=min(WORKERS, many)):
        yield told.outcome, told.cpu_seconds


def hunt_all(tier: Tier) -> Iterator["Hunt"]:
    from tests.simulation.mutations import hunt_on_t1, of_tier

    if tier in (Tier.all, Tier.t0):
        with _pool(WORKERS) as pool:
            yield from pool.map(hunt_one, of_tier("T0"))
    if tier in (Tier.all, Tier.t1):
        yield from hunt_on_t1(of_tier("T1"), workers=WORKERS)


def hunt_one(mutation: "Mutation") -> "Hunt":
    """In a worker process."""
    from tests.simulation.mutations import hunt_on_t0

    return hunt_on_t0(mutation)


def _pool(workers: int) -> ProcessPoolExecutor:
    # a fresh process keeps nothing of a verb's own threads and connections
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, spawn, initializer=gc.set_threshold, initargs=SELDOM)


def repeat_line(outcome: "Outcome") -> str:
    """The one line that plays this seed again."""
    module = "tests.simulation.t0" if outcome.tier == "T0" else "tests.simulation --seed"
    return f".venv/bin/python -m {module} {outcome.seed}"


def summary_of(broken: Sequence["Outcome"], hunts: Sequence["Hunt"]) -> str:
    lines = []
    for outcome in broken[:SHOWN]:
        for one in outcome.violations[:3]:
            lines.append(f"{outcome.tier} seed {outcome.seed}: {one.invariant} {one.at} {one.detail}")
        lines.append(f"  again: {repeat_line(outcome)}")
    if len(broken) > SHOWN:
        lines.append(f"and {len(broken) - SHOWN:,} more seeds with violations")
    missed = [hunt for hunt in hunts if not hunt.passed]
    untested = sum(hunt.mutation.untested is not None for hunt in hunts)
    caught = len(hunts) - len(missed) - untested
    if hunts:
        lines.append(f"Mutations: {caught} caught, {len(missed)} not caught, {untested} untested.")
    held = "Proven: no promise was broken." if not broken else f"Not proven: {len(broken):,} seeds broke a promise."
    lines.append(held if not missed else f"{held} The checker does not notice {len(missed)} missing guards.")
    return "\n".join(lines)


def report_of(
    sums: Iterable[Sums], broken: Iterable["Outcome"], hunts: Iterable["Hunt"], proven: bool
) -> dict[str, Any]:
    """One JSON object."""
    return {
        "proven": proven,
        "tiers": [one.as_dict() for one in sums],
        "failing": [
            {
                "tier": one.tier,
                "seed": one.seed,
                "again": repeat_line(one),
                "violations": [{"invariant": v.invariant, "at": v.at, "detail": v.detail} for v in one.violations],
            }
            for one in broken
        ],
        "mutations": [
            {
                "name": one.mutation.name,
                "tier": one.mutation.tier,
                "seed": one.seed,
                "invariants": one.invariants,
                "untested": one.mutation.untested,
                "caught": one.seed is not None,
            }
            for one in hunts
        ],
    }
