"""The checker: the invariants I1 to I14 of the delivery protocol, held against what the providers really took."""

from tests.simulation import check_ends, check_sends
from tests.simulation.evidence import Evidence
from tests.simulation.outcome import Violation


def check(evidence: Evidence) -> tuple[Violation, ...]:
    """Everything that is broken, by invariant and time; empty when every promise was kept."""
    found = [violation for one in (*check_sends.CHECKS, *check_ends.CHECKS) for violation in one(evidence)]
    return tuple(sorted(found, key=lambda one: (int(one.invariant[1:]), one.at, one.detail)))
