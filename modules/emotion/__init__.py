"""What a reply means. For now: does it ask us to stop, by words alone, in English, Spanish and French?

Tables: none
Verbs: judge_words, judge_call, asks_to_stop_on_call, command_of, language_of_words, strongest
Imports: labels
"""

from modules.emotion.models import Command, OptOut, Scope, Verdict
from modules.emotion.opt_out import (
    asks_to_stop_on_call,
    command_of,
    judge_call,
    judge_words,
    language_of_words,
    strongest,
)

__all__ = [
    "Command",
    "OptOut",
    "Scope",
    "Verdict",
    "asks_to_stop_on_call",
    "command_of",
    "judge_call",
    "judge_words",
    "language_of_words",
    "strongest",
]
