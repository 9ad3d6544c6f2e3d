"""The twin answers like GoHighLevel's contacts: ghl-contacts.json and what its users report (2026-11-20)."""

from collections.abc import Iterator

import httpx
import pytest

from scripts.sandbox.remote import Twin
from tests.contract.ghl_customer import LOCATION, MAILBOX, PERSON, TOKEN, GhlCustomer, open_ghl_customer
from utils.clock import FileClock
from utils.http import trusted
from utils.pace import LONGEST_PAUSE, pause_wished


@pytest.fixture
def customer(twin: Twin, twin_clock: FileClock) -> Iterator[GhlCustomer]:
    with open_ghl_customer(twin, twin_clock) as opened:
        yield opened


def test_a_contact_shows_its_dnd_by_channel_in_the_names_of_the_dated_version(customer: GhlCustomer) -> None:
    shown = customer.show()
    assert (shown["id"], shown["locationId"], shown["phone"], shown["email"]) == (
        customer.contact,
        LOCATION,
        PERSON,
        MAILBOX,
    )
    assert shown["dnd"] is False
    assert set(shown["dndSettings"]) == {"Call", "Email", "SMS", "WhatsApp", "GMB", "FB"}


def test_the_newer_version_names_the_same_channels_in_another_case(customer: GhlCustomer) -> None:
    assert set(customer.show("v3")["dndSettings"]) == {"call", "email", "sms", "whatsApp", "gmb", "fb"}


def test_a_call_without_version_is_refused(customer: GhlCustomer) -> None:
    for path in (f"/contacts/{customer.contact}", "/conversations/messages/anything"):
        answer = httpx.get(
            customer.twin.ghl_url + path,
            headers={"Authorization": f"Bearer {TOKEN}"},
            trust_env=False,
            verify=trusted(),
        )
        assert (answer.status_code, answer.json()["message"]) == (401, "version header was not found.")


def test_each_product_demands_its_own_version(customer: GhlCustomer) -> None:
    assert customer.ask("GET", f"/contacts/{customer.contact}", "2021-04-15").status_code == 401
    assert customer.ask("GET", "/conversations/search", "2021-07-28").status_code == 401


def test_a_wrong_or_missing_token_is_refused(customer: GhlCustomer) -> None:
    wrong = customer.ask("GET", f"/contacts/{customer.contact}", token="pit-of-somebody")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "Unauthorized")
    none = httpx.get(
        f"{customer.twin.ghl_url}/contacts/x", headers={"Version": "2021-07-28"}, trust_env=False, verify=trusted()
    )
    assert none.status_code == 401


def test_a_token_opens_no_other_location(customer: GhlCustomer) -> None:
    answer = customer.ask("GET", "/contacts/", params={"locationId": "LOCATION0000000000ZZ"})
    assert answer.status_code == 403
    assert customer.ask("GET", "/contacts/").status_code == 422


def test_an_unknown_contact_is_a_bad_request(customer: GhlCustomer) -> None:
    assert customer.ask("GET", "/contacts/nobody").status_code == 400


def test_another_locations_contact_is_not_shown(customer: GhlCustomer) -> None:
    customer.twin.add_ghl("pit-other", "LOCATION0000000000BB", [])
    assert customer.ask("GET", f"/contacts/{customer.contact}", token="pit-other").status_code == 400


def test_an_upsert_finds_by_mail_or_phone_and_says_whether_it_is_new(customer: GhlCustomer) -> None:
    by_phone = customer.upsert(phone="+1 (415) 555-0200", firstName="Amazing")
    assert (by_phone.status_code, by_phone.json()["new"]) == (200, False)
    assert by_phone.json()["contact"]["firstName"] == "Amazing"
    fresh = customer.upsert(email="alan@turing.example").json()
    assert fresh["new"] is True
    assert customer.show(contact=fresh["contact"]["id"])["email"] == "alan@turing.example"


def test_where_mail_and_phone_name_two_contacts_the_mails_one_is_changed_and_keeps_its_phone(
    customer: GhlCustomer,
) -> None:
    other = customer.twin.put_ghl_contact(LOCATION, phone="+14155550201")
    answer = customer.upsert(email=MAILBOX, phone="+14155550201", firstName="Rear Admiral").json()
    assert answer["contact"]["id"] == customer.contact
    assert customer.show()["phone"] == PERSON
    assert customer.show(contact=other)["firstName"] is None


