"""A server that shares no processor with who asks it, as in production it has a machine of its own.

On two processors the engine and the two connections that work for it are three, and the system moves them about: of
43 ms for a batch the engine then waited 3 for a processor (measured 2026-11-23). Linux only; elsewhere everybody runs
where the system likes.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Processors:
    """Which are whose; nobody's where there is but one, or where nobody may say."""

    server: frozenset[int] = frozenset()
    ours: frozenset[int] = frozenset()

    @property
    def are_apart(self) -> bool:
        return bool(self.server)


def processors_of_ours() -> frozenset[int]:
    """Where this process may run; empty where that is not known."""
    return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset()


def split_processors() -> Processors:
    """The upper half for the server, the lower for us."""
    allowed = sorted(processors_of_ours())
    half = len(allowed) // 2
    return Processors(frozenset(allowed[half:]), frozenset(allowed[:half])) if half else Processors()


def go_first() -> bool:
    """From now on this process gets a processor as soon as it wants one, as one that runs elsewhere would have its own.
    False where the system does not let us."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(os.sched_get_priority_min(os.SCHED_RR)))
    except (AttributeError, OSError):
        return False
    return True


@contextmanager
def keep_to(processors: frozenset[int]) -> Iterator[None]:
    """This process, and what it starts meanwhile, runs there alone; where it did for an empty set."""
    before = processors_of_ours()
    if not processors or not before:
        yield
        return
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
