"""Who speaks, and do they ask us to stop? Said once here, for everything that comes in."""

import re
from dataclasses import dataclass
from datetime import datetime

from modules.channels import Inbound
from modules.emotion import is_opt_out_keyword
from modules.inbox import own_words
from modules.labels import ADDRESS_KIND, AddressKind, ChannelName, Provider
from utils.address import normalise_email, normalise_phone

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True)
class Heard:
    """The event with what is derived from it: the sender's address in normal form (None when it is none)."""

    event: Inbound
    provider: Provider
    sender: str | None
    at: datetime

    @property
    def kind(self) -> AddressKind:
        return ADDRESS_KIND[self.event.channel]


def hear(provider: Provider, event: Inbound, now: datetime) -> Heard:
    """An instant in the future is the provider's clock running ahead."""
    return Heard(event, provider, sender_of(event), min(event.at or now, now))


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
    """The provider's own word, or a text that is nothing but a keyword. An e-mail's quoted rest does not count, and an
    empty one speaks by its subject (what `mailto:` links of unsubscribe headers send)."""
    if event.opted_out:
        return True
    if event.channel is not ChannelName.email:
        return is_opt_out_keyword(event.text)
    words = own_words(event.text)
    return is_opt_out_keyword(words or event.subject or "")
