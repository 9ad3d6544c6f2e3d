"""More of the contract's table: what people send us, where a webhook alone does not say all or is not about a text."""

from dataclasses import replace

from modules.channels import CannotTell, Hint, HintKind, HookKind, Inbound, Reader, Request
from modules.labels import ChannelName, InboundKind, Provider
from tests.contract.adapter_cases import case, only
from tests.contract.adapter_hook_cases import refuse
from tests.contract.adapter_rig import STATUS, TOUCH, Rig, request_of
from tests.contract.twin_customer import ACCOUNT, KEY, NUMBER, PERSON

ANSWERS_TO = f"r+{TOUCH}@in.acme.example"


def last_letter(rig: Rig) -> Request:
    return request_of(rig.customer.receiver.url, rig.customer.receiver.letters[-1])


async def take_mail(rig: Rig, text: str) -> tuple[Hint, Inbound | CannotTell]:
    """A person answers our mail: the hint that came, and what is behind it."""
    rig.twin.mail_us(KEY, "Ada <Ada@Lovelace.example>", ANSWERS_TO, "Re: Hello", text, "<first@acme.example>")
    rig.customer.step(seconds=1)
    rig.verify(last_letter(rig))
    hint = rig.channel.parse(STATUS, last_letter(rig))
    assert isinstance(hint, Hint)
    return hint, await reread(rig, hint)


async def reread(rig: Rig, hint: Hint) -> Inbound | CannotTell:
    assert isinstance(rig.channel, Reader)
    found = await rig.channel.reread(rig.client, rig.account, hint)
    assert isinstance(found, Inbound | CannotTell)
    return found


@case(only(Provider.resend))
async def an_answer_to_a_mail_comes_back_to_its_touch(rig: Rig) -> None:
    arrived = rig.customer.clock.now()
    words = "Ja, gern! ✓\n\nBis dann & viele Grüße"
    hint, event = await take_mail(rig, words)
    assert (hint.kind, hint.event_key) == (HintKind.received_email, last_letter(rig).headers["svix-id"])
    assert isinstance(event, Inbound)
    assert (event.channel, event.kind, event.opted_out) == (ChannelName.email, InboundKind.message, False)
    assert (event.from_address, event.to_address, event.text) == ("ada@lovelace.example", ANSWERS_TO, words)
    assert (event.reference, event.answers, event.subject) == (TOUCH, ("<first@acme.example>",), "Re: Hello")
    assert (event.event_key, event.at) == (f"resend:received:{hint.ref}", arrived)


@case(only(Provider.resend))
async def a_mail_that_has_us_in_a_blind_copy_alone_comes_back_to_its_touch(rig: Rig) -> None:
    """Its head names nobody; for whom it was taken stands in the webhook and nowhere else."""
    rig.twin.mail_us(KEY, "Ada <Ada@Lovelace.example>", ANSWERS_TO, "Re: Hello", "STOP", blind=True)
    rig.customer.step(seconds=1)
    hint = rig.channel.parse(STATUS, last_letter(rig))
    assert isinstance(hint, Hint)
    event = await reread(rig, hint)
    assert isinstance(event, Inbound)
    assert (event.from_address, event.to_address) == ("ada@lovelace.example", ANSWERS_TO)
    assert (event.text, event.reference) == ("STOP", TOUCH)
    untold = await reread(rig, replace(hint, received_for=()))  # as where a list tells of it
    assert isinstance(untold, Inbound)
    assert (untold.from_address, untold.to_address, untold.text) == ("ada@lovelace.example", "", "STOP")
    assert (untold.event_key, untold.reference) == (event.event_key, None)


@case(only(Provider.resend))
async def a_mail_that_cannot_be_read_now_is_not_taken_for_an_empty_one(rig: Rig) -> None:
    hint, _ = await take_mail(rig, "Hello")
    for fault in ("500_before_accept", "429", "unreadable_200", "reset_before_accept"):
        rig.twin.script(rig.provider, fault, op="fetch")
        assert isinstance(await reread(rig, hint), CannotTell), fault
    for other in (
        replace(hint, ref=rig.pair.stranger_id),
        replace(hint, ref="../../domains"),
        replace(hint, kind=HintKind.contact),
    ):
        assert isinstance(await reread(rig, other), CannotTell)
    half = rig.with_account(api_key="")
    assert await reread(half, hint) == CannotTell("account_incomplete_api_key")
    assert isinstance(await reread(rig, hint), Inbound)


@case(only(Provider.twilio))
async def a_missed_call_arrives_signed_and_is_a_call_from_a_person(rig: Rig) -> None:
    arrived = rig.customer.clock.now()
    rig.twin.missed_call(ACCOUNT, PERSON, NUMBER, f"{rig.customer.receiver.url}/hooks/twilio/voice-missed/key")
    rig.customer.step(seconds=1)
    letter = last_letter(rig)
    rig.verify(letter)
    refuse(rig, replace(letter, body=letter.body.replace(b"no-answer", b"completed")))
    event = rig.channel.parse(HookKind.missed_call, letter)
    assert isinstance(event, Inbound)
    assert (event.kind, event.channel, event.text) == (InboundKind.missed_call, ChannelName.voice, "")
    assert (event.from_address, event.to_address, event.at) == (PERSON, NUMBER, arrived)
    assert event.event_key == event.payload["CallSid"]
