"""Vapi's calls under the common contract."""

from modules.channels import NotSent, Rejected
from modules.labels import CallEnd, ChannelName, Provider, TouchState
from tests.contract.pair import PROOF, Failure, Pair, Refusal, To
from tests.contract.twin_customer import PERSON, Customer

API_KEY = "vapi-key-for-tests"
HOOK_SECRET = "A-Secret-for-Vapi-tests"
NUMBER_ID = "019a0000-0000-7000-8000-00000000f001"
OTHER_NUMBER_ID = "019a0000-0000-7000-8000-00000000f002"
OUR_NUMBER = "+15005550008"


def register(customer: Customer) -> None:
    """Our number at Vapi, and people who pick up and speak."""
    customer.twin.add_vapi(
        API_KEY,
        {NUMBER_ID: OUR_NUMBER, OTHER_NUMBER_ID: "+15005550009"},
        inbound_url=f"{customer.receiver.url}/hooks/vapi/inbound",
        inbound_headers={"X-Vapi-Secret": HOOK_SECRET},
    )
    for one in (PERSON, "+14155550177"):
        customer.twin.person(one, "answers")


VAPI_VOICE = Pair(
    provider=Provider.vapi,
    channel=ChannelName.voice,
    settings={"assistant_id": "019a0000-0000-7000-8000-00000000b001", "phone_number_id": NUMBER_ID},
    secrets={"api_key": API_KEY, "webhook_secret": HOOK_SECRET},
    base_url=lambda twin: twin.vapi_url,
    to=To(PERSON),
    other=To("+14155550177"),
    subject=None,
    foreign={"webhook_secret": "another-secret"},
    broken=(
        *(("assistant_id", ""), ("assistant_id", "../a"), ("phone_number_id", "+15005550006")),
        *(("api_key", ""), ("api_key", "two words"), ("webhook_secret", ""), ("webhook_secret", "ключ")),
        *(("second_phone_number_id", "a b"), ("concurrent_calls", "ten"), ("reserved_for_inbound", "-1")),
    ),
    too_many=NotSent("too_many_requests"),
    refused=Refusal(Rejected(True, "validation", "vapi_validation"), "customer.number must be a valid phone number"),
    wrong_key=Refusal(Rejected(False, "http_401", "vapi_http_401"), changes={"api_key": "wrong"}),
    failure=Failure("ended_reason", "customer-busy", CallEnd.busy),
    first_word="queued",
    proof_words=frozenset({"customer-ended-call", "assistant-ended-call"}),
    story=(("ringing", None), ("in-progress", None), (PROOF, None), (PROOF, TouchState.completed)),
    signature="x-vapi-secret",
    kind_word=b"end-of-call-report",
    stranger_id="00000000-0000-0000-0000-000000000000",
    proven=TouchState.completed,
    signs_body=False,
    register=register,
)
