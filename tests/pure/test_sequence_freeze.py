"""What a database keeps of a definition is the whole of it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.labels import ChannelName, WaitsFor
from modules.sequences.branch_steps import branch_step
from modules.sequences.freeze import definition_from_json, definition_to_json
from modules.sequences.models import Branch, Content, Definition, Follow, Next, Step, Wait, Window
from modules.sequences.models_of_rules import (
    AfterWindow,
    Case,
    Compare,
    Entry,
    FieldIs,
    Otherwise,
    Outcome,
    OutcomeIs,
    ReEntry,
    Replied,
    StopOn,
    Until,
)

times = st.times().map(lambda value: value.replace(second=0, microsecond=0, tzinfo=None))
minutes = st.integers(0, 600_000).map(lambda amount: timedelta(minutes=amount))
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.just("\n"), max_size=40)
follows = (
    st.sampled_from([Follow(Next.next), Follow(Next.end)])
    | st.builds(Follow, st.just(Next.go_to), words)
    | st.builds(Follow, st.just(Next.retry), st.none(), st.integers(1, 10), minutes)
)
ladders = st.builds(
    lambda pauses, then: Follow(Next.retry, None, len(pauses), pauses[0], tuple(pauses), then),
    st.lists(minutes, min_size=1, max_size=10),
    st.none() | st.just(Follow(Next.end)) | st.builds(Follow, st.just(Next.go_to), words),
)
amounts = st.integers(0, 500)
untils = st.builds(Until, words, st.integers(-730, 730), st.none() | times, st.sampled_from(Otherwise))
some_waits = st.builds(Wait, amounts, amounts, amounts, amounts, st.none() | times) | st.builds(Wait, until=untils)
fields = st.one_of(
    st.builds(FieldIs, words, st.just(Compare.one_of), st.lists(words, min_size=1, max_size=3).map(tuple)),
    st.builds(FieldIs, words, st.sampled_from([Compare.equals, Compare.before, Compare.after]), st.tuples(words)),
    st.builds(FieldIs, words, st.just(Compare.exists), st.sampled_from([("true",), ("false",)])),
    st.builds(FieldIs, words, st.sampled_from([Compare.before, Compare.after]), st.just(()), st.integers(-99, 99)),
)
replies = st.builds(Replied, st.booleans(), st.none() | minutes)
conditions = fields | replies | st.builds(OutcomeIs, words, st.sampled_from(Outcome))
branches = st.builds(
    branch_step,
    words,
    some_waits,
    st.builds(Branch, st.lists(st.builds(Case, conditions, words), max_size=4).map(tuple), follows),
)
step_values = branches | st.builds(
    Step,
    key=words,
    channel=st.sampled_from(ChannelName),
    wait=some_waits,
    waits_for=st.sampled_from(WaitsFor),
    content=st.builds(Content, st.none() | words, st.none() | words, st.none() | words),
    on_success=follows,
    on_failure=follows | ladders,
    max_lateness=minutes,
    after_window=st.just(AfterWindow.skip),
    max_hold=minutes,
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
        goal=st.none() | fields | replies,
        stop_on=st.frozensets(st.sampled_from(StopOn)),
        entry=st.builds(
            Entry,
            st.sampled_from(ReEntry) | minutes,
            st.lists(words, max_size=3).map(tuple),
            st.none() | words,
            st.none() | minutes,
        ),
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
