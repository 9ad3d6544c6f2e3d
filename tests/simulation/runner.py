"""Many seeds: one server, and for each worker process a database of its own that it empties between seeds."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import psycopg
from psycopg import sql

from scripts.database.launcher import DATABASE
from tests.simulation.database import SQL
from tests.simulation.ground import Ground, cpu_seconds_of, open_on, open_server
from tests.simulation.keep_together import keep_to_one
from tests.simulation.outcome import Outcome
from tests.simulation.t1 import run_seed
from utils import log

In = TypeVar("In")
Out = TypeVar("Out")
Inside = Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True)
class Told:
    """One seed's outcome and the CPU seconds it took, those of the database server included."""

    outcome: Outcome
    cpu_seconds: float


@dataclass
class Worker:
    """What a worker process holds open until it ends."""

    ground: Ground
    keep: ExitStack


_HERE: list[Worker] = []


def run_seeds(
    seeds: Iterable[int], *, workers: int = 2, inside: Inside | None = None, folder: Path | None = None
) -> Iterator[Told]:
    """Outcomes in the order of the seeds. `inside` is entered around each seed; `folder` takes the histories."""
    with open_pools(workers) as pools:
        yield from each_on(pools, partial(play_one, inside=inside, folder=folder), seeds)


def each_on(pools: Sequence[ProcessPoolExecutor], work: Callable[[In], Out], given: Iterable[In]) -> Iterator[Out]:
    """What `work` makes of each, in the order given, whichever worker process is free; each works at one at a time."""
    left = iter(given)
    playing: dict[Future[Out], ProcessPoolExecutor] = {}
    told: list[Future[Out]] = []

    def next_on(pool: ProcessPoolExecutor) -> None:
        for one in left:
            future = pool.submit(work, one)
            playing[future] = pool
            told.append(future)
            return

    for pool in pools:
        next_on(pool)
    while told:
        if playing:
            done, _ = wait(playing, return_when=FIRST_COMPLETED)
            for future in done:
                next_on(playing.pop(future))
        while told and told[0].done():
            yield told.pop(0).result()


@contextmanager
def open_pools(workers: int) -> Iterator[list[ProcessPoolExecutor]]:
    """One pool of one process for each database."""
    with open_server() as cluster, ExitStack() as pools:
        names = [f"seeds_{number}" for number in range(workers)]
        with psycopg.connect(cluster.superuser_url(), autocommit=True) as boss:
            for name in names:
                parts = {"database": sql.Identifier(name), "template": sql.Identifier(DATABASE)}
                boss.execute(sql.SQL(SQL["copy_database"]).format(**parts))
        spawn = multiprocessing.get_context("spawn")
        yield [
            pools.enter_context(
                ProcessPoolExecutor(1, mp_context=spawn, initializer=begin, initargs=(cluster.url(name), place))
            )
            for place, name in enumerate(names)
        ]


def begin(dsn: str, place: int) -> None:
    """A worker process opens its database, for as long as it lives."""
    log.configure("critical")
    keep_to_one(place)
    keep = ExitStack()
    _HERE.append(Worker(keep.enter_context(open_on(dsn)), keep))


def ground_here() -> Ground:
    """What this worker process plays on."""
    return _HERE[0].ground


def play_one(seed: int, inside: Inside | None, folder: Path | None) -> Told:
    """In a worker process."""
    ground = ground_here()
    before = cpu_seconds_of(ground.backends())
    with inside() if inside else nullcontext():
        outcome = run_seed(seed, ground, folder)
    return Told(outcome, cpu_seconds_of(ground.backends()) - before)
