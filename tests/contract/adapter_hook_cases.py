"""More of the contract's table: whose webhook is believed, what a person's words become, which account is complete."""

from dataclasses import replace

import pytest

from modules.channels import Fact, HookKind, Inbound, Request, Strange
from modules.labels import Provider
from tests.contract.adapter_cases import case, only, send_accepted, signs_body, signs_with_time
from tests.contract.adapter_rig import STATUS, TOUCH, Rig, request_of
from tests.contract.twin_customer import ACCOUNT, NUMBER, PERSON, SERVICE, TOKEN
from utils.errors import BadInput, BadSignature


async def take_letter(rig: Rig) -> Request:
    """A genuine webhook about a delivered message."""
    await send_accepted(rig)
    return rig.genuine_letter()


def refuse(rig: Rig, letter: Request, seconds_later: float = 0.0) -> None:
    with pytest.raises(BadSignature):
        rig.verify(letter, seconds_later)


def with_header(rig: Rig, letter: Request, value: str) -> Request:
    return replace(letter, headers={**letter.headers, rig.pair.signature: value})


@case()
async def a_webhook_without_a_signature_is_refused(rig: Rig) -> None:
    letter = await take_letter(rig)
    rig.verify(letter)
    name = rig.pair.signature
    refuse(rig, replace(letter, headers={key: value for key, value in letter.headers.items() if key != name}))
    refuse(rig, replace(letter, headers={}))


@case()
async def a_webhook_with_a_false_or_garbled_signature_is_refused(rig: Rig) -> None:
    letter = await take_letter(rig)
    genuine = letter.headers[rig.pair.signature]
    altered = genuine[:-9] + ("B" if genuine[-9] in "Aa" else "A") + genuine[-8:]  # not where base64 pads
    for forged in {"v1,AAAA", "AAAA", altered, genuine.lower(), "v1,ÿ²", " ", "v1,", "v9," + genuine[3:]} - {genuine}:
        refuse(rig, with_header(rig, letter, forged))


@case(signs_body)
async def a_tampered_body_is_refused(rig: Rig) -> None:
    letter = await take_letter(rig)
    for body in (
        letter.body.replace(rig.pair.kind_word, b"levitated"),
        letter.body + b"&x=",
        b"",
        b"{}",
        b"\xff\xfe",
        b"[1]",
    ):
        refuse(rig, replace(letter, body=body))


@case()
async def a_webhook_signed_with_another_accounts_secret_is_refused(rig: Rig) -> None:
    letter = await take_letter(rig)
    for secrets in (rig.pair.foreign, {}, dict.fromkeys(rig.account.secrets, "")):
        with pytest.raises(BadSignature):
            rig.channel.verify(secrets, letter, 0.0)


@case(signs_with_time)
async def a_stale_webhook_is_refused(rig: Rig) -> None:
    letter = await take_letter(rig)
    rig.verify(letter, seconds_later=240)
    refuse(rig, letter, seconds_later=400)
    refuse(rig, letter, seconds_later=-400)


@case(only(Provider.resend))
async def a_webhook_whose_time_is_no_number_is_refused(rig: Rig) -> None:
    letter = await take_letter(rig)
    refuse(rig, replace(letter, headers={**letter.headers, "svix-timestamp": "²"}))


@case(only(Provider.resend))
async def a_signature_among_several_is_enough(rig: Rig) -> None:
    letter = await take_letter(rig)
    rig.verify(with_header(rig, letter, "v1,AAAA " + letter.headers["svix-signature"]))


@case(only(Provider.twilio))
async def a_signature_for_another_address_is_refused(rig: Rig) -> None:
    letter = await take_letter(rig)
    other = f"{letter.url.partition('touch=')[0]}touch=01935f00-0000-7000-8000-00000000ffff"
    for url in (other, letter.url.replace("http://", "https://"), letter.url + "&more=1", "https://evil.example/"):
        refuse(rig, replace(letter, url=url))


@case(only(Provider.twilio))
async def the_fragment_of_a_callback_is_not_signed(rig: Rig) -> None:
    letter = await take_letter(rig)
    rig.verify(replace(letter, url=letter.url + "#rc=5&rp=all"))


@case(only(Provider.twilio))
async def a_body_hash_in_the_address_cannot_take_the_parameters_out_of_the_signature(rig: Rig) -> None:
    from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

    letter = await take_letter(rig)
    url = f"{letter.url}&bodySHA256={'0' * 64}"
    refuse(rig, replace(with_header(rig, letter, RequestValidator(TOKEN).compute_signature(url, {})), url=url))


