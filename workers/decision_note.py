"""The compact answer to «why this message», stored with the touch. Pure."""

from typing import Any

from modules.policy import Decision, Facts


def note_of(facts: Facts, decision: Decision) -> dict[str, Any]:
    """What the guards saw when they allowed it."""
    return {
        "verdict": "allow",
        "consent": facts.consent,
        "zones": sorted(facts.zones or ()),
        "states": sorted(facts.states),
        "evidence": [[one.source, *sorted(one.zones), *sorted(one.states)] for one in facts.evidence],
        "rule": decision.rule,
        "window_seconds": decision.window_seconds,
        "sent_last_day": facts.sent_last_day,
        "sent_to_person": facts.sent_to_person,
        **_agreed(facts),
        **_checked(facts),
        **({"provider_dnd": "clear"} if facts.provider_allows else {}),
    }


def _agreed(facts: Facts) -> dict[str, Any]:
    agreed = facts.agreement
    if agreed is None:
        return {}
    told = {"consent_kind": agreed.kind, "consented_at": agreed.at.isoformat(), "wording_hash": agreed.wording_hash}
    return told | ({"wording_version": agreed.version} if agreed.version else {})


def _checked(facts: Facts) -> dict[str, Any]:
    """What lists and services said of the number, and how old that was."""
    permits = facts.permits
    told: dict[str, Any] = {}
    if permits.checked_at and permits.reassigned:
        told |= {"reassigned": permits.reassigned, "checked_at": permits.checked_at.isoformat()}
    if permits.dnc_listed is not None and permits.dnc_issued_on:
        told |= {"dnc_listed": permits.dnc_listed, "dnc_issued_on": permits.dnc_issued_on.isoformat()}
    return told | ({"campaign": permits.campaign} if permits.campaign else {})
