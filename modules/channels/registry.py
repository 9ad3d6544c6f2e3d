"""Which adapter speaks for which provider and channel."""

from collections.abc import Mapping
from types import MappingProxyType

from modules.channels.ghl_email import GhlEmail
from modules.channels.ghl_sms import GhlSms
from modules.channels.port import Channel
from modules.channels.resend_email import ResendEmail
from modules.channels.retell_voice import RetellVoice
from modules.channels.twilio_sms import TwilioSms
from modules.channels.vapi_voice import VapiVoice
from modules.labels import ChannelName, Provider

_ALL: tuple[Channel, ...] = (TwilioSms(), ResendEmail(), VapiVoice(), RetellVoice(), GhlSms(), GhlEmail())

CHANNELS: Mapping[tuple[Provider, ChannelName], Channel] = MappingProxyType(
    {(one.provider, one.channel): one for one in _ALL}
)


def channel_for(provider: Provider, channel: ChannelName) -> Channel:
    """The adapter of a provider for a channel; KeyError for a pair that does not exist."""
    return CHANNELS[provider, channel]


def channels_of(provider: Provider) -> tuple[Channel, ...]:
    """A provider's adapters; all of one provider read webhooks alike and follow one delivery policy (test)."""
    return tuple(one for one in _ALL if one.provider is provider)
