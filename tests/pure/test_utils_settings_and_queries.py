"""Settings that refuse by name, queries that are found by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from utils.config import GROUPS, read_settings
from utils.db import readable_dsn
from utils.errors import SettingsError
from utils.signing import Sealer
from utils.sql import parse_blocks, queries

LEAST = {"OMNIFY_SECRET_KEY": "s" * 32}
TWILIO = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "token", "TWILIO_MESSAGING_SERVICE_SID": "MG1"}
GHL = {"GHL_TOKEN": "t", "GHL_LOCATION_ID": "l"}
RESEND = {"RESEND_API_KEY": "re_1", "RESEND_WEBHOOK_SECRET": "whsec_1", "RESEND_FROM": "a@b.test"}


def test_a_secret_key_alone_is_enough_and_means_production() -> None:
    found = read_settings(LEAST)
    assert (found.environment, found.clock, found.http_timeout_seconds) == ("production", "system", 15.0)
    assert found.base_urls == {name: group.url for name, group in GROUPS.items()}
    assert (dict(found.own_accounts), found.database_url, found.crash_at) == ({}, None, None)


def test_what_shows_settings_shows_no_secret_of_theirs() -> None:
    supabase = {"SUPABASE_URL": "https://x.supabase.example", "SUPABASE_SECRET_KEY": "hush-supabase"}
    database = {"DATABASE_URL": "postgresql://omnify:hush-database@127.0.0.1/omnify"}
    found = read_settings({**LEAST, **TWILIO, **supabase, **database})
    sealer = Sealer.from_setting(found.secret_key)
    shown = repr((found, sealer))
    assert "https://x.supabase.example" in shown
    for secret in (LEAST["OMNIFY_SECRET_KEY"], "hush", TWILIO["TWILIO_AUTH_TOKEN"], repr(sealer.keys[0])):
        assert secret not in shown


def test_what_is_given_is_trimmed_and_addresses_lose_their_last_slash() -> None:
    found = read_settings(
        {**LEAST, **TWILIO, **RESEND, "OMNIFY_PUBLIC_URL": " https://a.test/ ", "OMNIFY_ENV": "demo "}
    )
    assert (found.public_url, found.environment) == ("https://a.test", "demo")
    assert list(found.own_accounts["twilio"].values()) == ["AC1", "token", "MG1"]
    assert list(found.own_accounts["resend"].values()) == ["re_1", "whsec_1", "a@b.test"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"OMNIFY_SECRET_KEY": ""}, "OMNIFY_SECRET_KEY"),
        ({"OMNIFY_SECRET_KEY": "  "}, "OMNIFY_SECRET_KEY"),
        ({"OMNIFY_ENV": "staging"}, "OMNIFY_ENV"),
        *(({"OMNIFY_HTTP_TIMEOUT": text}, "OMNIFY_HTTP_TIMEOUT") for text in ("0", "-1", "15.1", "nan", "inf", "soon")),
        *(
            ({"OMNIFY_DATABASE_TIMEOUT": text}, "OMNIFY_DATABASE_TIMEOUT")
            for text in ("0", "0.9", "60.1", "nan", "soon")
        ),
        *(
            ({"OMNIFY_PUBLIC_URL": text}, "OMNIFY_PUBLIC_URL")
            for text in ("foo", "app.example.com", "https://", "ftp://a")
        ),
        ({"SUPABASE_URL": "https://x.supabase.example"}, "SUPABASE_SECRET_KEY"),
        ({"SUPABASE_SECRET_KEY": "k"}, "SUPABASE_URL"),
        ({"SUPABASE_JWKS_URL": "https://x.supabase.example/keys"}, "SUPABASE_URL"),
        *(
            ({"OMNIFY_TEST_REDIRECT": text}, "OMNIFY_TEST_REDIRECT")
            for text in (",", "+12065559999,+12065559998", "a@b.example,c@d.example", "nobody")
        ),
        *(
            ({**GHL, "OMNIFY_ENV": environment, "GHL_SMS_WEBHOOK_URL": hook}, "GHL_SMS_WEBHOOK_URL")
            for environment in ("demo", "test")
            for hook in ("https://hooks.example/1", "hooks.example/1", "http://[")
        ),
        *(({**TWILIO, name: ""}, name) for name in TWILIO),
        *(({**RESEND, name: " "}, name) for name in RESEND),
    ],
)
def test_every_refusal_names_the_setting(given: dict[str, str], field: str) -> None:
    with pytest.raises(SettingsError, match=field) as refused:
        read_settings({**LEAST, **given})
    assert refused.value.field == field


def test_a_clock_and_a_workflow_of_the_twin_are_taken_in_a_test_and_a_real_workflow_where_it_is_meant() -> None:
    clock, hook = "at:2026-11-23T15:00:00+00:00", "http://127.0.0.1:8500/hooks/1"
    found = read_settings({**LEAST, **GHL, "OMNIFY_ENV": "test", "OMNIFY_CLOCK": clock, "GHL_SMS_WEBHOOK_URL": hook})
    assert (found.clock, found.own_accounts["ghl"]["GHL_SMS_WEBHOOK_URL"]) == (clock, hook)
    real = read_settings({**LEAST, **GHL, "GHL_SMS_WEBHOOK_URL": "https://hooks.example/1"})
    assert real.own_accounts["ghl"]["GHL_SMS_WEBHOOK_URL"] == "https://hooks.example/1"


def test_a_refusal_never_shows_a_secret() -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({**LEAST, "TWILIO_AUTH_TOKEN": "very-secret"})
    assert "very-secret" not in refused.value.detail


def test_blocks_of_a_query_file_are_found_by_name_without_their_comments() -> None:
    text = "-- Heading ----\n\n-- one --\n-- What it does.\nselect 1;\n\n-- two_more --\nselect 2\n  -- why\nfrom t;\n"
    assert parse_blocks(text) == {"one": "select 1", "two_more": "select 2\nfrom t"}


@pytest.mark.parametrize(
    "text", ["-- one --\nselect 1;\n-- one --\nselect 2;", "-- one --\n-- only words\n", "-- a --\n;"]
)
def test_a_block_that_is_empty_or_stands_twice_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="empty or stands twice"):
        parse_blocks(text)


def test_a_query_file_is_read_at_the_first_use_and_only_once(tmp_path: Path) -> None:
    found = queries(str(tmp_path / "store.py"))
    (tmp_path / "queries.sql").write_text("-- one --\nselect 1;\n")
    assert found["one"] == "select 1"
    (tmp_path / "queries.sql").unlink()
    assert found["one"] == "select 1"
    with pytest.raises(KeyError):
        found["two"]


@pytest.mark.parametrize("environment", ["demo", "test"])
def test_demo_and_test_never_name_a_real_provider(environment: str) -> None:
    quiet = read_settings({**LEAST, "OMNIFY_ENV": environment})
    assert set(quiet.base_urls.values()) == {"http://127.0.0.1:9"}
    with pytest.raises(SettingsError, match="only send to a twin") as refusal:
        read_settings({**LEAST, "OMNIFY_ENV": environment, "TWILIO_BASE_URL": "https://api.twilio.com"})
    assert refusal.value.field == "TWILIO_BASE_URL"


@pytest.mark.parametrize(
    "dsn",
    [
        "postgres:S3cret@db.example:5432/postgres",
        "postgresql//user:S3cret@db.example/postgres",
        "postgresql://user:S3c%zzret@db.example/postgres",
        "postgresql://user:S3@cret@db.example/postgres",
    ],
)
def test_a_slip_in_the_database_address_never_shows_the_password(dsn: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        readable_dsn(dsn)
    assert "cret" not in str(refusal.value)
    assert refusal.value.field == "DATABASE_URL"
