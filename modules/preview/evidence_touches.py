"""One touch as evidence: what was said, from whom, by which template, at what hour there, by which rule. Pure."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from modules.content import Language, brand_line, call_opening, opening_in, text_footer
from modules.labels import ChannelName
from modules.policy import rule_named, sentence_of
from modules.preview.evidence_models import Record
from modules.preview.words import CHANNELS, ORIGINS
from utils.address import is_time_zone
from utils.digest import hash_text

READ_AS_LAW = ("A", "A-old", "B")


def touch_record(row: Mapping[str, Any], brands: tuple[str, ...], postal_address: str | None) -> Record:
    """One row of `list_touches`. `brands` are the names under which the client may speak."""
    decision: Mapping[str, Any] = row["decision"] or {}
    text = kept_text(row)
    step = f"step {row['step']} of {row['sequence']}" if row["step"] else ORIGINS.get(row["origin"], row["origin"])
    return {
        "what": f"{CHANNELS[ChannelName(row['channel'])]} to {row['to_address']}, {step}: {row['state']}",
        "touch": row["id"],
        "origin": row["origin"],
        "answers_inbound": row["origin_id"] if row["origin"] in ("confirmation", "help") else row["replies_to"],
        "written_by": row["written_by"],
        "armed_at": row["armed_at"],
        "channel": row["channel"],
        "to_address": row["to_address"],
        "template": template_of(row),
        "text": {"sha256": row["body_hash"], "kept": text is not None, "subject": row["subject"], "body": text},
        "disclosures": disclosures_of(row, text, brands, postal_address),
        "sender": {
            "provider": row["provider"],
            "account": row["account_id"],
            "sender": row["sender"],
            "campaign_when_armed": decision.get("campaign"),
            "registration_now": registration_of(row),
        },
        "consent": consent_of(row, decision),
        "checked": checks_of(decision, row["armed_at"]),
        "hours": hours_of(row["channel"], decision, row["armed_at"]),
        "caps": {
            "texts_and_calls_to_this_number_in_24_hours_before": decision.get("sent_last_day"),
            "texts_and_calls_to_this_person_in_24_hours_before": decision.get("sent_to_person"),
        },
        "states": states_of(row),
        "provider_id": row["provider_id"],
        "provider_status": row["provider_status"],
        "evidence_id": row["evidence_id"],
        "reason": row["reason"],
        "call": call_of(row),
        "decision_as_stored": decision,
    }


def kept_text(row: Mapping[str, Any]) -> str | None:
    """The exact text; None when what is stored is not what was sent, because it was erased or its time was up."""
    body: str = row["body"] or ""
    return body if hash_text(body) == row["body_hash"] else None


def template_of(row: Mapping[str, Any]) -> Record | None:
    """The published version that the text was made from; None for what code or a person wrote."""
    if row["sequence"] is None:
        return None
    source = row["source"]
    return {
        "sequence": row["sequence"],
        "version": row["version"],
        "step": row["step"],
        "attempt": row["attempt"],
        "published_at": row["published_at"],
        "source_sha256": hash_text(source) if source is not None else None,
    }


def registration_of(row: Mapping[str, Any]) -> Record | None:
    """The sender's registration as it stands; whether it stood so when the touch was armed is told beside it."""
    if row["campaign"] is None:
        return None
    return {
        "campaign": row["campaign"],
        "status": row["registration"],
        "registered_by": row["registered_by"],
        "changed_at": row["registration_at"],
        "stood_so_when_armed": row["registration_at"] <= row["armed_at"],
    }


def consent_of(row: Mapping[str, Any], decision: Mapping[str, Any]) -> Record:
    """What the guards saw under their locks, and which one of `consents` that is; where they named none, the newest
    word for this address."""
    names = ("consent", "consent_kind", "consented_at", "wording_hash", "wording_version")
    newest = ("consent_id", "consent_event", "consent_kind", "consent_at")
    found = {name.removeprefix("consent_"): row[name] for name in newest} if row["consent_id"] else None
    return {"as_judged": {name: decision[name] for name in names if name in decision}, "on_record": found}


def checks_of(decision: Mapping[str, Any], armed_at: datetime) -> Record:
    """What lists and services had said of the number when it was armed, with the age of each answer in days."""
    told: dict[str, Any] = {}
    if "dnc_issued_on" in decision:
        age = (armed_at.date() - date.fromisoformat(decision["dnc_issued_on"])).days
        listed = {"is_listed": decision.get("dnc_listed"), "issued_on": decision["dnc_issued_on"], "age_days": age}
        told["national_list"] = listed
    if "checked_at" in decision:
        age = (armed_at - datetime.fromisoformat(decision["checked_at"])).days
        answer = {"answer": decision.get("reassigned"), "asked_at": decision["checked_at"], "age_days": age}
        told["reassigned_number"] = answer
    return told


