"""Turns what a marketer wrote into the exact words one person gets, or says why that cannot be done.

A message with a hole ("Hi ,") is worse than none: a variable without a value and without a fallback refuses the message
at publication (`lint_content`), and again when it is rendered (`render_message`).

Tables: none
Verbs: render_message, render_text, lint_content, lint_text, almost_usual, says_almost, is_variable,
    known_variables, count_segments, brand_line, text_footer, footer_needed, dress_text, help_answer,
    opt_out_confirmation, ai_disclosure, call_opening, needs_recording_notice, brief, opening_in,
    language_of, load_liquid, dress_mail, mail_footer, unsubscribe_page
Imports: ids, labels
"""

from modules.content.briefing import brief, opening_in
from modules.content.lint import (
    Finding,
    almost_usual,
    is_variable,
    known_variables,
    lint_content,
    lint_text,
    says_almost,
)
from modules.content.mail_footer import UnfinishedHtml, dress_mail, mail_footer
from modules.content.own_words import (
    ALL_PARTY_STATES,
    CONFIRM_WITHIN,
    FOOTER_EVERY,
    Language,
    ai_disclosure,
    brand_line,
    call_opening,
    dress_text,
    footer_needed,
    help_answer,
    language_of,
    needs_recording_notice,
    opt_out_confirmation,
    text_footer,
)
from modules.content.render import (
    EmptyMessage,
    MessageTooLong,
    MissingVariable,
    Rendered,
    RenderProblem,
    TemplateFailed,
    render_message,
    render_text,
)
from modules.content.segments import SMS_LIMIT, Encoding, Segments, count_segments
from modules.content.templates import Texts, load_liquid
from modules.content.unsubscribe_page import PAGE_HEADERS, Said, unsubscribe_page

__all__ = [
    "ALL_PARTY_STATES",
    "CONFIRM_WITHIN",
    "FOOTER_EVERY",
    "PAGE_HEADERS",
    "SMS_LIMIT",
    "EmptyMessage",
    "Encoding",
    "Finding",
    "Language",
    "MessageTooLong",
    "MissingVariable",
    "RenderProblem",
    "Rendered",
    "Said",
    "Segments",
    "TemplateFailed",
    "Texts",
    "UnfinishedHtml",
    "ai_disclosure",
    "almost_usual",
    "brand_line",
    "brief",
    "call_opening",
    "count_segments",
    "dress_mail",
    "dress_text",
    "footer_needed",
    "help_answer",
    "is_variable",
    "known_variables",
    "language_of",
    "lint_content",
    "lint_text",
    "load_liquid",
    "mail_footer",
    "needs_recording_notice",
    "opening_in",
    "opt_out_confirmation",
    "render_message",
    "render_text",
    "says_almost",
    "text_footer",
    "unsubscribe_page",
]
