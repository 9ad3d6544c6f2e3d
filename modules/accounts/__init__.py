"""Who our clients are, who may see them, and their accounts at the providers.

Every other table hangs on a client, so this module comes first. It also knows who is asking: the local issuer's or
Supabase's tokens, and the session cookie that carries them. Provider secrets are sealed here and opened nowhere else.

Tables: clients, members, provider_accounts, sign_in_attempts, auth.users (people of the local issuer only; Supabase
  keeps its own)
Verbs: unit_price_micros, add_client, set_client, load_profile, list_clients, find_client, add_member, memberships_of,
  member_ids_of, add_account, stored_accounts, distrust_account, unheard_accounts, note_unheard, note_heard,
  replies_read_to, note_replies_read, find_account_by_key, environment_accounts, reseal_secrets, add_local_user,
  forget_attempts, fetch_jwks, seal_session, open_session
Imports: ids, labels
"""

from modules.accounts.authority import (
    Attempts,
    Authority,
    LocalAuthority,
    SupabaseAuthority,
    TooManyAttempts,
    add_local_user,
    fetch_jwks,
)
from modules.accounts.models import (
    Account,
    AccountDraft,
    Client,
    ClientChange,
    ClientStatus,
    Identity,
    Membership,
    Profile,
    Role,
    StoredAccount,
    Unheard,
)
from modules.accounts.price import CURRENCY, unit_price_micros
from modules.accounts.provider_accounts import (
    AccountOpener,
    add_account,
    environment_accounts,
    find_account_by_key,
    reseal_secrets,
)
from modules.accounts.session import SESSION_LENGTH, Session, open_session, seal_session
from modules.accounts.store import (
    distrust_account,
    forget_attempts,
    load_profile,
    note_heard,
    note_replies_read,
    note_unheard,
    replies_read_to,
    stored_accounts,
    unheard_accounts,
)
from modules.accounts.tenants import (
    add_client,
    add_member,
    find_client,
    list_clients,
    member_ids_of,
    memberships_of,
    set_client,
)
from modules.accounts.tokens import KeySet, LocalIssuer

__all__ = [
    "CURRENCY",
    "SESSION_LENGTH",
    "Account",
    "AccountDraft",
    "AccountOpener",
    "Attempts",
    "Authority",
    "Client",
    "ClientChange",
    "ClientStatus",
    "Identity",
    "KeySet",
    "LocalAuthority",
    "LocalIssuer",
    "Membership",
    "Profile",
    "Role",
    "Session",
    "StoredAccount",
    "SupabaseAuthority",
    "TooManyAttempts",
    "Unheard",
    "add_account",
    "add_client",
    "add_local_user",
    "add_member",
    "distrust_account",
    "environment_accounts",
    "fetch_jwks",
    "find_account_by_key",
    "find_client",
    "forget_attempts",
    "list_clients",
    "load_profile",
    "member_ids_of",
    "memberships_of",
    "note_heard",
    "note_replies_read",
    "note_unheard",
    "open_session",
    "replies_read_to",
    "reseal_secrets",
    "seal_session",
    "set_client",
    "stored_accounts",
    "unheard_accounts",
    "unit_price_micros",
]
