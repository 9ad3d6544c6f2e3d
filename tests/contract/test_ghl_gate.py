"""Before a send GoHighLevel is asked whether a person may be reached: only a plain yes allows, in any weather."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from modules.channels import (
    CannotTell,
    Hint,
    HintKind,
    Permission,
)
from modules.channels.ghl_contacts import list_contacts
from modules.channels.ghl_messages import GhlMessages
from scripts.sandbox.remote import Twin
from tests.contract.adapter_rig import hurried
from tests.contract.ghl_customer import LOCATION, PERSON
from tests.contract.ghl_rig import EMAIL, SMS, GhlRig, changes_of, open_ghl_rig
from utils.clock import FileClock

INACTIVE = {"status": "inactive"}
BOTH = pytest.mark.parametrize("adapter", [SMS, EMAIL], ids=["sms", "email"])
FOUL = ("500_before_accept", "429", "unreadable_200", "reset_before_accept", "timeout_after_accept")


@pytest.fixture
async def rig(twin: Twin, twin_clock: FileClock) -> AsyncIterator[GhlRig]:
    async with open_ghl_rig(twin, twin_clock) as opened:
        yield opened


@BOTH
async def test_a_known_person_without_do_not_disturb_may_be_reached(rig: GhlRig, adapter: GhlMessages) -> None:
    ref = rig.customer.contact
    assert await rig.ask(rig.person(ref), adapter=adapter) == [Permission(True, ref, "clear")]
    second = ["/conversations/preferences/unsubscriptions/status"] if adapter is EMAIL else []
    assert rig.paths() == [f"/contacts/{ref}", *second]


@BOTH
@pytest.mark.parametrize("word", ["active", "permanent"])
async def test_a_closed_channel_is_not_allowed_and_the_other_stays_open(
    rig: GhlRig, adapter: GhlMessages, word: str
) -> None:
    closed = {"SMS" if adapter is SMS else "Email": {"status": word}}
    ref = rig.twin.put_ghl_contact(LOCATION, id="CLOSED", phone="+14155550301", email="c@d.example", dndSettings=closed)
    other = EMAIL if adapter is SMS else SMS
    assert [one.may_send for one in await rig.ask(rig.person(ref), adapter=adapter)] == [False]
    assert [one.may_send for one in await rig.ask(rig.person(ref), adapter=other)] == [True]


@BOTH
async def test_the_flag_for_everything_closes_though_all_channels_say_inactive(
    rig: GhlRig, adapter: GhlMessages
) -> None:
    rig.twin.put_ghl_contact(LOCATION, id=rig.customer.contact, dnd=True, dndSettings={"SMS": INACTIVE})
    assert await rig.ask(rig.person(rig.customer.contact), adapter=adapter) == [
        Permission(False, rig.customer.contact, "dnd_all")
    ]


async def test_who_unsubscribed_from_mail_may_still_get_texts(rig: GhlRig) -> None:
    rig.twin.unsubscribe_ghl(LOCATION, rig.customer.contact)
    rig.customer.step(seconds=1)
    rig.twin.put_ghl_contact(LOCATION, id=rig.customer.contact, dndSettings={"Email": INACTIVE})
    person = rig.person(rig.customer.contact)
    assert [one.reason for one in await rig.ask(person, adapter=EMAIL)] == ["unsubscribed"]
    assert [one.may_send for one in await rig.ask(person)] == [True]


@BOTH
@pytest.mark.parametrize("fault", FOUL)
async def test_foul_weather_never_allows_a_send(rig: GhlRig, adapter: GhlMessages, fault: str) -> None:
    ref = rig.customer.contact
    rig.twin.script("ghl", fault, op="fetch")
    with hurried(rig.client):
        (answer,) = await rig.ask(rig.person(ref), adapter=adapter)
    assert (answer.may_send, answer.ref) == (None, ref)


async def test_a_location_that_is_not_the_tokens_never_allows(rig: GhlRig) -> None:
    strange = rig.account(EMAIL, location_id="ANOTHER")
    answers = await EMAIL.permissions(rig.client, strange, [rig.person(rig.customer.contact)])
    assert [one.may_send for one in answers.values()] == [None]


async def test_a_person_without_an_id_is_found_by_the_address_that_is_written_to(rig: GhlRig) -> None:
    other = rig.twin.put_ghl_contact(LOCATION, id="BYMAIL", phone="+14155550302", email="other@hopper.example")
    mixed = rig.person(phone=PERSON, email="other@hopper.example")
    assert [one.ref for one in await rig.ask(mixed)] == [rig.customer.contact]
    assert [one.ref for one in await rig.ask(mixed, adapter=EMAIL)] == [other]
    assert "POST" not in {one.method for one in rig.requests}


async def test_a_person_whom_nobody_knows_is_created_without_a_word_on_do_not_disturb(rig: GhlRig) -> None:
    stranger = rig.person(phone="+14155550303", email="new@lovelace.example")
    (answer,) = await rig.ask(stranger)
    assert answer.may_send is True
    assert answer.ref
    (written,) = [one for one in rig.requests if one.method == "POST"]
    assert written.url.path == "/ghl/contacts/upsert"
    assert b"dnd" not in written.content
    shown = rig.customer.show(contact=answer.ref)
    assert (shown["phone"], shown["email"]) == ("+14155550303", "new@lovelace.example")
    assert [one.ref for one in await rig.ask(stranger)] == [answer.ref]


async def test_an_upsert_leaves_an_opt_out_where_it_is(rig: GhlRig) -> None:
    """The number is new, the address known: the location's own rule finds the person, who does not want texts."""
    closed = {"SMS": {"status": "active"}}
    ref = rig.twin.put_ghl_contact(LOCATION, id="CLOSED", email="closed@hopper.example", dndSettings=closed)
    (answer,) = await rig.ask(rig.person(phone="+14155550304", email="closed@hopper.example"))
    assert answer == Permission(False, ref, "dnd_sms")


