"""One id for two messages: whoever writes under it is heard, also at a shared account; the same told again is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.channels import Inbound
from modules.inbox import forget_words
from modules.labels import CallDetails, ChannelName, InboundKind
from tests.cast import gather_cast, story
from tests.databases import Database
from tests.db.test_inbound import STRANGER, TEXT, add, rematch, shared_post, told, two_who_share
from tests.db.test_inbound import deps as deps
from tests.db.test_known_later import own_post
from tests.db.test_write_economy import row_versions
from workers.context import Deps
from workers.take_in import take_in

OTHER = "+12125559877"
CALL = Inbound(
    "retell:c1:call_ended",
    STRANGER,
    "+12065550100",
    "User: hello",
    False,
    {},
    channel=ChannelName.voice,
    kind=InboundKind.call,
    call=CallDetails(transcript="User: hello"),
)


async def test_of_two_strangers_under_one_id_at_a_shared_account_both_wait_and_both_are_found(
    deps: Deps, database: Database
) -> None:
    _, calm = await two_who_share(deps)
    post, second = await shared_post(deps), replace(TEXT, from_address=OTHER, text="Stop texting me")
    assert [await take_in(deps, post, one) for one in (TEXT, second)] == ["queued", "opted_out"]
    assert {row["value"] for row in await told(deps, "closed")} == {OTHER}
    before = row_versions(database)
    assert [await take_in(deps, post, one) for one in (TEXT, second, TEXT)] == ["nothing_new"] * 3
    assert row_versions(database) == before
    people = {await add(deps, calm.client_id, phone) for phone in (STRANGER, OTHER)}
    assert [await rematch(deps), await rematch(deps)] == [2, 0]
    assert {row["contact_id"] for row in await told(deps)} == people
    assert await told(deps, "kept_events") == []


async def test_what_waits_is_not_lost_when_another_message_took_its_id_at_the_client_meanwhile(deps: Deps) -> None:
    _, calm = await two_who_share(deps)
    post = await shared_post(deps)
    assert await take_in(deps, post, TEXT) == "queued"
    assert await take_in(deps, post, replace(TEXT, from_address=calm.phones[0], text="Is it me?")) == "kept"
    person = await add(deps, calm.client_id, STRANGER)
    assert await rematch(deps) == 1
    assert ("Hello", person) in {(row["body"], row["contact_id"]) for row in await told(deps)}


async def test_one_client_s_person_is_heard_though_another_client_s_took_the_id(deps: Deps) -> None:
    """The second is known to both; at the first client the id is taken."""
    acme, calm = await two_who_share(deps)
    await add(deps, acme.client_id, STRANGER)
    post = await shared_post(deps)
    assert await take_in(deps, post, TEXT) == "kept"
    second = replace(TEXT, from_address=acme.phones[0], text="Can you call me back?")
    assert [await take_in(deps, post, second) for _ in "ab"] == ["kept", "nothing_new"]
    heard = {row["client_id"] for row in await told(deps) if row["body"] == second.text}
    assert heard == {acme.client_id, calm.client_id}


async def test_a_message_that_a_list_tells_with_other_blanks_is_no_other_message(
    deps: Deps, database: Database
) -> None:
    cast = await gather_cast(deps, None, story("sms"))
    post, event = await own_post(deps, cast), replace(TEXT, text="I am\r\nhere \x00 \ud800")
    assert await take_in(deps, post, event) == "queued"
    before = row_versions(database)
    for text in (event.text, "I am here \ud800", " I am\nhere\x00\ud800\n"):
        assert await take_in(deps, post, replace(event, text=text, payload={"read_again": "list"})) == "nothing_new"
    assert row_versions(database) == before


@pytest.mark.parametrize("shared", [False, True])
async def test_what_the_provider_calls_a_stop_only_later_is_obeyed_once(
    deps: Deps, database: Database, shared: bool
) -> None:
    """A keyword of the account's own: its list does not say that it is one, its webhook does."""
    if shared:
        await two_who_share(deps)
        post = await shared_post(deps)
    else:
        post = await own_post(deps, await gather_cast(deps, None, story("sms")))
    said = replace(TEXT, text="Pineapple")
    assert [await take_in(deps, post, one) for one in (said, replace(said, opted_out=True))] == ["queued", "opted_out"]
    before = row_versions(database)
    for again in (replace(said, opted_out=True), said):
        assert await take_in(deps, post, again) == "nothing_new"
    assert row_versions(database) == before


async def test_a_call_whose_report_grows_is_one_call_unless_it_turns_out_to_say_stop(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms"))
    post, grown = await own_post(deps, cast), "User: hello\nAgent: Hello.\nUser: I will come."
    assert await take_in(deps, post, CALL) == "queued"
    for text in (grown, CALL.text):
        event = replace(CALL, text=text, call=CallDetails(transcript=text))
        assert await take_in(deps, post, event) == "nothing_new"
    words = "User: hello\nUser: stop calling me"
    stop = replace(CALL, text=words, call=CallDetails(transcript=words))
    assert [await take_in(deps, post, stop) for _ in "ab"] == ["opted_out", "nothing_new"]
    assert len(await told(deps)) == 2


async def test_an_old_message_whose_words_are_forgotten_is_still_the_same_message(
    deps: Deps, database: Database
) -> None:
    post = await own_post(deps, await gather_cast(deps, None, story("sms")))
    assert await take_in(deps, post, TEXT) == "queued"
    future = deps.clock.now() + timedelta(days=1)
    async with deps.database.transaction() as conn:
        assert await forget_words(conn, future, future, 10) == 1
    before = row_versions(database)
    assert await take_in(deps, post, TEXT) == "nothing_new"
    assert row_versions(database) == before
