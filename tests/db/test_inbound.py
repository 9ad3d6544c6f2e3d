"""Whose message is it? One account for many clients, people added later, and people whom a provider shows us."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from modules.accounts import AccountDraft, add_account
from modules.channels import ContactSeen, Inbound
from modules.contacts import ContactDraft, add_contact
from modules.ids import AccountId, ClientId, ContactId
from modules.inbox import list_places
from modules.labels import ChannelName, Provider, UnknownPolicy
from tests.cast import Cast, gather_cast, join, story
from tests.databases import Database
from tests.db.rig import arm_all, open_rig, text_account
from utils.db import Row, execute, fetch_all
from utils.sql import Queries
from workers.context import Deps
from workers.inbound import rematch_inbound, take_inbound
from workers.take_in import Post, post_of_account, post_of_environment, take_in

SQL = Queries(Path(__file__).with_name("inbound.sql"))
STRANGER = "+12125559876"
TEXT = Inbound("SM1", STRANGER, "+12065550100", "Hello", False, {"From": STRANGER})
OPEN = frozenset[ChannelName]()
ADA = ContactSeen("ghl-1", "Ada", "Byron", STRANGER, "ada@person.example", "Europe/London", (), OPEN, {"town": "York"})


@pytest_asyncio.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


async def told(deps: Deps, block: str = "inbound") -> list[Row]:
    async with deps.database.transaction() as conn:
        return await fetch_all(conn, SQL[block])


async def person(deps: Deps, ref: str = "ghl-1") -> Row:
    """The contact who has this id at GoHighLevel."""
    return next(row for row in await told(deps, "contacts") if row["ref"] == ref)


async def share(deps: Deps, cast: Cast, settings: dict[str, str] | None = None) -> AccountId:
    """The client sends by the environment's own Twilio account from now on."""
    draft = AccountDraft(
        cast.client_id, Provider.twilio, ChannelName.sms, settings or {}, None, UnknownPolicy.never_rearm, 1
    )
    async with deps.database.transaction() as conn:
        return await add_account(conn, deps.sealer, draft, deps.clock.now())


async def shared_post(deps: Deps) -> Post:
    async with deps.database.transaction() as conn:
        return await post_of_environment(conn, Provider.twilio, [])


async def rematch(deps: Deps) -> int:
    async with deps.database.transaction() as conn:
        return await rematch_inbound(conn, await deps.pepper(conn), deps.clock.now())


async def add(deps: Deps, client_id: ClientId, phone: str) -> ContactId:
    async with deps.database.transaction() as conn:
        return await add_contact(conn, client_id, ContactDraft(phone=phone), deps.clock.now())


async def two_who_share(deps: Deps) -> tuple[Cast, Cast]:
    acme = await gather_cast(deps, None, story("sms"))
    calm = await gather_cast(deps, None, story("sms"), slug="calm")
    for cast in (acme, calm):
        await share(deps, cast)
    return acme, calm


async def test_a_message_to_a_shared_account_waits_until_a_client_knows_who_it_is(deps: Deps) -> None:
    _, calm = await two_who_share(deps)
    post = await shared_post(deps)
    assert [await take_in(deps, post, TEXT) for _ in "ab"] == ["queued", "nothing_new"]
    (kept,) = await told(deps, "kept_events")
    assert (kept["kind"], kept["client_id"], await told(deps)) == ("inbound", None, [])
    assert await rematch(deps) == 0
    person = await add(deps, calm.client_id, STRANGER)
    assert [await rematch(deps), await rematch(deps)] == [1, 0]
    (row,) = await told(deps)
    assert (row["client_id"], row["contact_id"], row["body"]) == (calm.client_id, person, "Hello")
    assert await told(deps, "kept_events") == []
    assert await take_in(deps, post, TEXT) == "nothing_new"


async def test_a_stop_from_a_stranger_closes_at_all_who_share_and_at_who_adds_them_later(deps: Deps) -> None:
    acme, calm = await two_who_share(deps)
    post = await shared_post(deps)
    assert await take_in(deps, post, replace(TEXT, text="STOP")) == "opted_out"
    closed = {row["client_id"] for row in await told(deps, "closed")}
    assert closed == {acme.client_id, calm.client_id}
    await add(deps, calm.client_id, STRANGER)
    before = await told(deps, "closed")
    assert await rematch(deps) == 1
    assert await told(deps, "closed") == before
    assert [row["opted_out"] for row in await told(deps)] == [True]


async def test_a_person_whom_both_know_is_told_to_both(deps: Deps) -> None:
    acme, calm = await two_who_share(deps)
    event = replace(TEXT, from_address=acme.phones[0])
    assert await take_in(deps, await shared_post(deps), event) == "kept"
    assert {row["client_id"] for row in await told(deps)} == {acme.client_id, calm.client_id}


async def test_of_two_clients_whom_one_stop_concerns_one_alone_confirms_it(deps: Deps) -> None:
    acme, calm = await two_who_share(deps)
    event = replace(TEXT, from_address=acme.phones[0], text="stop texting me")
    assert await take_in(deps, await shared_post(deps), event) == "opted_out"
    assert {row["client_id"] for row in await told(deps, "closed")} == {acme.client_id, calm.client_id}
    assert sorted(str(row["answer"]) for row in await told(deps)) == ["None", "confirmation"]


