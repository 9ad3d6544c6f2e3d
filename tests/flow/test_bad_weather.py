"""Providers on a bad day, each told to the twin: what the ledger says at the end is what really happened."""

from datetime import timedelta

import pytest

from modules.labels import SuppressionReason
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import gather_cast, join, rows, story
from tests.contract.silent_servers import closed_port_url
from tests.flow.outside import play_on, standing, states_of, sweep_after
from tests.flow.speaking import told
from workers import resolve as resolving

CHANNEL = {"twilio": "sms", "resend": "email"}
both = pytest.mark.parametrize("provider", ["twilio", "resend"])


async def suppressions(stage: Stage) -> dict[str, str]:
    return {
        row["value"]: row["suppressed_reason"] for row in await rows(stage.deps, "addresses") if row["suppressed_at"]
    }


@both
async def test_a_provider_that_is_down_is_tried_again_and_delivers_exactly_once(stage: Stage, provider: str) -> None:
    await gather_cast(stage.deps, stage.twin, story(CHANNEL[provider]))
    opener = stage.deps.opener
    urls = dict(opener.base_urls)
    object.__setattr__(opener, "base_urls", dict.fromkeys(urls, closed_port_url()))
    down = await run_sweep(stage.deps)
    object.__setattr__(opener, "base_urls", urls)
    touches = await play_on(stage)
    states = [(touch["attempt"], touch["state"], touch["reason"]) for touch in touches]
    print(f"\n{provider}: {down}, then {states}")
    assert down["notsent"] == 1, down
    assert states == [(1, "not_sent", "connect_error"), (2, "delivered", None)]
    assert len(stage.twin.ledger()) == 1


@both
async def test_a_provider_that_says_429_is_tried_again_and_delivers_once(stage: Stage, provider: str) -> None:
    await gather_cast(stage.deps, stage.twin, story(CHANNEL[provider]))
    stage.twin.script(provider, "429", times=2)
    states = [touch["state"] for touch in await play_on(stage)]
    assert states == ["not_sent", "not_sent", "delivered"]
    assert len(stage.twin.ledger()) == 1


@both
async def test_an_answer_that_was_lost_is_settled_by_the_webhook_with_one_acceptance(
    stage: Stage, provider: str
) -> None:
    await gather_cast(stage.deps, stage.twin, story(CHANNEL[provider]))
    stage.twin.script(provider, "timeout_after_accept")
    first = await run_sweep(stage.deps)
    before = await states_of(stage)
    touches = await play_on(stage)
    assert (first["unknown"], before) == (1, ["unknown"])
    assert [touch["state"] for touch in touches] == ["delivered"]
    assert not touches[0]["evidence_id"].startswith("poll:"), touches[0]["evidence_id"]
    assert len(stage.twin.ledger()) == 1


@both
async def test_without_any_webhook_the_lost_answer_is_settled_by_asking(stage: Stage, provider: str) -> None:
    await gather_cast(stage.deps, stage.twin, story(CHANNEL[provider]))
    stage.twin.script(provider, "timeout_after_accept")
    stage.twin.script(provider, "webhook_lost", op="webhook", times=20)
    touches = await play_on(stage)
    assert [touch["state"] for touch in touches] == ["delivered"]
    assert touches[0]["evidence_id"].startswith("poll:"), touches[0]["evidence_id"]
    assert len(stage.twin.ledger()) == 1


@both
async def test_a_webhook_that_outruns_our_own_answer_counts(stage: Stage, provider: str) -> None:
    await gather_cast(stage.deps, stage.twin, story(CHANNEL[provider]))
    stage.twin.script(provider, "webhook_early", code="all")
    await run_sweep(stage.deps)
    states, places = await states_of(stage), await standing(stage)
    assert (states, places) == (["delivered"], {"finished": 1})


