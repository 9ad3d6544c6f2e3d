"""Every table's policy, down to the column. A table or a text column that is not here breaks a test, not a promise."""

from collections.abc import Mapping
from types import MappingProxyType

from modules.erasure.models import Fate, Policy

DECISION_CODES = (
    "verdict",
    "version",
    "purpose",
    "due_at",
    "rule",
    "states",
    "zones",
    "window_seconds",
    "sent_last_day",
    "sent_to_person",
    "spare_senders",
    "provider_dnd",
    "consent_kind",
    "consented_at",
    "wording_hash",
    "wording_version",
    "reassigned",
    "checked_at",
    "dnc_listed",
    "dnc_issued_on",
    "campaign",
    "redirected",
    "language",
    "footer",
    "opening",
    "forgotten",
)
"""What stays of the decision on a touch: why the law allowed it, without a value that the person gave."""

_DELETED, _NOBODY = Policy(Fate.deleted), Policy(Fate.nobody)


def _emptied(emptied: str, codes: str = "") -> Policy:
    return Policy(Fate.emptied, frozenset(emptied.split()), frozenset(codes.split()))


def _kept(codes: str = "") -> Policy:
    return Policy(Fate.kept, codes=frozenset(codes.split()))


POLICIES: Mapping[str, Policy] = MappingProxyType(
    {
        "contacts": _emptied("external_ref first_name last_name time_zone fields", "suppressed_reason"),
        "addresses": _DELETED,  # those that reach nobody else
        "contact_addresses": _DELETED,
        "told_addresses": _DELETED,
        "contact_refs": _DELETED,
        "consents": _DELETED,  # after they were sealed into erased_proofs
        "reopenings": _DELETED,
        "number_checks": _DELETED,
        "inbound": _DELETED,
        "replies": _DELETED,
        "canaries": _DELETED,
        "inbox_events": _DELETED,
        "sequence_enrollments": _emptied("decision", "status status_reason step next_channel"),
        "tasks": _DELETED,
        "milestones": _DELETED,
        "click_events": _kept("event"),
        "appointments": _DELETED,
        "enrollment_actions": _emptied("reason", "verb acted_by from_status from_step to_status to_step"),
        "touches": _emptied(
            "to_address subject body envelope decision transcript recording summary",
            "origin step channel provider body_hash state reason provider_id provider_status evidence_id evidence "
            "cost_currency cost_source sender",
        ),
        "system_logs": _emptied("detail", "level event"),
        "reconcile_findings": _emptied(
            "detail settled_because", "kind provider_id channel address_hash settled_as settled_by"
        ),
        "kept_suppressions": _kept("hash kind reason"),
        "platform_opt_outs": _kept("hash"),
        "platform_holds": _kept("hash decision decided_by"),
        "erasures": _kept("erased_by counts"),
        "erased_proofs": _kept("sealed"),
        "dnc_numbers": _kept(),  # the national list as the client has bought it, whoever stands on it
        "import_rows": Policy(Fate.passing),  # empty outside the transaction of an import
        **dict.fromkeys(
            (
                "clients",
                "members",
                "provider_accounts",
                "sequences",
                "sequence_versions",
                "sequence_drafts",
                "step_analytics",
                "sign_in_attempts",
                "sender_breakers",
                "sender_registrations",
                "state_blocks",
                "state_clearances",
                "dnc_lists",
                "imports",
                "house_keys",
                "engine_state",
                "enrollment_states",
                "enrollment_transitions",
                "touch_states",
                "touch_transitions",
            ),
            _NOBODY,
        ),
    }
)
