"""Which adapter speaks for which provider and channel.

An adapter is loaded when it is first asked for: a house uses two or three of the six, and loading all of them took a
tenth of a cold sweep. `accounts_in_use` asks for each that has an account, long before anything is armed.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import cache

import httpx

from modules.accounts import Account
from modules.channels.models import CannotTell
from modules.channels.models_of_hooks import ContactSeen
from modules.channels.port import Channel
from modules.labels import ChannelName, Provider

_PAIRS = (
    (Provider.twilio, ChannelName.sms),
    (Provider.resend, ChannelName.email),
    (Provider.vapi, ChannelName.voice),
    (Provider.retell, ChannelName.voice),
    (Provider.ghl, ChannelName.sms),
    (Provider.ghl, ChannelName.email),
)


@cache
def _load(provider: Provider, channel: ChannelName) -> Channel:
    # heavy: each adapter is five to ten files
    match provider, channel:
        case Provider.twilio, ChannelName.sms:
            from modules.channels.twilio_sms import TwilioSms

            return TwilioSms()
        case Provider.resend, ChannelName.email:
            from modules.channels.resend_email import ResendEmail

            return ResendEmail()
        case Provider.vapi, ChannelName.voice:
            from modules.channels.vapi_voice import VapiVoice

            return VapiVoice()
        case Provider.retell, ChannelName.voice:
            from modules.channels.retell_voice import RetellVoice

            return RetellVoice()
        case Provider.ghl, ChannelName.sms:
            from modules.channels.ghl_sms import GhlSms

            return GhlSms()
        case Provider.ghl, ChannelName.email:
            from modules.channels.ghl_email import GhlEmail

            return GhlEmail()
    raise KeyError((provider, channel))


class _Channels(Mapping[tuple[Provider, ChannelName], Channel]):
    """All pairs that exist; looking a pair up loads its adapter, naming them loads none."""

    def __getitem__(self, pair: tuple[Provider, ChannelName]) -> Channel:
        return _load(*pair)

    def __contains__(self, pair: object) -> bool:
        return pair in _PAIRS

    def __iter__(self) -> Iterator[tuple[Provider, ChannelName]]:
        return iter(_PAIRS)

    def __len__(self) -> int:
        return len(_PAIRS)


CHANNELS: Mapping[tuple[Provider, ChannelName], Channel] = _Channels()


def channel_for(provider: Provider, channel: ChannelName) -> Channel:
    """The adapter of a provider for a channel; KeyError for a pair that does not exist."""
    return _load(provider, channel)


def channels_of(provider: Provider) -> tuple[Channel, ...]:
    """A provider's adapters; all of one provider read webhooks alike and follow one delivery policy (test)."""
    return tuple(_load(*pair) for pair in _PAIRS if pair[0] is provider)


def list_ghl_contacts(client: httpx.AsyncClient, account: Account) -> AsyncIterator[Sequence[ContactSeen] | CannotTell]:
    """Everybody at the location, a page at a time; a CannotTell is the last thing given, and means: not all."""
    # heavy: with its adapter's files; only an import asks
    from modules.channels.ghl_contacts import list_contacts

    return list_contacts(client, account)
