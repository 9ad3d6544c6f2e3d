"""What the control API fixes ahead: facts of a number, and replies of a model."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NumberFacts:
    """What the twin knows of one number; None leaves it to the draw."""

    line_type: str | None = None
    reassigned: bool | None = None
    valid: bool | None = None
    no_data: bool = False
    error_code: str | None = None


@dataclass
class ScriptedReply:
    """A reply waiting for the next `times` prompts that contain `match`."""

    reply: str
    match: str = ""
    times: int = 1
