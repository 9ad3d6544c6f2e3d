"""GoHighLevel signs for everybody with one key, so a signed post must also be about this account's location."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from modules.channels import Request, channels_of
from modules.labels import Provider
from utils.errors import BadSignature

KEY = Ed25519PrivateKey.from_private_bytes(b"thirty-two bytes for a test key!")
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()


def signed(**fields: str) -> Request:
    body = json.dumps({"type": "InboundMessage", **fields}).encode()
    signature = base64.b64encode(KEY.sign(body)).decode()
    return Request("https://a.test/hooks/ghl/key", {}, {"x-ghl-signature": signature}, body)


@pytest.mark.parametrize("told", [{"locationId": "loc-of-another"}, {}, {"locationId": ""}])
def test_what_is_signed_for_another_location_is_refused(told: dict[str, str]) -> None:
    keys = {"webhook_public_key": PUBLIC, "location_id": "loc-ours"}
    for adapter in channels_of(Provider.ghl):
        with pytest.raises(BadSignature):
            adapter.verify(keys, signed(**told), 0.0)
        adapter.verify(keys, signed(locationId="loc-ours"), 0.0)
