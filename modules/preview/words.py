"""One sentence for each reason, state and end, in words a client may read. Pure: enums and instants in, words out."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from modules.labels import CallEnd, ChannelName, InboundKind, SuppressionReason, TouchState
from modules.policy import Effect, GuardReason, rule_named, sentence_of
from modules.sequences import StopReason

R, T, C, S = GuardReason, TouchState, CallEnd, SuppressionReason

GUARDS: dict[GuardReason, str] = {
    R.kill_switch: "All sending of this client is stopped.",
    R.tenant_not_live: "This client is paused, so nothing leaves.",
    R.no_account: "The client has no account at a provider for this channel.",
    R.suppressed: "The person asked to hear no more, or the address is closed.",
    R.provider_dnd: "The provider's own Do Not Disturb is on for this person.",
    R.no_consent: "There is no consent on record for this channel, or it was withdrawn.",
    R.ai_voice_blocked_state: "The person may be in a state where calls by an AI voice are not made.",
    R.emergency_block: "A declared emergency where the person may be holds texts and calls back.",
    R.sender_broken: "Every number it could leave from is resting after faults.",
    R.on_a_call_now: "The person may be on a call with us at this moment.",
    R.replied_already: "The person wrote or called, and this step ends the sequence when they do.",
    R.reply_waiting: "The person wrote or called, and somebody has to read it first.",
    R.being_handled: "Somebody is taking care of this address by hand.",
    R.address_in_flight: "Another message to the same address is still on its way.",
    R.closed_address: "There is no open address for this channel.",
    R.quiet_hours: "It is outside the hours in which this person may be reached.",
    R.no_open_hour: "The places where the person may be share no open hour in a week; somebody has to look.",
    R.holiday: "It is a holiday where the person may be.",
    R.sequence_window: "It is outside the sequence's own hours.",
    R.contact_cap: "As much as may go to this person in 24 hours has gone already.",
    R.sender_throttle: "The sender is at its full pace; this waits its turn.",
    R.too_late: "The step is later than it may be.",
    R.fact_missing: "Something that has to be known could not be read, and what is not known does not allow.",
    R.missing_variable: "The message needs a value that this person does not have.",
    R.not_renderable: "The message could not be written out whole.",
}

ENDS: dict[StopReason, str] = {
    StopReason.suppressed: "It ended because the person asked to hear no more, or the address was closed.",
    StopReason.step_failed: "It ended because a step failed, and the sequence says to end then.",
    StopReason.by_hand: "Somebody ended it by hand.",
    StopReason.replied: "It ended because the person wrote or called.",
}

CALL_ENDS: dict[CallEnd, str] = {
    C.no_answer: "Nobody answered.",
    C.busy: "The line was busy.",
    C.voicemail: "It reached voicemail.",
    C.nobody_spoke: "The line opened and nobody spoke.",
    C.invalid_number: "The number cannot be called.",
    C.transport_fault: "Our number could not dial; it never rang.",
    C.capacity: "All lines were taken; it never rang.",
    C.misconfigured: "The assistant, the billing or the credentials were not right; it never rang.",
    C.broken_off: "The call broke off; it may have been heard in part.",
    C.uncertain: "The line opened, and it is not proven that a person was there.",
    C.cancelled: "The call was cancelled.",
    C.unlisted: "The provider ended it with a word we do not know.",
}

OUTCOMES: dict[TouchState, str] = {
    T.claimed: "It is planned and has not left.",
    T.sending: "It is being handed to the provider; no answer is recorded yet.",
    T.unknown: "It is not known whether the provider took it; we ask, and do not guess.",
    T.accepted: "The provider took it; what became of it is not told yet.",
    T.review: "Nobody could prove what became of it; somebody has to look.",
    T.delivered: "The provider says it was delivered.",
    T.completed: "The call was answered and the person spoke.",
    T.failed: "It failed.",
    T.bounced: "It came back: the mailbox did not take it.",
    T.complained: "The person marked it as unwanted.",
    T.expired: "No proof came in time. It may have arrived, but it does not count as delivered.",
    T.not_sent: "It was not sent.",
    T.suppressed: "It was taken back before it left, because the address was closed.",
    T.cancelled: "The provider says it was cancelled.",
}

CLOSED: dict[SuppressionReason, str] = {
    S.opted_out: "the person asked to hear no more",
    S.provider_opt_out: "the provider told us that the person opted out there",
    S.complained: "the person marked a message as unwanted",
    S.bounced: "mail came back from it",
    S.provider_suppressed: "the provider does not send to it",
    S.by_hand: "somebody closed it by hand",
}

EFFECTS: dict[Effect, str] = {
    Effect.skip_step: "As things stand, this step will be skipped.",
    Effect.end_enrollment: "As things stand, the sequence will end here.",
    Effect.hold: "As things stand, it will be held until somebody looks.",
}

CHANNELS: dict[ChannelName, str] = {ChannelName.sms: "Text", ChannelName.email: "E-mail", ChannelName.voice: "Call"}
CAME_IN: dict[InboundKind, str] = {
    InboundKind.message: "They wrote to us",
    InboundKind.missed_call: "They called and nobody answered",
    InboundKind.call: "They called us",
}

_OTHER = {
    "under_review": "Nobody could prove what became of the last touch; somebody has to look.",
    "not_confirmed_in_time": "No proof of the last touch came in time; we keep looking, and were alarmed.",
    "broken_promise": "The provider has what we had recorded as not sent; somebody has to look.",
    "unresolved": "It could not be found out whether the provider took it.",
    "unconfirmed": "The provider took it and never told what became of it.",
    "absent_twice": "The provider's list was read twice to its end and did not hold it.",
    "send_by_passed": "Its time to leave had passed before the request was made.",
    "no_answer_recorded": "No answer of the provider is recorded.",
}
_SOURCES = {
    "zip": "zip code",
    "stated_zone": "stated time zone",
    "state": "stated state",
    "state_clock": "clock of the state's rule",
    "number": "phone number",
    "area_code": "area code",
    "toll_free": "toll-free number",
    "unknown_number": "a number that tells no place",
}


def why_said(reason: str | None, detail: str = "") -> str:
    """The sentence of a stored reason; a word of a provider stands as it was given."""
    if not reason:
        return ""
    tables: tuple[dict[str, str], ...] = (
        {str(one): words for one, words in GUARDS.items()},
        {str(one): words for one, words in CALL_ENDS.items()},
        {str(one): f"The address was closed: {words}." for one, words in CLOSED.items()},
        _OTHER,
    )
    said = next((table[reason] for table in tables if reason in table), f"The reason as recorded: {reason}.")
    return f"{said.removesuffix('.')}: {detail}." if detail and rule_named(detail) is None else said


def why_touch(state: TouchState, channel: ChannelName, reason: str | None) -> str:
    """The reason of a touch's end. The same word means a call's end on a call, and a closed address elsewhere."""
    if reason and channel is ChannelName.voice and reason in tuple(CallEnd):
        return CALL_ENDS[CallEnd(reason)]
    return "" if reason is None or (state is T.expired and reason == "unconfirmed") else why_said(reason)


def rule_said(name: str | None) -> str:
    """The rule as law, or as our own caution where no text of law was seen; empty when no rule is named."""
    if not name:
        return ""
    rule = rule_named(name)
    return sentence_of(rule) if rule else f"The rule '{name}', which our table no longer holds."


def places_said(zones: Iterable[str], states: Iterable[str]) -> str:
    """Where the hours were judged: every place the person may be."""
    listed, ruled = sorted(zones), sorted(one for one in states if one != "unknown")
    if not listed:
        return ""
    rules = f" and those of {_and(ruled)}" if ruled else ""
    unknown = "; the number tells no state, so the strictest hours count" if "unknown" in set(states) else ""
    return f"The hours were judged in {_and(listed)}, by the federal rules{rules}{unknown}."


def evidence_said(evidence: Iterable[Iterable[str]]) -> str:
    """What told us where the person may be."""
    told = dict.fromkeys(_SOURCES.get(source, source) for source, *_ in evidence)
    return f"Known from the {_and(list(told))}." if told else ""


def when(at: datetime, zone: str) -> str:
    """An instant in the person's own time and in UTC."""
    local, utc = at.astimezone(ZoneInfo(zone)), at.astimezone(UTC)
    there = f"{local:%a} {local.day} {local:%b %Y %H:%M} {zone}"
    day = "" if local.date() == utc.date() else f"{utc:%a} {utc.day} {utc:%b} "
    return f"{utc:%a} {utc.day} {utc:%b %Y %H:%M} UTC" if zone == "UTC" else f"{there} ({day}{utc:%H:%M} UTC)"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
