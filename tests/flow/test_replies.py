"""What people of a client write back: it leaves once, by every guard, and is proven; or it is closed, visibly."""

import asyncio
from datetime import timedelta

import pytest

from modules.preview import gather_evidence
from scripts.conductor.stage import Stage
from scripts.jobs import ProcessPlatform, run_sweep, schedule_of
from tests.cast import Cast, gather_cast, story
from tests.flow.answering import NIGHT, change, is_lawful, reached, write
from tests.flow.outside import play_on, standing, sweep_after, sweep_at
from tests.flow.writing_back import WORDS, asked, listed, outcome, replies, taken_back, warned, written
from utils.errors import BadInput, Conflict, NotFound
from workers.erase import erase_person
from workers.lifecycle import KEEP_BODIES, forget

KILLED = "-9"


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    return await asked(stage)


async def test_it_leaves_once_from_the_number_that_was_written_to_and_is_proven(stage: Stage, cast: Cast) -> None:
    assert (await written(stage, cast)).fresh
    assert await outcome(stage, cast) == [("waiting", None)]
    await sweep_after(stage, minutes=1)
    await play_on(stage)

    [touch] = await replies(stage)
    assert (touch["state"], touch["to_address"], touch["sender"]) == ("delivered", cast.phones[0], cast.number)
    assert touch["body"] == WORDS
    assert (reached(stage, WORDS), await outcome(stage, cast)) == (1, [("delivered", None)])
    assert await is_lawful(stage)


async def test_the_evidence_says_who_wrote_it_and_to_which_message(stage: Stage, cast: Cast) -> None:
    await written(stage, cast)
    await play_on(stage)
    async with stage.deps.database.transaction() as conn:
        pack = await gather_evidence(conn, None, cast.client_id, cast.contacts[0], "by_hand:ann", stage.clock.now())
    [heard] = next(one.records for one in pack.sections if one.name == "answers")
    [told] = [
        one for part in pack.sections if part.name == "touches" for one in part.records if one["origin"] == "reply"
    ]
    assert (told["written_by"], told["answers_inbound"]) == ("by_hand:ann", heard["id"])
    assert told["what"].endswith("an answer to what they wrote: delivered")


async def test_the_same_words_to_the_same_text_are_one_reply(stage: Stage, cast: Cast) -> None:
    first = await written(stage, cast)
    again = await written(stage, cast, f"  {WORDS}\n")
    assert (again.id, again.fresh) == (first.id, False)
    await play_on(stage)
    assert not (await written(stage, cast)).fresh
    await play_on(stage)
    assert reached(stage, WORDS) == 1


async def test_four_sweeps_at_once_send_it_once(stage: Stage, cast: Cast) -> None:
    await written(stage, cast)
    await asyncio.gather(*(run_sweep(stage.deps) for _ in range(4)))
    await play_on(stage)
    assert (len(await replies(stage)), reached(stage, WORDS)) == (1, 1)


async def test_who_says_stop_before_it_leaves_gets_nothing_and_it_is_seen(stage: Stage, cast: Cast) -> None:
    await written(stage, cast)
    await write(stage, cast, "stop texting me")
    await play_on(stage)
    assert (reached(stage, WORDS), await outcome(stage, cast)) == (0, [("closed", "suppressed")])
    assert await warned(stage) == ["suppressed"]
    assert await is_lawful(stage)


async def test_a_wish_that_may_mean_stop_is_read_first(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "not interested")
    with pytest.raises(Conflict, match="somebody has to read it first"):
        await written(stage, cast)
    assert await listed(stage, cast) == []


async def test_at_night_it_waits_for_the_morning_and_says_so(stage: Stage, cast: Cast) -> None:
    stage.clock.set(NIGHT)
    told = await written(stage, cast)
    assert told.decision is not None
    assert told.decision.verdict.reason == "quiet_hours"  # type: ignore[union-attr]
    await run_sweep(stage.deps)
    assert (reached(stage, WORDS), await outcome(stage, cast)) == (0, [("waiting", None)])
    await play_on(stage)
    assert (reached(stage, WORDS), await outcome(stage, cast)) == (1, [("delivered", None)])


async def test_what_cannot_leave_in_time_is_closed_and_told(stage: Stage, cast: Cast) -> None:
    stage.clock.set(NIGHT)
    await written(stage, cast, within=timedelta(hours=1))
    await sweep_at(stage, NIGHT + timedelta(minutes=59, seconds=55))
    assert (await outcome(stage, cast), await warned(stage)) == ([("closed", "too_late")], ["too_late"])
    await play_on(stage)
    assert reached(stage, WORDS) == 0


async def test_nobody_swept_for_three_days_and_it_is_still_told(stage: Stage, cast: Cast) -> None:
    await written(stage, cast)
    await sweep_after(stage, days=3)
    assert (await outcome(stage, cast), await warned(stage)) == ([("closed", "too_late")], ["too_late"])


async def test_taken_back_it_never_leaves(stage: Stage, cast: Cast) -> None:
    told = await written(stage, cast)
    await taken_back(stage, cast, told)
    await play_on(stage)
    assert (reached(stage, WORDS), await outcome(stage, cast)) == (0, [("closed", "taken_back")])
    with pytest.raises(NotFound):
        await taken_back(stage, cast, told)


