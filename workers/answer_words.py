"""The final bytes of an answer by code, in the person's language. No database, no network."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr

from modules.accounts import Account
from modules.channels import QUARANTINE, EnvelopeFacts, Permission, channel_for
from modules.contacts import Contact
from modules.content import CONFIRM_WITHIN, Language, help_answer, language_of, opt_out_confirmation
from modules.emotion import language_of_words
from modules.ids import TouchId
from modules.inbox import AnswerKind, Unanswered
from modules.labels import NextChannel
from modules.touches import Arming
from utils.digest import hash_text
from utils.uuid7 import uuid7
from workers.accounts_in_use import AccountsInUse
from workers.context import Deps

WITHIN: Mapping[AnswerKind, timedelta] = {
    AnswerKind.confirmation: CONFIRM_WITHIN,
    AnswerKind.help: timedelta(hours=1),
}
"""How long after the message its answer may still leave."""


def compose_answer(
    deps: Deps,
    accounts: AccountsInUse,
    account: Account,
    one: Unanswered,
    contact: Contact,
    target: str,
    permission: Permission | None,
    attempt: int,
    now: datetime,
) -> Arming:
    """The touch as it is written and sent; the provider keeps it no longer than it may leave."""
    touch_id, channel = TouchId(uuid7(now)), channel_for(account.provider, account.channel)
    language = language_for(contact, one)
    body = body_of(one, contact, language, help_contact(accounts, one, contact))
    senders = channel.senders(account.settings)
    sender = one.to_address if one.to_address in senders else next(iter(senders), None)
    left = int((one.at + WITHIN[one.answer] - now) / timedelta(seconds=1))
    outside = EnvelopeFacts(
        touch_id,
        deps.settings.public_url,
        left,
        armed_at=now,
        sender=sender,
        contact_ref=permission.ref if permission else None,
    )
    return Arming(
        id=touch_id,
        client_id=one.client_id,
        account_id=account.id,
        origin=str(one.answer),
        origin_id=one.id,
        part=0,
        attempt=attempt,
        enrollment_id=None,
        step=None,
        contact_id=one.contact_id,
        channel=account.channel,
        provider=account.provider,
        to_address=target,
        subject=None,
        body=body,
        body_hash=hash_text(body),
        envelope=channel.compose(account, outside),
        sender=sender,
        armed_at=now,
        look_at=now + QUARANTINE,
        confirm_by=now + channel.policy.expire,
        decision={"verdict": "allow", "answers": str(one.id), "language": str(language), "window_seconds": left},
    )


def body_of(one: Unanswered, contact: Contact, language: Language, where_help_is: str) -> str:
    if one.answer is AnswerKind.confirmation:
        return opt_out_confirmation(contact.client_name, language)
    return help_answer(contact.client_name, where_help_is, language)


def language_for(contact: Contact, one: Unanswered) -> Language:
    """What is known of the person, else the language they wrote in."""
    return language_of(str(contact.fields.get("language") or "") or language_of_words(one.body))


def help_contact(accounts: AccountsInUse, one: Unanswered, contact: Contact) -> str:
    """Where the client says that help is; else its e-mail address, the number that was written to, its name."""
    if contact.help_contact:
        return contact.help_contact
    mail = accounts.of(one.client_id, NextChannel.email)
    senders = channel_for(mail.provider, mail.channel).senders(mail.settings) if mail else ()
    address = parseaddr(senders[0])[1] if senders else ""
    return address or one.to_address or contact.client_name
