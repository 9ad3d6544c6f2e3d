"""Whether a check of ours would leave this minute, and in words what keeps it from that. Reads only, without locks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from modules.accounts import Account
from modules.canaries import LONGEST, PUNCTUAL, Canary, CanaryLook, DueCheck
from modules.channels import Permission
from modules.contacts import Address, Contact, read_addresses, read_contacts
from modules.health import read_engine_state
from modules.labels import ADDRESS_KIND, AddressKind, NextChannel
from modules.policy import Decision, GuardReason
from modules.preview import GUARDS, WAYS_OUT, what_holds
from utils.db import Connection
from workers.accounts_in_use import AccountsInUse
from workers.canary import errand_of
from workers.candidate import is_gated
from workers.context import Deps
from workers.errand_touch import weigh_errand
from workers.senders import free_lines, usable_senders

HOUR = timedelta(hours=1)
Whole = tuple[Contact, Mapping[AddressKind, Address]]
ADDRESSES = {AddressKind.phone: "phone number", AddressKind.email: "e-mail address"}
_PRESUMED = Permission(True, None, "presumed")
_DISARMED = "The engine is disarmed: nothing leaves until somebody runs `scripts/omnify arm`."
_RESTING = "Every number that calls could leave from is resting after faults."
_LINES = "Every line for calls is taken at the moment."
_ASKED = "Nothing known here; the provider is asked for its own Do Not Disturb just before each, and may say no."


@dataclass(frozen=True)
class Outlook:
    """`held_back` None: nothing that is known here keeps it from leaving. `until`: where anybody knows the end of it.
    `asked`: the provider is asked just before, and has the last word."""

    held_back: str | None
    until: datetime | None = None
    asked: bool = False


async def foretell_check(
    deps: Deps,
    conn: Connection,
    account: Account,
    canary: Canary | CanaryLook,
    person: Whole,
    permission: Permission | None = None,
) -> Decision | None:
    """What the guards say of a check that would leave now; None without an address, or where the provider has to be
    asked and `permission` does not say what it would answer."""
    contact, addresses = person
    address = addresses.get(ADDRESS_KIND[canary.channel])
    if address is None or (permission is None and is_gated(account.provider, account.channel)):
        return None
    now = deps.clock.now()
    turn = DueCheck(
        canary.id, canary.client_id, canary.channel, canary.contact_id, canary.started_at, 0, now, attempts=0
    )
    return (await weigh_errand(deps, conn, account, errand_of(turn, 1), contact, address, permission, now)).decision


async def foretell_canary(deps: Deps, conn: Connection, accounts: AccountsInUse, look: CanaryLook) -> Outlook:
    """Everything that a sweep looks at before a check leaves, in its order."""
    now = deps.clock.now()
    account = accounts.of(look.client_id, NextChannel(look.channel))
    if account is None:
        return Outlook("The client has no account for this channel.")
    state = await read_engine_state(conn)
    if state is None or not state.may_arm:
        return Outlook(_DISARMED)
    contact = (await read_contacts(conn, [look.contact_id])).get(look.contact_id)
    addresses = (await read_addresses(conn, [look.contact_id])).get(look.contact_id, {})
    kind = ADDRESS_KIND[look.channel]
    if contact is None or kind not in addresses:
        return Outlook(f"The person has no {ADDRESSES[kind]} any more.")
    senders = await usable_senders(conn, account, now)
    if senders.none_until is not None:
        return Outlook(_RESTING, senders.none_until)
    if await free_lines(conn, account) == 0:
        return Outlook(_LINES)
    hold = what_holds(await foretell_check(deps, conn, account, look, (contact, addresses), _PRESUMED))
    if hold is None:
        return Outlook(None, asked=is_gated(account.provider, account.channel))
    words = (GUARDS[hold.reason], _way_out(look, hold.reason))
    return Outlook(" ".join(word for word in words if word), hold.until)


def why_silent(look: CanaryLook, outlook: Outlook, now: datetime) -> str | None:
    """What holds one back, for a list; the provider's last word only where the last turn has passed without a check."""
    left_out = now - (look.newest_at or look.started_at) > PUNCTUAL + (look.every if look.newest_at else timedelta())
    return outlook.held_back or (_ASKED if outlook.asked and left_out else None)


def _way_out(look: CanaryLook, reason: GuardReason) -> str:
    longest = LONGEST[look.channel]
    if reason is GuardReason.quiet_hours and look.every > longest:
        return (
            f"Every {look.every // HOUR} h, all its turns may fall there: stop it and start it with "
            f"`--every {longest // HOUR}` or less."
        )
    return WAYS_OUT.get(reason, "")
