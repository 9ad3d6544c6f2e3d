"""How often what goes wrong when nobody scripts it: none, mild (a bad day) and harsh (a day nobody has had).

Delays stay inside what the product assumes of its providers (processing ends at most 20 s after our socket closes, a
list shows an accepted item at most 60 s later); a profile that broke the assumption would test nothing but itself.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chance:
    """`share` of requests suffer `name`; its delay is drawn up to `longest` business seconds."""

    name: str
    share: float
    longest: float = 0.0
    code: str | None = None


Spoils = dict[str, tuple[Chance, ...]]
"""Aspect to the chances that share its draw."""


def _transport(scale: float) -> tuple[Chance, ...]:
    return (
        Chance("timeout_after_accept", 0.04 * scale),
        Chance("late_accept", 0.02 * scale, 18),
        Chance("reset_after_accept", 0.02 * scale),
        Chance("reset_before_accept", 0.02 * scale),
        Chance("500_after_accept", 0.02 * scale),
        Chance("500_before_accept", 0.02 * scale),
        Chance("429", 0.03 * scale),
        Chance("unreadable_200", 0.01 * scale),
    )


def _read(scale: float) -> tuple[Chance, ...]:
    return (
        Chance("500_before_accept", 0.04 * scale),
        Chance("429", 0.03 * scale),
        Chance("reset_before_accept", 0.02 * scale),
    )


def _posting(scale: float) -> tuple[Chance, ...]:
    return (
        Chance("webhook_lost", 0.04 * scale),
        Chance("webhook_doubled", 0.08 * scale),
        Chance("webhook_delayed", 0.06 * scale, 1200),
    )


def _twilio_outcome(scale: float) -> tuple[Chance, ...]:
    return (
        Chance("status_undelivered", 0.03 * scale, code="30003"),
        Chance("status_undelivered", 0.02 * scale, code="30005"),
        Chance("status_undelivered", 0.01 * scale, code="30007"),
        Chance("status_failed", 0.01 * scale, code="30008"),
        Chance("no_dlr", 0.02 * scale),
    )


def _resend_outcome(scale: float) -> tuple[Chance, ...]:
    return (
        Chance("bounced", 0.03 * scale, code="Permanent"),
        Chance("bounced", 0.01 * scale, code="Transient"),
        Chance("complained", 0.01 * scale),
        Chance("suppressed", 0.01 * scale),
        Chance("delivery_delayed", 0.03 * scale, 3600),
        Chance("status_failed", 0.01 * scale, code="reached_daily_quota"),
        Chance("no_dlr", 0.01 * scale),
    )


def _ghl_outcome(scale: float) -> tuple[Chance, ...]:
    return (
        Chance("status_failed", 0.05 * scale),
        Chance("no_dlr", 0.02 * scale),
        Chance("dnd_dropped", 0.02 * scale),
        Chance("dnd_refused", 0.01 * scale),
    )


def _vapi_outcome(scale: float) -> tuple[Chance, ...]:
    return (
        Chance("transport_fault", 0.02 * scale),
        Chance("transport_fault", 0.01 * scale, code="silent"),
        Chance("concurrency_blocked", 0.02 * scale),
        Chance("over_concurrency", 0.02 * scale),
        Chance("ended_reason", 0.01 * scale, code="twilio-failed-to-connect-call"),
        Chance("ended_reason", 0.01 * scale, code="call.in-progress.error-vapifault-worker-died"),
        Chance("ended_reason", 0.01 * scale, code="pipeline-error-openai-llm-failed"),
        Chance("slow_queue", 0.01 * scale, 900),
    )


def _retell_outcome(scale: float) -> tuple[Chance, ...]:
    return (
        Chance("concurrency_limit", 0.02 * scale),
        Chance("concurrency_limit", 0.01 * scale, code="ended"),
        Chance("ended_reason", 0.02 * scale, code="dial_failed"),
        Chance("ended_reason", 0.01 * scale, code="telephony_provider_unavailable"),
        Chance("ended_reason", 0.01 * scale, code="error_llm_websocket_lost_connection"),
        Chance("ended_reason", 0.01 * scale, code="user_declined"),
        Chance("slow_queue", 0.01 * scale, 300),
    )


def _provider(provider: str, outcome: tuple[Chance, ...], scale: float) -> dict[tuple[str, str], Spoils]:
    return {
        (provider, "send"): {
            "transport": _transport(scale),
            "outcome": outcome,
            "visibility": (Chance("list_lag", 0.1 * scale, 50),),
            "early": (Chance("webhook_early", 0.03 * scale), Chance("webhook_early", 0.03 * scale, code="all")),
        },
        (provider, "list"): {"transport": _read(scale)},
        (provider, "fetch"): {"transport": _read(scale)},
        (provider, "webhook"): {"posting": _posting(scale)},
    }


def _profile(scale: float) -> dict[tuple[str, str], Spoils]:
    return (
        _provider("twilio", _twilio_outcome(scale), scale)
        | _provider("resend", _resend_outcome(scale), scale)
        | _provider("ghl", _ghl_outcome(scale), scale)
        | _provider("vapi", _vapi_outcome(scale), scale)
        | _provider("retell", _retell_outcome(scale), scale)
    )


PROFILES: dict[str, dict[tuple[str, str], Spoils]] = {"none": {}, "mild": _profile(0.3), "harsh": _profile(1.5)}
