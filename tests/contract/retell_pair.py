"""Retell's calls under the common contract: proven means completed, which takes a person who spoke."""

from modules.channels import NotSent, Rejected
from modules.labels import CallEnd, ChannelName, Provider, TouchState
from tests.contract.pair import PROOF, Failure, Pair, Refusal, To
from tests.contract.twin_customer import PERSON, Customer

AGENT, API_KEY = "agent_for_tests", "key_for_retell_tests"
NUMBERS = ("+15005550031", "+15005550032")
OTHER_PERSON = "+14155550177"


def register(customer: Customer) -> None:
    """Our numbers and agent at Retell, and people who pick up and speak."""
    url = f"{customer.receiver.url}/hooks/retell/key"
    customer.twin.add_retell(API_KEY, list(NUMBERS), [AGENT], webhook_url=url)
    for one in (PERSON, OTHER_PERSON):
        customer.twin.person(one, "answers")


RETELL_VOICE = Pair(
    provider=Provider.retell,
    channel=ChannelName.voice,
    settings={"agent_id": AGENT, "from_number": NUMBERS[0], "second_from_number": NUMBERS[1]},
    secrets={"api_key": API_KEY},
    base_url=lambda twin: twin.retell_url,
    to=To(PERSON),
    other=To(OTHER_PERSON),
    subject=None,
    foreign={"api_key": "another_key"},
    broken=(
        *(("agent_id", ""), ("agent_id", "two words"), ("from_number", ""), ("from_number", "Acme")),
        *(("second_from_number", "0049"), ("concurrent_calls", "many"), ("reserved_for_inbound", "-1")),
        *(("api_key", ""), ("api_key", "two words"), ("api_key", "ключ")),
    ),
    too_many=NotSent("too_many_requests"),
    refused=Refusal(Rejected(True, "validation", "retell_validation"), "422"),
    wrong_key=Refusal(Rejected(False, "http_401", "retell_http_401"), changes={"api_key": "wrong"}),
    failure=Failure("ended_reason", "dial_busy", CallEnd.busy),
    first_word="registered",
    proof_words=frozenset({"user_hangup", "agent_hangup"}),
    story=(("ongoing", None), (PROOF, TouchState.completed), (PROOF, TouchState.completed)),
    signature="x-retell-signature",
    kind_word=b"call_analyzed",
    stranger_id="call_" + "0" * 27,
    proven=TouchState.completed,
    list_proves=False,
    lists_at_once=False,
    signs_with_time=True,
    register=register,
)
