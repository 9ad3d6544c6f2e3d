"""What is worth a person's eye."""

from enum import StrEnum


class Level(StrEnum):
    notice = "notice"
    warning = "warning"
    alarm = "alarm"


class LogEvent(StrEnum):
    broken_promise = "broken_promise"  # a provider accepted what we had called not sent: assumption A1 does not hold
    not_confirmed_in_time = "not_confirmed_in_time"
    enrollment_quarantined = "enrollment_quarantined"
    account_refused = "account_refused"  # the provider refuses our credentials or settings
    idempotency_conflict = "idempotency_conflict"
    no_account = "no_account"
