"""The people we write to, their addresses, and what is closed.

Tables: contacts, addresses, contact_addresses, contact_refs, told_addresses, reopenings
Verbs: suppress_contact, said_stop_at, add_contact, close_address, read_address, lock_contacts,
    lock_addresses, list_contacts, find_contact, clients_of_address, count_addresses, load_people, note_ref, find_ref,
    has_agreed_since, find_lookalike, lock_ref, lock_person, usable_draft, revise_contact, remember_ref,
    sequences_run_by, load_mailbox, lock_for_erasure, lock_own_addresses, shared_addresses, erase_refs,
    erase_reopenings, erase_links, erase_told, read_contacts, read_addresses, erase_addresses, erase_contact,
    is_erased, take_over_imported, lock_imported, drop_imported
Imports: ids, labels, consents, suppressions
"""

from modules.contacts.add import add_contact
from modules.contacts.forgetting_store import (
    erase_addresses,
    erase_contact,
    erase_links,
    erase_refs,
    erase_reopenings,
    erase_told,
    lock_for_erasure,
    lock_own_addresses,
    shared_addresses,
)
from modules.contacts.imported import MANY_ROWS, drop_imported, lock_imported, take_over_imported
from modules.contacts.lock import lock_person
from modules.contacts.models import Address, Contact, ContactDraft, Mailbox
from modules.contacts.reopen import reopen_address
from modules.contacts.revise import remember_ref, revise_contact, usable_draft
from modules.contacts.store import (
    clients_of_address,
    closed_address,
    consent_since_closing,
    count_addresses,
    find_contact,
    find_lookalike,
    find_ref,
    has_agreed_since,
    is_erased,
    list_contacts,
    load_mailbox,
    load_people,
    lock_addresses,
    lock_contacts,
    lock_ref,
    note_ref,
    said_stop_at,
    sequences_run_by,
    suppress_contact,
)
from modules.contacts.suppress import close_address, read_address
from modules.contacts.unlocked import read_addresses, read_contacts

__all__ = [
    "MANY_ROWS",
    "Address",
    "Contact",
    "ContactDraft",
    "Mailbox",
    "add_contact",
    "clients_of_address",
    "close_address",
    "closed_address",
    "consent_since_closing",
    "count_addresses",
    "drop_imported",
    "erase_addresses",
    "erase_contact",
    "erase_links",
    "erase_refs",
    "erase_reopenings",
    "erase_told",
    "find_contact",
    "find_lookalike",
    "find_ref",
    "has_agreed_since",
    "is_erased",
    "list_contacts",
    "load_mailbox",
    "load_people",
    "lock_addresses",
    "lock_contacts",
    "lock_for_erasure",
    "lock_imported",
    "lock_own_addresses",
    "lock_person",
    "lock_ref",
    "note_ref",
    "read_address",
    "read_addresses",
    "read_contacts",
    "remember_ref",
    "reopen_address",
    "revise_contact",
    "said_stop_at",
    "sequences_run_by",
    "shared_addresses",
    "suppress_contact",
    "take_over_imported",
    "usable_draft",
]
