"""The mutation gate: a checker that stays green without a guard proves nothing about that guard.

Each guard of the protocol is taken away by itself; seeds are played until the checker is red, 500 at the most, those
first that are known to notice it. A guard of a touch is missed by the very promise that it keeps. One that no seed can
miss is listed with the reason, and is not claimed to be tested.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice

from tests.simulation import mutations_t0 as t0
from tests.simulation.mutations_known import GUARDS_ON_THE_ENGINE, LATE_ON_THE_RULES, ON_THE_ENGINE
from tests.simulation.outcome import Outcome
from tests.simulation.runner import each_on, open_pools, play_one
from tests.simulation.t0 import run_t0

MOST_SEEDS = 500


@dataclass(frozen=True)
class Mutation:
    """`inside` takes the guard away while it is entered. `untested`: why no seed can miss it. `known`: seeds that
    noticed it the last time somebody looked; they are played first. `by`: the invariant that has to break; any where it
    is None."""

    name: str
    tier: str
    inside: Callable[[], AbstractContextManager[None]] | None = None
    untested: str | None = None
    known: tuple[int, ...] = ()
    by: str | None = None

    def missed_by(self, outcome: Outcome) -> tuple[str, ...]:
        """The invariants that a seed has broken; none where it did not break the one that matters."""
        found = named(told.invariant for told in outcome.violations)
        return found if self.by is None or self.by in found else ()

    def seeds(self, most: int) -> Iterator[int]:
        return islice(chain(self.known, (seed for seed in range(1, most + 1) if seed not in self.known)), most)


@dataclass(frozen=True)
class Hunt:
    """What became of one mutation: the first seed that is red, and by which invariants. `tried` seeds were played.
    `gone`: the guard is not where the mutation looks for it, so that nothing could be taken away."""

    mutation: Mutation
    seed: int | None
    invariants: tuple[str, ...]
    tried: int
    gone: str | None = None

    @property
    def passed(self) -> bool:
        return self.seed is not None or self.mutation.untested is not None

    def line(self) -> str:
        one = self.mutation
        name = f"{one.tier} {one.name.replace('_', ' ')}"
        if one.untested:
            return f"{name}: untested, {one.untested}"
        if self.gone:
            return f"{name}: NOT PLAYED, the guard is not in its place: {self.gone}"
        if self.seed is None:
            return f"{name}: NOT CAUGHT in {self.tried} seeds"
        return f"{name}: caught by seed {self.seed} ({', '.join(self.invariants)})"


_T0 = (
    t0.quarantine_is_zero,
    t0.sent_again_after_a_timeout,
    t0.the_row_is_written_after_the_send,
    t0.facts_are_read_before_the_transaction,
    t0.addresses_are_not_locked,
    t0.contacts_are_not_locked,
    t0.runs_are_not_locked,
    t0.senders_are_not_locked,
    t0.any_touch_moves_its_enrollment,
    t0.the_provider_is_never_asked,
    t0.nothing_is_polled_before_the_deadline,
    t0.one_failed_read_at_the_deadline_is_enough,
    t0.acceptance_counts_as_success,
    t0.it_expires_too_early,
    t0.a_person_is_asked_where_nobody_wants_that,
    t0.nothing_ever_expires,
    t0.what_expired_is_tried_again,
    t0.what_broke_off_is_called_again,
    t0.unknown_counts_as_failed,
    t0.a_persons_question_counts_as_failed,
    t0.an_armed_visit_is_due_again_and_tried_again,
    t0.a_closing_fact_closes_nothing,
    t0.a_stop_ends_nothing_on_other_addresses,
    t0.a_repeated_fact_is_written_again,
    t0.the_lower_rank_wins,
    t0.another_touch_is_taken_for_this_one,
    t0.what_was_settled_meanwhile_is_repeated,
    t0.the_repetition_asks_no_guard,
    t0.the_key_is_used_for_ever,
    t0.other_words_leave_than_were_stored,
    t0.it_goes_elsewhere_than_was_stored,
    t0.the_purse_is_not_locked,
    t0.what_a_provider_said_counts_for_ever,
)
_GUARDS: tuple[tuple[str, str], ...] = (
    *(("known", "I21"), ("kill_switch", "I18"), ("tenant_not_live", "I18"), ("suppressed", "I2")),
    *(("platform_suppressed", "I20"), ("provider_dnd", "I20"), ("replied_already", "I2"), ("possibly_sent", "I1")),
    *(("closed_address", "I2"), ("no_consent", "I2"), ("reassigned_number", "I19"), ("country_not_cleared", "I19")),
    *(("ai_voice_blocked_state", "I19"), ("emergency_block", "I19"), ("sender_not_registered", "I18")),
    *(("no_postal_address", "I18"), ("being_handled", "I20"), ("on_a_call_now", "I9"), ("address_in_flight", "I6")),
    *(("sender_broken", "I18"), ("quiet_hours", "I9"), ("sequence_window", "I9"), ("holiday", "I9")),
    *(("contact_cap", "I9"), ("sender_throttle", "I11"), ("budget", "I9"), ("too_late", "I9")),
)
_GUARDS_BEHIND: tuple[tuple[str, str, str], ...] = (
    ("national_dnc", "no_consent", "I19"),
    ("state_not_cleared", "no_consent", "I19"),
)
"""Guards that no story can miss while the second one stands: it lets nobody through whom they are about."""
_AT_REPETITIONS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("known", "I21", (311, 325)),
    ("kill_switch", "I18", (12, 140)),
    ("tenant_not_live", "I18", (269, 329)),
    ("platform_suppressed", "I20", (234, 296)),
    ("possibly_sent", "I1", (123, 280)),
    ("ai_voice_blocked_state", "I19", (429,)),
    ("emergency_block", "I19", (52, 422)),
    ("no_postal_address", "I18", (111, 462)),
    ("being_handled", "I20", (3, 46)),
    ("quiet_hours", "I9", (241, 348)),
    ("sequence_window", "I9", (66, 142)),
)
_UNTESTED = (
    (
        "who_is_led_on_lets_go_of_nothing",
        "T1",
        "no story brings a failure between a jump and the next arming; tests/db/test_control.py does",
    ),
    ("send_by_is_not_looked_at", "T0", "the quarantine outlasts the platform's kill at 120 s, so it only saves time"),
    ("absent_once_is_enough", "T0", "while assumption A1 holds the quarantine is longer than the list's lag"),
    (
        "confirmations_do_not_lock_the_touch",
        "T1",
        "the lock on the enrollment before it lets no two facts in; without both it is noticed",
    ),
    (
        "the_indexes_of_open_touches_are_dropped",
        "T1",
        "the guard under the address's lock lets no second touch near them; without both it is noticed",
    ),
    (
        "what_is_being_armed_is_taken_back",
        "T1",
        "no story takes a reply back in the very commit that arms it; tests/flow/test_replies_again.py does",
    ),
    (
        "what_was_heard_meanwhile_is_not_read",
        "T1",
        "no story brings a milestone into the very wait for a lock; tests/flow/test_late_milestones.py does",
    ),
    (
        "milestones_do_not_wait_for_who_moves",
        "T1",
        "no story writes one while somebody moves just then; tests/flow/test_late_milestones.py does",
    ),
    (
        "a_turn_that_left_is_looked_at_again",
        "T1",
        "the same question under the canary's lock lets nothing leave; without both it is noticed",
    ),
    (
        "the_round_does_not_ask_since_when_a_turn_is",
        "T1",
        "under the locks and by the last guard it is asked once more; without all of them it is noticed",
    ),
)


def _on_the_rules(name: str, inside: Callable[[], AbstractContextManager[None]], by: str | None = None) -> Mutation:
    return Mutation(name, "T0", inside, known=LATE_ON_THE_RULES.get(name, ()), by=by)


MUTATIONS = (
    *(_on_the_rules(one.__name__, one) for one in _T0),
    *(_on_the_rules(f"without_the_guard_{name}", partial(t0.without_guards, name), by) for name, by in _GUARDS),
    *(
        _on_the_rules(f"without_the_guards_{first}_and_{name}", partial(t0.without_guards, first, name), by)
        for name, first, by in _GUARDS_BEHIND
    ),
    *(
        Mutation(f"the_repetition_forgets_{name}", "T0", partial(t0.the_repetition_forgets, name), known=known, by=by)
        for name, by, known in _AT_REPETITIONS
    ),
    *(Mutation(one.__name__, "T1", one, known=known) for one, known in ON_THE_ENGINE),
    *(
        Mutation(f"without_the_guard_{name}", "T1", partial(t0.without_guard, name), known=known)
        for name, known in GUARDS_ON_THE_ENGINE
    ),
    *(Mutation(name, tier, None, why) for name, tier, why in _UNTESTED),
    *(
        Mutation(
            f"without_the_guard_{name}",
            "T0",
            None,
            f"{first} before it lets nobody through whom it is about; without both it is noticed",
        )
        for name, first, _ in _GUARDS_BEHIND
    ),
)


def of_tier(tier: str) -> list[Mutation]:
    return [one for one in MUTATIONS if one.tier == tier]


def hunt_on_t0(mutation: Mutation, most: int = MOST_SEEDS) -> Hunt:
    """Seeds until one is red. What the mutated engine raises counts: nobody would miss it."""
    if mutation.inside is None:
        return Hunt(mutation, None, (), 0)
    for tried, seed in enumerate(mutation.seeds(most), 1):
        with mutation.inside():
            outcome = run_t0(seed)
        if missed := mutation.missed_by(outcome):
            return Hunt(mutation, seed, missed, tried)
    return Hunt(mutation, None, (), most)


def hunt_on_t1(mutations: Sequence[Mutation], most: int = MOST_SEEDS, workers: int = 2) -> Iterator[Hunt]:
    """Side by side, each in one worker process on the database that it keeps; told in the order given."""
    with open_pools(workers) as pools:
        yield from each_on(pools, partial(_hunt, most=most), mutations)


def _hunt(mutation: Mutation, most: int) -> Hunt:
    """In a worker process: a seed more than it takes would cost seconds."""
    tried = 0
    try:
        for seed in mutation.seeds(most) if mutation.inside else ():
            outcome, tried = play_one(seed, mutation.inside, None).outcome, tried + 1
            if missed := mutation.missed_by(outcome):
                return Hunt(mutation, seed, missed, tried)
    except LookupError as error:
        return Hunt(mutation, None, (), 0, str(error))
    return Hunt(mutation, None, (), tried)


def named(invariants: Iterator[str]) -> tuple[str, ...]:
    return tuple(sorted(set(invariants)))
