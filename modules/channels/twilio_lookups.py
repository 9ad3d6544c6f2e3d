"""Reassigned numbers through Twilio Lookup v2 (twilio-oai twilio_lookups_v2.json, stored 2026-11-20).

`Fields=reassigned_number` with `LastVerifiedDate` as YYYYMMDD: the day of consent, or one on which the person was
surely reached there. Answers are yes, no and no_data_available, those of the Reassigned Numbers Database (84 FR 11226).
An `error_code` inside a 200 means that the package told nothing. An invalid number is a 200 with `valid: false`: no
database has anything on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import ClassVar

import httpx

from modules.channels.answers import read, text_in
from modules.channels.models import CannotTell
from modules.channels.numbers_port import Asker
from modules.labels import CheckAnswer

ANSWERS: Mapping[str, CheckAnswer] = MappingProxyType(
    {"yes": CheckAnswer.yes, "no": CheckAnswer.no, "no_data_available": CheckAnswer.no_data}
)


@dataclass(frozen=True)
class TwilioLookups:
    """`Asker.user` is the account SID, `Asker.password` its auth token."""

    source: ClassVar[str] = "twilio_lookup_v2"

    async def check_reassigned(
        self, client: httpx.AsyncClient, asker: Asker, e164: str, consented_on: date
    ) -> CheckAnswer | CannotTell:
        """Whether the number changed hands on or after this day; CannotTell for every weather."""
        query = {"Fields": "reassigned_number", "LastVerifiedDate": f"{consented_on:%Y%m%d}"}
        url = f"{asker.base_url}/v2/PhoneNumbers/{e164}"
        found = await read(client, url, auth=(asker.user, asker.password), params=query)
        return found if isinstance(found, CannotTell) else _read_answer(found, e164, consented_on)


def _read_answer(found: Mapping[str, object], e164: str, consented_on: date) -> CheckAnswer | CannotTell:
    if text_in(found, "phone_number") != e164:
        return CannotTell("another_number")
    if found.get("valid") is False:
        return CheckAnswer.no_data
    package = found.get("reassigned_number")
    if not isinstance(package, dict):
        return CannotTell("package_missing")
    if package.get("error_code") is not None:
        return CannotTell("package_error")
    day = text_in(package, "last_verified_date")  # shown with hyphens, whatever was asked
    if day is not None and day.replace("-", "") != f"{consented_on:%Y%m%d}":
        return CannotTell("another_day")
    answer = ANSWERS.get(text_in(package, "is_number_reassigned") or "")
    return CannotTell("unlisted_answer") if answer is None else answer
