"""What people really told us, read off the webhooks that our application has taken: the checker's own ear.

Whether an address is closed in our database is our ledger's word. That a person has said stop, and that we answered
2xx to it, is not: from then on nothing may be armed for them, whatever our own rows say.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from modules.labels import Provider
from tests.simulation.cast import Company
from tests.simulation.network import Carried
from tests.simulation.people import STOPS


class Ear:
    """Knows who is who at the providers."""

    def __init__(self, companies: Sequence[Company]) -> None:
        self._at_ghl = {
            company.cast.who.ref_of(phone): (phone, mail)
            for company in companies
            if Provider.ghl in company.cast.keys
            for phone, mail in zip(company.cast.phones, company.cast.mails, strict=True)
        }

    def stops_in(self, carried: Carried) -> list[str]:
        """The addresses that somebody closes with the words that this webhook carries."""
        path = urlsplit(carried.url).path
        if path.startswith("/hooks/twilio/inbound/"):
            form = {name: values[0] for name, values in parse_qs(carried.content.decode()).items()}
            return [form["From"]] if form.get("Body") in STOPS else []
        if path.startswith("/hooks/resend/"):
            told: Mapping[str, Any] = json.loads(carried.content)
            return [told["data"]["to"][0]] if told.get("type") == "email.complained" else []
        return self._in_ghl(json.loads(carried.content)) if path.startswith("/hooks/ghl/") else []

    def _in_ghl(self, told: Mapping[str, Any]) -> list[str]:
        phone, mail = self._at_ghl.get(str(told.get("contactId") or told.get("id")), ("", ""))
        if told.get("type") == "InboundMessage":
            return [phone] if phone and told.get("body") in STOPS else []
        closed = told.get("dndSettings", {}) if told.get("type") == "ContactDndUpdate" else {}
        found = {"SMS": phone, "Email": mail}
        return [found[way] for way in found if found[way] and closed.get(way, {}).get("status") == "active"]
