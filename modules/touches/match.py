"""Which touch a provider's fact is about, and whether it says anything that is not known yet: on plain values."""

from collections.abc import Collection, Iterable

from modules.channels import Fact
from modules.ids import AccountId
from modules.labels import TouchState
from modules.touches.models import Seen
from modules.touches.states import OPEN

_ACCEPTANCE_IS_NEWS = OPEN | {TouchState.review, TouchState.not_sent}


def match_facts(seen: Iterable[Seen], told: Iterable[tuple[Collection[AccountId], Fact]]) -> list[Seen | None]:
    """For each fact the touch that it is about, of the accounts for which it was told: the one that has the provider's
    id, else the one that it names, as long as no other id is known of that one. None: no touch of theirs.
    """
    by_id: dict[object, Seen] = {}
    by_provider_id: dict[tuple[AccountId, str | None], Seen] = {}
    for touch in seen:
        by_id[touch.id] = by_provider_id[touch.account_id, touch.provider_id] = touch

    def match(accounts: Collection[AccountId], fact: Fact) -> Seen | None:
        for account_id in accounts:
            if touch := by_provider_id.get((account_id, fact.provider_id)):
                return touch
        named = by_id.get(fact.reference)
        return named if named and named.provider_id is None and named.account_id in accounts else None

    return [match(accounts, fact) for accounts, fact in told]


def is_old(fact: Fact, state: TouchState, provider_id: str | None) -> bool:
    """Is there nothing in a fact that a touch in this state does not know? Then it need not be locked for it.

    States only go on, so what is old stays old, whatever is being decided about the touch at the same time. What is
    said in a call is never old. Of the address that a fact may close (`suppress`) this says nothing.
    """
    if fact.call is not None or provider_id is None:
        return False
    return state not in _ACCEPTANCE_IS_NEWS if fact.state is None else fact.state is state
