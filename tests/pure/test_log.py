"""Nothing that tells a person or a secret leaves by the log, wherever in an event it stands."""

import io
import json
import logging
import sys
import time
from collections.abc import Iterator

import pytest
import structlog

from utils.log import MaskingFormatter, configure, logger, mask

WEB_TOKEN = ".".join(("eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "c2lnbmF0dXJl"))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a process writes to stderr once its logging is set up; everything as before afterwards."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure()
    yield stream
    structlog.reset_defaults()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("sent to +12025550143", "sent to (number)"),
        ("sent to +12025550143.", "sent to (number)."),
        ("GET /Messages.json?To=%2B12025550143&PageSize=50", "GET /Messages.json?To=(number)&PageSize=50"),
        ("Key (kind, value)=(phone, +442071838750) exists", "Key (kind, value)=(phone, (number)) exists"),
        ("Ada <ada.o'neil+x@mail.example.co.uk>", "Ada <(email)>"),
        ("unsubscribe?who=ada%40example.com", "unsubscribe?who=(email)"),
        (f"cookie {WEB_TOKEN}; path=/", "cookie (token); path=/"),
        ("Authorization: Bearer abc.def-123456", "Authorization: (token)"),
        ("authorization: basic dXNlcjpwYXNz", "authorization: (token)"),
        ("AUTHORIZATION: BEARER abc.def-123456", "AUTHORIZATION: (token)"),
        ("Authorization: BASIC dXNlcjpwYXNz", "Authorization: (token)"),
        ("Authorization: Basic\tdXNlcjpwYXNz", "Authorization: (token)"),
        ("key sk-" + "proj-0123456789", "key (token)"),
        ("whsec_" + "MDEyMzQ1Njc4OQ== is wrong", "(token) is wrong"),
    ],
)
def test_numbers_addresses_and_secrets_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T15:00:00+00:00",
        "2026-11-23 15:00:00.123456+00",
        "019a0000-0000-7000-8000-00000000c0de",
        "SM5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e:delivered",
        "took 1712345678901 ns, 12 + 13 = 25",
        "twilio answered 429 at workers/send.py:52",
        "@ + %2B",
    ],
)
def test_instants_ids_and_numbers_of_ours_stay_as_they_are(text: str) -> None:
    assert mask(text) == text


def test_an_event_loses_private_things_in_fields_lists_mappings_objects_and_tracebacks(written: io.StringIO) -> None:
    log = logger("test")
    log.info(
        "kept",
        body="Hello",
        touch_id="t-1",
        reason="no route to +12025550143",
        people=["ada@example.com", {"+12025550143": 3}],
        error=ValueError("bad value +12025550143"),
    )
    try:
        raise ValueError("duplicate key (+12025550143, ada@example.com)")
    except ValueError:
        log.exception("broke")
    first, second = (json.loads(line) for line in written.getvalue().splitlines())
    assert (first["body"], first["touch_id"], first["reason"]) == ("withheld", "t-1", "no route to (number)")
    assert first["people"] == ["(email)", {"(number)": 3}]
    assert first["error"] == "bad value (number)"
    assert "duplicate key ((number), (email))" in second["exception"]
    assert "2025550143" not in written.getvalue()


def test_what_a_library_says_by_itself_is_masked_too(written: io.StringIO) -> None:
    logging.getLogger("some.library").warning("cannot reach %s", "ada@example.com")
    logging.getLogger("httpx").info("HTTP Request: GET /Messages.json?To=%2B12025550143")
    assert written.getvalue() == "WARNING some.library cannot reach (email)\n"


def test_masking_costs_little_however_long_and_strange_the_text_is() -> None:
    strange = ["a." * 50_000 + "@", "+" * 100_000, "eyJ" * 30_000, "Bearer " * 15_000, "a@" * 50_000, "%40" * 30_000]
    started = time.monotonic()
    for text in strange:
        mask(text)
    for _ in range(20_000):
        mask("touch_changed")
    assert time.monotonic() - started < 2.0


def test_a_plain_formatter_is_not_what_masks() -> None:
    record = logging.LogRecord("x", logging.WARNING, "x.py", 1, "to +12025550143", None, None)
    assert "+12025550143" in logging.Formatter().format(record)
    assert MaskingFormatter().format(record) == "to (number)"
