"""The twin looks numbers up like Twilio Lookup v2 (twilio_lookups_v2.json, stored 2026-11-20)."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from scripts.sandbox.remote import Twin, start_twin
from tests.contract.twin_customer import ACCOUNT, PERSON, TOKEN
from utils.clock import FileClock
from utils.http import trusted

BOTH = "line_type_intelligence,reassigned_number"


@pytest.fixture
def asker(twin: Twin) -> Iterator[httpx.Client]:
    twin.add_twilio(ACCOUNT, TOKEN, [])
    with httpx.Client(base_url=twin.lookups_url, auth=(ACCOUNT, TOKEN), trust_env=False, verify=trusted()) as client:
        yield client


def look_up(asker: httpx.Client, number: str = PERSON, **query: str) -> dict[str, Any]:
    answer = asker.get(f"/v2/PhoneNumbers/{number}", params=query)
    assert answer.status_code == 200
    shown: dict[str, Any] = answer.json()
    return shown


def test_a_plain_look_up_formats_and_leaves_the_packages_empty(asker: httpx.Client) -> None:
    shown = look_up(asker)
    assert (shown["valid"], shown["validation_errors"]) == (True, [])
    assert (shown["phone_number"], shown["national_format"], shown["country_code"]) == (
        *(PERSON, "(415) 555-0100", "US"),
    )
    assert (shown["line_type_intelligence"], shown["reassigned_number"]) == (None, None)


def test_only_the_asked_package_is_filled(asker: httpx.Client) -> None:
    shown = look_up(asker, Fields="line_type_intelligence")
    assert set(shown["line_type_intelligence"]) == {
        *("type", "carrier_name", "mobile_country_code", "mobile_network_code", "error_code"),
    }
    assert shown["reassigned_number"] is None


def test_an_invalid_number_is_an_answer_and_not_an_error(asker: httpx.Client) -> None:
    shown = look_up(asker, "+12345", Fields=BOTH)
    assert (shown["valid"], shown["validation_errors"], shown["line_type_intelligence"]) == (False, ["TOO_SHORT"], None)


def test_a_fixed_number_is_what_it_was_fixed_to(asker: httpx.Client, twin: Twin) -> None:
    twin.lookup_answer(PERSON, line_type="landline", reassigned=True)
    shown = look_up(asker, Fields=BOTH, LastVerifiedDate="20260101")
    assert shown["line_type_intelligence"]["type"] == "landline"
    assert shown["line_type_intelligence"]["mobile_country_code"] is None
    assert (shown["reassigned_number"]["is_number_reassigned"], shown["reassigned_number"]["last_verified_date"]) == (
        *("yes", "2026-01-01"),
    )
    twin.lookup_answer(PERSON, valid=False)
    assert look_up(asker)["valid"] is False


def test_without_the_date_of_consent_reassignment_is_unknown(asker: httpx.Client, twin: Twin) -> None:
    twin.lookup_answer(PERSON, reassigned=True)
    shown = look_up(asker, Fields="reassigned_number")
    assert shown["reassigned_number"]["is_number_reassigned"] == "no_data_available"


def test_one_seed_tells_the_same_of_a_number_and_mostly_mobiles(asker: httpx.Client, twin_clock: FileClock) -> None:
    numbers = [f"+1415555{number:04d}" for number in range(60)]
    kinds = [look_up(asker, one, Fields=BOTH)["line_type_intelligence"]["type"] for one in numbers]
    with start_twin(f"file:{twin_clock.path}") as other:
        other.add_twilio(ACCOUNT, TOKEN, [])
        with httpx.Client(
            base_url=other.lookups_url, auth=(ACCOUNT, TOKEN), trust_env=False, verify=trusted()
        ) as client:
            again = [look_up(client, one, Fields=BOTH)["line_type_intelligence"]["type"] for one in reversed(numbers)]
    assert kinds == again[::-1]
    assert kinds.count("mobile") > 30
    assert "landline" in kinds


def test_unknown_credentials_and_fields_are_refused_in_twilios_words(asker: httpx.Client) -> None:
    wrong = asker.get(f"/v2/PhoneNumbers/{PERSON}", auth=(ACCOUNT, "wrong"))
    assert (wrong.status_code, wrong.json()["code"]) == (401, 20003)
    assert asker.get(f"/v2/PhoneNumbers/{PERSON}", params={"Fields": "shoe_size"}).status_code == 400
    assert asker.get("/v2/Elsewhere").status_code == 404


def test_look_ups_have_weather_too(asker: httpx.Client, twin: Twin) -> None:
    for fault, status in (("429", 429), ("500_before_accept", 500)):
        twin.script("lookups", fault, op="fetch")
        assert asker.get(f"/v2/PhoneNumbers/{PERSON}").status_code == status
    twin.script("lookups", "timeout_after_accept", op="fetch", match={"to": PERSON})
    with pytest.raises(httpx.TransportError):
        asker.get(f"/v2/PhoneNumbers/{PERSON}", timeout=0.3)
