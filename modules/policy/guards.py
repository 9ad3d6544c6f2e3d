"""May it leave now? Every guard is a plain function; the order is the order of harm. An unknown fact never allows."""

from collections.abc import Callable
from datetime import datetime

from modules.policy.law_guards import (
    ai_voice_blocked_state,
    contact_cap,
    country_not_cleared,
    emergency_block,
    holiday,
    quiet_hours,
)
from modules.policy.models import ALLOW, Allow, Block, Candidate, Decision, Defer, Facts, Verdict
from modules.policy.moment_guards import (
    address_in_flight,
    on_a_call_now,
    sender_broken,
    sender_throttle,
    sequence_window,
    too_late,
)
from modules.policy.permit_guards import (
    budget,
    national_dnc,
    no_postal_address,
    platform_suppressed,
    reassigned_number,
    sender_not_registered,
    state_not_cleared,
)
from modules.policy.person_guards import (
    being_handled,
    closed_address,
    kill_switch,
    known,
    no_consent,
    possibly_sent,
    provider_dnd,
    replied_already,
    suppressed,
    tenant_not_live,
)
from modules.policy.quiet_hours import Hours, binding_rule, window_seconds

Guard = Callable[[Facts, Candidate, datetime], Verdict]

MAX_ROUNDS = 8

GUARDS: tuple[Guard, ...] = (
    *(known, kill_switch, tenant_not_live, suppressed, platform_suppressed, provider_dnd, replied_already),
    *(
        possibly_sent,
        closed_address,
        no_consent,
        national_dnc,
        reassigned_number,
        state_not_cleared,
        country_not_cleared,
    ),
    *(ai_voice_blocked_state, emergency_block, sender_not_registered, no_postal_address, being_handled),
    *(on_a_call_now, address_in_flight, sender_broken, quiet_hours, sequence_window, holiday, contact_cap),
    *(sender_throttle, budget, too_late),
)


TIMED: tuple[Guard, ...] = (quiet_hours, sequence_window, holiday)


def guard(facts: Facts, candidate: Candidate, now: datetime) -> Decision:
    """All guards together: the first Block wins; else the first instant at which every guard allows; else Allow."""
    verdicts = [one for check in GUARDS if not isinstance(one := check(facts, candidate, now), Allow)]
    said = tuple((v.reason, v.until.isoformat() if isinstance(v, Defer) else "blocked") for v in verdicts)
    for verdict in verdicts:
        if isinstance(verdict, Block):
            return Decision(verdict, said, None, verdict.rule)
    deferred = [verdict for verdict in verdicts if isinstance(verdict, Defer)]
    if not deferred:
        rule = binding_rule(Hours(frozenset(facts.zones or ()), facts.states, candidate.channel), now)
        left = window_seconds(candidate.channel, facts.zones, facts.states, now)
        return Decision(ALLOW, said, left, rule.name if rule else None)
    latest = max(deferred, key=lambda one: one.until)
    until = latest.until
    for _ in range(MAX_ROUNDS if facts.zones else 0):
        later = [v.until for v in (check(facts, candidate, until) for check in TIMED) if isinstance(v, Defer)]
        if not later:
            break
        until = max(later)
    return Decision(Defer(until, latest.reason, latest.rule, latest.why), said, None, latest.rule)
