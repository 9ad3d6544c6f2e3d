"""How the fate of a message is proven at each provider: delivery protocol, section 3.

Apart from the adapters, so that a sweep can ask what is to be looked at without loading one of them.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from modules.channels.models import DeliveryPolicy
from modules.labels import Provider, UnknownPolicy

POLICIES: Mapping[Provider, DeliveryPolicy] = MappingProxyType(
    {
        Provider.twilio: DeliveryPolicy(
            polls=(timedelta(minutes=10), timedelta(hours=1)),
            expire=timedelta(hours=5),
            same_key_until=None,
            default_unknown=UnknownPolicy.never_rearm,
        ),
        Provider.resend: DeliveryPolicy(
            polls=(timedelta(minutes=10), timedelta(hours=2)),
            expire=timedelta(hours=28),
            same_key_until=timedelta(hours=23),
            default_unknown=UnknownPolicy.same_key_retry,
        ),
        Provider.vapi: DeliveryPolicy(
            polls=(timedelta(minutes=20),),
            expire=timedelta(minutes=60),
            same_key_until=None,
            default_unknown=UnknownPolicy.never_rearm,
        ),
        Provider.retell: DeliveryPolicy(
            polls=(timedelta(minutes=20),),
            expire=timedelta(minutes=60),
            same_key_until=timedelta(minutes=55),
            default_unknown=UnknownPolicy.same_key_retry,
        ),
        Provider.ghl: DeliveryPolicy(
            polls=(timedelta(minutes=15), timedelta(minutes=80)),
            expire=timedelta(hours=5),
            same_key_until=None,
            default_unknown=UnknownPolicy.never_rearm,
        ),
    }
)
