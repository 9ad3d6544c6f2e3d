"""What a block does to the enrollment: each reason has one declared effect."""

from enum import StrEnum

from modules.policy.models import GuardReason


class Effect(StrEnum):
    """What a block does to the enrollment."""

    skip_step = "skip_step"
    end_enrollment = "end_enrollment"
    hold = "hold"


EFFECTS: dict[GuardReason, Effect] = {
    GuardReason.suppressed: Effect.end_enrollment,
    GuardReason.platform_suppressed: Effect.end_enrollment,
    GuardReason.provider_dnd: Effect.skip_step,
    GuardReason.no_consent: Effect.skip_step,
    GuardReason.national_dnc: Effect.skip_step,
    GuardReason.country_not_cleared: Effect.skip_step,
    GuardReason.reassigned_number: Effect.skip_step,
    GuardReason.ai_voice_blocked_state: Effect.skip_step,
    GuardReason.no_open_hour: Effect.hold,
    GuardReason.replied_already: Effect.end_enrollment,
    GuardReason.reply_waiting: Effect.hold,
    GuardReason.possibly_sent: Effect.hold,
    GuardReason.closed_address: Effect.skip_step,
    GuardReason.too_late: Effect.skip_step,
    GuardReason.fact_missing: Effect.hold,
    GuardReason.missing_variable: Effect.hold,
    GuardReason.not_renderable: Effect.hold,
}
