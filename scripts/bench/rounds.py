"""Ours and the baseline in turns, so that a busy minute of the machine is shared fairly."""

from collections.abc import Awaitable, Callable, Iterator

from utils.clock import monotonic

Turn = Callable[[int], Awaitable[float]]
BlockingTurn = Callable[[int], float]
Rounds = tuple[tuple[float, ...], tuple[float, ...]]


async def in_turns(rounds: int, ours: Turn, baseline: Turn) -> Rounds:
    """Both after one round of warming up that is not kept; each turn is given its number, from 0."""
    kept = _Kept()
    for number, place in _order(rounds):
        kept.add(number, place, await (ours, baseline)[place](number))
    return kept.rounds()


def in_turns_blocking(rounds: int, ours: BlockingTurn, baseline: BlockingTurn) -> Rounds:
    """The same for turns that block."""
    kept = _Kept()
    for number, place in _order(rounds):
        kept.add(number, place, (ours, baseline)[place](number))
    return kept.rounds()


async def seconds_of(work: Awaitable[object]) -> float:
    started = monotonic()
    await work
    return monotonic() - started


def _order(rounds: int) -> Iterator[tuple[int, int]]:
    """Number and side of each turn. Who begins changes from round to round: the second finds warmer caches."""
    for number in range(rounds + 1):
        yield from ((number, place) for place in ((0, 1) if number % 2 else (1, 0)))


class _Kept:
    def __init__(self) -> None:
        self._values: tuple[list[float], list[float]] = ([], [])

    def add(self, number: int, place: int, value: float) -> None:
        if number:  # round 0 warms up
            self._values[place].append(value)

    def rounds(self) -> Rounds:
        return tuple(self._values[0]), tuple(self._values[1])
