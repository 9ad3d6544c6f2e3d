"""One sentence for each reason, state and end, in words a client may read. Pure: enums and instants in, words out."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from modules.labels import CallEnd, ChannelName, CheckAnswer, ConsentKind, InboundKind, SuppressionReason, TouchState
from modules.policy import Effect, GuardReason, NoConsent, rule_named, sentence_of
from modules.sequences import FinishReason, StopReason

R, T, C, S = GuardReason, TouchState, CallEnd, SuppressionReason

GUARDS: dict[GuardReason, str] = {
    R.kill_switch: "All sending of this client is stopped.",
    R.tenant_not_live: "This client is not live, so nothing leaves to its people.",
    R.no_account: "The client has no account at a provider for this channel.",
    R.suppressed: "The person asked to hear no more, or the address is closed.",
    R.platform_suppressed: "The house holds this address back.",
    R.provider_dnd: "The provider's own Do Not Disturb is on for this person.",
    R.no_consent: "There is no consent for this channel that holds.",
    R.national_dnc: "The number is on the national Do Not Call list, or no fresh list of its area is loaded.",
    R.reassigned_number: "It is not certain that the number is still this person's.",
    R.state_not_cleared: "The client has no clearance to sell in a state where the person may be.",
    R.sender_not_registered: "The sender has no registration that the carriers have approved.",
    R.no_postal_address: "The client has no postal address, and mail that advertises must show one.",
    R.budget: "What the client may spend in 24 hours is spent.",
    R.ai_voice_blocked_state: "The person may be in a state where calls by an AI voice are not made.",
    R.country_not_cleared: "The number is outside the United States; the rules of its country are not built in yet.",
    R.emergency_block: "A declared emergency where the person may be holds texts and calls back.",
    R.sender_broken: "Every number it could leave from is resting after faults.",
    R.on_a_call_now: "The person may be on a call with us at this moment.",
    R.replied_already: "The person wrote or called, and this step ends the sequence when they do.",
    R.reply_waiting: "The person wrote or called, and somebody has to read it first.",
    R.possibly_sent: "Something may have gone to this address already, in a gap of our records that a restore left.",
    R.being_handled: "Somebody is taking care of this address by hand.",
    R.address_in_flight: "Another message to the same address is still on its way.",
    R.closed_address: "The person has no number or address for this channel that is open.",
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

WAYS_OUT: dict[GuardReason, str] = {
    R.platform_suppressed: "Whoever runs the house decides: `scripts/omnify platform-hold decide`.",
    R.no_account: "`scripts/omnify client account add --client SLUG --provider …` adds one.",
    R.tenant_not_live: "`scripts/omnify client set SLUG --status live` makes it live.",
    R.national_dnc: "A written consent, or a fresh list by `scripts/omnify dnc load`, opens the way.",
    R.reassigned_number: "A fresh consent for the number, or a message from it, shows that it is theirs.",
    R.state_not_cleared: "A clearance is noted by `scripts/omnify clearance add`.",
    R.sender_not_registered: "An approval is noted by `scripts/omnify client register-sender SLUG --campaign ID`.",
    R.no_postal_address: "It is set by `scripts/omnify client set SLUG --postal-address …`.",
    R.budget: "It is changed by `scripts/omnify client set SLUG --daily-budget …`.",
    R.emergency_block: "`scripts/omnify emergency list` shows until when, and by whose word.",
}
"""What a person can do about it, where there is something to do."""

BLOCKED, PUT_OFF, AFTER_WINDOW = "blocked", "put_off", "after_window"
MORE: dict[tuple[GuardReason, str], str] = {
    (R.platform_suppressed, BLOCKED): "It was decided that it stays closed.",
    (R.platform_suppressed, PUT_OFF): "Nobody has decided yet whether it stays closed.",
    (R.no_consent, NoConsent.withdrawn_or_none): "None is on record, or it was withdrawn.",
    (R.no_consent, NoConsent.expired): "The one on record has expired.",
    (
        R.no_consent,
        NoConsent.needs_written,
    ): "The one on record is not in writing, which marketing needs.",
    (
        R.no_consent,
        NoConsent.needs_express,
    ): "The one on record is a soft opt-in, which texts and calls cannot rest on.",
    (R.no_consent, NoConsent.no_ai_voice): "The one on record does not speak of calls by an AI voice.",
    (R.national_dnc, BLOCKED): "It is on the list.",
    (R.national_dnc, PUT_OFF): "No list that is 31 days old at most is loaded.",
    (R.reassigned_number, CheckAnswer.yes): "It was given up since the person agreed, so it may be somebody else's.",
    (R.reassigned_number, CheckAnswer.no_data): "The database of reassigned numbers cannot tell.",
    (R.reassigned_number, PUT_OFF): "It was not asked about in the last 30 days.",
    **{(one, AFTER_WINDOW): "The sequence says to skip the step rather than wait so long for open hours." for one in R},
}
"""What is said beside the reason's own sentence where more is known: what the guard told, else whether it blocks."""

