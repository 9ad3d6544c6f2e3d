"""What holds something back as things stand, and until when, where anybody knows that. Pure."""

from datetime import datetime
from typing import NamedTuple

from modules.policy import Allow, Block, Decision
from modules.policy import GuardReason as R

KNOWN_ENDS = frozenset({R.quiet_hours, R.holiday, R.contact_cap, R.budget})
"""What ends by itself at the instant that the guard names."""
ENDLESS = frozenset(
    {
        *(R.kill_switch, R.tenant_not_live, R.platform_suppressed, R.national_dnc, R.reassigned_number),
        *(R.state_not_cleared, R.sender_not_registered, R.no_postal_address, R.fact_missing),
    }
)
"""What lasts until somebody does something: the guard's instant only says when it is looked at again."""


class Hold(NamedTuple):
    """`until` None: nobody knows."""

    reason: R
    until: datetime | None


def what_holds(decision: Decision | None) -> Hold | None:
    """None when nothing does. What lasts comes first, for as long as it does no morning helps."""
    if decision is None or isinstance(decision.verdict, Allow):
        return None
    verdict = decision.verdict
    if isinstance(verdict, Block):
        return Hold(verdict.reason, None)
    lasting = next((reason for reason, _ in decision.said if reason in ENDLESS), None)
    if lasting is not None:
        return Hold(lasting, None)
    return Hold(verdict.reason, verdict.until if verdict.reason in KNOWN_ENDS else None)
