"""What Retell's refusals are about, and its times and costs as they may be misspelt."""

import pytest

from modules.channels import NotSent, Rejected, Unknown
from modules.channels.retell_words import micros_of, read_refusal, time_in


@pytest.mark.parametrize("given_time", [None, True, "1795251672000", -1, 0, 1e300, float("inf"), float("nan"), [1]])
def test_a_time_that_is_none_is_none(given_time: object) -> None:
    assert time_in({"start_timestamp": given_time}, "start_timestamp") is None


@pytest.mark.parametrize(
    ("status", "message", "answer"),
    [
        (400, "Over the limit of concurrent calls", NotSent("capacity")),
        (422, "This idempotency_key belongs to another request.", Unknown("idempotency_conflict")),
        (409, "Idempotent request is still running", Unknown("idempotency_conflict")),
        (400, "idempotency key reused", Unknown("idempotency_conflict")),
        (409, "Conflict", Unknown("http_409")),
        (400, "to_number must be in the E.164 format.", Rejected(True, "validation", "retell_validation")),
        (422, "to_number is not a version of a number", Rejected(True, "validation", "retell_validation")),
        (400, "The from_number is not one of this account.", Rejected(False, "resources", "retell_resources")),
        (422, "Cannot find requested asset under given api key.", Rejected(False, "resources", "retell_resources")),
        (422, "There is no agent x.", Rejected(False, "resources", "retell_resources")),
        (402, "Trial has ended", Rejected(False, "billing", "retell_billing")),
        (402, None, Rejected(False, "billing", "retell_billing")),
        (400, "Please add a payment method", Rejected(False, "billing", "retell_billing")),
        (400, None, Rejected(False, "http_400", "retell_http_400")),
        (401, "API key is missing or not valid", Rejected(False, "http_401", "retell_http_401")),
        (403, "Forbidden", Rejected(False, "http_403", "retell_http_403")),
        (404, "Not found", Rejected(False, "http_404", "retell_http_404")),
    ],
)
def test_a_refusal_is_about_the_call_or_the_account_or_the_moment(
    status: int, message: object, answer: NotSent | Rejected | Unknown
) -> None:
    for name in ("message", "error_message"):
        assert read_refusal(status, {"status": "error", name: message}) == answer


@pytest.mark.parametrize(
    ("cents", "micros"),
    [
        (0, 0),
        (12.345, 123450),
        (100, 1000000),
        ("1", None),
        (True, None),
        (-1, None),
        (float("nan"), None),
        (1e9, None),
    ],
)
def test_what_a_call_cost_is_read_exactly_or_not_at_all(cents: object, micros: int | None) -> None:
    assert micros_of(cents) == micros
