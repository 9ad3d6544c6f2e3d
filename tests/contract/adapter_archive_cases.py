"""More of the contract's table: what people wrote to us, read again from the provider's own list."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from modules.channels import Archive, CannotTell, Inbound
from modules.labels import Provider
from tests.contract.adapter_cases import case, only
from tests.contract.adapter_reply_cases import ANSWERS_TO, take_mail
from tests.contract.adapter_rig import Rig
from tests.contract.twin_customer import KEY


async def heard(rig: Rig) -> Sequence[Inbound] | CannotTell:
    assert isinstance(rig.channel, Archive)
    return await rig.channel.heard(rig.client, rig.account, *rig.all_day())


def write_to_us(rig: Rig, *texts: str) -> None:
    """One e-mail a minute."""
    for text in texts:
        rig.twin.mail_us(KEY, "Ada <Ada@Lovelace.example>", ANSWERS_TO, "Re: Hello", text)
        rig.customer.step(minutes=1)


@case(only(Provider.resend))
async def what_was_written_is_read_again_as_its_webhook_told_it(rig: Rig) -> None:
    assert await heard(rig) == []
    told = []
    for words in ("Ja, gern! ✓", "STOP"):
        _, event = await take_mail(rig, words)
        told.append(event)
        rig.customer.step(minutes=1)
    assert await heard(rig) == told


@case(only(Provider.resend))
async def what_was_written_keeps_to_the_time_it_is_asked_for(rig: Rig) -> None:
    begin = rig.customer.clock.now()
    write_to_us(rig, "0", "1", "2", "3")
    assert isinstance(rig.channel, Archive)
    before = len(rig.requests)
    found = await rig.channel.heard(
        rig.client, rig.account, begin + timedelta(seconds=30), begin + timedelta(seconds=150)
    )
    assert not isinstance(found, CannotTell)
    assert [one.text for one in found] == ["1", "2"]
    assert len(rig.requests) - before == 3, "one list, and only what was asked for"


@case(only(Provider.resend))
async def a_long_list_of_what_was_written_is_read_to_its_end(rig: Rig) -> None:
    texts = [f"Words {number}" for number in range(2 * rig.pair.smallest_page + 1)]
    write_to_us(rig, *texts)
    found = await heard(rig.with_small_pages())
    assert not isinstance(found, CannotTell)
    assert [one.text for one in found] == texts


@case(only(Provider.resend))
async def what_was_written_and_cannot_be_read_whole_is_not_told_in_part(rig: Rig) -> None:
    write_to_us(rig, "0", "1")
    for op in ("list", "fetch"):
        for fault in ("500_before_accept", "429", "unreadable_200", "reset_before_accept"):
            rig.twin.script(rig.provider, fault, op=op)
            assert isinstance(await heard(rig), CannotTell), (op, fault)
    assert await heard(rig.with_account(api_key="")) == CannotTell("account_incomplete_api_key")
    found = await heard(rig)
    assert not isinstance(found, CannotTell)
    assert len(found) == 2


@case(only(Provider.resend))
async def what_is_known_is_not_read_again(rig: Rig) -> None:
    write_to_us(rig, "0", "1", "2")
    assert isinstance(rig.channel, Archive)
    told = await heard(rig)
    assert not isinstance(told, CannotTell)
    asked: list[str] = []

    async def known(keys: Sequence[str]) -> Collection[str]:
        asked.extend(keys)
        return {told[0].event_key, told[2].event_key}

    before = len(rig.requests)
    assert await rig.channel.heard(rig.client, rig.account, *rig.all_day(), known) == told[1:2]
    assert asked == [one.event_key for one in told]
    assert len(rig.requests) - before == 2, "the list, and what is not known"


@case(only(Provider.resend))
async def what_was_read_before_one_could_not_be_is_there_all_the_same(rig: Rig) -> None:
    write_to_us(rig, "0", "1", "2")
    assert isinstance(rig.channel, Archive)
    told = await heard(rig)
    assert not isinstance(told, CannotTell)
    rig.twin.script(rig.provider, "500_before_accept", op="fetch", match={"id": str(told[2].payload["email_id"])})
    read: list[Inbound] = []
    assert isinstance(await rig.channel.heard(rig.client, rig.account, *rig.all_day(), None, read), CannotTell)
    assert read == told[:2]
