"""`python -m tests.simulation --seed N`: plays one seed of T1 again; `--seeds N` plays the first N."""

import argparse
import sys
from pathlib import Path

from tests.simulation.outcome import Outcome
from tests.simulation.runner import Told, run_seeds

FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "simulation"


def repeat_line(outcome: Outcome) -> str:
    """The one line that plays this seed again."""
    return f"python -m tests.simulation --seed {outcome.seed}"


def tell(told: Told) -> None:
    one = told.outcome
    print(
        f"{one.tier} seed {one.seed}: {one.hours:.0f} h, {one.acceptances} acceptances, {one.crashes} crashes, "
        f"{len(one.violations)} violations, {told.cpu_seconds:.1f} CPU s",
        flush=True,
    )
    for broken in one.violations:
        print(f"  {broken.invariant} {broken.at} {broken.detail}", flush=True)
    if one.violations:
        print(f"  again: {repeat_line(one)}   history: {one.history_path}", flush=True)


def main(given: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--seed", type=int, help="play this one")
    which.add_argument("--seeds", type=int, help="play 1 to N")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(given)
    seeds = [options.seed] if options.seed is not None else range(1, options.seeds + 1)
    played: list[Told] = []
    for told in run_seeds(seeds, workers=min(options.workers, len(seeds)), folder=FOLDER):
        played.append(told)
        tell(told)
    hours, cpu = sum(one.outcome.hours for one in played), sum(one.cpu_seconds for one in played)
    broken = [one.outcome for one in played if one.outcome.violations]
    print(
        f"{len(played)} seeds, {hours:.0f} simulated hours, "
        f"{sum(one.outcome.acceptances for one in played)} acceptances, "
        f"{sum(one.outcome.crashes for one in played)} crashes, {len(broken)} seeds with violations, "
        f"{hours / cpu:.0f} hours a CPU second"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
