"""Several contestants in turns, as `rounds` has it for two."""

from collections.abc import Awaitable, Callable, Sequence


async def in_circle(rounds: int, turns: Sequence[Callable[[int], Awaitable[float]]]) -> list[tuple[float, ...]]:
    """What each turn gave in each round, after one of warming up that is not kept. Who begins changes from round to
    round; each turn is given the round's number, from 0."""
    kept: list[list[float]] = [[] for _ in turns]
    for number in range(rounds + 1):
        places = list(range(len(turns)))
        first = number % len(turns)
        for place in places[first:] + places[:first]:
            value = await turns[place](number)
            if number:
                kept[place].append(value)
    return [tuple(values) for values in kept]
