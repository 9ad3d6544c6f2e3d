"""The evidence pack on real rows: everything of one contact of one client, and nothing of anybody else's."""

import hashlib
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdf
import pytest
from psycopg.types.json import Jsonb

from modules.accounts import AccountDraft, add_account, add_client
from modules.consents import ConsentGiven
from modules.contacts import ContactDraft, add_contact
from modules.ids import AccountId, ClientId, ContactId, EnrollmentId
from modules.labels import AddressKind, ChannelName, ConsentKind, Provider, UnknownPolicy
from modules.preview import Pack, content_hash, draw_pdf, gather_evidence
from modules.sequences import enroll, load_version, publish_sequence
from modules.suppressions import decide_platform_hold, note_own_word
from tests.databases import Database as Scratch
from utils.db import Connection, Database, execute, fetch_one
from utils.errors import NotFound
from utils.signing import Pepper, Sealer
from utils.sql import Queries
from utils.uuid7 import uuid7

SQL = Queries(Path(__file__).with_name("evidence.sql"))
PEPPER = Pepper(b"p" * 32)
SEALER = Sealer.from_setting("a secret key for tests that is long enough")
PHONE = "+12125550123"
AGREED = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ASKED = NOW + timedelta(days=2)
STORY = "name: Recall\nslug: recall\nsteps:\n  - key: text\n    channel: sms\n    content: {body: Hello}\n"
FOOTER = "Reply STOP to opt out, HELP for help. Msg&data rates may apply."
DECISION = {
    "verdict": "allow",
    "version": 1,
    "zones": ["America/New_York"],
    "states": ["NY"],
    "evidence": [["area_code", "America/New_York", "NY"]],
    "rule": "NY any",
    "window_seconds": 3600,
    "sent_last_day": 1,
    "sent_to_person": 2,
    "consent": True,
    "consent_kind": "written",
    "footer": True,
    "campaign": "CTHEN",
    "reassigned": "no",
    "checked_at": "2026-11-20T15:00:00+00:00",
    "dnc_listed": False,
    "dnc_issued_on": "2026-11-15",
}


@dataclass(frozen=True)
class One:
    """One client with one contact behind PHONE; everything it says has `mark` in it."""

    client_id: ClientId
    account_id: AccountId
    contact_id: ContactId
    enrollment_id: EnrollmentId
    touch: UUID
    confirmation: UUID
    address_id: UUID


@pytest.fixture
async def conn(database: Scratch) -> AsyncIterator[Connection]:
    pool = Database(database.url)
    await pool.open()
    async with pool.transaction() as connection:
        yield connection
    await pool.close()


async def plant(conn: Connection, block: str, **values: object) -> None:
    await execute(conn, SQL[block], values)


