"""A line to PostgreSQL that is cut right behind a COMMIT: it reaches the server, its answer never reaches us."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from psycopg.conninfo import conninfo_to_dict

COMMIT = b"COMMIT\x00"
"""As psycopg sends it: a simple query of this one word (PostgreSQL protocol, message Query)."""


@dataclass
class Line:
    """`armed`: these words are waited for, and the next COMMIT of a connection that has said them since its last one is
    the last word that gets through; `cut` counts those that were. Other connections go on as ever."""

    url: str
    armed: bytes = b""
    cut: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[Line]:
    """A line to the database of this DSN, at an address of its own."""
    parts = conninfo_to_dict(url)
    line = Line("")

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, server = await asyncio.open_connection(str(parts["host"]), int(str(parts["port"])))
        line.writers += [writer, server]
        silent = asyncio.Event()
        with suppress(ConnectionError):
            await asyncio.gather(_ask(line, reader, server, silent), _answer(behind, writer, silent))
        for one in (writer, server):
            one.close()

    listening = await asyncio.start_server(connect, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    pieces = urlsplit(url)
    place = pieces.netloc.rsplit(":", 1)[0]
    line.url = urlunsplit(pieces._replace(netloc=f"{place}:{port}"))
    try:
        yield line
    finally:
        listening.close()
        for one in line.writers:
            one.close()


async def _ask(line: Line, reader: asyncio.StreamReader, server: asyncio.StreamWriter, silent: asyncio.Event) -> None:
    said = b""
    while data := await reader.read(65536):
        said += data
        if COMMIT in data:
            if line.armed and line.armed in said:
                line.armed, line.cut = b"", line.cut + 1
                silent.set()
            said = b""
        server.write(data)
        await server.drain()
    server.close()


async def _answer(behind: asyncio.StreamReader, writer: asyncio.StreamWriter, silent: asyncio.Event) -> None:
    while data := await behind.read(65536):
        if silent.is_set():  # the server has answered, so it is done: now the line is dead
            break
        writer.write(data)
        await writer.drain()
    writer.close()
