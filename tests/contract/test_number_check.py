"""Through real HTTP: was a number given to somebody else? Three answers, and "cannot tell" for all the rest."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import date
from typing import Any

import httpx
import pytest
import pytest_asyncio

from modules.channels import Asker, CannotTell, TwilioLookups
from modules.labels import CheckAnswer
from scripts.sandbox.remote import Twin
from tests.contract.adapter_rig import PATIENT_SECONDS, hurried
from tests.contract.canned_server import canned_server
from tests.contract.silent_servers import closed_port_url, dripping_url, silent_url
from tests.contract.twin_customer import ACCOUNT, PERSON, TOKEN
from utils.http import read_client

DAY = date(2026, 3, 5)
LOOKUPS = TwilioLookups()
SOUND = {"last_verified_date": "2026-03-05", "is_number_reassigned": "no", "error_code": None}


@pytest_asyncio.fixture
async def reader() -> AsyncIterator[httpx.AsyncClient]:
    async with read_client(PATIENT_SECONDS) as client:
        yield client


@pytest.fixture
def asker(twin: Twin) -> Asker:
    twin.add_twilio(ACCOUNT, TOKEN, [])
    return Asker(ACCOUNT, TOKEN, twin.lookups_url)


@pytest.mark.parametrize(
    ("fixed", "answer"),
    [
        ({"reassigned": True}, CheckAnswer.yes),
        ({"reassigned": False}, CheckAnswer.no),
        ({"no_data": True}, CheckAnswer.no_data),
        ({"valid": False, "reassigned": False}, CheckAnswer.no_data),
        ({"reassigned": False, "error_code": "60600"}, CannotTell("package_error")),
    ],
)
async def test_each_answer_of_the_service_is_read_as_it_was_meant(
    reader: httpx.AsyncClient, asker: Asker, twin: Twin, fixed: dict[str, Any], answer: CheckAnswer | CannotTell
) -> None:
    twin.lookup_answer(PERSON, **fixed)
    assert await LOOKUPS.check_reassigned(reader, asker, PERSON, DAY) == answer
    [asked] = twin.looked_up()
    assert asked == {"number": PERSON, "fields": ["reassigned_number"], "last_verified_date": "20260305"}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("429", "http_429"),
        ("500_before_accept", "http_500"),
        ("unreadable_200", "unreadable_answer"),
        ("timeout_after_accept", "read_timeout"),
    ],
)
async def test_bad_weather_is_never_an_answer_and_never_an_exception(
    reader: httpx.AsyncClient, asker: Asker, twin: Twin, fault: str, reason: str
) -> None:
    twin.lookup_answer(PERSON, reassigned=False)
    twin.script("lookups", fault, op="fetch")
    with hurried(reader) if reason == "read_timeout" else nullcontext():
        assert await LOOKUPS.check_reassigned(reader, asker, PERSON, DAY) == CannotTell(reason)
    assert await LOOKUPS.check_reassigned(reader, asker, PERSON, DAY) is CheckAnswer.no


async def test_wrong_credentials_and_places_where_nobody_answers_tell_nothing(
    reader: httpx.AsyncClient, asker: Asker
) -> None:
    wrong = Asker(ACCOUNT, "wrong", asker.base_url)
    assert await LOOKUPS.check_reassigned(reader, wrong, PERSON, DAY) == CannotTell("http_401")
    nobody = Asker(ACCOUNT, TOKEN, closed_port_url())
    assert await LOOKUPS.check_reassigned(reader, nobody, PERSON, DAY) == CannotTell("connect_error")
    with hurried(reader), silent_url("http") as url:
        silent = await LOOKUPS.check_reassigned(reader, Asker(ACCOUNT, TOKEN, url), PERSON, DAY)
    with hurried(reader), dripping_url() as url:
        dripping = await LOOKUPS.check_reassigned(reader, Asker(ACCOUNT, TOKEN, url), PERSON, DAY)
    assert isinstance(silent, CannotTell)
    assert isinstance(dripping, CannotTell)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"reassigned_number": None}, "package_missing"),
        ({"reassigned_number": []}, "package_missing"),
        ({"reassigned_number": SOUND | {"is_number_reassigned": None}}, "unlisted_answer"),
        ({"reassigned_number": SOUND | {"is_number_reassigned": "No"}}, "unlisted_answer"),
        ({"reassigned_number": SOUND | {"is_number_reassigned": False}}, "unlisted_answer"),
        ({"reassigned_number": SOUND | {"error_code": 60607}}, "package_error"),
        ({"reassigned_number": SOUND | {"last_verified_date": "2026-03-06"}}, "another_day"),
        ({"phone_number": "+14155550101"}, "another_number"),
        ({"phone_number": None}, "another_number"),
    ],
)
async def test_an_answer_of_another_shape_number_or_day_tells_nothing(
    reader: httpx.AsyncClient, change: dict[str, Any], reason: str
) -> None:
    with canned_server() as desk:
        desk.answer(200, {"phone_number": PERSON, "valid": True, "reassigned_number": SOUND} | change)
        told = await LOOKUPS.check_reassigned(reader, Asker(ACCOUNT, TOKEN, desk.url), PERSON, DAY)
    assert told == CannotTell(reason)


async def test_the_question_is_the_one_of_the_specification_and_is_asked_once(reader: httpx.AsyncClient) -> None:
    """The answer is the spec's example (twilio_lookups_v2.json, stored 2026-11-20): it shows the day with hyphens."""
    package = {"last_verified_date": "2020-12-27", "is_number_reassigned": "yes", "error_code": None}
    shown = {"phone_number": "+14159929960", "valid": True, "validation_errors": [], "reassigned_number": package}
    with canned_server() as desk:
        desk.answer(200, json.dumps(shown).encode())
        told = await LOOKUPS.check_reassigned(
            reader, Asker(ACCOUNT, TOKEN, desk.url), "+14159929960", date(2020, 12, 27)
        )
    [asked] = desk.asked
    assert told is CheckAnswer.yes
    assert (asked.method, asked.path) == ("GET", "/v2/PhoneNumbers/+14159929960")
    assert asked.query == {"Fields": "reassigned_number", "LastVerifiedDate": "20201227"}
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()


def test_who_asks_never_shows_the_token() -> None:
    assert TOKEN not in repr(Asker(ACCOUNT, TOKEN, "http://127.0.0.1"))
