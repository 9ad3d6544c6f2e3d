"""The words that code owns, put around what a marketer wrote: the last thing that happens to a text."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from modules.contacts import Contact
from modules.content import (
    SMS_LIMIT,
    Language,
    MessageTooLong,
    Rendered,
    brief,
    call_opening,
    dress_mail,
    dress_text,
    footer_needed,
    language_of,
)
from modules.labels import ChannelName
from modules.policy import Facts
from utils.frozen import quickly_made


@quickly_made
@dataclass(frozen=True)
class Dressed:
    """The final words. `added` goes into the touch's decision: what code put there, for whoever asks later."""

    rendered: Rendered
    added: Mapping[str, object] = field(default_factory=dict)
    opening: str | None = None


def dress(
    rendered: Rendered, channel: ChannelName, contact: Contact, facts: Facts, way_out: str, now: datetime
) -> Dressed:
    """A first text names the brand and says how to stop, again after 30 days and in every fifth; a call opens with
    code's own sentence; a mail ends with the postal address and `way_out`, the link that ends it. RenderProblem where
    that cannot be seen, or makes a text longer than one may be."""
    language = language_of_contact(contact)
    if channel is ChannelName.sms:
        first = not facts.texted_before
        footer = footer_needed(first, facts.footer_at, facts.texts_since_footer, now)
        body = dress_text(rendered.body, contact.client_name, language, first=first, footer=footer)
        if len(body) > SMS_LIMIT:
            raise MessageTooLong("body", len(body), SMS_LIMIT)
        return Dressed(replace(rendered, body=body), {"footer": True} if footer else {})
    if channel is ChannelName.voice:
        # to everybody, wherever they are: of two states the stricter one counts, and the caller's is not known here
        words = call_opening("", contact.client_name, language, (), recorded=True)
        return Dressed(replace(rendered, body=brief(words, rendered.body)), {"opening": words}, words)
    body = dress_mail(rendered.body, contact.client_name, contact.postal_address or "", way_out, language)
    return Dressed(replace(rendered, body=body), {"footer": True})


def language_of_contact(contact: Contact) -> Language:
    """By the field `language`; English when it is not known."""
    return language_of(str(contact.fields.get("language") or ""))
