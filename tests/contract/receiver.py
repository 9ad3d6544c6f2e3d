"""A real little web server that takes the twin's webhooks and checks each signature with the official library."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from svix.webhooks import Webhook, WebhookVerificationError
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]


@dataclass(frozen=True)
class Letter:
    """One webhook as it arrived; `genuine` is the official library's verdict."""

    path: str
    headers: dict[str, str]
    body: str
    genuine: bool

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body, keep_blank_values=True))


@dataclass
class Receiver:
    """Answers 200, or the next of `answers`; paths under /twilio are checked as Twilio's, all others as Svix'."""

    twilio_token: str
    svix_secret: str
    url: str = ""
    letters: list[Letter] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)

    def take(self, path: str, headers: dict[str, str], body: str) -> int:
        genuine = self._is_twilio(path, headers, body) if path.startswith("/twilio") else self._is_svix(headers, body)
        self.letters.append(Letter(path, headers, body, genuine))
        self.arrived.set()
        return self.answers.pop(0) if self.answers else 200

    def _is_twilio(self, path: str, headers: dict[str, str], body: str) -> bool:
        params = dict(parse_qsl(body, keep_blank_values=True))
        signature = headers.get("x-twilio-signature", "")
        return bool(RequestValidator(self.twilio_token).validate(self.url + path, params, signature))

    def _is_svix(self, headers: dict[str, str], body: str) -> bool:
        try:
            Webhook(self.svix_secret).verify(body, headers)
        except WebhookVerificationError:
            return False
        return True

    def statuses(self) -> list[str]:
        """Twilio statuses in the order of arrival."""
        return [letter.form["SmsStatus"] for letter in self.letters if urlsplit(letter.path).path.startswith("/twilio")]


@contextlib.contextmanager
def run_receiver(twilio_token: str, svix_secret: str) -> Iterator[Receiver]:
    receiver = Receiver(twilio_token, svix_secret)

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(receiver.take(self.path, headers, body))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: the letters are the record."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
