"""Events that are not a plain status of a known touch."""

from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

from modules.ids import AccountId
from modules.labels import Provider


class EventKind(StrEnum):
    inbound = "inbound"
    unknown_touch = "unknown_touch"
    unknown_type = "unknown_type"


def environment_account(provider: Provider) -> AccountId:
    """The fixed id under which events of the environment's own account are kept while no client is known."""
    return AccountId(uuid5(NAMESPACE_URL, f"omnify:environment:{provider}"))
