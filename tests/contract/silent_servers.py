"""Real sockets that behave badly: closed, silent, dripping."""

import contextlib
import socket
import threading
from collections.abc import Iterator


def closed_port_url() -> str:
    """A port on which nobody listens: it was just given back."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@contextlib.contextmanager
def silent_url(scheme: str) -> Iterator[str]:
    """The kernel takes the connection, nobody ever answers: not a request, not a TLS hello."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"{scheme}://127.0.0.1:{listening.getsockname()[1]}"


@contextlib.contextmanager
def dripping_url() -> Iterator[str]:
    """Answers one byte of an endless header every 50 ms, so that no read timeout ever passes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        enough = threading.Event()

        def drip() -> None:
            with listening.accept()[0] as connection, contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not enough.wait(0.05):
                    connection.sendall(b"a")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            enough.set()
            thread.join(5)
