"""All that differs between the adapters, as far as the contract's table needs to know it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from modules.channels import NotSent, Rejected
from modules.labels import ChannelName, Provider, TouchState
from scripts.sandbox.remote import Twin
from tests.contract.twin_customer import Customer

PROOF = "proof"


@dataclass(frozen=True)
class To:
    """A person: where a message goes and, where the provider sends to ids, who that is."""

    address: str
    ref: str | None = None


@dataclass(frozen=True)
class Refusal:
    """What a send is answered with: the account's changes or the twin's fault code that bring it about."""

    answer: Rejected
    code: str = ""
    changes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """A message that was taken and came to nothing: the twin's fault, and how our reason for it ends."""

    fault: str
    code: str | None
    reason: str


@dataclass(frozen=True)
class Pair:
    """One adapter's account at the twin and what its provider is like."""

    provider: Provider
    channel: ChannelName
    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    base_url: Callable[[Twin], str]
    to: To
    other: To
    subject: str | None
    foreign: Mapping[str, str]
    """Another account's secrets."""
    broken: tuple[tuple[str, str], ...]
    """Fields of the account and what they must not be."""
    too_many: NotSent
    refused: Refusal
    wrong_key: Refusal
    failure: Failure
    first_word: str
    """The provider's word for what it has just taken."""
    proof_words: frozenset[str]
    """The provider's words that can prove it."""
    story: tuple[tuple[str, TouchState | None], ...]
    """Its webhooks about one message that arrives: their words (`PROOF` for one that can prove it), and what they mean
    to us."""
    signature: str
    """The header that a webhook cannot do without."""
    kind_word: bytes
    """What in a webhook's body says what it is about."""
    stranger_id: str
    """An id in the provider's form that nobody has."""
    letter_mark: bytes = b""
    """What stands in every webhook about one of our messages, where others come besides."""
    proven: TouchState = TouchState.delivered
    carries_reference: bool = True
    lists_address: bool = True
    list_proves: bool = True
    """A line of its list says as much as the item itself."""
    lists_at_once: bool = True
    """Its list shows what has not begun yet."""
    smallest_page: int = 2
    """The fewest lines of a list that the provider gives at once."""
    signs_body: bool = True
    signs_with_time: bool = False
    register: Callable[[Customer], None] | None = None
    """Makes the account at the twin, where the customer has none there."""

    def word(self, provider_status: str) -> str:
        return PROOF if provider_status in self.proof_words else provider_status

    @property
    def name(self) -> str:
        return f"{self.provider}/{self.channel}"
