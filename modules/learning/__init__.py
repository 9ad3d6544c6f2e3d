"""How each step of a sequence has done, counted from the ledger so that nobody has to count it at every look.

Tables: step_analytics
Verbs: count_steps
Imports: ids
"""

from modules.learning.store import count_steps

__all__ = ["count_steps"]
