"""Twilio's texts and Resend's e-mails under the common contract."""

from datetime import timedelta

from modules.channels import NotSent, Rejected
from modules.labels import ChannelName, Provider, TouchState
from tests.contract.pair import PROOF, Failure, Pair, Refusal, To
from tests.contract.twin_customer import ACCOUNT, KEY, NUMBER, PERSON, SECRET, SENDER, TOKEN

TWILIO_SMS = Pair(
    provider=Provider.twilio,
    channel=ChannelName.sms,
    settings={"account_sid": ACCOUNT, "from_number": NUMBER},
    secrets={"auth_token": TOKEN},
    base_url=lambda twin: twin.twilio_url,
    to=To(PERSON),
    other=To("+14155550177"),
    subject=None,
    foreign={"auth_token": "another-token"},
    broken=(
        *(("account_sid", ""), ("account_sid", "AC1"), ("account_sid", "../AC")),
        *(("auth_token", ""), ("auth_token", "two words"), ("auth_token", "ключ"), ("from_number", "Acme")),
        ("messaging_service_sid", "MG1"),
    ),
    too_many=NotSent("twilio_20429"),
    refused=Refusal(Rejected(True, "21614", "twilio_21614"), "21614"),
    wrong_key=Refusal(Rejected(False, "20003", "twilio_20003"), changes={"auth_token": "wrong"}),
    failure=Failure("status_undelivered", "30005", "30005"),
    first_word="queued",
    proof_words=frozenset({"delivered"}),
    story=(("sent", None), (PROOF, TouchState.delivered)),
    signature="x-twilio-signature",
    kind_word=b"delivered",
    stranger_id="SM" + "0" * 32,
)

RESEND_EMAIL = Pair(
    provider=Provider.resend,
    channel=ChannelName.email,
    settings={"sender": SENDER},
    secrets={"api_key": KEY, "webhook_secret": SECRET},
    base_url=lambda twin: twin.resend_url,
    to=To("ada@lovelace.example"),
    other=To("bob@lovelace.example"),
    subject="Hello",
    foreign={"webhook_secret": "whsec_" + "QUJD" * 8},
    broken=(
        *(("sender", ""), ("sender", "Acme"), ("sender", "Acme <hello@acme>"), ("sender", "a@b.c\r\nBcc: d@e.f")),
        *(("api_key", ""), ("api_key", "re_1\n"), ("webhook_secret", ""), ("webhook_secret", "whsec_!")),
        *(("inbound_domain", "acme"), ("inbound_domain", "in.acme.example>"), ("inbound_domain", "a@in.acme.example")),
    ),
    too_many=NotSent("rate_limit_exceeded", timedelta(seconds=1)),
    refused=Refusal(Rejected(True, "validation_error", "resend_validation_error"), "validation_error"),
    wrong_key=Refusal(Rejected(False, "invalid_api_key", "resend_invalid_api_key"), changes={"api_key": "re_wrong"}),
    failure=Failure("status_failed", "reached_daily_quota", "reached_daily_quota"),
    first_word="queued",
    proof_words=frozenset({"delivered"}),
    story=(("sent", None), (PROOF, TouchState.delivered)),
    signature="svix-signature",
    kind_word=b"delivered",
    stranger_id="00000000-0000-0000-0000-000000000000",
    signs_with_time=True,
)
