"""GoHighLevel's texts and e-mails under the common contract: one account, one delivery policy, two channels."""

from dataclasses import replace
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from modules.channels import NotSent, Rejected
from modules.labels import ChannelName, Provider, TouchState
from tests.contract.ghl_customer import LOCATION, MAILBOX, NUMBER, PERSON, PRIVATE_KEY, RAW_KEY, TOKEN
from tests.contract.pair import PROOF, Failure, Pair, Refusal, To
from tests.contract.twin_customer import Customer

GRACE, EDSGER = "CONTACT0000000GRACE", "CONTACT000000EDSGER"
OTHER_PERSON, OTHER_MAILBOX = "+14155550277", "edsger@dijkstra.example"


def public_key(raw: bytes) -> str:
    key = Ed25519PrivateKey.from_private_bytes(raw).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def register(customer: Customer) -> None:
    twin, url = customer.twin, f"{customer.receiver.url}/hooks/ghl/key"
    twin.add_ghl(TOKEN, LOCATION, [NUMBER], webhook_url=url, webhook_private_key=PRIVATE_KEY)
    twin.put_ghl_contact(LOCATION, id=GRACE, phone=PERSON, email=MAILBOX, firstName="Grace")
    twin.put_ghl_contact(LOCATION, id=EDSGER, phone=OTHER_PERSON, email=OTHER_MAILBOX, firstName="Edsger")


GHL_SMS = Pair(
    provider=Provider.ghl,
    channel=ChannelName.sms,
    settings={"location_id": LOCATION, "from_number": NUMBER},
    secrets={"token": TOKEN, "webhook_public_key": public_key(RAW_KEY)},
    base_url=lambda twin: twin.ghl_url,
    to=To(PERSON, GRACE),
    other=To(OTHER_PERSON, EDSGER),
    subject=None,
    foreign={"token": TOKEN, "webhook_public_key": public_key(RAW_KEY[::-1])},
    broken=(
        *(("location_id", ""), ("location_id", "two words"), ("location_id", "../x")),
        *(("token", ""), ("token", "two words"), ("token", "ключ")),
    ),
    too_many=NotSent("too_many_requests", timedelta(seconds=10)),
    refused=Refusal(Rejected(True, "ghl_no_phone", "ghl_no_phone"), "Missing phone number"),
    wrong_key=Refusal(Rejected(False, "http_401", "ghl_http_401"), changes={"token": "pit-wrong"}),
    failure=Failure("status_failed", None, "failed"),
    first_word="pending",
    proof_words=frozenset({"delivered"}),
    story=(("sent", None), (PROOF, TouchState.delivered)),
    signature="x-ghl-signature",
    kind_word=b"OutboundMessage",
    stranger_id="0" * 20,
    letter_mark=b'"OutboundMessage"',
    carries_reference=False,
    lists_address=False,
    smallest_page=10,
    register=register,
)

GHL_EMAIL = replace(
    GHL_SMS,
    channel=ChannelName.email,
    settings={"location_id": LOCATION, "email_from": "hello@acme.example"},
    to=To(MAILBOX, GRACE),
    other=To(OTHER_MAILBOX, EDSGER),
    subject="Hello",
)
