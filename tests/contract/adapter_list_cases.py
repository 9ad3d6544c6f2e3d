"""More of the contract's table: the provider's own list of what it took from us, and whom a message is sent from."""

from datetime import timedelta

from modules.channels import Accepted, CannotTell, Listed
from modules.labels import Provider
from tests.contract.adapter_cases import case, lists_at_once, only
from tests.contract.adapter_rig import Rig, touch
from tests.contract.twin_customer import ACCOUNT, NUMBER, SERVICE


async def send_some(rig: Rig, count: int, first: int = 0) -> list[str]:
    """Sends other words each minute; the provider's ids in the order of sending."""
    ids = []
    for number in range(first, first + count):
        message = rig.message(touch(number), body=f"Words {number}")
        answer = await rig.channel.send(rig.client, rig.account, message)
        assert isinstance(answer, Accepted)
        ids.append(answer.provider_id)
        rig.customer.step(minutes=1)
    return ids


async def listed(rig: Rig) -> list[Listed]:
    found = await rig.channel.listing(rig.client, rig.account, *rig.all_day())
    assert not isinstance(found, CannotTell), found
    return list(found)


@case()
async def the_list_shows_all_that_was_taken_with_its_evidence(rig: Rig) -> None:
    assert await listed(rig) == []
    ids = await send_some(rig, 3)
    rig.customer.step(hours=1)
    ids += await send_some(rig, 1, first=3)  # one that is still on its way
    found = await listed(rig)
    assert sorted(one.fact.provider_id for one in found) == sorted(ids)
    assert {one.to_address for one in found} == {rig.pair.to.address if rig.pair.lists_address else None}
    assert all(one.fact.evidence_id.startswith(f"poll:{one.fact.provider_id}:") for one in found)
    settled = [one.fact for one in found if one.fact.state]
    assert {fact.evidence_id for fact in settled} <= rig.evidence()
    assert all(fact.evidence_id.endswith(f":{fact.provider_status}") for fact in settled)
    proven = {one.fact.provider_id for one in found if one.fact.state is rig.pair.proven}
    assert set(ids[:3]) <= proven if rig.pair.list_proves else not proven  # the last may have been quick


@case(lists_at_once)
async def a_message_that_was_just_taken_is_on_the_list(rig: Rig) -> None:
    answer = await rig.channel.send(rig.client, rig.account, rig.message())
    assert isinstance(answer, Accepted)
    (one,) = await listed(rig)
    assert (one.fact.provider_id, one.fact.state) == (answer.provider_id, None)
    assert one.created_at == rig.customer.clock.now()


@case()
async def the_list_keeps_to_the_time_it_is_asked_for(rig: Rig) -> None:
    begin = rig.customer.clock.now()
    ids = await send_some(rig, 4)
    rig.customer.step(hours=1)
    since, until = begin + timedelta(seconds=30), begin + timedelta(seconds=150)
    found = await rig.channel.listing(rig.client, rig.account, since, until)
    assert not isinstance(found, CannotTell)
    assert sorted(one.fact.provider_id for one in found) == sorted(ids[1:3])


@case()
async def a_long_list_is_read_to_its_end(rig: Rig) -> None:
    ids = await send_some(rig, 2 * rig.pair.smallest_page + 1)
    assert sorted(one.fact.provider_id for one in await listed(rig.with_small_pages())) == sorted(ids)


@case()
async def a_list_that_breaks_off_tells_nothing(rig: Rig) -> None:
    await send_some(rig, 3)
    for fault in ("500_before_accept", "429", "unreadable_200", "reset_before_accept"):
        rig.twin.script(rig.provider, fault, op="list")
        told = await rig.channel.listing(rig.client, rig.account, *rig.all_day())
        assert isinstance(told, CannotTell), fault


@case()
async def a_message_leaves_from_the_sender_that_was_chosen(rig: Rig) -> None:
    senders = rig.channel.senders(rig.account.settings)
    assert senders
    assert rig.message() == rig.message(sender=senders[0])
    for sender in senders:
        assert sender in rig.message(sender=sender).envelope.values()


@case(only(Provider.twilio))
async def a_persons_text_and_the_night_between_do_not_confuse_the_list(rig: Rig) -> None:
    rig.customer.step(hours=14, minutes=59, seconds=59)
    begin = rig.customer.clock.now()
    assert (begin.hour, begin.minute, begin.second) == (23, 59, 59)
    (before,) = await send_some(rig, 1)
    rig.twin.text_us(ACCOUNT, rig.pair.to.address, NUMBER, "Hello?")
    rig.customer.step(seconds=1)
    (after,) = await send_some(rig.with_account(messaging_service_sid=SERVICE), 1, first=1)
    for until, expected in ((begin, [before]), (begin + timedelta(hours=1), [before, after])):
        found = await rig.channel.listing(rig.client, rig.account, begin, until)
        assert not isinstance(found, CannotTell)
        assert [one.fact.provider_id for one in found] == expected
