"""The accounts of a cast at any provider: what our row of each says, and how the twin comes to know it."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from modules.accounts import AccountDraft
from modules.channels import channel_for
from modules.ids import ClientId
from modules.labels import ChannelName, Provider, UnknownPolicy
from scripts.sandbox.remote import Twin

LINES_AT_THE_PROVIDER = 100


@dataclass(frozen=True)
class Given:
    """How one account differs from the usual: one number, the provider's own policy, no question to a person."""

    settings: Mapping[str, str] = field(default_factory=dict)
    policy: UnknownPolicy | None = None
    review: bool = False
    second_number: bool = False


@dataclass(frozen=True)
class Identity:
    """Everything by which the providers know one client; all of it follows from the client's slug."""

    slug: str
    number: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.slug.encode()).hexdigest()

    @property
    def token(self) -> str:
        return self.digest[32:]

    @property
    def place(self) -> int:
        return int(self.digest[:4], 16) % 80 + 20

    @property
    def sid(self) -> str:
        return "AC" + self.digest[:32]

    @property
    def signing(self) -> str:
        """The secret of Resend's webhooks."""
        return "whsec_" + base64.b64encode(self.digest[:24].encode()).decode()

    @property
    def second(self) -> str:
        return f"+1206556{self.place:04d}"

    @property
    def senders(self) -> Mapping[str, str]:
        """Ids of the two numbers at Vapi, and the numbers."""
        return {f"first-{self.token[:8]}": self.number, f"second-{self.token[:8]}": self.second}

    @property
    def location(self) -> str:
        return f"loc{self.digest[:17]}"

    @property
    def ghl_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.slug.encode()).digest())

    def ref_of(self, phone: str) -> str:
        """A person's id at GoHighLevel."""
        return hashlib.sha256(f"{self.slug} {phone}".encode()).hexdigest()[:20]


def draft_of(
    who: Identity, client_id: ClientId, provider: Provider, channel: ChannelName, given: Given, rate: float
) -> AccountDraft:
    """The account as the command line would write it, asked of its adapter first."""
    settings, secrets = credentials_of(who, provider)
    if given.second_number:
        settings |= second_of(who, provider)
    settings |= given.settings
    adapter = channel_for(provider, channel)
    adapter.check_account(settings, secrets)
    policy = given.policy or adapter.policy.default_unknown
    return AccountDraft(client_id, provider, channel, settings, secrets, policy, rate, given.review)


def credentials_of(who: Identity, provider: Provider) -> tuple[dict[str, str], dict[str, str]]:
    """Settings and secrets."""
    match provider:
        case Provider.twilio:
            return {"account_sid": who.sid, "from_number": who.number}, {"auth_token": who.token}
        case Provider.resend:
            mail = {"sender": f"Acme <hello@{who.slug}.example>"}
            return mail, {"api_key": f"re_{who.token}", "webhook_secret": who.signing}
        case Provider.vapi:
            first, *_ = who.senders
            calls = {"assistant_id": f"assistant-{who.token[:8]}", "phone_number_id": first}
            return calls, {"api_key": who.token, "webhook_secret": f"hook-{who.token}"}
        case Provider.retell:
            return {"agent_id": f"agent_{who.token[:8]}", "from_number": who.number}, {"api_key": f"key_{who.token}"}
        case Provider.ghl:
            public = base64.b64encode(who.ghl_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
            secrets = {"token": f"pit-{who.token}", "webhook_public_key": public.decode()}
            return {"location_id": who.location, "from_number": who.number}, secrets


def second_of(who: Identity, provider: Provider) -> dict[str, str]:
    """The setting that names the second number."""
    if provider is Provider.vapi:
        return {"second_phone_number_id": list(who.senders)[1]}
    return {"second_from_number": who.second}


def register(
    twin: Twin, who: Identity, public_url: str, keys: Mapping[Provider, str], lines: int = LINES_AT_THE_PROVIDER
) -> None:
    """Makes every account known at this twin; what it tells goes to the hooks that these keys open."""
    hooks = f"{public_url}/hooks"
    for provider, key in keys.items():
        settings, secrets = credentials_of(who, provider)
        match provider:
            case Provider.twilio:
                inbound = f"{hooks}/twilio/inbound/{key}"
                twin.add_twilio(who.sid, who.token, [who.number], inbound_url=inbound)
            case Provider.resend:
                domain, url = f"{who.slug}.example", f"{hooks}/resend/{key}"
                twin.add_resend(secrets["api_key"], domain, url, secrets["webhook_secret"])
            case Provider.vapi:
                url, headers = f"{hooks}/vapi/{key}", {"X-Vapi-Secret": secrets["webhook_secret"]}
                numbers = dict(who.senders)
                twin.add_vapi(secrets["api_key"], numbers, lines, inbound_url=url, inbound_headers=headers)
            case Provider.retell:
                numbers_too, url = [who.number, who.second], f"{hooks}/retell/{key}"
                twin.add_retell(secrets["api_key"], numbers_too, [settings["agent_id"]], url, lines)
            case Provider.ghl:
                raw, url = base64.b64encode(who.ghl_key.private_bytes_raw()).decode(), f"{hooks}/ghl/{key}"
                twin.add_ghl(secrets["token"], who.location, [who.number], url, webhook_private_key=raw)