@case(only(Provider.twilio))
async def repeated_and_blank_parameters_count_in_the_signature(rig: Rig) -> None:
    from twilio.request_validator import RequestValidator

    letter = await take_letter(rig)
    signed = f"{letter.url}Aa1Aa2B"
    signature = RequestValidator(TOKEN).compute_signature(signed, {})
    genuine = replace(with_header(rig, letter, signature), body=b"A=a2&A=a1&B=&A=a1")
    rig.verify(replace(genuine, body=b"A=a2&B=&A=a1"))
    refuse(rig, replace(genuine, body=b"A=a2&B=x&A=a1"))


async def take_text(rig: Rig, body: str, advanced_opt_out: bool) -> Request:
    """A person texts our number, which stands in a Messaging Service."""
    inbound_url = f"{rig.customer.receiver.url}/twilio/inbound"
    rig.twin.add_twilio(ACCOUNT, TOKEN, [NUMBER], SERVICE, inbound_url, advanced_opt_out)
    rig.twin.text_us(ACCOUNT, PERSON, NUMBER, body)
    rig.customer.step(seconds=1)
    letter = request_of(rig.customer.receiver.url, rig.customer.receiver.letters[-1])
    rig.verify(letter)
    return letter


@case(only(Provider.twilio))
async def a_persons_text_arrives_whole(rig: Rig) -> None:
    words = "Ja, gern! + 5 % & ‘mehr’ = ✓"
    event = rig.channel.parse(HookKind.inbound, await take_text(rig, words, advanced_opt_out=True))
    assert isinstance(event, Inbound)
    assert (event.from_address, event.to_address, event.text) == (PERSON, NUMBER, words)
    assert not event.opted_out
    assert event.event_key == event.payload["MessageSid"]


@case(only(Provider.twilio))
async def the_providers_own_word_for_stop_is_an_opt_out(rig: Rig) -> None:
    event = rig.channel.parse(HookKind.inbound, await take_text(rig, "stop", advanced_opt_out=True))
    assert isinstance(event, Inbound)
    assert event.opted_out


@case(only(Provider.twilio))
async def without_advanced_opt_out_the_provider_says_no_word(rig: Rig) -> None:
    event = rig.channel.parse(HookKind.inbound, await take_text(rig, "STOP", advanced_opt_out=False))
    assert isinstance(event, Inbound)
    assert (event.opted_out, event.text) == (False, "STOP")


@case()
async def a_body_that_is_nothing_known_is_strange(rig: Rig) -> None:
    letter = await take_letter(rig)
    for kind in HookKind:
        for body in (
            b"",
            b"null",
            b"[]",
            b"a=b",
            b'{"type": 7, "data": []}',
            b"[" * 5000,
            b'{"type":"email.delivered"}',
        ):
            event = rig.channel.parse(kind, replace(letter, body=body))
            assert isinstance(event, Strange)
            assert event.event_key


@case()
async def an_account_that_is_half_configured_is_told_which_field(rig: Rig) -> None:
    rig.channel.check_account(rig.account.settings, rig.account.secrets)
    for field, value in rig.pair.broken:
        half = rig.with_account(**{field: value}).account
        with pytest.raises(BadInput) as told:
            rig.channel.check_account(half.settings, half.secrets)
        assert told.value.field == field
    with pytest.raises(BadInput) as told:
        rig.channel.check_account({}, rig.account.secrets)
    assert told.value.field == rig.channel.required_settings[0]


@case(only(Provider.twilio))
async def an_account_without_a_sender_is_told_so(rig: Rig) -> None:
    with pytest.raises(BadInput) as told:
        rig.channel.check_account({"account_sid": ACCOUNT}, rig.account.secrets)
    assert told.value.field == "messaging_service_sid"
    assert "from_number" in told.value.detail


@case()
async def the_status_hook_of_another_touch_has_no_reference_of_ours(rig: Rig) -> None:
    letter = await take_letter(rig)
    body = letter.body.replace(str(TOUCH).encode(), b"somebody else's words")
    event = rig.channel.parse(STATUS, replace(letter, query={"touch": "not-a-uuid"}, body=body))
    assert isinstance(event, Fact)
    assert event.reference is None
