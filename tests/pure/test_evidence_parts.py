"""The parts of an evidence pack, on plain values: what code added, which rule, which clock, and the page."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pypdf
import pytest

from modules.content import Language, brief, call_opening, dress_mail, dress_text
from modules.policy.rules import READ_AS_LAW
from modules.policy.us_hours import RULES
from modules.preview import Pack, Section, draw_pdf
from modules.preview.evidence_pdf import MOST_LETTERS
from modules.preview.evidence_touches import hours_of, rule_record, touch_record
from tests.architecture.laws_imports import module_names, watch_imports

NOW = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30 in New York, for the first time of two
BRANDS = ("Bright Dental", "Bright Dental LLC")
POSTAL = "12 Main Street\nSpringfield, IL 62701"


def row(channel: str, body: str, **changes: Any) -> dict[str, Any]:
    """A row of `list_touches`."""
    nothing = (
        *("sequence", "version", "source", "published_at", "step", "subject", "sender", "campaign", "consent_id"),
        *(
            "provider_id",
            "provider_status",
            "evidence_id",
            "confirmed_at",
            "reason",
            "replies_to",
            "written_by",
            "call_started_at",
            "call_ended_at",
        ),
    )
    usual: dict[str, Any] = dict.fromkeys(nothing)
    told = {"id": UUID(int=1), "origin": "step", "origin_id": UUID(int=2), "attempt": 1, "channel": channel}
    told |= {"to_address": "+12125550123", "provider": "twilio", "account_id": UUID(int=3), "state": "expired"}
    told |= {"body": body, "body_hash": hashlib.sha256(body.encode()).hexdigest(), "envelope": {}, "evidence": []}
    told |= {"armed_at": NOW, "changed_at": NOW + timedelta(hours=5), "decision": {}, "is_recorded": False}
    return {**usual, **told, **changes}


def told(channel: str, body: str, **changes: Any) -> dict[str, Any]:
    return dict(touch_record(row(channel, body, **changes), BRANDS, POSTAL))


@pytest.mark.parametrize("language", list(Language))
def test_the_footer_and_the_brand_that_code_added_to_a_text_are_told(language: Language) -> None:
    dressed = dress_text("See you at ten.", BRANDS[0], language, first=True, footer=True)
    said = told("sms", dressed)["disclosures"]
    assert said["begins_with_brand"]
    assert dressed.endswith(said["stop_and_help_line"])
    plain = told("sms", "See you at ten.")["disclosures"]
    assert plain == {"begins_with_brand": False, "brand_in_text": False, "stop_and_help_line": None}


def test_a_brand_is_found_in_a_text_that_says_it_in_cheaper_letters() -> None:
    dressed = dress_text("See you at ten.", "García  Realty", Language.en, first=True, footer=False)
    said = touch_record(row("sms", dressed), ("García  Realty", "Realty LLC"), POSTAL)["disclosures"]
    assert said == {"begins_with_brand": True, "brand_in_text": True, "stop_and_help_line": None}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("recorded", [True, False])
@pytest.mark.parametrize("first_ones", [True, False])
def test_the_opening_of_a_call_is_told_with_its_notice_of_recording(
    language: Language, recorded: bool, first_ones: bool
) -> None:
    opening = call_opening("", BRANDS[0], language, (), recorded=recorded)
    prompt = 'Ask about "Tuesday".'
    once = f'Open the call with exactly these words: "{opening}"\n\n{prompt}'
    assert told("voice", once if first_ones else brief(opening, prompt))["disclosures"] == {
        "ai_opening": opening, "says_that_it_is_an_ai": True, "recording_notice": recorded,
    }  # fmt: skip
    unknown = told("voice", "Ask about Tuesday.")["disclosures"]
    assert set(unknown.values()) == {None}


def test_a_mail_tells_its_postal_address_its_link_and_its_header() -> None:
    html = dress_mail("<p>Hello</p>", BRANDS[0], POSTAL, "https://example.test/u/token", Language.en)
    said = told("email", html, envelope={"unsubscribe_url": "https://example.test/u/token"})["disclosures"]
    assert set(said) == {
        *("one_click_unsubscribe_header", "unsubscribe_link_in_text", "postal_address_in_text", "brand_in_text")
    }
    assert all(said.values())
    assert not any(told("email", "<p>Hello</p>")["disclosures"].values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_has_its_source_date_and_grade_and_only_read_law_stands_as_law(rule: object) -> None:
    one = next(known for known in RULES if known is rule)
    said = rule_record(one.name)
    assert said is not None
    assert (said["source"], said["dated"], said["grade"]) == (one.source, one.dated, one.grade)
    is_law = one.grade in READ_AS_LAW
    assert said["standing"] == ("read as law" if is_law else "our own caution, not law")
    assert said["says"].startswith("The law of" if is_law else "Our own caution for")


def test_each_zone_has_its_own_clock_also_in_the_hour_that_comes_twice() -> None:
    decision = {"zones": ["America/New_York", "America/Phoenix", "Nowhere/Here"], "window_seconds": 90}
    hours = hours_of("sms", decision, NOW)
    assert hours["local_clocks_when_armed"] == {
        "America/New_York": "Sunday 2026-11-01 01:30:00 -0400",
        "America/Phoenix": "Saturday 2026-10-31 22:30:00 -0700",
    }
    assert hours["hours_end_at"] == NOW + timedelta(seconds=90)
    assert hours_of("email", decision, NOW) == {"note": "Mail knows no quiet hours."}


def test_a_state_that_no_report_names_is_told_with_the_instant_it_was_written() -> None:
    states = told("sms", "Hello")["states"]
    assert [(one["state"], one["at"]) for one in states] == [("armed", NOW), ("expired", NOW + timedelta(hours=5))]
    reports: list[dict[str, Any]] = [{"id": "SM1:delivered", "state": "delivered", "at": NOW.isoformat()}]
    reports.append({"id": "SM1:failed", "state": "failed", "at": NOW.isoformat(), "lost": True})
    delivered = told("sms", "Hello", state="delivered", evidence=reports, evidence_id="SM1:delivered")["states"]
    assert [one["state"] for one in delivered] == ["armed", "delivered", "failed"]
    assert delivered[2]["note"] == "contradicts what was recorded first"


def test_a_long_hostile_text_neither_breaks_the_page_nor_is_printed_without_end() -> None:
    hostile = "<b>&amp;" + "x" * 5000 + "\n\t\x00</para>" + "‮" + "y" * 100_000
    record = {"what": hostile[:3000], "text": hostile, "list": [{"a": None, "b": [1, 2]}], "empty": {}}
    pack = Pack(UUID(int=1), "acme", "Grace", NOW, (Section("touches", "Touches", ("touches",), (record,)),))
    reader = pypdf.PdfReader(io.BytesIO(draw_pdf(pack)))
    words = "\n".join(page.extract_text() for page in reader.pages)
    assert "<b>&amp;xxx" in words
    assert "[U+0000]</para>[U+202E]" in words.replace("\n", "")
    assert f"{len(hostile) - MOST_LETTERS} letters more, in the JSON" in words.replace("\n", " ")
    assert f"Page {len(reader.pages)} of {len(reader.pages)}" in words
    assert "empty: none on record" in words


def test_the_sweep_and_the_face_load_no_library_that_draws_pages() -> None:
    _, loaded = watch_imports(["modules.preview", *module_names("workers/sweep.py")])
    assert not loaded & {"reportlab", "PIL", "fontpkg", "fontpkg_noto_sans"}
