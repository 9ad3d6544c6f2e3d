"""What goes wrong is written down once, in words a person can search for.

Tables: system_logs
Verbs: write_log, is_alive
Imports: ids
"""

from modules.health.models import Level, LogEvent
from modules.health.store import is_alive, write_log

__all__ = ["Level", "LogEvent", "is_alive", "write_log"]
