"""The moves of an enrollment; equal to the table in the database (a test proves it)."""

from modules.sequences.models_of_runs import EnrollmentState

E = EnrollmentState

RUNNING = frozenset({E.active, E.paused, E.held})

TRANSITIONS: dict[EnrollmentState, frozenset[EnrollmentState]] = {
    E.active: frozenset({E.paused, E.held, E.finished, E.stopped, E.quarantined}),
    E.paused: frozenset({E.active, E.held, E.stopped, E.finished}),
    E.held: frozenset({E.active, E.stopped, E.finished}),
    E.quarantined: frozenset({E.active, E.stopped}),
    E.finished: frozenset(),
    E.stopped: frozenset(),
}


def advance(state: EnrollmentState, to: EnrollmentState) -> EnrollmentState | None:
    """The state after the move, or None when the move is not allowed."""
    return to if to in TRANSITIONS[state] else None
