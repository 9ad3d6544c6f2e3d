"""More of the contract's table: what became of a message, by the provider's list, by a poll and by its webhooks."""

from contextlib import nullcontext
from dataclasses import replace

from modules.channels import Absent, Accepted, CannotTell, Fact, Found, Strange, Unknown
from modules.labels import TouchState
from tests.contract.adapter_cases import carries_reference, case, send, send_accepted, send_hurried
from tests.contract.adapter_rig import STATUS, TOUCH, Rig, hurried, touch
from tests.contract.pair import PROOF


@case()
async def what_was_accepted_behind_a_timeout_is_found(rig: Rig) -> None:
    rig.twin.script(rig.provider, "timeout_after_accept")
    assert isinstance(await send_hurried(rig), Unknown)
    looked = await rig.channel.lookup(rig.client, rig.account, rig.sought(rig.message()))
    assert isinstance(looked, Found)
    assert looked.fact.provider_id == rig.ledger()[0]["provider_id"]
    assert looked.fact.evidence_id in rig.evidence()


@case()
async def what_was_never_accepted_is_absent(rig: Rig) -> None:
    rig.twin.script(rig.provider, "reset_before_accept")
    await send(rig)
    assert await rig.channel.lookup(rig.client, rig.account, rig.sought(rig.message())) == Absent()


@case()
async def other_words_another_person_or_another_hour_are_not_it(rig: Rig) -> None:
    for other in (rig.message(touch(1), body="Other words"), rig.message(touch(2), to=rig.pair.other)):
        assert isinstance(await rig.channel.send(rig.client, rig.account, other), Accepted)
        rig.customer.step(seconds=1)
        assert await rig.channel.lookup(rig.client, rig.account, rig.sought(rig.message())) == Absent()
    assert isinstance(await rig.channel.send(rig.client, rig.account, rig.message(touch(3))), Accepted)
    rig.customer.step(minutes=2)
    assert await rig.channel.lookup(rig.client, rig.account, rig.sought(rig.message())) == Absent()


@case()
async def what_belongs_to_another_touch_is_not_taken_for_ours(rig: Rig) -> None:
    answer = await send_accepted(rig)
    sought = rig.sought(rig.message(), known=frozenset({answer.provider_id}))
    assert await rig.channel.lookup(rig.client, rig.account, sought) == Absent()


@case()
async def a_list_that_cannot_be_read_proves_nothing(rig: Rig) -> None:
    for fault, reason in (
        ("500_before_accept", "http_500"),
        ("429", "http_429"),
        ("unreadable_200", "unreadable_answer"),
        ("timeout_after_accept", "read_timeout"),
    ):
        rig.twin.script(rig.provider, fault, op="list")
        with hurried(rig.client) if reason == "read_timeout" else nullcontext():
            looked = await rig.channel.lookup(rig.client, rig.account, rig.sought(rig.message()))
        assert looked == CannotTell(reason), fault


@case()
async def an_old_message_is_found_behind_many_pages(rig: Rig) -> None:
    small = rig.with_small_pages()
    sought = rig.sought(rig.message())
    answer = await send_accepted(small)
    for number in range(2 * rig.pair.smallest_page + 1):
        await rig.channel.send(rig.client, rig.account, rig.message(touch(number + 1), body=f"Later {number}"))
        rig.customer.step(minutes=2)
    looked = await small.channel.lookup(rig.client, rig.account, sought)
    assert isinstance(looked, Found)
    assert looked.fact.provider_id == answer.provider_id
    unsent = replace(sought, message=rig.message(touch(99), body="Never sent"))
    assert await small.channel.lookup(rig.client, rig.account, unsent) == Absent()


@case()
async def a_poll_follows_the_message_to_its_proof(rig: Rig) -> None:
    answer = await send_accepted(rig)
    first = (await rig.found(answer.provider_id)).fact
    assert (first.state, first.provider_status) == (None, rig.pair.first_word)
    rig.customer.step(hours=1)
    last = (await rig.found(answer.provider_id)).fact
    assert (last.state, rig.pair.word(last.provider_status)) == (rig.pair.proven, PROOF)
    assert last.evidence_id == f"poll:{answer.provider_id}:{last.provider_status}"
    assert last.evidence_id in rig.evidence()


@case()
async def a_poll_in_foul_weather_cannot_tell(rig: Rig) -> None:
    answer = await send_accepted(rig)
    for fault in ("500_before_accept", "429", "unreadable_200", "reset_before_accept"):
        rig.twin.script(rig.provider, fault, op="fetch")
        assert isinstance(await rig.channel.fetch(rig.client, rig.account, answer.provider_id), CannotTell)
    for stranger in (rig.pair.stranger_id, "../secrets", "", "x" * 300):
        assert isinstance(await rig.channel.fetch(rig.client, rig.account, stranger), CannotTell)


@case()
async def a_failure_is_told_with_its_reason_by_webhook_and_by_poll(rig: Rig) -> None:
    failure = rig.pair.failure
    rig.twin.script(rig.provider, failure.fault, code=failure.code)
    answer = await send_accepted(rig)
    told = rig.channel.parse(STATUS, rig.genuine_letter())
    assert isinstance(told, Fact)
    assert (told.state, (told.reason or "").endswith(failure.reason)) == (TouchState.failed, True)
    assert (await rig.found(answer.provider_id)).fact.state is TouchState.failed


@case()
async def every_webhook_of_a_delivery_is_genuine_and_names_our_touch(rig: Rig) -> None:
    answer = await send_accepted(rig)
    rig.customer.step(hours=1)
    facts = []
    for letter in rig.letters():
        rig.verify(letter)
        event = rig.channel.parse(STATUS, letter)
        assert isinstance(event, Fact)
        carried = TOUCH if rig.pair.carries_reference else None
        assert (event.reference, event.provider_id) == (carried, answer.provider_id)
        facts.append(event)
    assert tuple((rig.pair.word(fact.provider_status), fact.state) for fact in facts) == rig.pair.story
    assert {fact.evidence_id for fact in facts if fact.state} <= rig.evidence()


@case(carries_reference)
async def a_webhook_names_our_touch_though_the_answer_was_lost(rig: Rig) -> None:
    rig.twin.script(rig.provider, "reset_after_accept")
    assert isinstance(await send(rig), Unknown)
    event = rig.channel.parse(STATUS, rig.genuine_letter())
    assert isinstance(event, Fact)
    assert (event.reference, event.state) == (TOUCH, rig.pair.proven)


@case()
async def an_event_of_an_unknown_kind_is_strange_and_kept(rig: Rig) -> None:
    await send_accepted(rig)
    letter = rig.genuine_letter()
    event = rig.channel.parse(STATUS, replace(letter, body=letter.body.replace(rig.pair.kind_word, b"levitated")))
    assert isinstance(event, Strange)
    assert event.event_key
    assert event.payload
