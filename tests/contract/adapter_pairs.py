"""The pairs of provider and channel that run under the common contract: a new one is one entry here."""

from collections.abc import Mapping

from modules.labels import ChannelName, Provider
from tests.contract.ghl_pairs import GHL_EMAIL, GHL_SMS
from tests.contract.pair import Pair
from tests.contract.retell_pair import RETELL_VOICE
from tests.contract.text_pairs import RESEND_EMAIL, TWILIO_SMS
from tests.contract.vapi_pair import VAPI_VOICE

PairName = tuple[Provider, ChannelName]

PAIRS: Mapping[PairName, Pair] = {
    (pair.provider, pair.channel): pair
    for pair in (TWILIO_SMS, RESEND_EMAIL, VAPI_VOICE, RETELL_VOICE, GHL_SMS, GHL_EMAIL)
}