def hours_of(channel: str, decision: Mapping[str, Any], armed_at: datetime) -> Record:
    """Where the person may be, by what, which clock it was there, and which rule closed the hours first."""
    if channel == ChannelName.email:
        return {"note": "Mail knows no quiet hours."}
    zones = [one for one in decision.get("zones") or () if is_time_zone(one)]
    left = decision.get("window_seconds")
    return {
        "zones": decision.get("zones"),
        "states": decision.get("states"),
        "known_from": [{"source": source, "says": rest} for source, *rest in decision.get("evidence") or ()],
        "local_clocks_when_armed": {
            zone: f"{armed_at.astimezone(ZoneInfo(zone)):%A %Y-%m-%d %H:%M:%S %z}" for zone in sorted(zones)
        },
        "rule_that_closes_first": rule_record(decision.get("rule")),
        "hours_end_at": armed_at + timedelta(seconds=left) if left is not None else None,
    }


def rule_record(name: str | None) -> Record | None:
    """A rule of the table with its source, date and grade; only what was read as law is called law."""
    if not name:
        return None
    rule = rule_named(name)
    if rule is None:
        return {"name": name, "says": "The table holds it no longer."}
    return {
        "name": name,
        "says": sentence_of(rule),
        "standing": "read as law" if rule.grade in READ_AS_LAW else "our own caution, not law",
        "source": rule.source,
        "dated": rule.dated,
        "grade": rule.grade,
    }


def disclosures_of(
    row: Mapping[str, Any], text: str | None, brands: tuple[str, ...], postal_address: str | None
) -> Record:
    """What code adds to a template and stands in the text as it left; what cannot be read any more is said so. The
    header of a mail is made from its envelope (modules/channels), which leaves with the same request."""
    if text is None:
        noted = {name: row["decision"][name] for name in ("footer", "opening") if name in (row["decision"] or {})}
        return {"note": "The text is no longer kept; its hash is.", "noted_when_armed": noted}
    if row["channel"] == ChannelName.voice:
        return _opening_of(text, brands)
    if row["channel"] == ChannelName.email:
        return {
            "one_click_unsubscribe_header": bool(row["envelope"].get("unsubscribe_url")),
            "unsubscribe_link_in_text": "/u/" in text,
            "postal_address_in_text": bool(postal_address) and _bare(postal_address or "") in _bare(text),
            "brand_in_text": _named(text, brands),
        }
    footer = next((text_footer(one) for one in Language if text.endswith(text_footer(one))), None)
    begins = any(text.startswith(brand_line(one)) for one in brands)
    return {"begins_with_brand": begins, "brand_in_text": _named(text, brands), "stop_and_help_line": footer}


def _opening_of(text: str, brands: tuple[str, ...]) -> Record:
    opening = opening_in(text)
    told = {
        recorded: {
            call_opening("", brand, language, (), recorded=recorded) for brand in brands for language in Language
        }
        for recorded in (True, False)
    }
    known = opening in told[True] | told[False]
    return {
        "ai_opening": opening,
        "says_that_it_is_an_ai": True if known else None,
        "recording_notice": opening in told[True] if known else None,
    }


def states_of(row: Mapping[str, Any]) -> list[Record]:
    """Every state with its instant, as far as rows keep it: armed, each report with its id, and the state it is in."""
    states: list[Record] = [{"state": "armed", "at": row["armed_at"], "evidence_id": None}]
    states += [
        {"state": one["state"], "at": one["at"], "evidence_id": one["id"]}
        | ({"note": "contradicts what was recorded first"} if one.get("lost") else {})
        for one in row["evidence"] or ()
    ]
    if row["state"] not in [one["state"] for one in states]:
        states.append({"state": row["state"], "at": row["changed_at"], "evidence_id": row["evidence_id"]})
    return states


def call_of(row: Mapping[str, Any]) -> Record | None:
    """When the line was open and for how long; None for what is no call."""
    if row["channel"] != ChannelName.voice:
        return None
    began, ended = row["call_started_at"], row["call_ended_at"]
    seconds = round((ended - began).total_seconds()) if began and ended else None
    return {"began_at": began, "ended_at": ended, "seconds": seconds, "recorded": row["is_recorded"]}


def _named(text: str, brands: tuple[str, ...]) -> bool:
    """As it is written, or in the letters that a text has for it."""
    return any(_bare(one) in _bare(text) for brand in brands for one in (brand, brand_line(brand)))


def _bare(text: str) -> str:
    """Letters and digits alone: tags, entities and line ends between the words of an address do not hide it."""
    without_tags = re.sub(r"<[^>]*>|&[#a-z0-9]+;", " ", text.casefold())
    return "".join(one for one in without_tags if one.isalnum())