ENDS: dict[StopReason, str] = {
    StopReason.suppressed: "It ended because the person asked to hear no more, or the address was closed.",
    StopReason.step_failed: "It ended because a step failed, and the sequence says to end then.",
    StopReason.by_hand: "Somebody ended it by hand.",
    StopReason.replied: "It ended because the person wrote or called.",
    StopReason.erased: "It ended because the person was erased.",
    StopReason.moved: "Somebody moved the person to another sequence.",
    StopReason.bounced: "It ended because mail came back from the person's address.",
    StopReason.no_date: "It ended because the person has no readable date that a step waits for.",
    StopReason.booked: "It ended because an appointment was made.",
    StopReason.company_replied: "It ended because somebody else of the person's company replied.",
}

FINISHES: dict[FinishReason, str] = {
    FinishReason.goal_met: "Its goal was met, so nothing more is planned.",
    FinishReason.handed_over: "It came to its end and put the person into the next sequence.",
    FinishReason.hand_over_refused: "It came to its end, and the next sequence did not take the person.",
    FinishReason.visits_spent: "It went round for as long as any sequence may, and nothing more is planned.",
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
ORIGINS: dict[str, str] = {
    "reply": "an answer to what they wrote",
    "confirmation": "the one confirmation of an opt-out",
    "help": "the answer to HELP",
    "task": "a task",
    "reminder": "a reminder",
    "rescue": "the answer to a missed call",
    "test": "a test",
    "canary": "a check of ours",
}
KINDS: dict[ConsentKind, str] = {
    ConsentKind.express: "express",
    ConsentKind.written: "written",
    ConsentKind.soft_opt_in: "soft opt-in",
}
CAME_IN: dict[InboundKind, str] = {
    InboundKind.message: "They wrote to us",
    InboundKind.missed_call: "They called and nobody answered",
    InboundKind.call: "They called us",
    InboundKind.own_call: "They said something in a call of ours",
}

_OTHER = {
    "under_review": "Nobody could prove what became of the last touch; somebody has to look.",
    "not_confirmed_in_time": "No proof of the last touch came in time; we keep looking, and were alarmed.",
    "broken_promise": "The provider has what we had recorded as not sent; somebody has to look.",
    "unresolved": "It could not be found out whether the provider took it.",
    "unconfirmed": "The provider took it and never told what became of it.",
    "absent_twice": "The provider's list was read twice to its end and did not hold it.",
    "send_by_passed": "Its time to leave had passed before the request was made.",
    "no_date": "The person has no readable date that the step waits for.",
    "date_moved": "The day that the step waits for was moved.",
    "hand_over": "It is to go on in another sequence.",
    "handed_over": "The person entered the next sequence.",
    "hand_over_refused": "The next sequence did not take the person.",
    "went_in_a_circle": "It has handed them on a day ago at most, or six times in a month; they would go in a circle.",
    "no_such_sequence": "The client has no sequence of that name.",
    "ran_before": "They have run in it before, and it takes nobody twice.",
    "too_soon": "They ran in it not long enough ago.",
    "exclusive": "They run in a sequence that excludes it.",
    "gap": "They ran in another sequence not long enough ago.",
    "full": "As many run in it as may.",
    "out_of_office": "The person's automatic reply says that they are away until then.",
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


def why_said(reason: str | None, detail: str = "", more: str | None = None) -> str:
    """The sentence of a stored reason, and the way out where there is one; a word of a provider stands as given.

    `detail` is what it is about, such as the value that a message needs; `more` is what the guard told beside it, else
    BLOCKED or PUT_OFF.
    """
    if not reason:
        return ""
    said = next((table[reason] for table in _tables() if reason in table), f"The reason as recorded: {reason}.")
    guard = GuardReason(reason) if reason in tuple(GuardReason) else None
    about = more if guard is R.state_not_cleared and more not in (None, BLOCKED, PUT_OFF) else detail
    told = f"{said.removesuffix('.')}: {about}." if about and rule_named(about) is None else said
    beside = (MORE.get((guard, more or "")), WAYS_OUT.get(guard)) if guard else ()
    return " ".join([told, *(one for one in beside if one)])


@cache
def _tables() -> tuple[dict[str, str], ...]:
    return (
        {str(one): words for one, words in GUARDS.items()},
        {str(one): words for one, words in CALL_ENDS.items()},
        {str(one): f"The address was closed: {words}." for one, words in CLOSED.items()},
        _OTHER,
    )


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
