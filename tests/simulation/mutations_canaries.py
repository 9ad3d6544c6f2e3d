"""The guards of checks of ours, each taken away for as long as a seed of T1 is played."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from modules.agenda import store as agenda_store
from modules.canaries import DueCheck
from modules.canaries import store as canaries_store
from modules.policy import Allow, Candidate, Decision, Facts
from modules.policy import store as policy_store
from tests.simulation.mutations_t0 import Inside, patched
from tests.simulation.mutations_t1 import module, reworded

SQL = canaries_store.SQL
MAY_GO = "and tried.may_go"
ALL_DAY = timedelta(days=1)


def a_turn_leaves_again() -> Inside:
    """What became of the touch before is not asked: not before a round, not in it and not under the lock."""
    left = "t.part = turn.number and t.state <> 'not_sent'"
    asked = (agenda_store.SQL, "something_waits", left, "t.part = turn.number and false")
    return reworded(asked, (SQL, "checks_due", MAY_GO, ""), (SQL, "lock_check", MAY_GO, ""))


def a_turn_that_left_meanwhile_leaves_again() -> Inside:
    """Asked before, and not again under the lock."""
    return reworded((SQL, "lock_check", MAY_GO, ""))


def what_was_stopped_leaves() -> Inside:
    """Read before, and not asked again under the lock."""
    return reworded((SQL, "lock_check", "and k.stopped_at is null", ""))


def stops_do_not_wait_for_an_arming() -> Inside:
    return reworded((SQL, "lock_check", "for no key update of k skip locked", ""))


def checks_ask_no_guard() -> Inside:
    errand = module("workers.errand_touch")
    real = errand.guard

    def asked(facts: Facts, candidate: Candidate, now: datetime) -> Any:
        return Decision(Allow(), (), None) if candidate.asked_for else real(facts, candidate, now)

    return patched((errand, "guard", asked))


@contextmanager
def a_turn_is_never_over() -> Iterator[None]:
    """How long ago it began is not asked: not before a round, not in it, not under the locks and by no guard."""
    asked = (agenda_store.SQL, "something_waits", "interval '10 minutes'", "interval '1 day'")
    known = (module("modules.canaries.models"), canaries_store)
    with reworded(asked), patched(*((one, "PUNCTUAL", ALL_DAY) for one in known)):
        yield


def every_turn_is_called_the_first() -> Inside:
    canary = module("workers.canary")
    real = canary.errand_of

    def errand_of(one: DueCheck, attempt: int) -> Any:
        return replace(real(one, attempt), part=0)

    return patched((canary, "errand_of", errand_of))


def checks_count_for_nobody() -> Inside:
    said = "t.origin not in ('confirmation', 'help')"
    return reworded((policy_store.SQL, "load_facts", said, "t.origin not in ('confirmation', 'help', 'canary')"))
