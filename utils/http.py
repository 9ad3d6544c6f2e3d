"""HTTP clients: one for what must never be repeated, one for reads."""

import httpx

USER_AGENT = "omnify-sequencer/0.1"


def send_client(timeout_seconds: float) -> httpx.AsyncClient:
    """For requests that send: no retries, no redirects, HTTP/1.1, young connections, no proxy from the environment.

    A kept-alive socket that the other side has closed would turn a clean send into an unknown one, so idle connections
    live two seconds at most (httpx's `retries` default is 0; said here so that nobody raises it).
    """
    return httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(
            retries=0,
            http1=True,
            http2=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=None, keepalive_expiry=2),
        ),
        follow_redirects=False,
        trust_env=False,
        timeout=httpx.Timeout(timeout_seconds, connect=min(5.0, timeout_seconds)),
        headers={"User-Agent": USER_AGENT},
    )


def read_client(timeout_seconds: float) -> httpx.AsyncClient:
    """For requests that only read (lists, single items)."""
    return httpx.AsyncClient(
        follow_redirects=False,
        trust_env=False,
        timeout=httpx.Timeout(timeout_seconds, connect=min(5.0, timeout_seconds)),
        headers={"User-Agent": USER_AGENT},
    )