async def test_an_undelivered_text_failed_with_its_reason_and_the_next_step_still_comes(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms", "email"))
    stage.twin.script("twilio", "status_undelivered", code=30003)
    touches = await play_on(stage)
    assert [(touch["state"], touch["reason"]) for touch in touches] == [("failed", "twilio_30003"), ("delivered", None)]


async def test_an_opt_out_that_only_the_provider_knows_closes_the_number(stage: Stage) -> None:
    twice_more = "{ retry: { times: 2, after: { minutes: 15 } } }"
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "sms", on_failure=twice_more))
    stage.twin.script("twilio", "reject", code=21610)
    touches = await play_on(stage)
    assert [(touch["state"], touch["reason"]) for touch in touches] == [("failed", "twilio_21610")]
    assert await suppressions(stage) == {cast.phones[0]: SuppressionReason.provider_opt_out}
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_a_bounced_address_is_closed_and_later_mails_are_skipped_but_texts_go_on(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("email", "email", "sms"))
    stage.twin.script("resend", "bounced", code="Permanent")
    touches = await play_on(stage)
    assert [(touch["step"], touch["state"]) for touch in touches] == [("email-0", "bounced"), ("sms-2", "delivered")]
    assert await suppressions(stage) == {cast.mails[0]: SuppressionReason.bounced}
    assert await standing(stage) == {"finished": 1}


async def test_a_complaint_after_the_delivery_is_the_later_truth_and_ends_the_mails(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("email", "email"))
    stage.twin.script("resend", "complained")
    touches = await play_on(stage)
    kept = [one["state"] for one in touches[0]["evidence"]]
    assert [touch["state"] for touch in touches] == ["complained"], touches
    assert kept == ["delivered", "complained"], kept
    assert await suppressions(stage) == {cast.mails[0]: SuppressionReason.complained}


async def test_a_reply_of_stop_is_the_last_that_is_ever_heard_of_us_on_that_number(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "sms", "sms"), 2)
    await run_sweep(stage.deps)
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, " Stop. ")
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "STOP")
    touches = await play_on(stage)
    by_phone = [sum(touch["to_address"] == phone for touch in touches) for phone in cast.phones]
    assert by_phone == [1, 3]
    assert await suppressions(stage) == {cast.phones[0]: SuppressionReason.opted_out}
    assert await standing(stage) == {"stopped:suppressed": 1, "finished": 1}
    assert [row["opted_out"] for row in await told(stage)] == [True, True]


@pytest.mark.parametrize(("provider", "hours"), [("twilio", 5), ("resend", 28)])
async def test_without_a_receipt_a_touch_expires_at_its_deadline_and_a_later_truth_still_counts(
    stage: Stage, provider: str, hours: int
) -> None:
    await gather_cast(stage.deps, stage.twin, story(CHANNEL[provider]))
    stage.twin.script(provider, "no_dlr")
    await run_sweep(stage.deps)
    armed_at = stage.clock.now()
    await sweep_after(stage, minutes=10)
    await sweep_after(stage, hours=hours, minutes=-11)
    before = await states_of(stage)
    await sweep_after(stage, minutes=1)
    touch = (await rows(stage.deps, "touches"))[0]
    assert before == ["accepted"]
    assert (touch["state"], touch["reason"]) == ("expired", "unconfirmed")
    assert stage.clock.now() - armed_at == timedelta(hours=hours)
    assert await standing(stage) == {"finished": 1}


async def test_the_same_words_to_the_same_person_twice_are_two_messages(stage: Stage) -> None:
    """The list shows the first one; the second, which never arrived, must not be taken for it."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await run_sweep(stage.deps)
    await join(stage.deps, cast.client_id, story("sms", slug="again"), cast.contacts)
    stage.twin.script("twilio", "reset_before_accept")
    await run_sweep(stage.deps)
    touches = await play_on(stage)
    states = sorted((touch["state"], touch["reason"]) for touch in touches)
    assert states == [("delivered", None), ("expired", "unresolved")], states
    assert len(stage.twin.ledger()) == 1


async def test_a_look_that_the_database_refuses_stops_no_other_look_and_ends_at_its_deadline(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same trap as above with the guard against it taken away: the second is taken for the first each time."""

    async def none_taken(*_: object) -> frozenset[str]:
        return frozenset()

    monkeypatch.setattr(resolving, "taken_provider_ids", none_taken)
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), 2)
    stage.twin.script("twilio", "timeout_after_accept", match={"to": cast.phones[1]})
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=50)
    await run_sweep(stage.deps)
    await join(stage.deps, cast.client_id, story("sms", slug="again"), cast.contacts[:1])
    stage.twin.script("twilio", "reset_before_accept")
    await run_sweep(stage.deps)
    states = sorted(touch["state"] for touch in await play_on(stage))
    assert states == ["delivered", "delivered", "expired"], states
    assert await standing(stage) == {"finished": 3}
