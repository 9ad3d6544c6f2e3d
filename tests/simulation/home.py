"""What a simulated process of the engine begins with: the settings of a deployment, and the application described."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from scripts.conductor.stage import SECRET
from tests.simulation.network import HOME, TWIN
from utils.config import read_settings
from workers.api import describe_app

TESTER_PHONE, TESTER_MAIL = "+12125559999", "tester@post.example"
TESTERS = frozenset({TESTER_PHONE, TESTER_MAIL})
"""Nobody of tests/cast.py is reached there."""


def settings_of(dsn: str, *, in_test: bool = False) -> Any:
    """As a real deployment reads them, every provider's address being the twin's; `in_test` all goes to the tester."""
    named: Mapping[str, str] = {
        "DATABASE_URL": dsn,
        "OMNIFY_ENV": "demo",
        "OMNIFY_PUBLIC_URL": HOME,
        "OMNIFY_SECRET_KEY": SECRET,
        "OMNIFY_HTTP_TIMEOUT": "15",
        "TWILIO_BASE_URL": f"{TWIN}/twilio",
        "TWILIO_LOOKUPS_BASE_URL": f"{TWIN}/twilio_lookups",
        "RESEND_BASE_URL": f"{TWIN}/resend",
        "GHL_BASE_URL": f"{TWIN}/ghl",
        "VAPI_BASE_URL": f"{TWIN}/vapi",
        "RETELL_BASE_URL": f"{TWIN}/retell",
    }
    tester = {"OMNIFY_TEST_REDIRECT": f"{TESTER_PHONE},{TESTER_MAIL}"} if in_test else {}
    return read_settings({**named, **tester})


_APPS: list[FastAPI] = []


def web_app() -> FastAPI:
    """The real application, described once in a process's life (its hundred routes take longer than a short seed)."""
    if not _APPS:
        _APPS.append(describe_app())
    return _APPS[0]
