"""Who our clients are, who may see them, and their accounts at the providers.

Tables: clients, members, provider_accounts
Verbs: (being written)
Imports: ids, labels
"""

from modules.accounts.models import Account, Client, ClientStatus, Membership, Role

__all__ = ["Account", "Client", "ClientStatus", "Membership", "Role"]
