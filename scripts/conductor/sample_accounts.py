"""The sample clients and their accounts at the twin: each provider is somebody's."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from modules.accounts import AccountDraft, ClientChange, add_account, set_client, stored_accounts
from modules.channels import channel_for
from modules.ids import ClientId
from modules.labels import ChannelName, Provider
from modules.permits import RegistrationStatus, register_sender
from scripts.sandbox.remote import Twin
from utils.db import Connection
from utils.digest import hash_text
from workers.context import Deps

RATE = 50.0


@dataclass(frozen=True)
class SampleClient:
    """A client of the demo. `number`, `second_number` and `domain` are its own at the twin."""

    slug: str
    name: str
    sequence: str
    number: str
    second_number: str
    domain: str
    seller: str
    postal_address: str
    serves: tuple[tuple[Provider, ChannelName], ...]

    @property
    def profile(self) -> ClientChange:
        """Who the client is before the law; its street is made up."""
        return ClientChange(seller=self.seller, postal_address=self.postal_address, help_contact=f"help@{self.domain}")

    def secret(self, what: str) -> str:
        """32 hex digits, the same in every run."""
        return hash_text(f"{what} {self.slug}")[:32]

    @property
    def location(self) -> str:
        return f"loc{self.secret('location')[:17]}"

    @property
    def twilio_sid(self) -> str:
        return "AC" + self.secret("sid")

    def uses(self, provider: Provider) -> bool:
        return any(one is provider for one, _ in self.serves)


P, C = Provider, ChannelName
CLIENTS = (
    SampleClient(
        *("harbor-homes", "Harbor Homes", "lead-3-7-14-30.yaml"),
        *("+12065550190", "+12065550192", "harbor-homes.example"),
        *("Harbor Homes LLC", "18 Wharf Street, Seattle, WA 98101"),
        ((P.twilio, C.sms), (P.resend, C.email), (P.vapi, C.voice)),
    ),
    SampleClient(
        *("bright-dental", "Bright Dental", "patient-recall.yaml"),
        *("+13125550191", "+13125550193", "bright-dental.example"),
        *("Bright Dental PLLC", "240 Lake Street, Chicago, IL 60601"),
        ((P.ghl, C.sms), (P.ghl, C.email), (P.retell, C.voice)),
    ),
    SampleClient(
        *("cedar-realty", "Cedar Realty", "new-lead-welcome.yaml"),
        *("+16175550194", "+16175550195", "cedar-realty.example"),
        *("Cedar Realty Inc.", "7 Beacon Street, Boston, MA 02108"),
        ((P.twilio, C.sms), (P.resend, C.email)),
    ),
)


async def add_accounts(
    deps: Deps, conn: Connection, twin: Twin, sample: SampleClient, client_id: ClientId, now: datetime
) -> None:
    """Writes the client's profile and accounts as the command line would, and registers them at the twin."""
    await set_client(conn, client_id, sample.profile)
    ids = {}
    for provider, channel in sample.serves:
        adapter = channel_for(provider, channel)
        settings, secrets = _credentials(sample, provider)
        adapter.check_account(settings, secrets)
        policy = adapter.policy.default_unknown
        draft = AccountDraft(client_id, provider, channel, settings, secrets, policy, RATE)
        account_id = await add_account(conn, deps.sealer, draft, now)
        ids[account_id] = provider
        if channel is ChannelName.sms:
            campaign = f"C{sample.secret('campaign')[:6].upper()}"
            await register_sender(conn, client_id, account_id, campaign, RegistrationStatus.approved, "sample", now)
    keys = {ids[row.id]: row.account_key for row in await stored_accounts(conn) if row.id in ids}
    _register(deps.settings.public_url, twin, sample, keys)


def _credentials(sample: SampleClient, provider: Provider) -> tuple[dict[str, str], dict[str, str]]:
    token = sample.secret("token")
    match provider:
        case Provider.twilio:
            return {"account_sid": sample.twilio_sid, "from_number": sample.number}, {"auth_token": token}
        case Provider.resend:
            mail = {"sender": f"{sample.name} <hello@{sample.domain}>", "inbound_domain": f"in.{sample.domain}"}
            return mail, {"api_key": f"re_{token}", "webhook_secret": _svix_secret(sample)}
        case Provider.vapi:
            first, second = _phone_ids(sample)
            calls = {"assistant_id": f"assistant-{sample.slug}", "phone_number_id": first}
            return calls | {"second_phone_number_id": second}, {
                "api_key": token,
                "webhook_secret": sample.secret("hook"),
            }
        case Provider.retell:
            own = {"agent_id": f"agent_{sample.slug}", "from_number": sample.number}
            return own | {"second_from_number": sample.second_number}, {"api_key": f"key_{token}"}
        case Provider.ghl:
            own = {"location_id": sample.location, "from_number": sample.number}
            own |= {"email_from": f"{sample.name} <hello@{sample.domain}>"}
            public = base64.b64encode(_ghl_key(sample).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
            return own, {
                "token": f"pit-{token}",
                "webhook_public_key": public.decode(),
                "hook_secret": sample.secret("hint"),
            }


def _register(public_url: str, twin: Twin, sample: SampleClient, keys: Mapping[Provider, str]) -> None:
    hooks = f"{public_url}/hooks"
    for provider, key in keys.items():
        settings, secrets = _credentials(sample, provider)
        match provider:
            case Provider.twilio:
                inbound = f"{hooks}/twilio/inbound/{key}"
                twin.add_twilio(sample.twilio_sid, secrets["auth_token"], [sample.number], inbound_url=inbound)
            case Provider.resend:
                twin.add_resend(secrets["api_key"], sample.domain, f"{hooks}/resend/{key}", secrets["webhook_secret"])
            case Provider.vapi:
                numbers = dict(zip(_phone_ids(sample), (sample.number, sample.second_number), strict=True))
                inbound = f"{hooks}/vapi/{key}"
                headers = {"X-Vapi-Secret": secrets["webhook_secret"]}
                twin.add_vapi(secrets["api_key"], numbers, inbound_url=inbound, inbound_headers=headers)
            case Provider.retell:
                own = [sample.number, sample.second_number]
                url = f"{hooks}/retell/{key}"
                twin.add_retell(secrets["api_key"], own, [settings["agent_id"]], webhook_url=url)
            case Provider.ghl:
                raw = base64.b64encode(_ghl_key(sample).private_bytes_raw()).decode()
                twin.add_ghl(
                    secrets["token"], sample.location, [sample.number], f"{hooks}/ghl/{key}", webhook_private_key=raw
                )


def _svix_secret(sample: SampleClient) -> str:
    return "whsec_" + base64.b64encode(hashlib.sha256(f"hook {sample.slug}".encode()).digest()).decode()


def _phone_ids(sample: SampleClient) -> tuple[str, str]:
    return f"{sample.secret('phone')[:8]}-first", f"{sample.secret('phone')[:8]}-second"


def _ghl_key(sample: SampleClient) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"ghl {sample.slug}".encode()).digest())
