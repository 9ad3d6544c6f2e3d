"""A person is erased: no dump holds anything of them, the ledger still adds up, what they closed stays closed."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from modules.channels import Inbound
from modules.contacts import ContactDraft, add_contact, close_address, revise_contact, suppress_contact
from modules.erasure import hash_in, is_mark, mark_of, open_proof, reseal_proofs
from modules.ids import TouchId
from modules.inbox import list_places
from modules.labels import AddressKind, CallDetails, ChannelName, Provider, SuppressionReason, TouchState
from modules.touches import News
from tests.cast import Cast, gather_cast, join, rows, story
from tests.databases import Database, Engine
from tests.db.erasing import (
    AGREED,
    CANARIES,
    MAIL,
    PHONE,
    REF,
    add_canary,
    add_inbound,
    add_touch,
    dump,
    erase,
    found_in,
    plant_traces,
    read,
)
from tests.db.rig import MONDAY, arm_all, open_rig, text_account
from utils.errors import Conflict, NotFound
from utils.signing import Sealer
from workers.confirm import confirm
from workers.context import Deps
from workers.take_in import Post, take_in

KEPT_OF_A_TOUCH = ("id", "body_hash", "state", "armed_at", "provider_id", "evidence_id", "evidence", "confirmed_at")


@pytest_asyncio.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


@pytest_asyncio.fixture
async def cast(deps: Deps) -> Cast:
    return await gather_cast(deps, None, story("sms", "email"))


async def test_after_an_erasure_nothing_of_the_person_is_in_a_dump_and_no_line_of_the_ledger_is_missing(
    deps: Deps, cast: Cast, engine: Engine, database: Database
) -> None:
    person = await plant_traces(deps, cast)
    await join(deps, cast.client_id, story("sms", slug="other"), [person.contact_id])
    assert sorted(found_in(dump(engine, database))) == sorted(CANARIES)
    before = await rows(deps, "touches")
    done = await erase(deps, cast, person.contact_id)
    after = await rows(deps, "touches")
    assert found_in(dump(engine, database)) == []
    assert [[row[name] for name in KEPT_OF_A_TOUCH] for row in after] == [
        [row[name] for name in KEPT_OF_A_TOUCH] for row in before
    ]
    assert done.counts == {
        "enrollments_stopped": 1,
        "tasks": 2,
        "milestones": 1,
        "appointments": 1,
        "touches": 3,
        "replies": 1,
        "canaries": 1,
        "inbound": 2,
        "events": 5,
        "log_details": 1,
        "finding_details": 3,
        "provider_references": 1,
        "reopenings": 1,
        "number_checks": 1,
        "consents_sealed": 2,
        "suppressions_kept": 0,
        "addresses_unlinked": 2,
        "addresses_deleted": 2,
    }
    (left,) = await read(deps, "contact", id=person.contact_id)
    assert [left[name] for name in ("first_name", "last_name", "external_ref", "time_zone", "fields")] == [None] * 4 + [
        {}
    ]
    assert left["erased_at"] == MONDAY
    (other,) = await read(deps, "contact", id=cast.contacts[0])
    assert (other["first_name"], other["erased_at"]) == ("Ada", None)


async def test_a_line_of_the_ledger_keeps_a_mark_and_the_codes_of_its_decision(deps: Deps, cast: Cast) -> None:
    person = await plant_traces(deps, cast)
    await erase(deps, cast, person.contact_id)
    async with deps.database.transaction() as conn:
        pepper = await deps.pepper(conn)
    touches = {row["id"]: row for row in await rows(deps, "touches")}
    text, mail = touches[person.text], touches[person.mail]
    assert text["to_address"] == mark_of(pepper, cast.client_id, AddressKind.phone, PHONE)
    assert mail["to_address"] == mark_of(pepper, cast.client_id, AddressKind.email, MAIL)
    assert is_mark(text["to_address"])
    assert (text["subject"], text["body"], text["envelope"]) == (None, "", {})
    assert text["decision"] == {"verdict": "allow", "rule": "us", "zones": ["America/New_York"], "window_seconds": 60}
    assert touches[person.call]["transcript"] is None
    with pytest.raises(ValueError, match="not the mark"):
        hash_in(PHONE)


async def test_what_was_agreed_to_opens_again_only_with_our_key_and_for_this_person(deps: Deps, cast: Cast) -> None:
    contact_id = await add_canary(deps, cast)
    (other,) = cast.contacts
    await erase(deps, cast, contact_id)
    async with deps.database.transaction() as conn:
        proof = await open_proof(conn, deps.sealer, cast.client_id, contact_id)
        assert await open_proof(conn, deps.sealer, cast.client_id, other) == []
    assert [row["wording"] for row in proof] == [AGREED, AGREED]
    assert {row["channel"] for row in proof} == {"sms", "voice"}
    assert {row["address"] for row in proof} == {PHONE}
    (sealed,) = await read(deps, "proofs")
    assert sealed["delete_at"] - MONDAY >= timedelta(days=5 * 365 + 1)
    new = Sealer.from_setting("another-key-for-tests-0123456789abcdef012345")
    both = Sealer(new.keys + deps.sealer.keys)
    async with deps.database.transaction() as conn:
        assert [await reseal_proofs(conn, both), await reseal_proofs(conn, both)] == [1, 0]
        assert await open_proof(conn, new, cast.client_id, contact_id) == proof
    assert AGREED.encode() not in bytes(sealed["sealed"])


async def test_an_erasure_told_twice_does_nothing_the_second_time_and_gives_the_same_certificate(
    deps: Deps, cast: Cast
) -> None:
    person = await plant_traces(deps, cast)
    first, again = [await erase(deps, cast, person.contact_id) for _ in "ab"]
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.id, again.counts, again.erased_by) == (first.id, first.counts, "by_hand:ada")
    assert len(await read(deps, "erasures")) == 1


@pytest.mark.parametrize("state", ["sending", "unknown"])
async def test_nobody_is_erased_while_something_to_them_is_on_its_way(deps: Deps, cast: Cast, state: str) -> None:
    contact_id = await add_canary(deps, cast)
    await join(deps, cast.client_id, story("sms", slug="other"), [contact_id])
    touch = await add_touch(deps, cast, contact_id, ChannelName.sms, state)
    with pytest.raises(Conflict, match="2026-11-23 16:00 UTC") as refusal:
        await erase(deps, cast, contact_id)
    assert found_in(str(refusal.value).lower()) == []
    assert {row["status"] for row in await rows(deps, "enrollments")} == {"active"}
    await confirm(deps, [News(touch, TouchState.delivered, "SM1", "delivered", "SM1:delivered")])
    assert (await erase(deps, cast, contact_id)).counts["enrollments_stopped"] == 1


async def test_nobody_at_another_client_is_erased(deps: Deps, cast: Cast) -> None:
    calm = await gather_cast(deps, None, story("sms"), slug="calm")
    with pytest.raises(NotFound, match="nothing was changed"):
        await erase(deps, calm, cast.contacts[0])


async def test_an_address_that_somebody_else_has_stays_with_them(deps: Deps, cast: Cast) -> None:
    contact_id = await add_canary(deps, cast)
    async with deps.database.transaction() as conn:
        other = await add_contact(conn, cast.client_id, ContactDraft(first_name="Bea", phone=PHONE), MONDAY)
        pepper = await deps.pepper(conn)
        reason = SuppressionReason.opted_out
        await close_address(conn, pepper, cast.client_id, AddressKind.phone, PHONE, reason, MONDAY)
    await add_inbound(deps, cast, other)
    done = await erase(deps, cast, contact_id)
    known = {row["value"]: row["suppressed_reason"] for row in await rows(deps, "addresses")}
    assert (done.counts["addresses_unlinked"], done.counts["addresses_deleted"]) == (2, 1)
    assert known[PHONE] == "opted_out"
    assert MAIL not in known
    assert [row["contact_id"] for row in await read(deps, "inbound")] == [other]
    assert await read(deps, "kept") == []


async def test_what_was_closed_is_kept_as_a_hash_only_and_all_of_it_when_the_person_was(deps: Deps, cast: Cast) -> None:
    contact_id = await add_canary(deps, cast)
    async with deps.database.transaction() as conn:
        pepper = await deps.pepper(conn)
        reason = SuppressionReason.bounced
        await close_address(conn, pepper, cast.client_id, AddressKind.email, MAIL, reason, MONDAY)
    await erase(deps, cast, contact_id)
    kept = [(row["kind"], row["reason"], bytes(row["hash"])) for row in await read(deps, "kept")]
    assert kept == [("email", "bounced", pepper.hash(cast.client_id, AddressKind.email, MAIL))]
    again = await add_canary(deps, cast)
    async with deps.database.transaction() as conn:
        await suppress_contact(conn, cast.client_id, again, SuppressionReason.opted_out, MONDAY)
    await erase(deps, cast, again)
    assert [row["kind"] for row in await read(deps, "kept")] == ["email", "phone"]


async def test_a_late_fact_of_an_erased_person_is_proof_and_brings_no_words_back(
    deps: Deps, cast: Cast, engine: Engine, database: Database
) -> None:
    contact_id = await add_canary(deps, cast)
    call = await add_touch(deps, cast, contact_id, ChannelName.voice, "accepted")
    await erase(deps, cast, contact_id)
    words = CallDetails(transcript="User: canarywords", recording="canarywords", summary="canarywords")
    news = News(call, TouchState.completed, f"id-{call}", "ended", "call:ended", call=words)
    assert len(await confirm(deps, [news])) == 1
    assert await confirm(deps, [news]) == []
    (touch,) = await rows(deps, "touches")
    assert (touch["state"], touch["evidence_id"], touch["summary"]) == ("completed", "call:ended", None)
    assert found_in(dump(engine, database)) == []


@pytest.mark.parametrize("channel", [ChannelName.sms, ChannelName.email])
async def test_a_late_word_that_closes_an_erased_address_is_kept_as_its_hash(
    deps: Deps, cast: Cast, channel: ChannelName
) -> None:
    contact_id = await add_canary(deps, cast)
    touch = await add_touch(deps, cast, contact_id, channel, "accepted")
    await erase(deps, cast, contact_id)
    addresses = await rows(deps, "addresses")
    news = News(touch, TouchState.failed, f"id-{touch}", "failed", "late:failed", suppress=SuppressionReason.opted_out)
    for _ in "ab":
        await confirm(deps, [news])
    async with deps.database.transaction() as conn:
        pepper = await deps.pepper(conn)
    kind, value = (AddressKind.email, MAIL) if channel is ChannelName.email else (AddressKind.phone, PHONE)
    assert [bytes(row["hash"]) for row in await read(deps, "kept")] == [pepper.hash(cast.client_id, kind, value)]
    assert await rows(deps, "addresses") == addresses


async def test_who_writes_after_they_were_erased_is_nobody_known(deps: Deps, cast: Cast) -> None:
    contact_id = await add_canary(deps, cast)
    touch = await add_touch(deps, cast, contact_id, ChannelName.sms, "delivered")
    await erase(deps, cast, contact_id)
    assert await hear(deps, cast, "SM1", "Hello again", touch) == "queued"
    assert await hear(deps, cast, "SM2", "STOP", touch) == "opted_out"
    written = await read(deps, "inbound")
    assert [(row["contact_id"], row["reply_to_touch_id"], row["from_address"]) for row in written] == [
        (None, None, PHONE)
    ] * 2
    assert {row["value"]: row["suppressed_reason"] for row in await rows(deps, "addresses")}[PHONE] == "opted_out"
    (left,) = await read(deps, "contact", id=contact_id)
    assert left["first_name"] is None


async def hear(deps: Deps, cast: Cast, key: str, words: str, answers: TouchId) -> str:
    event = Inbound(key, PHONE, cast.number, words, False, {}, reference=answers)
    async with deps.database.transaction() as conn:
        places = await list_places(conn, Provider.twilio, cast.client_id)
    return await take_in(deps, Post(Provider.twilio, cast.texts, cast.client_id, places, None), event)


async def test_who_was_erased_while_another_system_told_of_them_gets_no_name_again(deps: Deps, cast: Cast) -> None:
    contact_id = await add_canary(deps, cast)
    await erase(deps, cast, contact_id)
    draft = ContactDraft(first_name="Zyxcanary", phone=PHONE)
    async with deps.database.transaction() as conn:
        assert not await revise_contact(conn, cast.client_id, contact_id, Provider.ghl, REF, draft, MONDAY)
    (left,) = await read(deps, "contact", id=contact_id)
    assert left["first_name"] is None
    assert PHONE not in {row["value"] for row in await rows(deps, "addresses")}


async def test_who_was_erased_is_enrolled_in_nothing(deps: Deps, cast: Cast) -> None:
    contact_id = await add_canary(deps, cast)
    await erase(deps, cast, contact_id)
    assert await join(deps, cast.client_id, story("sms", slug="other"), [contact_id]) == []


@pytest.mark.parametrize("written_to", [True, False])
async def test_an_old_number_that_nobody_has_any_more_goes_too(deps: Deps, cast: Cast, written_to: bool) -> None:
    contact_id = await add_canary(deps, cast)
    if written_to:
        await add_touch(deps, cast, contact_id, ChannelName.sms, "delivered")
    new = ContactDraft(phone="+12025550199")
    async with deps.database.transaction() as conn:
        await revise_contact(conn, cast.client_id, contact_id, Provider.ghl, REF, new, MONDAY)
    await add_inbound(deps, cast, None, PHONE)
    done = await erase(deps, cast, contact_id)
    assert (done.counts["addresses_unlinked"], done.counts["addresses_deleted"]) == (2, 3)
    assert await read(deps, "inbound") == []
    assert PHONE not in {row["value"] for row in await rows(deps, "addresses")}


@pytest.mark.parametrize("closed", [True, False])
async def test_who_comes_again_with_a_closed_number_that_was_erased_is_written_to_by_nobody(
    deps: Deps, cast: Cast, closed: bool
) -> None:
    first = await add_canary(deps, cast)
    if closed:
        async with deps.database.transaction() as conn:
            pepper, reason = await deps.pepper(conn), SuppressionReason.opted_out
            await close_address(conn, pepper, cast.client_id, AddressKind.phone, PHONE, reason, MONDAY)
    await erase(deps, cast, first)
    again = await add_canary(deps, cast)
    (run,) = await join(deps, cast.client_id, story("sms", slug="other"), [again])
    await arm_all(deps, cast.client_id, await text_account(deps, cast.client_id), 50)
    sent = [row["contact_id"] for row in await rows(deps, "touches")]
    (left,) = [row for row in await rows(deps, "enrollments") if row["id"] == run]
    assert (again in sent) is not closed
    assert (left["status"], left["status_reason"]) == (("stopped", "suppressed") if closed else ("active", None))
