"""What a database keeps of a definition is the whole of it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.labels import ChannelName, WaitsFor
from modules.sequences.freeze import definition_from_json, definition_to_json
from modules.sequences.models import Content, Definition, Follow, Next, Step, Wait, Window

times = st.times().map(lambda value: value.replace(second=0, microsecond=0, tzinfo=None))
minutes = st.integers(0, 600_000).map(lambda amount: timedelta(minutes=amount))
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.just("\n"), max_size=40)
follows = (
    st.sampled_from([Follow(Next.next), Follow(Next.end)])
    | st.builds(Follow, st.just(Next.go_to), words)
    | st.builds(Follow, st.just(Next.retry), st.none(), st.integers(1, 10), minutes)
)
amounts = st.integers(0, 500)
step_values = st.builds(
    Step,
    key=words,
    channel=st.sampled_from(ChannelName),
    wait=st.builds(Wait, amounts, amounts, amounts, amounts, st.none() | times),
    waits_for=st.sampled_from(WaitsFor),
    content=st.builds(Content, st.none() | words, st.none() | words, st.none() | words),
    on_success=follows,
    on_failure=follows,
    max_lateness=minutes,
)
windows_values = st.builds(
    Window, st.lists(st.integers(1, 7), unique=True).map(lambda days: tuple(sorted(days))), times, times
)


@given(
    st.builds(
        Definition,
        name=words,
        slug=words,
        windows=st.lists(windows_values, max_size=3).map(tuple),
        steps=st.lists(step_values, max_size=4).map(tuple),
        fallbacks=st.dictionaries(words, words, max_size=3),
    )
)
def test_every_definition_survives_its_way_into_the_database_and_back(definition: Definition) -> None:
    assert definition_from_json(definition_to_json(definition)) == definition


def test_a_duration_that_no_file_can_hold_is_refused() -> None:
    step = Step(
        "a",
        ChannelName.sms,
        Wait(),
        WaitsFor.accepted,
        Content("x"),
        Follow(Next.next),
        Follow(Next.next),
        timedelta(seconds=90),
    )
    with pytest.raises(ValueError, match="whole minutes"):
        definition_to_json(Definition("x", "x", (), (step,), {}))
