"""Tenants, their members and their accounts at the providers."""

from collections.abc import Mapping
from dataclasses import dataclass
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

    def __repr__(self) -> str:
        return f"Account({self.provider}, {self.id})"