async def test_a_number_that_one_client_names_as_its_own_is_heard_by_that_client_alone(deps: Deps) -> None:
    acme, calm = await two_who_share(deps)
    await share(deps, calm, {"from_number": "+12065550177"})
    event = replace(TEXT, from_address=acme.phones[0], to_address="+12065550177")
    assert await take_in(deps, await shared_post(deps), event) == "kept"
    assert {row["client_id"] for row in await told(deps)} == {calm.client_id}


@pytest.mark.parametrize("sender", ["", "anonymous", "12345", "\x00" * 3, "+1" * 400])
async def test_a_sender_that_is_no_address_is_kept_and_closes_nothing(deps: Deps, sender: str) -> None:
    acme = await gather_cast(deps, None, story("sms"))
    account = await text_account(deps, acme.client_id)
    async with deps.database.transaction() as conn:
        post = await post_of_account(conn, account)
    event = replace(TEXT, from_address=sender, text="STOP \ud800")
    assert await take_in(deps, post, event) == "queued"
    assert len(await told(deps)) == 1
    assert await told(deps, "closed") == []


async def test_an_arming_leaves_a_person_who_is_writing_and_then_sees_the_reply(deps: Deps) -> None:
    acme = await gather_cast(deps, None, story("sms"))
    account = await text_account(deps, acme.client_id)
    event = replace(TEXT, from_address=acme.phones[0])
    async with deps.database.transaction() as conn:
        await take_inbound(conn, await deps.pepper(conn), await post_of_account(conn, account), event, deps.clock)
        during = await arm_all(deps, acme.client_id, account, 10)
    after = await arm_all(deps, acme.client_id, account, 10)
    assert [message for armed in [*during, *after] for message in armed.messages] == []
    assert [(row["status"], row["status_reason"]) for row in await told(deps, "enrollments")] == [
        ("stopped", "replied")
    ]


async def ghl(deps: Deps, slug: str = "acme", wording: str = "") -> tuple[Cast, Post]:
    """A client with a location at GoHighLevel, and what comes from there."""
    cast = await gather_cast(deps, None, story("sms"), slug=slug)
    settings = {"location_id": "loc1"} | ({"consent_wording": wording} if wording else {})
    draft = AccountDraft(
        cast.client_id, Provider.ghl, ChannelName.sms, settings, {"token": "t"}, UnknownPolicy.never_rearm, 1
    )
    async with deps.database.transaction() as conn:
        account_id = await add_account(conn, deps.sealer, draft, deps.clock.now())
        places = await list_places(conn, Provider.ghl, cast.client_id)
    return cast, Post(Provider.ghl, account_id, cast.client_id, places, None)


async def test_a_new_person_of_ghl_becomes_a_contact_with_consent_in_the_accounts_words(deps: Deps) -> None:
    _, post = await ghl(deps, wording="I agree to hear from Acme")
    assert [await take_in(deps, post, ADA) for _ in "ab"] == ["met", "nothing_new"]
    new = await person(deps)
    assert (new["ref"], new["first_name"], new["time_zone"], new["fields"]) == (
        "ghl-1",
        "Ada",
        "Europe/London",
        {"town": "York"},
    )
    assert new["addresses"] == [STRANGER, "ada@person.example"]
    assert new["consents"] == [f"{one}:ghl:I agree to hear from Acme" for one in ("email", "sms", "voice")]


async def test_what_ghl_does_not_tell_is_never_written_over_what_is_known(deps: Deps) -> None:
    _, post = await ghl(deps)
    await take_in(deps, post, ADA)
    bare = ContactSeen("ghl-1", " ", None, None, "no address", "Nowhere", (), None, {"pet": "cat\x00"})
    assert [await take_in(deps, post, bare) for _ in "ab"] == ["met", "nothing_new"]
    now = await person(deps)
    assert (now["first_name"], now["last_name"], now["time_zone"]) == ("Ada", "Byron", "Europe/London")
    assert now["fields"] == {"town": "York", "pet": "cat"}
    assert now["addresses"] == [STRANGER, "ada@person.example"]


async def test_a_person_is_found_by_phone_and_gets_the_new_mail_address(deps: Deps) -> None:
    cast, post = await ghl(deps)
    seen = replace(ADA, phone=cast.phones[0], email="new@person.example")
    assert await take_in(deps, post, seen) == "met"
    (only,) = await told(deps, "contacts")
    assert (only["id"], only["ref"]) == (cast.contacts[0], "ghl-1")
    assert only["addresses"] == [cast.phones[0], "new@person.example"]


async def test_a_new_number_does_not_undo_a_stop(deps: Deps) -> None:
    cast, post = await ghl(deps)
    await take_in(deps, post, replace(ADA, phone=cast.phones[0], email=None))
    await take_in(deps, post, replace(TEXT, from_address=cast.phones[0], text="STOP"))
    await take_in(deps, post, replace(ADA, email=None))
    assert (await person(deps))["addresses"][0] == cast.phones[0]


