"""The people we write to, their addresses, what they agreed to, and what is closed.

Tables: contacts, addresses, contact_addresses, consents
Verbs: add_contact, suppress_address, read_address, lock_contacts, lock_addresses, list_contacts, find_contact,
    clients_of_address, count_addresses
Imports: ids, labels
"""

from modules.contacts.add import add_contact
from modules.contacts.models import Address, ConsentGiven, Contact, ContactDraft
from modules.contacts.store import (
    clients_of_address,
    count_addresses,
    find_contact,
    list_contacts,
    lock_addresses,
    lock_contacts,
)
from modules.contacts.suppress import read_address, suppress_address

__all__ = [
    "Address",
    "ConsentGiven",
    "Contact",
    "ContactDraft",
    "add_contact",
    "clients_of_address",
    "count_addresses",
    "find_contact",
    "list_contacts",
    "lock_addresses",
    "lock_contacts",
    "read_address",
    "suppress_address",
]
