"""Signs what the twin posts with the providers' official code: our check must not agree with a wrong twin."""

from datetime import datetime
from urllib.parse import urldefrag

from svix.webhooks import Webhook
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]


def sign_twilio(url: str, params: dict[str, str], auth_token: str) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the URL without its fragment and all parameters (twilio 9.13.0)."""
    return str(RequestValidator(auth_token).compute_signature(urldefrag(url).url, params))


def svix_headers(secret: str, message_id: str, attempted_at: datetime, body: str) -> dict[str, str]:
    """The three Svix headers. `attempted_at` is real time: receivers refuse signatures older than five real minutes."""
    return {
        "svix-id": message_id,
        "svix-timestamp": str(int(attempted_at.timestamp())),
        "svix-signature": Webhook(secret).sign(message_id, attempted_at, body),
    }
