"""May it leave now? Pure guards on facts that were read under the locks; what is not known does not allow.

Tables: none
Verbs: guard, load_facts, load_people_facts, load_colleague_replies, try_sender, set_lock_timeout,
  find_place, place_of_person, next_allowed, rule_named, sentence_of, is_open, next_opening
Imports: ids, labels
"""

from modules.policy.effects import EFFECTS, Effect
from modules.policy.guards import GUARDS, guard
from modules.policy.law_guards import TOUCHES_A_DAY
from modules.policy.models import (
    Agreement,
    Allow,
    Block,
    Candidate,
    Decision,
    Defer,
    Evidence,
    Facts,
    GuardReason,
    NoConsent,
    OpenWindow,
    Permits,
    Place,
    Rule,
)
from modules.policy.people_store import PersonFacts, load_colleague_replies, load_people_facts
from modules.policy.places import email_place, find_place, place_of_person
from modules.policy.quiet_hours import Hours, is_allowed, next_allowed
from modules.policy.rules import rule_named, sentence_of
from modules.policy.store import load_facts, set_lock_timeout, try_sender
from modules.policy.windows import is_open, next_opening

__all__ = [
    "EFFECTS",
    "GUARDS",
    "TOUCHES_A_DAY",
    "Agreement",
    "Allow",
    "Block",
    "Candidate",
    "Decision",
    "Defer",
    "Effect",
    "Evidence",
    "Facts",
    "GuardReason",
    "Hours",
    "NoConsent",
    "OpenWindow",
    "Permits",
    "PersonFacts",
    "Place",
    "Rule",
    "email_place",
    "find_place",
    "guard",
    "is_allowed",
    "is_open",
    "load_colleague_replies",
    "load_facts",
    "load_people_facts",
    "next_allowed",
    "next_opening",
    "place_of_person",
    "rule_named",
    "sentence_of",
    "set_lock_timeout",
    "try_sender",
]