async def settle(conn: Connection, slug: str, mark: str, last_name: str, stopped_at: datetime) -> One:
    """A client whose contact agreed, was texted, said stop and got the confirmation; `mark` stands in all its words."""
    client = await add_client(conn, slug, slug.title(), AGREED)
    account_id = await add_account_of(conn, client.id, AGREED)
    given = ConsentGiven(
        ChannelName.sms,
        f"I agree. {mark}",
        f"form {mark}",
        kind=ConsentKind.written,
        version="v2",
        proof={"page": mark},
    )
    draft = ContactDraft("Ada", last_name, PHONE, time_zone="America/New_York", consents=(given,))
    contact_id = await add_contact(conn, client.id, draft, AGREED)
    published = await publish_sequence(conn, client.id, STORY, AGREED)
    definition = await load_version(conn, published.sequence_id, published.version)
    (enrollment_id,) = await enroll(conn, client.id, published.sequence_id, 1, definition, [contact_id], AGREED)
    own = {"client_id": client.id, "account_id": account_id, "contact_id": contact_id}
    touch = uuid7(NOW)
    body = f"{slug.title()}: Hello {mark}\n{FOOTER}"
    await plant_touch(conn, own, touch, body, NOW, origin="step", origin_id=enrollment_id, step="text")
    delivered = {"evidence_id": f"SM{mark}:delivered", "provider_id": f"SM{mark}", "at": NOW + timedelta(seconds=9)}
    await plant(conn, "deliver", id=touch, **delivered)
    heard, confirmation = uuid7(stopped_at), uuid7(stopped_at + timedelta(seconds=1))
    wish = {"id": heard, "from_address": PHONE, "body": f"STOP {mark}", "at": stopped_at}
    await plant(conn, "plant_inbound", **own, **wish)
    closed = {"client_id": client.id, "value": PHONE, "at": stopped_at + timedelta(seconds=2)}
    row = await fetch_one(conn, SQL["close_address"], closed)
    assert row is not None
    sent_at = stopped_at + timedelta(seconds=30)
    await plant_touch(conn, own, confirmation, f"{mark} stopped.", sent_at, origin="confirmation", origin_id=heard)
    await note_own_word(conn, PEPPER, client.id, AddressKind.phone, PHONE, stopped_at)
    await plant(conn, "plant_registration", client_id=client.id, account_id=account_id, campaign=f"C{mark}", at=AGREED)
    check = {"consented_on": AGREED.date(), "source": f"service {mark}", "at": NOW - timedelta(days=3)}
    await plant(conn, "plant_check", client_id=client.id, address_id=row["id"], **check)
    await plant(conn, "plant_clearance", client_id=client.id, reference=f"ref {mark}", at=AGREED)
    return One(client.id, account_id, contact_id, enrollment_id, touch, confirmation, row["id"])


async def add_account_of(conn: Connection, client_id: ClientId, now: datetime) -> AccountId:
    draft = AccountDraft(
        client_id, Provider.twilio, ChannelName.sms, {"account_sid": "made-up"}, None, UnknownPolicy.never_rearm, 1
    )
    return await add_account(conn, SEALER, draft, now)


async def plant_touch(
    conn: Connection, own: dict[str, Any], touch: UUID, body: str, at: datetime, *, origin: str, origin_id: UUID,
    step: str | None = None, channel: str = "sms",
) -> None:  # fmt: skip
    hashed = hashlib.sha256(body.encode()).hexdigest()
    values = {"id": touch, "channel": channel, "to_address": PHONE, "body": body, "body_hash": hashed, "at": at}
    decision = Jsonb(DECISION if step else {})
    told = {"origin": origin, "origin_id": origin_id, "enrollment_id": origin_id if step else None, "step": step}
    await plant(conn, "plant_touch", **own, **values, **told, decision=decision)


async def gathered(conn: Connection, one: One) -> Pack:
    return await gather_evidence(conn, PEPPER, one.client_id, one.contact_id, "Grace", ASKED)