async def test_two_of_one_phone_with_two_names_stay_two_people(deps: Deps) -> None:
    _, post = await ghl(deps)
    await take_in(deps, post, ADA)
    await take_in(deps, post, replace(ADA, ref="ghl-2", first_name="Bob", email=None))
    await take_in(deps, post, replace(ADA, ref="ghl-3"))
    people = {(one["first_name"], one["ref"]) for one in await told(deps, "contacts")}
    assert people == {("Ada", None), ("Ada", "ghl-3"), ("Bob", "ghl-2")}


async def test_somebody_whom_nothing_reaches_is_kept_once_and_not_added(deps: Deps) -> None:
    _, post = await ghl(deps)
    nobody = replace(ADA, phone="12", email=None)
    assert [await take_in(deps, post, nobody) for _ in "ab"] == ["not_placed", "nothing_new"]
    assert len(await told(deps, "contacts")) == 1
    assert [row["kind"] for row in await told(deps, "kept_events")] == ["unknown_type"]


async def test_a_tag_enrolls_once_in_a_lifetime_in_every_sequence_that_asks_for_it(deps: Deps) -> None:
    cast, post = await ghl(deps)
    for slug, tag in (("welcome", "New-Lead"), ("recall", "recall"), ("winter", "new-lead")):
        asks = story("email", slug=slug) + f"enroll_when: {{ ghl_tags: [{tag}] }}\n"
        await join(deps, cast.client_id, asks, [])
    tagged = replace(ADA, tags=("vip", "new-lead"))
    assert [await take_in(deps, post, tagged) for _ in "ab"] == ["enrolled", "nothing_new"]
    ada = (await person(deps))["id"]
    assert [row["slug"] for row in await told(deps, "enrollments") if row["contact_id"] == ada] == ["welcome", "winter"]
    async with deps.database.transaction() as conn:
        await execute(conn, SQL["finish_all"])
    assert await take_in(deps, post, tagged) == "nothing_new"


async def test_a_message_finds_its_person_by_the_providers_id(deps: Deps) -> None:
    _, post = await ghl(deps)
    await take_in(deps, post, ADA)
    event = replace(TEXT, from_address="", contact_ref="ghl-1", channel=ChannelName.email)
    assert await take_in(deps, post, event) == "kept"
    assert (await told(deps))[0]["contact_id"] == (await person(deps))["id"]


async def test_what_came_before_its_person_was_known_by_the_providers_id_is_matched_later(deps: Deps) -> None:
    _, post = await ghl(deps)
    await take_in(deps, post, replace(TEXT, from_address="", contact_ref="ghl-1"))
    assert await rematch(deps) == 0
    await take_in(deps, post, ADA)
    assert [await rematch(deps), await rematch(deps)] == [1, 0]
    assert (await told(deps))[0]["contact_id"] == (await person(deps))["id"]


AWAY = "I am away, and answer when I am back."
DRIVING = "I’m driving with Focus turned on. I’ll see your message when I get where I’m going."


@pytest.mark.parametrize(
    ("headers", "text", "armed"),
    [({"auto-submitted": "auto-replied"}, AWAY, 1), ({}, AWAY, 0), ({}, DRIVING, 1)],
)
async def test_an_out_of_office_note_is_kept_and_stops_nothing(
    deps: Deps, headers: dict[str, str], text: str, armed: int
) -> None:
    cast = await gather_cast(deps, None, story("sms"))
    account = await text_account(deps, cast.client_id)
    async with deps.database.transaction() as conn:
        post = await post_of_account(conn, account)
    note = replace(TEXT, from_address=cast.phones[0], text=text, payload=headers)
    assert await take_in(deps, post, note) == "kept"
    assert sum(len(one.messages) for one in await arm_all(deps, cast.client_id, account, 10)) == armed


@pytest.mark.parametrize(
    ("closed_there", "agreed"),
    [(None, []), (frozenset({ChannelName.sms, ChannelName.voice}), ["email"]), (frozenset(ChannelName), [])],
)
async def test_nobody_agrees_to_what_is_closed_or_unread_at_the_provider(
    deps: Deps, closed_there: frozenset[ChannelName] | None, agreed: list[str]
) -> None:
    _, post = await ghl(deps, wording="I agree to hear from Acme")
    await take_in(deps, post, replace(ADA, dnd_channels=closed_there))
    assert [text.split(":")[0] for text in (await person(deps))["consents"]] == agreed


async def test_a_do_not_disturb_that_is_set_later_withdraws_what_was_agreed_to_once(deps: Deps) -> None:
    _, post = await ghl(deps, wording="I agree to hear from Acme")
    await take_in(deps, post, ADA)
    later = replace(ADA, dnd_channels=frozenset({ChannelName.sms}))
    assert [await take_in(deps, post, later) for _ in "abc"] == ["met", "nothing_new", "nothing_new"]
    assert [text.split(":")[0] for text in (await person(deps))["consents"]] == ["email", "sms", "sms", "voice"]
