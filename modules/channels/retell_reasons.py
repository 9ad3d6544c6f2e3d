"""Retell's `disconnection_reason` in our words, by allow-list: success is possible only after the words in `ANSWERED`.

Sources: retell-sdk 6.2.13 (its 39 words, read 2026-11-21), docs reliability/debug-call-disconnect and older docs for
retired words (copies read 2026-11-20); which class a word belongs to is our judgement. A word of no list is no success,
and nobody is called again after it.
"""

from collections.abc import Mapping

from modules.labels import CallEnd

ANSWERED = frozenset({"user_hangup", "agent_hangup", "call_transfer", "transfer_bridged", "max_duration_reached"})
"""Necessary for success, never enough: nobody may have spoken, or a machine may have."""

SILENCE = "inactivity"
ASKED_TO_STOP = "user_requested_dnc"
"""The person said on the call that they want no more of them: an opt-out."""

_LISTED: Mapping[CallEnd, tuple[str, ...]] = {
    CallEnd.no_answer: ("dial_no_answer", "user_declined"),
    CallEnd.busy: ("dial_busy",),
    CallEnd.voicemail: ("voicemail_reached", "machine_detected"),
    CallEnd.invalid_number: ("invalid_destination",),
    # a number that carriers take for spam shows as dial_failed too, so another of our numbers may get through
    CallEnd.transport_fault: (
        "dial_failed",
        "telephony_provider_permission_denied",
        "telephony_provider_unavailable",
        "sip_routing_error",
        "marked_as_spam",
        "network_blocked",
    ),
    CallEnd.capacity: ("concurrency_limit_reached", "no_concurrency_fallback"),
    CallEnd.misconfigured: ("no_valid_payment", "credit_exhausted", "budget_reached"),
    # these come in the middle of a call too
    CallEnd.broken_off: (
        "scam_detected",
        "error_llm_websocket_open",
        "error_llm_websocket_lost_connection",
        "error_llm_websocket_runtime",
        "error_llm_websocket_corrupt_payload",
        "error_frontend_corrupted_payload",
        "error_inbound_webhook",
        "error_twilio",
        "error_asr",
        "error_retell",
        "error_unknown",
    ),
    CallEnd.uncertain: (
        SILENCE,
        ASKED_TO_STOP,
        "user_requested_callback",
        "ivr_reached",
        "transfer_cancelled",
        "call_take_over",
        "error_no_audio_received",
        "error_user_not_joined",
        "registered_call_timeout",
    ),
    CallEnd.cancelled: ("manual_stopped",),
}
_END_OF: Mapping[str, CallEnd] = {word: end for end, words in _LISTED.items() for word in words}

NEVER_RANG = frozenset({CallEnd.invalid_number, CallEnd.transport_fault, CallEnd.capacity, CallEnd.misconfigured})
NEVER_CONNECTED = NEVER_RANG | {CallEnd.no_answer, CallEnd.busy}


def end_of(reason: str) -> CallEnd | None:
    """Why a call with this reason was no success; None for the answered reasons, after which one is possible."""
    if reason in ANSWERED:
        return None
    listed = _END_OF.get(reason)
    if listed is not None:
        return listed
    return CallEnd.broken_off if reason.startswith("error_") else CallEnd.unlisted


def never_connected(reason: str) -> bool:
    """No line was open, so that what was said, which a list does not tell, cannot matter."""
    return end_of(reason) in NEVER_CONNECTED
