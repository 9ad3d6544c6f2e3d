"""Who speaks, and do they ask us to stop? Said once here, for everything that comes in."""

import re
from dataclasses import dataclass
from datetime import datetime

from modules.channels import Inbound
from modules.emotion import Command, OptOut, Scope, Verdict, command_of, judge_call, judge_words, strongest
from modules.inbox import AnswerHistory, AnswerKind, is_automatic, own_words, return_date
from modules.labels import (
    ADDRESS_KIND,
    OWN_WORD,
    AddressKind,
    ChannelName,
    InboundKind,
    Provider,
    SuppressionReason,
)
from utils.address import normalise_email, normalise_phone

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_ANSWER = re.compile(r"^\s*(?:re|fwd?|aw|wg|sv|rv|tr|res)\s*:", re.IGNORECASE)
_BY_PROVIDER = Verdict(OptOut.yes, Scope.channel, "provider")
_STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_HELP_WORDS = frozenset({"HELP", "INFO"})
ANSWERED_THERE = {Provider.twilio: _STOP_WORDS | _HELP_WORDS, Provider.ghl: _STOP_WORDS}
"""What a provider answers by itself when it is the whole message, in whatever case: Twilio (docs advanced-opt-out and
webhook-request, read 2026-11-20: "Stop please" is not seen), GoHighLevel (its help, "STOP keyword": it switches its
Do-Not-Disturb on). A word that only some accounts know stands here too: no second answer is the safer mistake."""
_TOLL_FREE = re.compile(r"\+1(?:800|833|844|855|866|877|888)\d{7}")


@dataclass(frozen=True)
class Heard:
    """The event with what is derived from it: the sender's address in normal form (None when it is none)."""

    event: Inbound
    provider: Provider
    sender: str | None
    at: datetime
    verdict: Verdict

    @property
    def kind(self) -> AddressKind:
        return ADDRESS_KIND[self.event.channel]


def hear(provider: Provider, event: Inbound, now: datetime) -> Heard:
    """An instant in the future is the provider's clock running ahead."""
    return Heard(event, provider, sender_of(event), min(event.at or now, now), judge(event))


def sender_of(event: Inbound) -> str | None:
    """The address as ours are written; None for a withheld number, a short code, or what is no address."""
    text = event.from_address.strip()
    try:
        if ADDRESS_KIND[event.channel] is AddressKind.email:
            return normalise_email(text)
        return text if _E164.fullmatch(text) else normalise_phone(text, cut_extension=True)
    except ValueError:
        return None


def asks_to_stop(event: Inbound) -> bool:
    """True when it closes an address; what is doubtful only holds, until a person has read it."""
    return judge(event).opt_out is OptOut.yes


def judge(event: Inbound) -> Verdict:
    """The provider's own word, and the person's; whichever closes more. What a machine of theirs answers speaks to
    everybody ("do not e-mail me in urgent matters"), so that it closes nothing before a person has read it."""
    said = _judge_own_words(event)
    if said.opt_out is OptOut.yes and is_machines(event):
        said = Verdict(OptOut.unsure, None, "automatic")
    return strongest([said, _BY_PROVIDER]) if event.opted_out else said


def _judge_own_words(event: Inbound) -> Verdict:
    """Of a call the turns of the other side. Of an e-mail not the quoted rest: an empty one speaks by its subject (what
    `mailto:` links of unsubscribe headers send); a subject of their own that says stop above other words is doubtful.
    """
    if event.kind in (InboundKind.call, InboundKind.own_call):
        return judge_call((event.call.transcript if event.call else None) or event.text)
    if event.channel is not ChannelName.email:
        return judge_words(event.text, AddressKind.phone)
    words, subject = own_words(event.text), event.subject or ""
    if _ANSWER.match(subject):
        subject = ""
    if not words:
        return judge_words(subject, AddressKind.email)
    above = judge_words(subject, AddressKind.email).opt_out is OptOut.yes
    doubt = [Verdict(OptOut.unsure, None, "subject")] if above else []
    return strongest([judge_words(words, AddressKind.email), *doubt])


def is_machines(event: Inbound) -> bool:
    """Whether a machine of theirs answered, and no person."""
    return is_automatic(event.payload, event.subject or "", event.text if is_text(event) else "")


def flags_of(verdict: Verdict) -> dict[str, str]:
    """What the inbox row keeps of it, so that a person sees what was understood and why; nothing for a `no`."""
    if verdict.opt_out is OptOut.no:
        return {}
    scope = {"opt_out_scope": str(verdict.scope)} if verdict.scope else {}
    return {"opt_out": str(verdict.opt_out), "opt_out_rule": verdict.rule, **scope}


def away_of(heard: Heard) -> dict[str, str]:
    """What the inbox row keeps of an automatic reply: the day on which the person is back, where it can be read."""
    event = heard.event
    back_on = return_date(f"{event.subject or ''}\n{own_words(event.text)}", heard.at.date())
    return {"back_on": back_on.isoformat()} if back_on else {}


def is_text(event: Inbound) -> bool:
    return event.channel is ChannelName.sms and event.kind is InboundKind.message


def asks_to_start(event: Inbound) -> bool:
    """START and its like, alone. A bare "yes" never is: it answers a question."""
    return is_text(event) and command_of(event.text) is Command.start


def asks_for_help(event: Inbound) -> bool:
    """HELP and its like, alone: it is answered, and it is no reply that ends or holds anything."""
    return is_text(event) and command_of(event.text) is Command.help


def provider_answers(provider: Provider, event: Inbound) -> bool:
    """Whether the provider has answered this text itself: it says so, or it always does (on no short code of ours)."""
    if event.opted_out or event.payload.get("OptOutType"):
        return True
    ours = event.to_address.removeprefix("+")
    short_code = 0 < len(ours) <= 6
    return not short_code and event.text.strip().upper() in ANSWERED_THERE.get(provider, frozenset())


def answer_to(heard: Heard, history: AnswerHistory) -> AnswerKind | None:
    """What code shall answer, so that each wish is answered once, by us or by the provider (rules R-4, S-2).

    An opt-out is confirmed when it closed what was open. HELP is answered unless the carrier lets nothing through
    (a blocked sender; at a toll-free number anybody who said stop: Twilio, article 360058144374), and not twice within
    the hour, so that two machines do not talk to each other for ever.
    """
    event = heard.event
    if not is_text(event) or heard.sender is None or provider_answers(heard.provider, event):
        return None
    if heard.verdict.opt_out is OptOut.yes:
        return None if history.closed_for in OWN_WORD else AnswerKind.confirmation
    if not asks_for_help(event) or history.helped:
        return None
    toll_free = _TOLL_FREE.fullmatch(event.to_address) is not None
    blocked = history.closed_for is SuppressionReason.provider_opt_out or (toll_free and history.closed_for in OWN_WORD)
    return None if blocked else AnswerKind.help
