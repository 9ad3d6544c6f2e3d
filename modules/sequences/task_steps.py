"""A step that a person of the client does."""

from datetime import timedelta

from modules.labels import OnReply, WaitsFor
from modules.sequences.models import Content, Follow, Step, Task, Wait

TASK = "task"
"""What a file writes for the channel of such a step."""


def task_step(key: str, wait: Wait, task: Task, on_success: Follow, on_failure: Follow, on_reply: OnReply) -> Step:
    """What only a message needs stands at its usual value; a task is given to a person however late it is."""
    late = timedelta(days=3)
    return Step(key, None, wait, WaitsFor.ended, Content(), on_success, on_failure, late, on_reply, task=task)