async def test_an_id_that_is_nobodys_any_more_is_looked_for_again(rig: GhlRig) -> None:
    (answer,) = await rig.ask(rig.person("GONE00000000"))
    assert answer == Permission(True, rig.customer.contact, "clear")


@pytest.mark.parametrize("ref", ["", "../locations", "a b"])
async def test_an_id_that_could_be_a_path_is_not_asked_for(rig: GhlRig, ref: str) -> None:
    (answer,) = await rig.ask(rig.person(ref))
    assert answer.may_send is None
    assert rig.requests == []


async def test_a_person_without_any_address_is_unknown(rig: GhlRig) -> None:
    (answer,) = await rig.ask(rig.person(phone=None, email=None))
    assert answer == Permission(None, None, "no_address")
    assert rig.requests == []


async def test_a_whole_batch_is_answered_in_its_order(rig: GhlRig) -> None:
    refs = [
        rig.twin.put_ghl_contact(LOCATION, id=f"C{number}", phone=f"+1415555{1000 + number}", dnd=number % 3 == 0)
        for number in range(20)
    ]
    answers = await rig.ask(*(rig.person(ref, number) for number, ref in enumerate(refs)))
    assert [(one.ref, one.may_send) for one in answers] == [(ref, n % 3 != 0) for n, ref in enumerate(refs)]


async def test_an_incomplete_account_asks_nobody_and_allows_nobody(rig: GhlRig) -> None:
    half = replace(rig.account(), secrets={"token": ""})
    answers = await SMS.permissions(rig.client, half, [rig.person("c1")])
    assert [one.may_send for one in answers.values()] == [None]
    assert await changes_of(SMS, rig.client, half, rig.customer.clock.now()) == CannotTell("account_incomplete_token")
    assert isinstance(await SMS.reread(rig.client, half, Hint(HintKind.contact, "c1", "k")), CannotTell)
    assert rig.requests == []


async def test_all_contacts_of_a_location_are_listed_page_by_page(rig: GhlRig) -> None:
    for number in range(130):
        rig.twin.put_ghl_contact(LOCATION, id=f"C{number}", phone=f"+1415555{1000 + number}", tags=["lead"])
    pages = [page async for page in list_contacts(rig.client, rig.account())]
    assert len(pages) == 2
    people = [one for page in pages if not isinstance(page, CannotTell) for one in page]
    assert len({one.ref for one in people}) == 131
    assert {one.tags for one in people} == {("lead",), ()}
    assert {one.dnd_channels for one in people} == {None}, "a list shows no settings"


async def test_a_list_of_contacts_that_breaks_off_says_so_last(rig: GhlRig) -> None:
    rig.twin.script("ghl", "500_before_accept", op="list")
    assert [page async for page in list_contacts(rig.client, rig.account())] == [CannotTell("http_500")]
