"""A step that decides and sends nothing."""

from datetime import timedelta

from modules.labels import WaitsFor
from modules.sequences.models import Branch, Content, Follow, Next, Step, Wait

BRANCH = "branch"
"""What a file writes for the channel of such a step."""


def branch_step(key: str, wait: Wait, branch: Branch, wait_for: str | None = None) -> Step:
    """What only a message needs stands at its usual value."""
    on = Follow(Next.next)
    return Step(
        key, None, wait, WaitsFor.accepted, Content(), on, on, timedelta(days=3), branch=branch, wait_for=wait_for
    )
