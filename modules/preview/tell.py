"""Rows and verdicts in, entries out. Pure."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from modules.labels import ChannelName, ConsentKind, OnReply, SuppressionReason, TouchState
from modules.policy import Decision, GuardReason
from modules.preview.models import Closed, Entry, Heard, Kind, Run, Sent
from modules.preview.tell_coming import HAND_OVER, coming, kept
from modules.preview.words import (
    BLOCKED,
    CAME_IN,
    CHANNELS,
    CLOSED,
    ENDS,
    FINISHES,
    KINDS,
    ORIGINS,
    OUTCOMES,
    PUT_OFF,
    evidence_said,
    places_said,
    rule_said,
    when,
    why_said,
    why_touch,
)
from modules.sequences import RUNNING, FinishReason, StopReason

ANSWERS = frozenset({"confirmation", "help"})
"""Touches without a sequence: what code answers at once, whatever the hour, because the person has just written."""
MENDABLE = (GuardReason.missing_variable, GuardReason.not_renderable, GuardReason.no_open_hour)
_FROM_HERE = frozenset({HAND_OVER, FinishReason.handed_over, FinishReason.hand_over_refused})
OF_PROVIDER = frozenset({TouchState.failed, TouchState.bounced, TouchState.complained, TouchState.cancelled})


def tell_touch(sent: Sent, zone: str) -> Entry:
    """Why it went, and what became of it by which evidence."""
    decided = sent.decision
    version = f" (version {decided['version']})" if "version" in decided else ""
    of = f", step '{sent.step}' of '{sent.sequence}'{version}" if sent.step and sent.sequence else f", {_origin(sent)}"
    again = f", attempt {sent.attempt}" if sent.attempt > 1 else ""
    due = decided.get("due_at")
    sentences = [
        f"It was armed {when(sent.armed_at, zone)}."
        + (f" The step was due {when(datetime.fromisoformat(due), zone)}." if due else ""),
        consent_said(sent, zone),
        _hours_said(sent),
        _dnd_said(sent),
        *_outcome(sent, zone),
    ]
    title = f"{CHANNELS[sent.channel]} to {sent.to_address}{of}{again}: {sent.state}"
    facts = {
        "touch": sent.id,
        "sequence": sent.sequence,
        "step": sent.step,
        "channel": sent.channel,
        "state": sent.state,
        "reason": sent.reason,
        "evidence_id": sent.evidence_id,
        "decision": sent.decision,
    }
    return Entry(Kind.touch, sent.armed_at, title, kept(sentences), None, facts)


def consent_said(sent: Sent, zone: str) -> str:
    """The consent that it rested on, else the newest word on this channel when it was armed. Mail may go without one;
    a text or a call may not, unless the person has just asked for it."""
    if sent.origin in ANSWERS:
        return f"It is {ORIGINS[sent.origin]}: code wrote it, and nothing is offered in it."
    if sent.consent_event == "granted" and sent.consent_at:
        words = f"by {sent.consent_source}: “{sent.consent_wording}”"
        known = [KINDS[ConsentKind(sent.consent_kind)]] if sent.consent_kind else []
        known += [f"version {sent.consent_version}"] if sent.consent_version else []
        kind = f" ({', '.join(known)})" if known else ""
        return f"Consent{kind} was given {when(sent.consent_at, zone)} {words}"
    if sent.channel is ChannelName.email and sent.consent_event is None:
        return "No consent to mail was on record, and none had been withdrawn; mail may go then."
    return "Consent was on record when it was armed." if sent.decision.get("consent") else ""


def _origin(sent: Sent) -> str:
    return ORIGINS.get(sent.origin, sent.origin)


def _hours_said(sent: Sent) -> str:
    decided = sent.decision
    zones, left, rule = decided.get("zones") or (), decided.get("window_seconds"), decided.get("rule")
    if sent.channel is ChannelName.email:
        return "Mail knows no quiet hours."
    if sent.origin in ANSWERS:
        return "An answer to what the person has just written waits for no hours."
    until = f"From then on the hours lasted {_span(left)}." if left is not None else ""
    governed = f"The rule that ended the hours first: {rule_said(rule)}" if rule else ""
    places = places_said(zones, decided.get("states") or ())
    return " ".join(kept([places, evidence_said(decided.get("evidence") or ()), until, governed]))


def _dnd_said(sent: Sent) -> str:
    clear = sent.decision.get("provider_dnd") == "clear"
    return "The provider's own Do Not Disturb was asked just before, and was clear." if clear else ""


def _outcome(sent: Sent, zone: str) -> list[str]:
    said = [OUTCOMES[sent.state], why_touch(sent.state, sent.channel, sent.reason)]
    if sent.evidence_id and sent.confirmed_at:
        said.append(f"Proof: {sent.evidence_id}, recorded {when(sent.confirmed_at, zone)}.")
    elif sent.state in OF_PROVIDER:
        said.append("This was the provider's answer to the request itself; no later proof exists.")
    lost = [one for one in sent.evidence if one.get("lost")]
    said += [f"A report of '{one['state']}' ({one['id']}) contradicts it and is kept beside it." for one in lost]
    return [" ".join(kept(said))]


def _span(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    return " ".join(kept([f"{hours} h" if hours else "", f"{minutes} min" if minutes or not hours else ""]))


def tell_run(
    run: Run,
    zone: str,
    now: datetime,
    outlook: Decision | None = None,
    on_reply: OnReply | None = None,
    *,
    asks_provider: bool = False,
    latest: datetime | None = None,
) -> Entry:
    """Why an enrollment waits and until when, or why it ended. `outlook` is what the guards say of the instant at which
    the step is due, by all that is known now; after `latest` it may leave no more."""
    note, running = run.decision or {}, run.status in (*RUNNING, "quarantined")
    place = f" at step '{run.step}'" if run.step and running else ""
    title = f"Sequence '{run.sequence}' (version {run.version}){place}: {run.status}"
    next_at: datetime | None = None
    sentences: list[str] = [*_noted(note, run, zone)]
    if run.status == "active":
        next_at, said = coming(run, zone, now, outlook, latest)
        sentences += said + (["The provider's own Do Not Disturb is asked just before."] if asks_provider else [])
        if on_reply is OnReply.go_on:
            sentences.append("This step goes on when the person writes or calls.")
    else:
        sentences += _standing(run, zone)
    facts = {
        "enrollment": run.id,
        "sequence": run.sequence,
        "version": run.version,
        "step": run.step,
        "status": run.status,
        "status_reason": run.status_reason,
        "due_at": run.due_at,
        "decision": run.decision,
    }
    return Entry(Kind.enrollment, now if running else run.changed_at, title, kept(sentences), next_at, facts)


def _noted(note: Any, run: Run, zone: str) -> list[str]:
    """What the last decision left on the enrollment."""
    reason, rule = note.get("reason"), note.get("rule")
    if not reason:
        return _skips(note, zone)
    if reason in _FROM_HERE:
        return [*_to_another(note, run), *_skips(note, zone)]
    more = note.get("why") or (PUT_OFF if "until" in note else BLOCKED)
    why = " ".join(kept([why_said(reason, note.get("detail") or "", more), rule_said(rule or _rule_in(note))]))
    at = f" on {when(datetime.fromisoformat(note['at']), zone)}" if "at" in note else ""
    if "skipped" in note:
        verb = "did not leave" if run.status == "stopped" else "was skipped"
        return [f"Step '{note['skipped']}' {verb}{at}. {why}", *_skips(note, zone)]
    if run.status == "active":
        since = (
            f" The step was first due {when(datetime.fromisoformat(note['since']), zone)}." if "since" in note else ""
        )
        return [f"It was put off{at}. {why}{since}", *_skips(note, zone)]
    return [why, *_skips(note, zone)]


def _to_another(note: Any, run: Run) -> list[str]:
    """Of a hand-over: to which sequence, and why that did not take the person. One still to come tells of itself."""
    if run.status == "active":
        return []
    refused = why_said(note["why"]) if "why" in note else ""
    return list(kept([why_said(note["reason"], note.get("to") or note.get(HAND_OVER) or ""), refused]))


def _skips(note: Any, zone: str) -> list[str]:
    """The steps that were skipped before the one that the note itself tells of, newest first."""
    told = []
    for one in reversed(note.get("skips") or ()):
        why = " ".join(kept([why_said(one["reason"], "", one.get("why") or BLOCKED), rule_said(one.get("rule"))]))
        told.append(f"Step '{one['skipped']}' was skipped on {when(datetime.fromisoformat(one['at']), zone)}. {why}")
    return told


def _rule_in(note: Any) -> str | None:
    detail: str = note.get("detail") or ""
    return detail if detail and rule_said(detail).find("no longer holds") < 0 else None


def _standing(run: Run, zone: str) -> list[str]:
    since = when(run.changed_at, zone)
    reason = run.status_reason
    if run.status == "finished":
        if reason in tuple(FinishReason):
            return [f"{FINISHES[FinishReason(reason)]} That was {since}."]
        return [f"It came to its end {since}; nothing more is planned."]
    if run.status == "stopped":
        words = ENDS[StopReason(reason)] if reason in tuple(StopReason) else why_said(reason)
        return [f"{words} That was {since}."]
    if run.status == "held":
        own = why_said(reason) if not (run.decision or {}).get("reason") else ""
        release = reason in (GuardReason.reply_waiting, StopReason.replied)
        way = "; `scripts/omnify release` lets it go on" if release else ""
        asked = "; `scripts/omnify findings settle` takes your answer" if reason == GuardReason.possibly_sent else ""
        again = "; `scripts/omnify resume` tries it again once that is mended" if reason in MENDABLE else ""
        return [own, f"It is held since {since}, until somebody looks{way}{asked}{again}."]
    if run.status == "quarantined":
        return [f"Something of ours could not work with it ({reason}); it is set aside since {since} for a person."]
    return [why_said(reason), f"It is paused since {since}; `scripts/omnify resume` lets it go on."]


def tell_heard(heard: Heard, zone: str, runs: Iterable[Run]) -> Entry:
    """What came in and holds until somebody has read it."""
    wish = " They asked to hear no more." if heard.opted_out else ""
    doubt = " It may be a wish to hear no more, so every step waits for a person." if heard.unsure else ""
    before = [f"'{one.sequence}'" for one in runs if one.status in RUNNING and one.enrolled_at <= heard.at]
    reach = f" It counts for {', '.join(before)}." if before else " No sequence that runs began before it."
    sentences = (
        f"{CAME_IN[heard.kind]} {when(heard.at, zone)}, and nobody has released it.{wish}{doubt}",
        f"Steps that stop or hold at a reply do so until then.{reach}",
    )
    title = f"{CHANNELS[heard.channel]} from {heard.from_address}: open"
    return Entry(Kind.inbound, heard.at, title, sentences, None, asdict(heard))


def tell_closed(closed: Closed, zone: str) -> Entry:
    """An address to which nothing leaves any more."""
    known = closed.reason in tuple(SuppressionReason)
    why = CLOSED[SuppressionReason(closed.reason)] if known else closed.reason
    said = f"Nothing leaves to it since {when(closed.at, zone)}: {why}."
    return Entry(Kind.closed, closed.at, f"Address {closed.value}: closed", (said,), None, asdict(closed))
