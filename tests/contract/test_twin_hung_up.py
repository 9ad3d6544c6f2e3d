"""Whoever hangs up on the twin is told nothing, and the twin goes on."""

from starlette.types import Message

from scripts.sandbox.accounts import ResendAccount
from scripts.sandbox.app import build_app
from scripts.sandbox.world import open_world
from tests.simulation.network import scope_of
from utils.clock import FileClock


class Cycle:
    """Where uvicorn answers one request."""

    transport = None

    def __init__(self) -> None:
        self.statuses: list[int] = []

    async def send(self, message: Message) -> None:
        self.statuses.extend([message["status"]] if "status" in message else [])


async def has_gone() -> Message:
    return {"type": "http.disconnect"}


async def test_who_goes_before_the_request_is_whole_is_no_fault_of_the_twin(twin_clock: FileClock) -> None:
    """As a sweep does that is killed while it sends."""
    cycle, world = Cycle(), open_world(twin_clock, "1", "none")
    world.resend_accounts["re_1"] = ResendAccount("re_1", "mail.example")
    headers = [(b"authorization", b"Bearer re_1"), (b"user-agent", b"us"), (b"content-length", b"100")]
    await build_app(world)(scope_of("POST", "http://127.0.0.1/resend/emails", headers), has_gone, cycle.send)
    assert cycle.statuses == [400]
