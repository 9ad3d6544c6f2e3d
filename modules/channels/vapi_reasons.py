"""Vapi's `endedReason` in our words, by allow-list: success is possible only after the few words in `ANSWERED`.

Source: Vapi's OpenAPI document of 2026-08-18 (595 different values) and docs call-ended-reason.mdx, copies read
2026-11-20; which class a word belongs to is our judgement. A word that is not listed falls under the longest prefix
that fits; no prefix means success, and none means that the same person may be called again.
"""

from collections.abc import Mapping

from modules.labels import CallEnd

ANSWERED = frozenset(
    {
        "customer-ended-call",
        "assistant-ended-call",
        "assistant-said-end-call-phrase",
        "assistant-ended-call-with-hangup-task",
        "assistant-ended-call-after-message-spoken",
        "assistant-forwarded-call",
        "exceeded-max-duration",
        "vonage-completed",
        "call.in-progress.twilio-completed-call",
        "call.in-progress.sip-completed-call",
        "customer-ended-call-before-warm-transfer",
        "customer-ended-call-after-warm-transfer-attempt",
        "customer-ended-call-during-transfer",
    }
)
"""Necessary for success, never enough: nobody may have spoken."""

SILENCE = "silence-timed-out"

_IN_PROGRESS = "call.in-progress.error-"
_LISTED: Mapping[CallEnd, tuple[str, ...]] = {
    CallEnd.no_answer: (
        "customer-did-not-answer",
        _IN_PROGRESS + "providerfault-outbound-sip-408-request-timeout",
        _IN_PROGRESS + "providerfault-outbound-sip-480-temporarily-unavailable",
        "call.ringing.sip-inbound-caller-hungup-before-call-connect",
    ),
    CallEnd.busy: ("customer-busy",),
    CallEnd.voicemail: ("voicemail",),
    CallEnd.invalid_number: (
        "twilio-reported-customer-misdialed",
        "vonage-rejected",
        "call.start.error-get-customer",
    ),
    # nobody was reached for want of a line; that it is often our number's own credentials is why it opens a breaker
    CallEnd.transport_fault: (
        "call.start.error-get-transport",
        "call.start.error-get-phone-number",
        "call.start.error-vapifault-get-org",
        "call.start.error-vapifault-get-subscription",
        "call.start.error-vapifault-database-error",
        "call.start.error-get-org",  # the docs' older spelling of two words above
        "call.start.error-get-subscription",
        "twilio-failed-to-connect-call",
        "vonage-failed-to-connect-call",
        "phone-call-provider-bypass-enabled-but-no-call-received",
        _IN_PROGRESS + "sip-outbound-call-failed-to-connect",
        _IN_PROGRESS + "sip-inbound-call-failed-to-connect",
        "call.ringing.error-sip-inbound-call-failed-to-connect",
        _IN_PROGRESS + "providerfault-outbound-sip-403-forbidden",  # the trunk's rules or credentials
        _IN_PROGRESS + "providerfault-outbound-sip-407-proxy-authentication-required",
        _IN_PROGRESS + "providerfault-outbound-sip-503-service-unavailable",
        _IN_PROGRESS + "providerfault-transport-never-connected",
        _IN_PROGRESS + "vapifault-transport-never-connected",
    ),
    CallEnd.capacity: (
        "call.start.error-subscription-concurrency-limit-reached",
        "call.start.error-vapi-number-outbound-daily-limit",
    ),
    CallEnd.misconfigured: (
        "call-start-error-neither-assistant-nor-server-set",
        "assistant-not-found",
        "assistant-not-valid",
        "assistant-request-failed",
        "assistant-request-returned-error",
        "assistant-request-returned-unspeakable-error",
        "assistant-request-returned-invalid-assistant",
        "assistant-request-returned-no-assistant",
        "call.start.assistant-version-error-validation",
        "call.start.error-get-assistant",
        "call.start.error-get-resources-validation",
        "call.start.error-vapi-number-international",
        "call.start.error-fraud-check-failed",
        "call.start.error-subscription-frozen",
        "call.start.error-subscription-insufficient-credits",
        "call.start.error-subscription-upgrade-failed",
        "call.start.error-subscription-wallet-does-not-exist",
        "call.start.error-enterprise-feature-not-available-recording-consent",
    ),
    # these come in the middle of a call too
    CallEnd.broken_off: (
        "phone-call-provider-closed-websocket",
        "vonage-disconnected",
        "worker-shutdown",
    ),
    CallEnd.uncertain: (
        SILENCE,
        "assistant-join-timed-out",
        "assistant-request-returned-forwarding-phone-number",
        "customer-did-not-give-microphone-permission",
        "call.ringing.hook-executed-say",
        "call.ringing.hook-executed-transfer",
        "call.ending.hook-executed-say",
        "call.ending.hook-executed-transfer",
        "call.forwarding.operator-busy",
        "call.forwarding.no-answer",
        _IN_PROGRESS + "assistant-did-not-receive-customer-audio",
        _IN_PROGRESS + "transfer-failed",
        _IN_PROGRESS + "warm-transfer-max-duration",
        _IN_PROGRESS + "warm-transfer-assistant-cancelled",
        _IN_PROGRESS + "warm-transfer-silence-timeout",
        _IN_PROGRESS + "warm-transfer-microphone-timeout",
        _IN_PROGRESS + "vapifault-transport-connected-but-call-not-active",
        _IN_PROGRESS + "vapifault-call-started-but-connection-to-transport-missing",
    ),
    CallEnd.cancelled: ("manually-canceled", "scheduled-call-deleted", "call-deleted"),
}
_END_OF: Mapping[str, CallEnd] = {word: end for end, words in _LISTED.items() for word in words}

# A pipeline (model, voice, transcriber) breaks in the middle of a talk: 500 of the spec's words, and more each month.
_PREFIXES: Mapping[str, CallEnd] = {
    "pipeline-error-": CallEnd.broken_off,
    "call.in-progress.": CallEnd.broken_off,
    "call.ending.": CallEnd.uncertain,
    "call.forwarding.": CallEnd.uncertain,
    "call.ringing.": CallEnd.uncertain,
}

_NEVER_CONNECTED = frozenset(
    {
        CallEnd.no_answer,
        CallEnd.busy,
        CallEnd.invalid_number,
        CallEnd.transport_fault,
        CallEnd.capacity,
        CallEnd.misconfigured,
    }
)


def end_of(reason: str) -> CallEnd | None:
    """Why a call with this reason was no success; None for the answered reasons, after which one is possible."""
    if reason in ANSWERED:
        return None
    listed = _END_OF.get(reason)
    if listed is not None:
        return listed
    return next((end for prefix, end in _PREFIXES.items() if reason.startswith(prefix)), CallEnd.unlisted)


def never_connected(reason: str) -> bool:
    """No line was open, so a later report can say nothing that matters: the first word of it settles the call."""
    return end_of(reason) in _NEVER_CONNECTED or reason.startswith(("call.start.", "scheduled-call-"))
