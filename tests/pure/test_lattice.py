"""The rank lattice: whatever order and repetition the facts come in, a touch ends as the law of its channel says.

tests/pure/test_touch_states.py asks the same of chosen facts; here are all states with all evidence, all orders of
up to five of them, and the table that the database holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement, permutations, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.labels import ChannelName, TouchState
from modules.touches import FACTS, SUCCESS, TERMINAL, TRANSITIONS, News, Touch, judge
from tests.pure.touches import POLLS, TOUCH, touch

T, C = TouchState, ChannelName
STARTS = (T.sending, T.unknown, T.accepted, T.review, T.expired, T.not_sent)
MIGRATION = Path(__file__).resolve().parents[2] / "supabase" / "migrations" / "20261121000500_create_touches.sql"
LADDER = (T.delivered, T.bounced, T.complained)


@dataclass(frozen=True, order=True)
class Told:
    """A fact as a provider tells it: by webhook or as the answer to a poll, which carry different evidence."""

    state: TouchState | None
    polled: bool

    def news(self) -> News:
        name = f"{'poll:' if self.polled else ''}SM1:{self.state or 'sent'}"
        return News(TOUCH, self.state, provider_id="SM1", evidence_id=name)


OF_A_CHANNEL = {
    C.sms: (T.delivered, T.failed, T.cancelled),
    C.email: (T.delivered, T.bounced, T.complained, T.failed, T.cancelled),
    C.voice: (T.completed, T.failed, T.cancelled),
}
ALPHABET = {
    channel: tuple(Told(state, polled) for state in (None, *states) for polled in (False, True))
    for channel, states in OF_A_CHANNEL.items()
}
UNIVERSE = tuple(Told(state, polled) for state in (None, *sorted(FACTS)) for polled in (False, True))


@dataclass(frozen=True)
class Ended:
    """The row, what it cost and the ways it went."""

    touch: Touch
    writes: int
    moves: tuple[tuple[TouchState, TouchState], ...]


def tell(start: Touch, order: Iterable[Told]) -> Ended:
    now, moves = start, []
    for told in order:
        change = judge(now, told.news(), POLLS).change
        if change is None:
            continue
        moves.append((change.before, change.after))
        evidence = told.news().evidence_id if change.after in FACTS else now.evidence_id
        now = replace(now, state=change.after, look_at=change.look_at, evidence_id=evidence)
    return Ended(now, len(moves), tuple(moves))


def law(channel: ChannelName, start: TouchState, order: Sequence[Told]) -> TouchState:
    """The end in other words than the table's. The first fact decides; only a mail that was delivered may still come
    back or be complained about, and the highest of these counts."""
    facts = [told.state for told in order if told.state in FACTS]
    if not facts:
        waits = start in (T.sending, T.unknown, T.review)
        return T.accepted if order and waits else start
    if channel is not C.email or facts[0] not in LADDER:
        return facts[0] or start
    return max((state for state in facts if state in LADDER), key=LADDER.index)


def holds(channel: ChannelName, start: TouchState, order: Sequence[Told]) -> Ended:
    """All that must hold of one order; what it ended as."""
    ended = tell(touch(start, channel), order)
    state = ended.touch.state
    assert state is law(channel, start, order)
    assert all(after in TRANSITIONS[before] for before, after in ended.moves)
    assert len({after for _, after in ended.moves}) == ended.writes <= len({told.state for told in order})
    assert not [move for move in ended.moves if move[0] in SUCCESS and not (channel is C.email and move[1] in LADDER)]
    assert (ended.touch.look_at is None) == (state in TERMINAL) or not ended.writes
    if state in SUCCESS:
        assert ended.touch.evidence_id in {told.news().evidence_id for told in order if told.state is state}
    again = tell(ended.touch, order)
    assert (again.writes, again.touch) == (0, ended.touch)
    return ended


@pytest.mark.parametrize("channel", list(C))
def test_every_order_of_up_to_three_facts_ends_as_the_law_says_and_costs_one_write_a_change(
    channel: ChannelName,
) -> None:
    tried = _try_all(channel, STARTS, ALPHABET[channel], 3)
    print(f"\n{channel}: {tried} orders")
    assert tried > 2_500


@pytest.mark.full
@pytest.mark.parametrize("channel", list(C))
def test_every_order_of_up_to_five_states_ends_as_the_law_says(channel: ChannelName) -> None:
    by_webhook = [one for one in ALPHABET[channel] if not one.polled]
    assert _try_all(channel, STARTS, by_webhook, 5) > 4_000


def _try_all(channel: ChannelName, starts: Sequence[TouchState], facts: Sequence[Told], most: int) -> int:
    tried = 0
    for start, many in product(starts, range(most + 1)):
        for chosen in combinations_with_replacement(facts, many):
            for order in set(permutations(chosen)):
                holds(channel, start, order)
                tried += 1
    return tried


def test_a_mail_ends_in_the_same_row_whatever_the_order_while_no_dead_end_is_among_its_facts() -> None:
    """Failed and cancelled are first-come: a mail that was never handed over has no rank among those that were."""
    ladder = [one for one in ALPHABET[C.email] if one.state in (None, *LADDER) and not one.polled]
    for start in STARTS:
        for many in range(1, 5):
            for chosen in combinations_with_replacement(ladder, many):
                rows = [tell(touch(start, C.email), order).touch for order in set(permutations(chosen))]
                assert len({(row.state, row.evidence_id, row.look_at) for row in rows}) == 1


@settings(max_examples=300)
@given(st.data())
def test_any_longer_history_of_any_channel_ends_as_the_law_says(data: st.DataObject) -> None:
    channel = data.draw(st.sampled_from(list(C)))
    order = data.draw(st.lists(st.sampled_from(UNIVERSE), max_size=25))
    start = data.draw(st.sampled_from(STARTS))
    ended = holds(channel, start, order)
    repeated = data.draw(st.permutations(order)) if order else []
    assert tell(ended.touch, [one for one in repeated if one.state is ended.touch.state]).writes == 0


@settings(max_examples=200)
@given(st.data())
def test_repeating_any_fact_at_any_place_changes_nothing(data: st.DataObject) -> None:
    channel = data.draw(st.sampled_from(list(C)))
    order = data.draw(st.lists(st.sampled_from(ALPHABET[channel]), min_size=1, max_size=8))
    place = data.draw(st.integers(0, len(order) - 1))
    later = data.draw(st.integers(place + 1, len(order)))
    start = touch(data.draw(st.sampled_from(STARTS)), channel)
    doubled = [*order[:later], order[place], *order[later:]]
    assert tell(start, doubled).touch == tell(start, order).touch


def test_python_and_the_migration_hold_the_same_table_of_moves() -> None:
    """tests/db asks the database itself; this is the file that it is made from."""
    text = MIGRATION.read_text(encoding="utf-8")
    block = text.split("insert into touch_transitions values", 1)[1].split(";", 1)[0]
    pairs = set(re.findall(r"\('(\w+)', '(\w+)'\)", block))
    assert pairs == {(str(before), str(after)) for before, following in TRANSITIONS.items() for after in following}
