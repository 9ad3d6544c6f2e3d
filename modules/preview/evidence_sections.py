"""Rows in, the sections of the evidence pack out. Pure; each section names the tables it was read from."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from modules.labels import OWN_WORD
from modules.preview.evidence_models import Record, Section
from modules.preview.evidence_touches import touch_record

Row = Mapping[str, Any]
MOST_DAYS = 31
"""How old the national list may be when it is asked (16 CFR 310.4(b)(3)(iv); read 2026-11-20 in secondary sources)."""


def subject_section(subject: Row, addresses: Sequence[Row]) -> Section:
    names = ("id", "name", "external_ref", "time_zone", "fields", "created_at", "erased_at")
    came = ("import_file", "import_file_hash", "import_attested_by", "imported_at")
    person = {**_only(subject, names), "import": _only(subject, came) if subject["import_id"] else None}
    told = [{"address": row["value"], "kind": row["kind"], "is_current": row["is_current"]} for row in addresses]
    tables = ("contacts", "addresses", "contact_addresses", "imports")
    return Section("contact", "The person", tables, ({**person, "addresses": told},))


def seller_section(subject: Row) -> Section:
    names = ("client", "client_name", "seller", "postal_address", "help_contact")
    return Section(
        "seller", "For whom they were written to", ("clients",), (_only(subject, names),), "As it stands now."
    )


def consents_section(rows: Iterable[Row]) -> Section:
    note = (
        "Rows are only ever added. A withdrawal takes back what its channel had until then, at the same instant too. "
        "Of what holds the strongest counts: a written one first. wording_hash is SHA-256 of the exact words."
    )
    records = tuple({"what": f"{row['channel']}: {row['event']}", **row} for row in rows)
    return Section("consents", "What they agreed to, and what they withdrew", ("consents",), records, note)


def suppressions_section(
    subject: Row,
    addresses: Iterable[Row],
    touches: Iterable[Row],
    reopenings: Iterable[Row],
    kept: Iterable[Row],
    own_words: Iterable[Row],
    decisions: Iterable[Row],
) -> Section:
    """`kept`, `own_words` and `decisions` have the address instead of its hash."""
    records: list[Record] = []
    if subject["suppressed_at"]:
        at, reason = subject["suppressed_at"], subject["suppressed_reason"]
        records.append({"what": "The whole person is closed", "at": at, "reason": reason})
    for row in addresses:
        if row["suppressed_at"]:
            at, reason = row["suppressed_at"], row["suppressed_reason"]
            call = _last_call(touches, row["value"], at) if reason in OWN_WORD else None
            told = {"at": at, "reason": reason, "last_call_before": call}
            records.append({"what": f"{row['value']} is closed", **told})
        if row["held_until"]:
            held = _only(row, ("held_until", "held_reason"))
            records.append({"what": f"{row['value']} is held for a person", **held})
    records += [{"what": f"{row['value']} was opened again", **row} for row in reopenings]
    records += [{"what": f"{row['address']} stays closed after an erasure", **row} for row in kept]
    records += [
        {"what": f"{row['address']}: their own word to this client, told to the house", **row} for row in own_words
    ]
    records += [{"what": f"{row['address']} is held back by the house", **row} for row in decisions]
    tables = ("contacts", "addresses", "reopenings", "kept_suppressions", "platform_opt_outs", "platform_holds")
    note = "What other clients know of a number is never read here; of the house's own decision only its outcome is."
    return Section("suppressions", "What is closed, and what was opened again", tables, tuple(records), note)


def _last_call(touches: Iterable[Row], value: str, closed_at: datetime) -> Record | None:
    """The call before a closing, from whose end on it counts: who says it aloud writes nothing."""
    ended = [row for row in touches if row["to_address"] == value and row["call_ended_at"]]
    before = [row for row in ended if row["call_ended_at"] <= closed_at]
    if not before:
        return None
    last = max(before, key=lambda row: (row["call_ended_at"], row["id"]))
    at = last["call_ended_at"]
    return {"touch": last["id"], "ended_at": at, "seconds_until_closed": _between(at, closed_at)}


def checks_section(lists: Iterable[Row], checks: Iterable[Row], clearances: Iterable[Row], now: datetime) -> Section:
    records = [_list_record(row, now) for row in lists]
    for row in checks:
        age = (now - row["asked_at"]).days
        what = f"{row['value']}: {row['kind']} number check, answer {row['answer']}"
        records.append({"what": what, **row, "age_days": age})
    records += [{"what": f"Clearance to sell in {row['state']}", **row} for row in clearances]
    tables = ("dnc_lists", "dnc_numbers", "number_checks", "state_clearances")
    note = f"As they stand now. The national list counts while it is at most {MOST_DAYS} days old."
    return Section("checks", "The national list, reassigned numbers, clearances", tables, tuple(records), note)


def _list_record(row: Row, now: datetime) -> Record:
    issued: date | None = row["issued_on"]
    if issued is None:
        words = "no list of this area was loaded"
        return {"what": f"{row['value']}: {words}", "value": row["value"], "list": None, "is_listed": None}
    age = (now.date() - issued).days
    fresh = age <= MOST_DAYS
    words = "on the national list" if row["is_listed"] else "not on the national list"
    return {"what": f"{row['value']}: {words} of {issued}", **row, "age_days": age, "is_fresh_enough": fresh}


def enrollments_section(rows: Iterable[Row]) -> Section:
    records = tuple({"what": f"{row['sequence']} (version {row['version']}): {row['status']}", **row} for row in rows)
    return Section(
        "enrollments", "Their sequences", ("sequence_enrollments", "sequences", "enrollment_actions"), records
    )


def touches_section(rows: Iterable[Row], subject: Row) -> Section:
    brands = tuple(dict.fromkeys(one for one in (subject["client_name"], subject["seller"]) if one))
    records = tuple(touch_record(row, brands, subject["postal_address"]) for row in rows)
    tables = ("touches", "replies", "sequence_versions", "sender_registrations", "provider_accounts")
    note = (
        "A success counts only by the provider's own report (evidence_id). Rules graded C, D or F are our own caution, "
        "not law. sha256 is of the exact text."
    )
    return Section("touches", "Everything that left, or was to leave", tables, records, note)


def answers_section(rows: Iterable[Row]) -> Section:
    note = (
        "seconds_until_closed counts from the person's word to the closing of the address, seconds_until_answered to "
        "the arming of the one confirmation. A later word of the same person replaces the time of the closing."
    )
    records = tuple(_answer_record(row) for row in rows)
    return Section(
        "answers", "What they wrote or said, and how fast it was obeyed", ("inbound", "touches"), records, note
    )


def _answer_record(row: Row) -> Record:
    wish = ", a wish to hear no more" if row["opted_out"] else ""
    told = {
        "what": f"{row['kind']} by {row['channel']} from {row['from_address']}{wish}",
        **_only(row, ("id", "at", "channel", "kind", "from_address", "to_address", "subject", "body", "opted_out")),
        **_only(row, ("released_at", "released_by")),
        "answer_by_code": row["answer"],
    }
    if row["opted_out"]:
        told["closed_at"], told["seconds_until_closed"] = row["closed_at"], _between(row["at"], row["closed_at"])
    if row["answer_touch"]:
        sent = _only(row, ("answer_touch", "answered_at", "answer_state", "answer_confirmed_at"))
        told |= {**sent, "seconds_until_answered": _between(row["at"], row["answered_at"])}
    return told


def erasure_section(row: Row | None) -> Section:
    note = ""
    if row is not None:
        until = f", and goes on {row['delete_at']:%Y-%m-%d}" if row["delete_at"] else ""
        note = f"What told who this person is was erased. Proof of their consent is kept under seal by law{until}."
    records = ({"what": "Erased", **row},) if row is not None else ()
    return Section("erasure", "Whether they were erased", ("erasures", "erased_proofs"), records, note)


def _only(row: Row, names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _between(earlier: datetime, later: datetime | None) -> float | None:
    return round((later - earlier).total_seconds(), 3) if later else None
