"""What happened with a contact outside of what we send: a showing, an offer, an appointment; and links they followed.

A milestone is a fact with a time, told by a person, a task or a provider; sequences wait for it, turn on it and end by
it. The same thing told twice is one.

Tables: milestones, click_events
Verbs: note_milestone, take_back_milestone, mark_taken_back, list_milestones, note_click, mark_scanned,
    erase_milestones, forget_milestones
Imports: ids
"""

from modules.milestones.clicks import MACHINE_WITHIN, is_machine
from modules.milestones.models import APPOINTMENT, ListedMilestone, Milestone, Source
from modules.milestones.store import (
    erase_milestones,
    forget_milestones,
    list_milestones,
    mark_scanned,
    mark_taken_back,
    note_click,
    note_milestone,
    take_back_milestone,
)

__all__ = [
    "APPOINTMENT",
    "MACHINE_WITHIN",
    "ListedMilestone",
    "Milestone",
    "Source",
    "erase_milestones",
    "forget_milestones",
    "is_machine",
    "list_milestones",
    "mark_scanned",
    "mark_taken_back",
    "note_click",
    "note_milestone",
    "take_back_milestone",
]
