"""What people do of their own accord, as typed calls: what `Twin` inherits for clicks and appointments."""

from datetime import datetime
from typing import Any

from scripts.sandbox.remote_more import text_of


class EngagementCalls:
    """Mixed into `Twin`, which does the asking."""

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        raise NotImplementedError

    def click_link(
        self,
        to: str,
        mail: int | None = None,
        user_agent: str | None = None,
        at: datetime | None = None,
        times: int = 1,
    ) -> None:
        """A link is followed in a mail of Resend to this address: in the one of this number (1 is the first), else in
        the last. `user_agent` is a telephone's browser unless given; `times` repeats the event under its one svix-id.
        It is told when the twin advances to `at` (now, unless given)."""
        wish: dict[str, Any] = {"to": to, "mail": mail, "at": text_of(at), "times": times}
        self._ask("POST", "clicks", wish | ({} if user_agent is None else {"user_agent": user_agent}))

    def put_ghl_appointment(
        self,
        location_id: str,
        contact_id: str,
        starts_at: datetime | None = None,
        *,
        ref: str | None = None,
        status: str = "confirmed",
        deleted: bool = False,
        at: datetime | None = None,
        times: int = 1,
    ) -> str:
        """An appointment at GHL is made (without `ref`), changed or deleted at `at` (now, unless given); its id. The
        signed webhook leaves when the twin advances there, `times` over."""
        wish = {"location_id": location_id, "contact_id": contact_id, "id": ref, "starts_at": text_of(starts_at)}
        wish |= {"status": status}
        more = {"deleted": deleted, "at": text_of(at), "times": times}
        return str(self._ask("POST", "ghl/appointments", {**wish, **more})["id"])
