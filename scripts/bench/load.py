"""Posts webhooks as fast as they are answered, or so many a second, from a process of its own over raw sockets.

It shall never be what is measured: no HTTP library, requests that were written before, answers read as far as needed.
"""

import asyncio
import json
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from scripts.bench.provider import length_in
from scripts.database.launcher import PROJECT
from utils.clock import monotonic

MARK = b"\0\0\0\0"


@dataclass(frozen=True)
class Load:
    """What came of it. Milliseconds are counted from when a request was to leave."""

    requests: int
    refused: int
    per_second: float
    p50_ms: float
    p99_ms: float
    worst_ms: float


def put_load(url: str, requests: Sequence[bytes], at_once: int, rate: float, folder: Path) -> Load:
    """All of them over so many kept connections; `rate` 0 means as fast as they are answered."""
    book = folder / "requests"
    book.write_bytes(MARK.join(requests))
    command = [sys.executable, "-m", "scripts.bench.load", url, str(book), str(at_once), str(rate)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the load did not get through: {done.stderr.strip()[-500:]}")
    return Load(**json.loads(done.stdout))


async def post_all(url: str, requests: Sequence[bytes], at_once: int, rate: float) -> Load:
    place = urlsplit(url)
    left, took, refused = deque(enumerate(requests)), list[float](), 0
    connections = [await asyncio.open_connection(place.hostname, place.port) for _ in range(at_once)]
    started = monotonic()

    async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal refused
        while left:
            number, request = left.popleft()
            begun = started + number / rate if rate else monotonic()
            if (pause := begun - monotonic()) > 0:
                await asyncio.sleep(pause)
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if length := length_in(head):
                await reader.readexactly(length)
            took.append(monotonic() - begun)
            refused += not head.startswith(b"HTTP/1.1 2")
        writer.close()

    await asyncio.gather(*(work(*connection) for connection in connections))
    seconds = monotonic() - started
    took.sort()
    p50, p99 = (1000 * took[min(len(took) - 1, int(len(took) * share))] for share in (0.5, 0.99))
    return Load(len(took), refused, len(took) / seconds, p50, p99, 1000 * took[-1])


def main(url: str, book: str, at_once: str, rate: str) -> None:
    requests = Path(book).read_bytes().split(MARK)
    print(json.dumps(asdict(asyncio.run(post_all(url, requests, int(at_once), float(rate))))))


if __name__ == "__main__":
    main(*sys.argv[1:])
