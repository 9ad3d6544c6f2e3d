"""The checker: invariants I1 to I17, and I22 to I24, held against what the providers really took."""

from tests.simulation import (
    check_canaries,
    check_ends,
    check_forks,
    check_orders,
    check_replies,
    check_sends,
    check_tasks,
    check_test,
    check_turns,
)
from tests.simulation.evidence import Evidence
from tests.simulation.outcome import Violation

BOOKS = (
    check_sends,
    check_ends,
    check_test,
    check_tasks,
    check_orders,
    check_replies,
    check_canaries,
    check_turns,
    check_forks,
)
CHECKS = tuple(one for book in BOOKS for one in book.CHECKS)


def check(evidence: Evidence) -> tuple[Violation, ...]:
    """Everything that is broken, by invariant and time; empty when every promise was kept."""
    found = [violation for one in CHECKS for violation in one(evidence)]
    return tuple(sorted(found, key=lambda one: (int(one.invariant[1:]), one.at, one.detail)))
