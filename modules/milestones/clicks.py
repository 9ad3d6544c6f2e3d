"""Whether a link was followed by a person or by what looks mail over before them."""

from datetime import datetime, timedelta

MACHINE_WITHIN = timedelta(seconds=10)
"""Scanners follow every link as the mail comes in (mautic#9162, #9798; craft-campaign#546): nobody reads that fast."""
_MACHINES = (
    "bot",
    "crawl",
    "spider",
    "scan",
    "preview",
    "proxy",
    "python-",
    "curl/",
    "headless",
    "barracuda",
    "mimecast",
)


def is_machine(user_agent: str, at: datetime, delivered_at: datetime | None) -> bool:
    """True for a program by its own name, for nobody at all, and for a click within ten seconds of the delivery (of the
    sending, where no delivery is known)."""
    agent = user_agent.strip().casefold()
    if not agent or any(word in agent for word in _MACHINES):
        return True
    return delivered_at is not None and at < delivered_at + MACHINE_WITHIN
