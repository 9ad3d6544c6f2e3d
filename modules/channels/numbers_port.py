"""Asks a service whether a number was given to somebody else; the engine knows such services only by this."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Protocol

import httpx

from modules.channels.models import CannotTell
from modules.labels import CheckAnswer


@dataclass(frozen=True)
class Asker:
    """Who asks, and where: credentials at the service, and its address."""

    user: str
    password: str = field(repr=False)
    base_url: str


class NumberCheck(Protocol):
    """One service. It answers with a value for any weather; what it cannot tell is never taken for a no."""

    source: ClassVar[str]

    async def check_reassigned(
        self, client: httpx.AsyncClient, asker: Asker, e164: str, consented_on: date
    ) -> CheckAnswer | CannotTell:
        """Whether the number changed hands on or after this day."""
        ...
