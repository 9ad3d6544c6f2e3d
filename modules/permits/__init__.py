"""What a client must have before it may write to somebody: permits that a person registers, lists that a client has
bought and loaded, receipts of what a service said of a number. The guards read these tables; this module fills them.

Tables: sender_registrations, state_clearances, state_blocks, dnc_lists, dnc_numbers, number_checks
Verbs: register_sender, list_registrations, clear_state, list_clearances, add_state_block, end_state_blocks,
  list_state_blocks, read_dnc_lines, load_dnc_list, list_dnc_lists, numbers_to_check, record_checks,
    erase_checks
Imports: ids, labels
"""

from modules.permits.dnc import load_dnc_list
from modules.permits.dnc_lines import DncNumbers, read_dnc_lines
from modules.permits.grant import add_state_block, clear_state, register_sender
from modules.permits.models import (
    Clearance,
    NumberToCheck,
    Receipt,
    RegistrationStatus,
    StateBlock,
)
from modules.permits.store import (
    end_state_blocks,
    erase_checks,
    list_clearances,
    list_dnc_lists,
    list_registrations,
    list_state_blocks,
    numbers_to_check,
    record_checks,
)

__all__ = [
    "Clearance",
    "DncNumbers",
    "NumberToCheck",
    "Receipt",
    "RegistrationStatus",
    "StateBlock",
    "add_state_block",
    "clear_state",
    "end_state_blocks",
    "erase_checks",
    "list_clearances",
    "list_dnc_lists",
    "list_registrations",
    "list_state_blocks",
    "load_dnc_list",
    "numbers_to_check",
    "read_dnc_lines",
    "record_checks",
    "register_sender",
]
