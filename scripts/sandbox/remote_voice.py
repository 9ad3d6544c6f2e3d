"""The telephone's part of the control API as typed calls: what `Twin` inherits for Vapi and Retell."""

from datetime import datetime
from typing import Any


class VoiceCalls:
    """Mixed into `Twin`, which does the asking."""

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        raise NotImplementedError

    def add_vapi(
        self,
        api_key: str,
        phone_numbers: dict[str, str],
        concurrency_limit: int = 10,
        inbound_url: str | None = None,
        inbound_headers: dict[str, str] | None = None,
        webhook_secret: str | None = None,
    ) -> None:
        """Register or change a Vapi account; `phone_numbers` maps the id of a saved number to the number."""
        self._ask(
            "POST",
            "accounts/vapi",
            {
                "api_key": api_key,
                "phone_numbers": [{"id": key, "number": number} for key, number in phone_numbers.items()],
                "concurrency_limit": concurrency_limit,
                "inbound_url": inbound_url,
                "inbound_headers": inbound_headers or {},
                "webhook_secret": webhook_secret,
            },
        )

    def add_retell(
        self,
        api_key: str,
        numbers: list[str],
        agent_ids: list[str],
        webhook_url: str | None = None,
        concurrency_limit: int = 20,
    ) -> None:
        """Register or change a Retell account; its API key also signs its webhooks."""
        self._ask(
            "POST",
            "accounts/retell",
            {
                "api_key": api_key,
                "numbers": numbers,
                "agent_ids": agent_ids,
                "webhook_url": webhook_url,
                "concurrency_limit": concurrency_limit,
            },
        )

    def call_us_vapi(
        self, api_key: str, phone_number_id: str, person: str, spoke: bool = True, at: datetime | None = None
    ) -> None:
        """A person calls one of our numbers at Vapi."""
        wish = {"api_key": api_key, "phone_number_id": phone_number_id, "from": person, "spoke": spoke}
        self._ask("POST", "inbound/vapi", wish | {"at": at.isoformat() if at else None})

    def call_us_retell(
        self, api_key: str, number: str, person: str, spoke: bool = True, at: datetime | None = None
    ) -> None:
        """A person calls one of our numbers at Retell."""
        wish = {"api_key": api_key, "to": number, "from": person, "spoke": spoke}
        self._ask("POST", "inbound/retell", wish | {"at": at.isoformat() if at else None})
