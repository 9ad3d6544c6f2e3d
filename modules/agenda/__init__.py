"""Is there anything to do this minute? One question, asked before the engine that would do it is loaded.

Most minutes of most houses are idle, and every sweep is a cold process: loading the engine only to ask four tables and
end takes longer than asking. The question is never narrower than those that the work itself asks (test).

Tables: none
Verbs: something_waits, overdue_since
Imports: labels
"""

from modules.agenda.store import Waiting, overdue_since, something_waits

__all__ = ["Waiting", "overdue_since", "something_waits"]
