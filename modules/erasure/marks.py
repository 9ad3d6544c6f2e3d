"""What stands in the ledger where an address stood: a keyed hash that only this house can compare with an address."""

from modules.ids import ClientId
from modules.labels import AddressKind
from utils.signing import Pepper

_START = "erased:"


def mark_of(pepper: Pepper, client_id: ClientId, kind: AddressKind, value: str) -> str:
    """`erased:` and the hash in hexadecimal; the same address at the same client gives the same mark."""
    return _START + pepper.hash(client_id, kind, value).hex()


def is_mark(text: str) -> bool:
    """True for what mark_of wrote; no address begins so."""
    return text.startswith(_START)


def hash_in(mark: str) -> bytes:
    """The hash, as kept_suppressions holds it; ValueError for what is no mark."""
    if not is_mark(mark):
        raise ValueError("this is an address, not the mark of an erased one")
    return bytes.fromhex(mark.removeprefix(_START))
