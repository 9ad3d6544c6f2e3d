"""Which adapter speaks for which provider."""

from collections.abc import Mapping
from types import MappingProxyType

from modules.channels.port import Channel
from modules.channels.resend_email import ResendEmail
from modules.channels.twilio_sms import TwilioSms
from modules.labels import Provider

CHANNELS: Mapping[Provider, Channel] = MappingProxyType(
    {Provider.twilio: TwilioSms(), Provider.resend: ResendEmail()},
)


def channel_for(provider: Provider) -> Channel:
    """The adapter of a provider; every provider has one (test)."""
    return CHANNELS[provider]
