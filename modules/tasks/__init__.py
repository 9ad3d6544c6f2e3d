"""What a person of the client has to do for a contact, and what became of it.

A task that a sequence waits for is a promise to the contact: it is settled once, by a name, and never quietly.

Tables: tasks
Verbs: create_tasks, find_task, lock_task, settle_task, withdraw_tasks, postpone_task, list_tasks, erase_tasks,
forget_task_words
Imports: ids
"""

from modules.tasks.models import KnownTask, ListedTask, NewTask, TaskState
from modules.tasks.store import (
    create_tasks,
    erase_tasks,
    find_task,
    forget_task_words,
    list_tasks,
    lock_task,
    postpone_task,
    settle_task,
    withdraw_tasks,
)

__all__ = [
    "KnownTask",
    "ListedTask",
    "NewTask",
    "TaskState",
    "create_tasks",
    "erase_tasks",
    "find_task",
    "forget_task_words",
    "list_tasks",
    "lock_task",
    "postpone_task",
    "settle_task",
    "withdraw_tasks",
]
