"""T1: the real engine on a real PostgreSQL keeps its promises whatever the seed does, and the checker would notice."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.simulation.checker import check
from tests.simulation.evidence import Evidence
from tests.simulation.forging import LIES, copy_of
from tests.simulation.forging_canaries import CANARY_LIES
from tests.simulation.forging_desk import DESK_LIES, TEST_LIES
from tests.simulation.forging_forks import FORK_LIES
from tests.simulation.forging_replies import REPLY_LIES
from tests.simulation.ground import Ground, open_ground
from tests.simulation.home import TESTER_PHONE
from tests.simulation.regressions import kept
from tests.simulation.runner import run_seeds
from tests.simulation.t1 import evidence_of, play, run_seed

CALM = 16
STORMY, BUSY, TESTED = 4, 8, 37
"""Without anybody at their desks; with tasks and orders; in a test."""
AT_WORK, IN_TEST = 220, 214
"""Without faults."""
WRITTEN, WRITTEN_IN_STORMS = 118, 153
"""With people who write back, without faults and with them."""
CHECKED, CHECKED_IN_STORMS = 106, 206
"""With checks of ours, without faults and with them."""
FORKED, FORKED_IN_STORMS = 149, 399
"""With branches and milestones, without faults and with them."""
MANY_WAIT = 109
"""Where one transaction's end lets several go on at once."""
SEEDS = (10, 12, 17, BUSY, TESTED)
LONG_SEEDS = (WRITTEN_IN_STORMS, CHECKED_IN_STORMS, FORKED_IN_STORMS)

OTHERS = ("at_work", "in_test", "written", "checked", "forked")
"""Kinds of stories beside the plain one; each takes as long as the plain one."""


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with open_ground() as opened:
        yield opened


@pytest.fixture(scope="module")
def honest(ground: Ground) -> Evidence:
    """What a seed without faults leaves, as JSON would bring it back."""
    return copy_of(evidence_of(ground, play(ground, CALM)))


@pytest.fixture(scope="module")
def at_work(ground: Ground) -> Evidence:
    """The same, with people at their desks."""
    return copy_of(evidence_of(ground, play(ground, AT_WORK)))


@pytest.fixture(scope="module")
def in_test(ground: Ground) -> Evidence:
    """And of a test."""
    return copy_of(evidence_of(ground, play(ground, IN_TEST)))


@pytest.fixture(scope="module")
def written(ground: Ground) -> Evidence:
    """And with people who write back."""
    return copy_of(evidence_of(ground, play(ground, WRITTEN)))


@pytest.fixture(scope="module")
def checked(ground: Ground) -> Evidence:
    """And with checks of ours."""
    return copy_of(evidence_of(ground, play(ground, CHECKED)))


@pytest.fixture(scope="module")
def forked(ground: Ground) -> Evidence:
    """And with branches."""
    return copy_of(evidence_of(ground, play(ground, FORKED)))


@pytest.mark.parametrize("seed", [*SEEDS, *(pytest.param(seed, marks=pytest.mark.full) for seed in LONG_SEEDS)])
def test_no_promise_is_broken_in_the_first_seeds(ground: Ground, seed: int) -> None:
    assert run_seed(seed, ground).violations == ()


@pytest.mark.full
def test_seeds_that_once_broke_a_promise_break_none_any_more(ground: Ground) -> None:
    assert [seed for seed in kept("T1") if run_seed(seed, ground).violations] == []


@pytest.mark.parametrize(
    ("seed", "told"),
    [
        (STORMY, ("crash",)),
        (BUSY, ("crash", "settled", "ordered")),
        (TESTED, (TESTER_PHONE,)),
        pytest.param(MANY_WAIT, ("frozen",), marks=pytest.mark.full),
    ],
)
def test_the_same_seed_plays_the_same_story_byte_for_byte(ground: Ground, seed: int, told: tuple[str, ...]) -> None:
    first, *others = (play(ground, seed).history.lines() for _ in range(4 if seed == MANY_WAIT else 2))
    assert [one for one in others if one != first] == []
    assert [one for one in told if f'"{one}"' not in first] == []


@pytest.mark.full
def test_another_process_with_another_hash_seed_plays_the_same_story(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "12345")  # the worker process inherits it
    for told in run_seeds([STORMY, BUSY], workers=1, folder=tmp_path):
        assert told.outcome.history_path is not None
        written = told.outcome.history_path.read_text(encoding="utf-8")
        assert written == play(ground, told.outcome.seed).history.lines()


@pytest.mark.parametrize("kind", ["honest", *(pytest.param(kind, marks=pytest.mark.full) for kind in OTHERS)])
def test_an_honest_story_is_green(kind: str, request: pytest.FixtureRequest) -> None:
    assert check(request.getfixturevalue(kind)) == ()


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_the_checker_sees_each_lie(honest: Evidence, lie: Callable[[Evidence], Evidence]) -> None:
    found = {violation.invariant for violation in check(lie(copy_of(honest)))}
    assert LIES[lie] in found


@pytest.mark.full
@pytest.mark.parametrize("lie", DESK_LIES, ids=lambda lie: lie.__name__)
def test_the_checker_sees_each_lie_about_tasks_and_orders(
    at_work: Evidence, lie: Callable[[Evidence], Evidence]
) -> None:
    assert DESK_LIES[lie] in {violation.invariant for violation in check(lie(copy_of(at_work)))}


@pytest.mark.full
@pytest.mark.parametrize("lie", TEST_LIES, ids=lambda lie: lie.__name__)
def test_the_checker_sees_each_lie_about_a_test(in_test: Evidence, lie: Callable[[Evidence], Evidence]) -> None:
    assert TEST_LIES[lie] in {violation.invariant for violation in check(lie(copy_of(in_test)))}


@pytest.mark.full
@pytest.mark.parametrize("lie", REPLY_LIES, ids=lambda lie: lie.__name__)
def test_the_checker_sees_each_lie_about_replies(written: Evidence, lie: Callable[[Evidence], Evidence]) -> None:
    assert REPLY_LIES[lie] in {violation.invariant for violation in check(lie(copy_of(written)))}


@pytest.mark.full
@pytest.mark.parametrize("lie", CANARY_LIES, ids=lambda lie: lie.__name__)
def test_the_checker_sees_each_lie_about_checks_of_ours(checked: Evidence, lie: Callable[[Evidence], Evidence]) -> None:
    assert CANARY_LIES[lie] in {violation.invariant for violation in check(lie(copy_of(checked)))}


@pytest.mark.full
@pytest.mark.parametrize("lie", FORK_LIES, ids=lambda lie: lie.__name__)
def test_the_checker_sees_each_lie_about_branches(forked: Evidence, lie: Callable[[Evidence], Evidence]) -> None:
    assert FORK_LIES[lie] in {violation.invariant for violation in check(lie(copy_of(forked)))}


@pytest.mark.full
def test_no_promise_is_broken_in_many_seeds(tmp_path: Path) -> None:
    told = list(run_seeds(range(1001, 1061), folder=tmp_path))
    assert len(told) == 60
    assert [one.outcome for one in told if one.outcome.violations] == []
    hours, crashes = sum(one.outcome.hours for one in told), sum(one.outcome.crashes for one in told)
    assert hours > 5000
    assert crashes > 300
