"""The checker: invariants I1 to I17 and I22, held against what the providers really took."""

from tests.simulation import check_ends, check_orders, check_replies, check_sends, check_tasks, check_test
from tests.simulation.evidence import Evidence
from tests.simulation.outcome import Violation

CHECKS = tuple(
    one
    for check in (check_sends, check_ends, check_test, check_tasks, check_orders, check_replies)
    for one in check.CHECKS
)


def check(evidence: Evidence) -> tuple[Violation, ...]:
    """Everything that is broken, by invariant and time; empty when every promise was kept."""
    found = [violation for one in CHECKS for violation in one(evidence)]
    return tuple(sorted(found, key=lambda one: (int(one.invariant[1:]), one.at, one.detail)))
