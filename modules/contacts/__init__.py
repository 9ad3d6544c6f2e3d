"""The people we write to, their addresses, what they agreed to, and what is closed.

Tables: contacts, addresses, contact_addresses, consents, contact_refs
Verbs: withdraw_consents, suppress_contact, said_stop_at, add_contact, suppress_address, read_address, lock_contacts,
    lock_addresses, list_contacts, find_contact, clients_of_address, count_addresses, load_people, note_ref, find_ref,
    find_lookalike, lock_ref, lock_person, usable_draft, revise_contact, remember_ref, sequences_run_by
Imports: ids, labels
"""

from modules.contacts.add import add_contact
from modules.contacts.lock import lock_person
from modules.contacts.models import Address, ConsentGiven, Contact, ContactDraft
from modules.contacts.revise import remember_ref, revise_contact, usable_draft
from modules.contacts.store import (
    clients_of_address,
    count_addresses,
    find_contact,
    find_lookalike,
    find_ref,
    list_contacts,
    load_people,
    lock_addresses,
    lock_contacts,
    lock_ref,
    note_ref,
    said_stop_at,
    sequences_run_by,
    suppress_contact,
    withdraw_consents,
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
    "find_lookalike",
    "find_ref",
    "list_contacts",
    "load_people",
    "lock_addresses",
    "lock_contacts",
    "lock_person",
    "lock_ref",
    "note_ref",
    "read_address",
    "remember_ref",
    "revise_contact",
    "said_stop_at",
    "sequences_run_by",
    "suppress_address",
    "suppress_contact",
    "usable_draft",
    "withdraw_consents",
]
