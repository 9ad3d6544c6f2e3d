"""Turns what a marketer wrote into the exact words one person gets, or says why that cannot be done.

A message with a hole ("Hi ,") is worse than none: a variable without a value and without a fallback refuses the message
at publication (`lint_content`), and again when it is rendered (`render_message`).

Tables: none
Verbs: render_message, lint_content, is_variable, known_variables, count_segments
Imports: ids, labels
"""

from modules.content.lint import Finding, is_variable, known_variables, lint_content
from modules.content.render import (
    EmptyMessage,
    MessageTooLong,
    MissingVariable,
    Rendered,
    RenderProblem,
    TemplateFailed,
    render_message,
)
from modules.content.segments import SMS_LIMIT, Encoding, Segments, count_segments
from modules.content.templates import Texts

__all__ = [
    "SMS_LIMIT",
    "EmptyMessage",
    "Encoding",
    "Finding",
    "MessageTooLong",
    "MissingVariable",
    "RenderProblem",
    "Rendered",
    "Segments",
    "TemplateFailed",
    "Texts",
    "count_segments",
    "is_variable",
    "known_variables",
    "lint_content",
    "render_message",
]