def records(pack: Pack, section: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pack.content()["sections"][section]["records"]
    return found


def pages(pack: Pack) -> str:
    reader = pypdf.PdfReader(io.BytesIO(draw_pdf(pack)))
    return "\n".join(page.extract_text() for page in reader.pages)


async def test_the_pack_shows_consent_text_hours_outcome_and_how_fast_a_stop_was_obeyed(conn: Connection) -> None:
    ada = await settle(conn, "bright", "LIGHT", "Lovelace", NOW + timedelta(hours=1))
    pack = await gathered(conn, ada)
    (consent,) = records(pack, "consents")
    assert (consent["kind"], consent["wording_version"], consent["address"]) == ("written", "v2", PHONE)
    assert consent["wording_hash"] == hashlib.sha256(consent["wording"].encode()).hexdigest()
    touch, confirmation = records(pack, "touches")
    assert touch["template"]["source_sha256"] == hashlib.sha256(STORY.encode()).hexdigest()
    assert touch["text"]["sha256"] == hashlib.sha256(touch["text"]["body"].encode()).hexdigest()
    assert touch["hours"]["local_clocks_when_armed"] == {"America/New_York": "Monday 2026-11-23 10:00:00 -0500"}
    assert touch["hours"]["hours_end_at"] == "2026-11-23T16:00:00+00:00"
    assert touch["disclosures"] == {"begins_with_brand": True, "brand_in_text": True, "stop_and_help_line": FOOTER}
    assert touch["sender"]["campaign_when_armed"] == "CTHEN"
    assert touch["sender"]["registration_now"]["campaign"] == "CLIGHT"
    assert touch["checked"]["national_list"] == {"is_listed": False, "issued_on": "2026-11-15", "age_days": 8}
    assert (touch["checked"]["reassigned_number"]["answer"], touch["checked"]["reassigned_number"]["age_days"]) == (
        "no",
        3,
    )
    assert [one["state"] for one in touch["states"]] == ["armed", "delivered"]
    assert touch["consent"]["as_judged"] == {"consent": True, "consent_kind": "written"}
    assert touch["consent"]["on_record"]["id"] == consent["id"]
    assert confirmation["template"] is None
    assert "the one confirmation of an opt-out" in confirmation["what"]
    (answer,) = records(pack, "answers")
    assert confirmation["answers_inbound"] == answer["id"]
    assert (answer["seconds_until_closed"], answer["seconds_until_answered"]) == (2, 30)
    (check, clearance) = [one for one in records(pack, "checks") if "list" not in one]
    assert (check["answer"], check["age_days"]) == ("no", 5)
    assert clearance["state"] == "NY"
    assert records(pack, "erasure") == []
    assert all(one["tables"] for one in pack.content()["sections"].values())


async def test_two_clients_that_share_a_phone_never_meet_in_a_pack(conn: Connection) -> None:
    bright = await settle(conn, "bright", "LIGHT", "Lovelace", NOW + timedelta(hours=1))
    calm_at = NOW + timedelta(hours=7, minutes=7)
    calm = await settle(conn, "calm", "SECRET", "Lovelace", calm_at)
    await settle(conn, "third", "SECRET-3", "Lovelace", calm_at)
    text = json.dumps((await gathered(conn, bright)).signed()) + pages(await gathered(conn, bright))
    assert "LIGHT" in text
    foreign = [calm.client_id, calm.contact_id, calm.touch, calm.confirmation, calm.enrollment_id, calm.address_id]
    for hidden in ("SECRET", "calm", "Calm", "third", "T22:07", "22:07:", *map(str, foreign)):
        assert hidden not in text
    # three clients heard the same number's stop: only what the house decided is told, not by whom or by how many
    (hold,) = [one for one in records(await gathered(conn, bright), "suppressions") if "decision" in one]
    assert {"address": PHONE, "decision": "undecided", "decided_by": None}.items() <= hold.items()
    assert not {"clients", "opened_at"} & set(hold)
    assert await decide_platform_hold(conn, "", "kept", "Grace", ASKED) == 1
    (hold,) = [one for one in records(await gathered(conn, bright), "suppressions") if "decision" in one]
    assert hold["decision"] == "kept"
    with pytest.raises(NotFound):
        await gather_evidence(conn, PEPPER, bright.client_id, calm.contact_id, "Grace", ASKED)


async def test_a_stop_that_was_said_on_a_call_counts_from_the_end_of_that_call(conn: Connection) -> None:
    ada = await settle(conn, "bright", "LIGHT", "Lovelace", NOW + timedelta(hours=1))
    own = {"client_id": ada.client_id, "account_id": ada.account_id, "contact_id": ada.contact_id}
    ends = (NOW + timedelta(minutes=5), NOW + timedelta(minutes=59, seconds=50))
    calls = [uuid7(ended) for ended in ends]
    for number, (call, ended) in enumerate(zip(calls, ends, strict=True)):
        began = ended - timedelta(seconds=40)
        await plant_touch(conn, own, call, "Ask kindly.", began, origin="task", origin_id=call, channel="voice")
        await plant(conn, "end_call", id=call, at=ended, began=began, evidence_id=f"call{number}:user_hangup")
    (closed,) = [one for one in records(await gathered(conn, ada), "suppressions") if "reason" in one]
    assert closed["last_call_before"]["seconds_until_closed"] == 12
    touch = next(one for one in records(await gathered(conn, ada), "touches") if one["touch"] == str(calls[1]))
    assert touch["call"]["seconds"] == 40
    assert closed["last_call_before"]["touch"] == str(calls[1])


async def test_the_same_rows_at_the_same_instant_give_the_same_pack_and_its_hash_holds(conn: Connection) -> None:
    ada = await settle(conn, "bright", "LIGHT", "Lovelace", NOW + timedelta(hours=1))
    first, second = await gathered(conn, ada), await gathered(conn, ada)
    assert json.dumps(first.signed()) == json.dumps(second.signed())
    assert draw_pdf(first) == draw_pdf(second)
    again = json.loads(json.dumps(first.signed()))
    assert content_hash(again) == again["sha256"]
    again["sections"]["consents"]["records"][0]["wording"] = "I agree to everything."
    assert content_hash(again) != again["sha256"]


async def test_a_text_that_is_no_longer_kept_leaves_its_hash_and_claims_nothing_more(conn: Connection) -> None:
    ada = await settle(conn, "bright", "LIGHT", "Lovelace", NOW + timedelta(hours=1))
    await plant(conn, "forget_text", id=ada.touch)
    touch = records(await gathered(conn, ada), "touches")[0]
    assert touch["text"]["body"] is None
    assert (touch["text"]["kept"], len(touch["text"]["sha256"])) == (False, 64)
    told = {"note": "The text is no longer kept; its hash is.", "noted_when_armed": {"footer": True}}
    assert touch["disclosures"] == told


@pytest.mark.parametrize(
    ("issued_on", "listed", "said"),
    [
        (None, None, "no list of this area was loaded"),
        (date(2026, 10, 25), False, "not on the national list of 2026-10-25"),
        (date(2026, 10, 24), True, "on the national list of 2026-10-24"),
    ],
)
async def test_the_national_list_is_told_with_its_date_and_whether_it_is_fresh_enough(
    conn: Connection, issued_on: date | None, listed: bool | None, said: str
) -> None:
    ada = await settle(conn, "bright", "LIGHT", "Lovelace", NOW)
    if issued_on:
        await plant(conn, "plant_list", client_id=ada.client_id, issued_on=issued_on, at=NOW)
    if listed:
        await plant(conn, "plant_listed", client_id=ada.client_id)
    told = next(
        one for one in records(await gathered(conn, ada), "checks") if "national" in one["what"] or "list" in one
    )
    assert said in told["what"]
    assert told["is_listed"] is listed
    assert told.get("is_fresh_enough") is (None if issued_on is None else issued_on >= date(2026, 10, 25))


async def test_an_erased_person_is_said_to_be_erased_and_the_sealed_proof_stays_shut(conn: Connection) -> None:
    ada = await settle(conn, "bright", "LIGHT", "Lovelace", NOW)
    await plant(conn, "plant_erasure", id=uuid7(NOW), client_id=ada.client_id, contact_id=ada.contact_id, at=NOW)
    proof = {"client_id": ada.client_id, "contact_id": ada.contact_id, "delete_at": NOW + timedelta(days=1826)}
    await plant(conn, "plant_proof", **proof)
    section = (await gathered(conn, ada)).content()["sections"]["erasure"]
    assert section["records"][0]["erased_by"] == "Grace"
    assert section["note"].endswith("is kept under seal by law, and goes on 2031-11-23.")
    assert "sealed'" not in json.dumps(section)


async def test_a_name_in_letters_that_the_font_lacks_is_printed_by_its_code_points(conn: Connection) -> None:
    ada = await settle(conn, "bright", "LIGHT", "לב 😀 Łuk‮asz", NOW)
    pack = await gathered(conn, ada)
    assert records(pack, "contact")[0]["name"] == "Ada לב 😀 Łuk‮asz"
    assert "Ada [U+05DC][U+05D1] [U+1F600] Łuk[U+202E]asz" in pages(pack)
