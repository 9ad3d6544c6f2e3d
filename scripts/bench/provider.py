"""Twilio as fast as anybody can be: in this process, or on a loopback socket in a process of its own.

The twin checks what a real provider checks and keeps a ledger; that costs more than our own work and would hide it.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count

import httpx

from scripts.database.launcher import PROJECT

READY = "ready "
ENDS_WITHIN = 5.0
LONGEST_SERIES = 1_000_000
NOTHING_MORE = httpx.ByteStream(b"")


class Told(httpx.Response):
    """An answer all of which is here already: to read it from a stream is a network's part."""

    def __init__(self, body: bytes, request: httpx.Request) -> None:
        # as a transport makes it of what came over a socket; `content=` would find out the headers for each answer
        head = [(b"Content-Type", b"application/json"), (b"Content-Length", b"%d" % len(body))]
        super().__init__(201, headers=head, stream=NOTHING_MORE, request=request)
        self._body = body

    @property
    def content(self) -> bytes:
        return self._body

    async def aread(self) -> bytes:
        return self._body


class InProcess(httpx.AsyncBaseTransport):
    """Accepts every message at once, without a socket. `series` keeps the ids of several apart."""

    def __init__(self, series: int = 0) -> None:
        self._numbers = count(series * LONGEST_SERIES + 1)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return Told(accepted(next(self._numbers)), request)


def accepted(number: int) -> bytes:
    """Twilio's answer to a send, as far as we read it."""
    return b'{"sid": "SM%032x", "status": "queued", "error_code": null}' % number


@contextmanager
def on_a_socket(delay_seconds: float) -> Iterator[str]:
    """The base URL of a server in a process of its own that accepts every message after this long."""
    with in_a_process("scripts.bench.provider", str(delay_seconds)) as url:
        yield url


@contextmanager
def in_a_process(module: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """What this module says it serves at, while it runs beside us. With an `environment` it has that besides ours, and
    its log goes nowhere."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=None if environment is None else subprocess.DEVNULL,
        text=True,
        cwd=PROJECT,
        env={**os.environ, **(environment or {})},
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith(READY):
                raise RuntimeError(f"{' '.join([module, *arguments])} did not start")
            yield line.removeprefix(READY).strip()
        finally:
            process.terminate()
            process.wait(ENDS_WITHIN)


async def serve(delay_seconds: float) -> None:
    """HTTP/1.1 with keep-alive, read just as far as needed to know where a request ends."""
    numbers = count(1)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(length_in(head))
                if delay_seconds:
                    await asyncio.sleep(delay_seconds)
                body = accepted(next(numbers))
                writer.write(
                    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()  # the client has gone

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(f"{READY}http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    async with server:
        await server.serve_forever()


def length_in(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