def test_an_upsert_without_dnd_never_clears_it(customer: GhlCustomer) -> None:
    customer.twin.put_ghl_contact(LOCATION, id=customer.contact, dnd=True, dndSettings={"SMS": {"status": "active"}})
    customer.upsert(phone=PERSON, firstName="Grace")
    assert customer.show()["dnd"] is True
    assert customer.show()["dndSettings"]["SMS"]["status"] == "active"


def test_an_upsert_with_dnd_false_clears_all_but_the_permanent(customer: GhlCustomer) -> None:
    settings = {"SMS": {"status": "active"}, "Email": {"status": "permanent"}}
    customer.twin.put_ghl_contact(LOCATION, id=customer.contact, dnd=True, dndSettings=settings)
    customer.upsert(phone=PERSON, dnd=False)
    shown = customer.show()
    statuses = (shown["dnd"], shown["dndSettings"]["SMS"]["status"], shown["dndSettings"]["Email"]["status"])
    assert statuses == (False, "inactive", "permanent")


def test_settings_replace_the_ones_before(customer: GhlCustomer) -> None:
    path = f"/contacts/{customer.contact}"
    customer.ask("PUT", path, json={"dndSettings": {"SMS": {"status": "active"}}})
    answer = customer.ask("PUT", path, json={"dndSettings": {"Email": {"status": "active"}}})
    assert answer.json()["succeded"] is True
    shown = customer.show()["dndSettings"]
    assert (shown["SMS"]["status"], shown["Email"]["status"]) == ("inactive", "active")


def test_the_dated_version_refuses_the_newer_names_and_the_other_way_round(customer: GhlCustomer) -> None:
    path = f"/contacts/{customer.contact}"
    assert customer.ask("PUT", path, json={"dndSettings": {"sms": {"status": "active"}}}).status_code == 422
    assert customer.ask("PUT", path, "v3", json={"dndSettings": {"SMS": {"status": "active"}}}).status_code == 422
    assert customer.ask("PUT", path, "v3", json={"dndSettings": {"sms": {"status": "active"}}}).status_code == 200
    assert customer.show()["dndSettings"]["SMS"]["status"] == "active"


def test_wrong_fields_are_all_named_at_once(customer: GhlCustomer) -> None:
    answer = customer.upsert(colour="blue", dnd="yes", email="no-address", dndSettings={"SMS": {"status": "on"}})
    assert answer.status_code == 422
    complaints = answer.json()["message"]
    assert len(complaints) == 4
    assert "property colour should not exist" in complaints


def test_a_second_contact_with_the_same_address_is_refused(customer: GhlCustomer) -> None:
    body = {"locationId": LOCATION, "phone": PERSON}
    assert customer.ask("POST", "/contacts/", json=body).status_code == 400
    body["phone"] = "+14155550202"
    assert customer.ask("POST", "/contacts/", json=body).status_code == 201


def test_tags_are_added_and_removed_one_by_one_but_replaced_by_an_update(customer: GhlCustomer) -> None:
    path = f"/contacts/{customer.contact}"
    assert customer.ask("POST", f"{path}/tags", json={"tags": ["lead", "vip"]}).status_code == 201
    left = customer.ask("DELETE", f"{path}/tags", json={"tags": ["lead"]})
    assert (left.status_code, left.json()["tags"]) == (200, ["vip"])
    customer.ask("PUT", path, json={"tags": ["new"]})
    assert customer.show()["tags"] == ["new"]
    assert customer.ask("POST", f"{path}/tags", json={"tags": []}).status_code == 422


def test_the_list_pages_newest_first_behind_the_last_id(customer: GhlCustomer) -> None:
    for number in range(4):
        customer.step(seconds=1)
        customer.twin.put_ghl_contact(LOCATION, phone=f"+1415555030{number}")
    first = customer.ask("GET", "/contacts/", params={"locationId": LOCATION, "limit": 3}).json()
    assert (len(first["contacts"]), first["count"]) == (3, 5)
    query = {"locationId": LOCATION, "limit": 3, "startAfterId": first["meta"]["startAfterId"]}
    second = customer.ask("GET", "/contacts/", params=query | {"startAfter": first["meta"]["startAfter"]}).json()
    assert [one["id"] for one in second["contacts"]][-1] == customer.contact
    assert second["meta"]["startAfterId"] is None
    assert customer.ask("GET", "/contacts/", params={"locationId": LOCATION, "limit": 101}).status_code == 422
    found = customer.ask("GET", "/contacts/", params={"locationId": LOCATION, "query": "hopper"}).json()
    assert [one["id"] for one in found["contacts"]] == [customer.contact]


