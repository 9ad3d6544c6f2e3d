"""Tenants, their members and their accounts at the providers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from modules.ids import AccountId, ClientId, UserId
from modules.labels import ChannelName, Provider, UnknownPolicy


class ClientStatus(StrEnum):
    live = "live"
    test = "test"
    paused = "paused"


class Role(StrEnum):
    owner = "owner"
    marketer = "marketer"
    viewer = "viewer"


@dataclass(frozen=True)
class Client:
    """A tenant."""

    id: ClientId
    slug: str
    name: str
    status: ClientStatus


@dataclass(frozen=True)
class Profile:
    """Who the law and the carriers see behind a tenant. Money is in millionths of a dollar; None is without a limit."""

    status: ClientStatus
    seller: str | None
    postal_address: str | None
    help_contact: str | None
    daily_budget_micros: int | None


@dataclass(frozen=True)
class ClientChange:
    """What is to change of a tenant; None leaves it. `unlimited` takes the budget away."""

    status: ClientStatus | None = None
    seller: str | None = None
    postal_address: str | None = None
    help_contact: str | None = None
    daily_budget_micros: int | None = None
    unlimited: bool = False


@dataclass(frozen=True)
class Membership:
    """What one person may do at one client."""

    client: Client
    user_id: UserId
    role: Role


@dataclass(frozen=True)
class Account:
    """A provider account ready for use. `secrets` never reaches a log or a repr."""

    id: AccountId
    client_id: ClientId
    provider: Provider
    channel: ChannelName
    account_key: str
    settings: Mapping[str, str]
    unknown_policy: UnknownPolicy
    sends_per_second: float
    base_url: str
    secrets: Mapping[str, str]
    review_unknown: bool = False
    """What stays unknown waits for a person before it ends as lost."""
    from_environment: bool = False
    """Its credentials are the environment's own, which other clients may share."""

    def __repr__(self) -> str:
        return f"Account({self.provider}, {self.id})"


@dataclass(frozen=True)
class AccountDraft:
    """An account to add. `secrets` None means the environment's own credentials (then `settings` may be empty).

    Whether settings and secrets are complete is the channel adapter's question (`check_account`), asked by the caller.
    """

    client_id: ClientId
    provider: Provider
    channel: ChannelName
    settings: Mapping[str, str]
    secrets: Mapping[str, str] | None = field(repr=False)
    unknown_policy: UnknownPolicy
    sends_per_second: float
    review_unknown: bool = False

    @property
    def from_environment(self) -> bool:
        return self.secrets is None


@dataclass(frozen=True)
class StoredAccount:
    """An account as its row holds it, secrets sealed or absent."""

    id: AccountId
    client_id: ClientId
    provider: Provider
    channel: ChannelName
    account_key: str
    settings: Mapping[str, str]
    sealed_secrets: bytes | None = field(repr=False)
    unknown_policy: UnknownPolicy
    sends_per_second: float
    retired_at: datetime | None = None
    review_unknown: bool = False


@dataclass(frozen=True)
class Unheard:
    """What changed at an account was not read to the end: it is asked for since `since`, and all conversations that
    were last moved before `until` have been heard. The last `stuck` looks in a row came no further."""

    since: datetime
    until: datetime
    stuck: int


@dataclass(frozen=True)
class SealedSecret:
    """One sealed value and whose it is."""

    id: AccountId
    client_id: ClientId
    sealed: bytes = field(repr=False)


@dataclass(frozen=True)
class LocalUser:
    """A person whom the local issuer knows."""

    id: UserId
    email: str
    password_hash: str = field(repr=False)


@dataclass(frozen=True)
class Identity:
    """Who a verified token speaks for."""

    user_id: UserId
    email: str | None
