"""The mutation gate: each guard of the protocol, taken away by itself, turns the checker red."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from modules.policy.guards import GUARDS
from tests.simulation.mutations import MUTATIONS, Mutation, hunt_on_t0, hunt_on_t1, of_tier
from tests.simulation.mutations_known import LATE_ON_THE_RULES
from tests.simulation.outcome import Outcome, Violation
from tests.simulation.t0 import run_t0

ON_T0 = [one for one in of_tier("T0") if one.inside]
ON_T1 = [one for one in of_tier("T1") if one.inside]


def nowhere() -> AbstractContextManager[None]:
    raise LookupError("no such statement")


@contextmanager
def nothing_gone() -> Iterator[None]:
    yield


@pytest.mark.parametrize("mutation", ON_T0, ids=lambda one: one.name)
def test_a_guard_that_t0_loses_is_missed(mutation: Mutation) -> None:
    hunt = hunt_on_t0(mutation)
    print(f"\n{hunt.line()}")
    assert hunt.seed is not None


def test_a_mutation_is_over_when_it_is_left() -> None:
    for mutation in ON_T0:
        assert mutation.inside is not None
        with mutation.inside():
            pass
    assert run_t0(1).violations == ()


def test_what_is_not_tested_is_listed_with_its_reason() -> None:
    untested = [one for one in MUTATIONS if one.inside is None]
    assert all(one.untested for one in untested)
    assert [one for one in MUTATIONS if one.inside and one.untested] == []
    names = [(one.tier, one.name) for one in MUTATIONS]
    assert len(set(names)) == len(names)


@pytest.mark.full
def test_every_guard_that_the_real_engine_loses_is_missed() -> None:
    hunts = list(hunt_on_t1(ON_T1))
    print("\n" + "\n".join(hunt.line() for hunt in hunts))
    assert [hunt.mutation.name for hunt in hunts if not hunt.passed] == []


def test_seeds_are_known_only_of_what_the_rules_can_lose() -> None:
    assert LATE_ON_THE_RULES.keys() - {one.name for one in ON_T0} == set()


def test_a_guard_that_is_not_where_it_is_looked_for_or_that_nobody_misses_is_told() -> None:
    wanting = [Mutation("gone", "T1", nowhere), Mutation("kept", "T1", nothing_gone, known=(3, 21)), ON_T1[0]]
    gone, kept, caught = hunt_on_t1(wanting, most=2)
    assert (gone.passed, gone.line()) == (
        False,
        "T1 gone: NOT PLAYED, the guard is not in its place: no such statement",
    )
    assert (kept.passed, kept.line()) == (False, "T1 kept: NOT CAUGHT in 2 seeds")
    assert (caught.mutation, caught.passed) == (ON_T1[0], True)


def test_a_guard_of_a_touch_is_missed_by_the_promise_it_keeps() -> None:
    ours = [one for one in ON_T0 if "without_the_guard" in one.name]
    assert [one.name for one in ours if one.by is None] == []
    broken = Outcome("T0", 1, 1.0, 1, 0, (Violation("I2", "", ""),))
    assert [one.name for one in ours if one.by == "I18" and one.missed_by(broken)] == []


def test_every_guard_is_taken_away_or_said_to_be_behind_another() -> None:
    told = [one.name.removeprefix("without_the_guard_") for one in of_tier("T0") if "without_the_guard_" in one.name]
    assert sorted(told) == sorted(guard.__name__ for guard in GUARDS)