def test_a_search_demands_a_page_limit_and_hides_dnd_settings(customer: GhlCustomer) -> None:
    body = {"locationId": LOCATION, "filters": [{"field": "phone", "operator": "eq", "value": PERSON}]}
    assert customer.ask("POST", "/contacts/search", json=body).status_code == 422
    answer = customer.ask("POST", "/contacts/search", json=body | {"pageLimit": 20}).json()
    assert (answer["total"], answer["contacts"][0]["id"]) == (1, customer.contact)
    assert "dndSettings" not in answer["contacts"][0]
    settings = [{"field": "dndSettings.SMS.status", "operator": "eq", "value": "active"}]
    assert (
        customer.ask("POST", "/contacts/search", json=body | {"pageLimit": 20, "filters": settings}).json()["total"]
        == 0
    )


def test_the_index_of_contacts_lags_where_the_contact_itself_does_not(customer: GhlCustomer) -> None:
    fresh = customer.twin.put_ghl_contact(LOCATION, phone="+14155550203")
    customer.twin.script("ghl", "list_lag", op="list", delay=30)
    assert customer.ask("GET", "/contacts/", params={"locationId": LOCATION}).json()["contacts"] == []
    assert customer.show(contact=fresh)["id"] == fresh
    assert len(customer.ask("GET", "/contacts/", params={"locationId": LOCATION}).json()["contacts"]) == 2


def test_a_duplicate_is_found_by_number_or_mail(customer: GhlCustomer) -> None:
    path = "/contacts/search/duplicate"
    for query in ({"number": PERSON}, {"email": MAILBOX.upper()}):
        found = customer.ask("GET", path, params={"locationId": LOCATION} | query).json()
        assert found["contact"]["id"] == customer.contact
    nobody = customer.ask("GET", path, params={"locationId": LOCATION, "number": "+14155559999"})
    assert nobody.json() == {"contact": None}
    assert customer.ask("GET", path, params={"locationId": LOCATION}).status_code == 422


def test_changes_by_a_user_are_told_when_they_are_not_quiet(customer: GhlCustomer) -> None:
    customer.twin.put_ghl_contact(LOCATION, phone="+14155550204", quiet=False)
    customer.twin.put_ghl_contact(LOCATION, id=customer.contact, tags=["vip"], firstName="G.", dnd=True, quiet=False)
    customer.step(seconds=1)
    assert sorted(customer.mailbox.kinds()) == [
        "ContactCreate",
        "ContactDndUpdate",
        "ContactTagUpdate",
        "ContactUpdate",
    ]
    told = next(event for event in customer.mailbox.events() if event["type"] == "ContactDndUpdate")
    assert (told["id"], told["dnd"], told["dndSettings"]["SMS"]["status"]) == (customer.contact, True, "inactive")
    assert {"locationId", "appId", "versionId", "timestamp", "webhookId"} <= set(told)
    assert all(letter.genuine for letter in customer.mailbox.letters if letter.path == "/ghl")


def test_the_rate_is_told_always_and_enforced_on_wish(customer: GhlCustomer) -> None:
    headers = customer.ask("GET", f"/contacts/{customer.contact}").headers
    assert (headers["x-ratelimit-max"], headers["x-ratelimit-interval-milliseconds"]) == ("100", "10000")
    assert int(headers["x-ratelimit-remaining"]) < 100
    customer.register(rate_enforced=True)
    answers = [customer.ask("GET", f"/contacts/{customer.contact}").status_code for _ in range(101)]
    assert (answers[0], answers[-1]) == (200, 429)
    refused = customer.ask("GET", f"/contacts/{customer.contact}")
    assert (pause_wished(refused, 15.0), pause_wished(refused, LONGEST_PAUSE)) == (10.0, None)
    customer.step(seconds=10)
    assert customer.ask("GET", f"/contacts/{customer.contact}").status_code == 200


def test_an_unknown_path_is_answered_in_ghls_words(customer: GhlCustomer) -> None:
    answer = customer.ask("GET", "/opportunities/")
    assert (answer.status_code, answer.json()["statusCode"]) == (404, 404)
