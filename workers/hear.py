"""Who speaks, and do they ask us to stop? Said once here, for everything that comes in."""

import re
from dataclasses import dataclass
from datetime import datetime

from modules.channels import Inbound
from modules.emotion import OptOut, Scope, Verdict, judge_call, judge_words, strongest
from modules.inbox import own_words
from modules.labels import ADDRESS_KIND, AddressKind, ChannelName, InboundKind, Provider
from utils.address import normalise_email, normalise_phone

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_ANSWER = re.compile(r"^\s*(?:re|fwd?|aw|wg|sv|rv|tr|res)\s*:", re.IGNORECASE)
_BY_PROVIDER = Verdict(OptOut.yes, Scope.channel, "provider")


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
        return text if _E164.fullmatch(text) else normalise_phone(text)
    except ValueError:
        return None


def asks_to_stop(event: Inbound) -> bool:
    """True when it closes an address; what is doubtful only holds, until a person has read it."""
    return judge(event).opt_out is OptOut.yes


def judge(event: Inbound) -> Verdict:
    """The provider's own word, and the person's; whichever closes more."""
    said = _judge_own_words(event)
    return strongest([said, _BY_PROVIDER]) if event.opted_out else said


def _judge_own_words(event: Inbound) -> Verdict:
    """Of a call the turns of the other side. Of an e-mail not the quoted rest: an empty one speaks by its subject (what
    `mailto:` links of unsubscribe headers send); a subject of their own that says stop above other words is doubtful.
    """
    if event.kind is InboundKind.call:
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


def flags_of(verdict: Verdict) -> dict[str, str]:
    """What the inbox row keeps of it, so that a person sees what was understood and why; nothing for a `no`."""
    if verdict.opt_out is OptOut.no:
        return {}
    scope = {"opt_out_scope": str(verdict.scope)} if verdict.scope else {}
    return {"opt_out": str(verdict.opt_out), "opt_out_rule": verdict.rule, **scope}
