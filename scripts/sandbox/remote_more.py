"""More of the control API as typed calls: what `Twin` inherits for GoHighLevel, people, look-ups and model answers."""

from datetime import datetime
from typing import Any


class MoreCalls:
    """Mixed into `Twin`, which does the asking."""

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        raise NotImplementedError

    def _lines(self, path: str, **filters: str | None) -> list[dict[str, Any]]:
        raise NotImplementedError

    def add_ghl(
        self,
        token: str,
        location_id: str,
        numbers: list[str],
        webhook_url: str | None = None,
        webhook_private_key: str | None = None,
        workflow_hook_url: str | None = None,
        workflow_secret: str | None = None,
        rate_enforced: bool = False,
        delivery_webhooks: bool = True,
        workflow: str = "sends",
    ) -> None:
        """Register or change a location; the key is base64 of 32 raw Ed25519 bytes, `workflow` is sends or drops."""
        self._ask(
            "POST",
            "accounts/ghl",
            {
                "token": token,
                "location_id": location_id,
                "numbers": numbers,
                "webhook_url": webhook_url,
                "webhook_private_key": webhook_private_key,
                "workflow_hook_url": workflow_hook_url,
                "workflow_secret": workflow_secret,
                "rate_enforced": rate_enforced,
                "delivery_webhooks": delivery_webhooks,
                "workflow": workflow,
            },
        )

    def put_ghl_contact(self, location_id: str, **fields: Any) -> str:
        """A user at GHL makes or changes a contact (id, phone, email, firstName, dnd, quiet, …); its id."""
        return str(self._ask("POST", "ghl/contacts", {"location_id": location_id} | fields)["id"])

    def write_ghl(
        self,
        location_id: str,
        contact_id: str,
        channel: str,
        body: str = "",
        subject: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """A person writes or calls through GHL: channel SMS, Email or CALL."""
        wish = {"location_id": location_id, "contact_id": contact_id, "channel": channel, "body": body}
        self._ask("POST", "inbound/ghl", wish | {"subject": subject, "at": text_of(at)})

    def unsubscribe_ghl(self, location_id: str, contact_id: str, at: datetime | None = None) -> None:
        """A person follows the unsubscribe link of a GHL e-mail."""
        self._ask("POST", "ghl/unsubscribe", {"location_id": location_id, "contact_id": contact_id, "at": text_of(at)})

    def unsubscribe(
        self, to: str | None = None, provider_id: str | None = None, how: str = "one_click"
    ) -> dict[str, Any]:
        """What a mailbox provider does with a mail of Resend (of this id, else the last one to this address).

        `one_click` posts as RFC 8058 says, `get` opens the link as a scanner does, `complaint` tells Resend. The answer
        has `status`, which our page gave (None for a complaint); ValueError when the mail's headers do not allow it.
        """
        return self._ask("POST", "unsubscribe", {"to": to, "provider_id": provider_id, "how": how})

    def person(self, to: str, persona: str) -> None:
        """Fix how the person behind a number or e-mail address behaves."""
        self._ask("POST", "people", {"to": to, "persona": persona})

    def mail_us(
        self,
        api_key: str,
        sender: str,
        to: str,
        subject: str,
        text: str,
        in_reply_to: str | None = None,
        at: datetime | None = None,
        *,
        blind: bool = False,
    ) -> None:
        """A person mails us, or has us in a blind copy alone; the body waits at GET /emails/receiving/{id}."""
        wish = {"api_key": api_key, "from": sender, "to": to, "subject": subject, "text": text, "blind": blind}
        self._ask("POST", "inbound/resend", wish | {"in_reply_to": in_reply_to, "at": text_of(at)})

    def missed_call(self, account_sid: str, person: str, number: str, url: str, at: datetime | None = None) -> None:
        """A person calls our Twilio number and nobody answers; `url` gets the signed callback."""
        wish = {"account_sid": account_sid, "from": person, "to": number, "url": url}
        self._ask("POST", "inbound/twilio_voice", wish | {"at": text_of(at)})

    def lookup_answer(
        self,
        number: str,
        line_type: str | None = None,
        reassigned: bool | None = None,
        valid: bool | None = None,
        *,
        no_data: bool = False,
        error_code: str | None = None,
    ) -> None:
        """Fix what Lookups says about a number; `no_data` and `error_code` are of the reassigned-number package."""
        wish = {"number": number, "line_type": line_type, "reassigned": reassigned, "valid": valid}
        self._ask("POST", "lookups", wish | {"no_data": no_data, "error_code": error_code})

    def looked_up(self) -> list[dict[str, Any]]:
        """Every look-up that came in: number, fields, last_verified_date."""
        return self._lines("lookups")

    def misprint(self, provider: str, kind: str | None) -> None:
        """How the provider's lists are wrong from now on: same_page, endless, doubled; None: right again."""
        self._ask("POST", "misprints", {"provider": provider, "kind": kind})

    def openai_answer(self, reply: str | dict[str, Any], match: str = "", times: int = 1) -> None:
        """Script the next reply to a prompt that holds `match`."""
        self._ask("POST", "openai", {"reply": reply, "match": match, "times": times})


def text_of(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
