"""Texts as they really come: to another number of ours, under a picture, a megabyte long, in a broken encoding."""

from datetime import timedelta
from urllib.parse import quote_from_bytes

import httpx
import pytest

from modules.labels import Provider
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from scripts.sandbox.signing import sign_twilio
from tests.cast import Cast, gather_cast, rows, story
from tests.flow.outside import play_on, post, standing, sweep_after, sweep_at
from tests.flow.people import gather, utc
from tests.flow.speaking import told
from utils.clock import monotonic

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """One person whose text was delivered; a mail follows tomorrow."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms", "email"))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    return acme


def post_form(stage: Stage, cast: Cast, more: dict[str, str], body: bytes | None = None, sid: str = "7b") -> int:
    """A text from the first person, signed over its true parameters; `body` is sent in their place."""
    path = f"/hooks/twilio/inbound/{cast.keys[Provider.twilio]}"
    form = {"MessageSid": "SM" + sid * 16, "From": cast.phones[0], "To": cast.number, "SmsStatus": "received", **more}
    signature = sign_twilio(stage.url + path, form, cast.token)
    content = str(httpx.QueryParams(form)).encode() if body is None else body
    return post(stage, path, content, {"X-Twilio-Signature": signature, **FORM}).status_code


async def is_closed(stage: Stage, cast: Cast) -> bool:
    reasons = {row["value"]: row["suppressed_reason"] for row in await rows(stage.deps, "addresses")}
    return bool(reasons[cast.phones[0]] == "opted_out")


async def test_a_stop_to_another_number_of_the_same_client_ends_everything(stage: Stage, cast: Cast) -> None:
    assert post_form(stage, cast, {"Body": "stop texting me", "To": cast.who.second}) == 200
    await play_on(stage)
    assert await is_closed(stage, cast)
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_a_stop_under_a_picture_is_a_stop(stage: Stage, cast: Cast) -> None:
    picture = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/m/1", "MediaContentType0": "image/jpeg"}
    assert post_form(stage, cast, {"Body": "STOP", **picture}) == 200
    await play_on(stage)
    assert await is_closed(stage, cast)
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_a_picture_without_a_word_is_an_answer_and_closes_nothing(stage: Stage, cast: Cast) -> None:
    assert post_form(stage, cast, {"Body": "", "NumMedia": "1", "MediaUrl0": "https://api.twilio.com/m/1"}) == 200
    await play_on(stage)
    assert not await is_closed(stage, cast)
    assert await standing(stage) == {"stopped:replied": 1}


@pytest.mark.parametrize(
    ("text", "closes"),
    [
        ("hello there " * 85_000, False),
        ("a" * 1_000_000, False),
        ("stop texting me. " + "so much to say " * 65_000, True),
    ],
    ids=["words", "one-letter", "stop-first"],
)
async def test_a_megabyte_is_read_in_a_moment(stage: Stage, cast: Cast, text: str, closes: bool) -> None:
    started = monotonic()
    answer = post_form(stage, cast, {"Body": text})
    seconds = monotonic() - started
    print(f"\n{len(text)} letters answered {answer} in {seconds:.2f} s")
    assert answer == 200
    assert seconds < 5
    (row,) = await told(stage)
    assert row["contact_id"] == cast.contacts[0]
    assert await is_closed(stage, cast) is closes


async def test_broken_bytes_are_kept_as_what_can_be_read_of_them(stage: Stage, cast: Cast) -> None:
    """Percent signs that spell no UTF-8 (an old encoding, half an emoji): what is whole in it still counts."""
    said = b"STOP \xff\xfe\xed\xa0\xbd"
    form = {"MessageSid": "SM" + "7c" * 16, "From": cast.phones[0], "To": cast.number, "SmsStatus": "received"}
    read = said.decode("utf-8", "replace")
    body = f"{httpx.QueryParams(form)}&Body={quote_from_bytes(said)}".encode()
    assert post_form(stage, cast, {"Body": read}, body, sid="7c") == 200
    (row,) = await told(stage)
    assert row["body"] == read
    assert await is_closed(stage, cast)


@pytest.mark.parametrize("body", [b"Body=STOP\xff", b"\xff\xfe\x00", b"Body=" + "stop é".encode("latin-1")])
async def test_what_is_no_text_at_all_is_refused_and_leaves_no_trace(stage: Stage, cast: Cast, body: bytes) -> None:
    assert post_form(stage, cast, {"Body": "STOP"}, body) == 401
    assert await told(stage) == []
    assert not await is_closed(stage, cast)


async def test_a_body_or_an_address_that_was_changed_on_its_way_is_refused(stage: Stage, cast: Cast) -> None:
    path = f"/hooks/twilio/inbound/{cast.keys[Provider.twilio]}"
    form = {"MessageSid": "SM" + "7d" * 16, "From": cast.phones[0], "To": cast.number, "Body": "Yes"}
    signed = {"X-Twilio-Signature": sign_twilio(stage.url + path, form, cast.token), **FORM}
    good = str(httpx.QueryParams(form)).encode()
    other = good.replace(b"Yes", b"STOP")
    twice = good + b"&Body=STOP"
    answers = [
        post(stage, path, other, signed).status_code,
        post(stage, path, twice, signed).status_code,
        post(stage, f"{path}?a=1", good, signed).status_code,
        post(stage, path.replace("inbound", "status"), good, signed).status_code,
        post(stage, path, good, {**signed, "Host": "evil.example", "X-Forwarded-Host": "evil.example"}).status_code,
    ]
    assert answers == [401] * 4 + [200], "our own address comes from the settings and not from the request"
    assert [row["body"] for row in await told(stage)] == ["Yes"]


async def test_ten_megabytes_are_refused_unread(stage: Stage, cast: Cast) -> None:
    assert post_form(stage, cast, {"Body": "STOP"}, b"Body=" + b"x" * 10_000_000) == 413
    assert await told(stage) == []


async def test_of_two_people_with_one_phone_a_stop_ends_both_and_is_confirmed_once(stage: Stage) -> None:
    at, shared = utc("2026-11-23T15:00:00"), "+12125550170"
    steps = story("sms", "sms", "email", slug="pair")
    acme, _ = await gather(stage, at, [(shared, {}), (shared, {}), ("+12125550171", {})], steps)
    for minute in (0, 5, 10):
        await sweep_at(stage, at + timedelta(minutes=minute))
    went = [touch["to_address"] for touch in await rows(stage.deps, "touches")]
    assert sorted(went) == [shared, shared, "+12125550171"]
    stage.twin.text_us(acme.sid, shared, acme.number, "please stop texting me")
    touches = await play_on(stage)
    assert [touch["origin"] for touch in touches if touch["to_address"] == shared] == ["step", "step", "confirmation"]
    assert await standing(stage) == {"stopped:suppressed": 2, "finished": 1}