async def test_a_conversation_is_not_cut_by_the_cap_of_a_day_but_by_its_own_bound(stage: Stage, cast: Cast) -> None:
    """Three texts may go to a person in 24 hours; one has gone, and they keep asking."""
    for question in range(3):
        await written(stage, cast, f"Answer {question}")
        await sweep_after(stage, minutes=30)
        await write(stage, cast, f"And what about {question}?")
    assert [reached(stage, f"Answer {one}") for one in range(3)] == [1, 1, 1]
    for extra in range(3):
        await written(stage, cast, f"More {extra}")
    with pytest.raises(Conflict, match="3 replies to their last text"):
        await written(stage, cast, "More 3")


async def test_who_never_texted_cannot_be_replied_to(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("sms"))
    with pytest.raises(Conflict, match="No text came"):
        await written(stage, acme)


@pytest.mark.parametrize("text", ["See you 👨‍👩‍👧 then", "שלום\u200f!", "One\nTwo", "1\u00a0pm"])
async def test_words_are_sent_as_they_were_typed(stage: Stage, cast: Cast, text: str) -> None:
    await written(stage, cast, text)
    await sweep_after(stage, minutes=1)
    assert reached(stage, text) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  ", "Give the words"),
        ("a\x00b", "control character"),
        ("a\x1b[2Jb", "control character"),
        ("x" * 1601, "1601 characters"),
    ],
)
async def test_words_that_cannot_be_sent_are_refused(stage: Stage, cast: Cast, text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        await written(stage, cast, text)
    assert await listed(stage, cast) == []


async def test_refused_by_a_busy_provider_it_is_tried_again(stage: Stage, cast: Cast) -> None:
    stage.twin.script("twilio", "429")
    await written(stage, cast)
    await play_on(stage)
    assert [(one["attempt"], one["state"]) for one in await replies(stage)] == [(1, "not_sent"), (2, "delivered")]
    assert (reached(stage, WORDS), await outcome(stage, cast)) == (1, [("delivered", None)])


@pytest.mark.parametrize("fault", ["timeout_after_accept", "reset_before_accept"])
async def test_what_nobody_knows_of_is_never_sent_again(stage: Stage, cast: Cast, fault: str) -> None:
    stage.twin.script("twilio", fault)
    await written(stage, cast)
    await play_on(stage)
    assert len(await replies(stage)) == 1
    assert reached(stage, WORDS) == (fault == "timeout_after_accept")


@pytest.mark.parametrize(
    ("crashpoint", "sent"), [("before_arm_commit", 1), ("after_arm", 0), ("before_send", 0), ("after_send", 1)]
)
async def test_a_killed_sweep_never_sends_it_twice(stage: Stage, cast: Cast, crashpoint: str, sent: int) -> None:
    await written(stage, cast)
    platform = ProcessPlatform({**stage.environment, "OMNIFY_CRASH_AT": crashpoint})
    with pytest.raises(RuntimeError, match=KILLED):
        await platform.run(schedule_of("sweep"))
    await play_on(stage)
    state = "delivered" if sent else "expired"
    assert (reached(stage, WORDS), [row[0] for row in await outcome(stage, cast)]) == (sent, [state])
    assert await is_lawful(stage)


async def test_what_it_answers_is_kept_from_going_on_until_somebody_releases_it(stage: Stage, cast: Cast) -> None:
    """Writing back is no word about the sequence; a marketer says that with `release`."""
    before = await standing(stage)
    await written(stage, cast)
    await sweep_after(stage, minutes=1)
    assert await standing(stage) == before


async def test_an_erased_person_takes_the_replies_along(stage: Stage, cast: Cast) -> None:
    await written(stage, cast)
    async with stage.deps.database.transaction() as conn:
        await erase_person(stage.deps, conn, cast.client_id, cast.contacts[0], "by_hand:ann", stage.clock.now())
    await play_on(stage)
    assert (await listed(stage, cast), reached(stage, WORDS)) == ([], 0)


async def test_its_words_are_forgotten_when_their_time_is_up(stage: Stage, cast: Cast) -> None:
    await written(stage, cast)
    await play_on(stage)
    stage.clock.set(stage.clock.now() + KEEP_BODIES + timedelta(days=1))
    assert (await forget(stage.deps))["replies"] == 1
    assert [(row["body"], row["state"]) for row in await listed(stage, cast)] == [("", "delivered")]
    assert "replies" not in await forget(stage.deps)


async def test_a_stopped_client_sends_no_reply_until_it_may_again(stage: Stage, cast: Cast) -> None:
    await change(stage, "stop_sending", client_id=cast.client_id, at=stage.clock.now())
    await written(stage, cast)
    await sweep_after(stage, minutes=1)
    assert (reached(stage, WORDS), await outcome(stage, cast)) == (0, [("waiting", None)])
    await change(stage, "stop_sending", client_id=cast.client_id, at=None)
    await sweep_after(stage, minutes=6)
    assert reached(stage, WORDS) == 1
