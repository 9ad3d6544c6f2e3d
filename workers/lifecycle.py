"""At minute 17 of each hour: forgets what has been kept long enough.

Of a touch the line in the ledger stays for five years (states, hashes, evidence, decision codes); the sound, the words
and the message go before. What is not settled is never touched, what waits for its person neither. A suppression has
no end. What no run has forgotten yet goes with the next hour.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from modules.accounts import forget_attempts
from modules.appointments import forget_appointments
from modules.erasure import forget_proofs
from modules.health import forget_breakers, forget_findings, forget_logs, forget_proof_logs
from modules.inbox import forget_events, forget_inbound, forget_replies, forget_sounds, forget_words
from modules.milestones import forget_milestones
from modules.sequences import forget_last_touches, forget_runs
from modules.tasks import forget_task_words
from modules.touches import forget_bodies, forget_recordings, forget_touches, forget_transcripts
from utils.db import Connection
from utils.log import logger
from workers.context import Deps
from workers.inbound import QUEUED_BACK

LOG = logger("lifecycle")

KEEP_RECORDINGS = timedelta(days=30)
"""Where the sound of a call lies, out and in."""
KEEP_TRANSCRIPTS = timedelta(days=90)
"""The words of a call, and what was made of them."""
KEEP_BODIES = timedelta(days=180)
"""What was sent, what people wrote and what was written back."""
KEEP_EVENTS = timedelta(days=14)
"""What providers said that was no plain status: raw. A fact without its touch is joined again for three days."""
KEEP_WAITING = max(KEEP_EVENTS, QUEUED_BACK)
"""What somebody wrote and no client is known for yet: as long as it may still find one."""
KEEP_LOGS = timedelta(days=30)
"""System logs that name no touch and no enrollment. One that does belongs to the proof and stays with it."""
KEEP_LEDGER = timedelta(days=5 * 365 + 2)
"""Touches, what came in, enrollments that ended, findings and their logs (16 CFR 310.5: five years)."""
KEEP_BREAKERS = timedelta(days=7)
"""After it closed: until then the next fault of that number rests longer than the first."""
KEEP_ATTEMPTS = timedelta(hours=1)
"""Attempts to sign in; they count for a minute."""
AT_MOST = 5000
"""Rows of each kind in one run, so that no run holds locks for long; what is left goes with the next hour."""
AT_MOST_ATTEMPTS = 100_000
"""Whoever tries made-up addresses fills this table only, and faster than any other."""
AT_MOST_OF_LEDGER = 500
"""Each line of the ledger that goes is looked for in every table that may name it."""


async def forget(deps: Deps) -> dict[str, int]:
    """What was forgotten, by what it was; an idle hour writes nothing."""
    now = deps.clock.now()
    counts: dict[str, int] = {}
    for name, work in _works(now):
        async with deps.database.transaction() as conn:
            counts[name] = await work(conn)
    report = {name: count for name, count in counts.items() if count}
    if report:
        LOG.info("forgotten", **report)
    return report


def _works(now: datetime) -> list[tuple[str, Callable[[Connection], Awaitable[int]]]]:
    """Each its own transaction. In this order years-old lines lose what names them before they go themselves."""
    years_ago = now - KEEP_LEDGER
    return [
        ("events", lambda conn: forget_events(conn, now - KEEP_EVENTS, now - KEEP_WAITING, AT_MOST)),
        ("logs", lambda conn: forget_logs(conn, now - KEEP_LOGS, AT_MOST)),
        ("breakers", lambda conn: forget_breakers(conn, now - KEEP_BREAKERS, AT_MOST)),
        ("attempts", lambda conn: forget_attempts(conn, now - KEEP_ATTEMPTS, AT_MOST_ATTEMPTS)),
        ("recordings", lambda conn: forget_recordings(conn, now - KEEP_RECORDINGS, AT_MOST)),
        ("recordings_in", lambda conn: forget_sounds(conn, now - KEEP_RECORDINGS, AT_MOST)),
        ("transcripts", lambda conn: forget_transcripts(conn, now - KEEP_TRANSCRIPTS, AT_MOST)),
        ("bodies", lambda conn: forget_bodies(conn, now - KEEP_BODIES, AT_MOST)),
        ("bodies_in", lambda conn: forget_words(conn, now - KEEP_TRANSCRIPTS, now - KEEP_BODIES, AT_MOST)),
        ("replies", lambda conn: forget_replies(conn, now - KEEP_BODIES, AT_MOST)),
        ("task_words", lambda conn: forget_task_words(conn, now - KEEP_BODIES, AT_MOST)),
        ("milestones", lambda conn: forget_milestones(conn, years_ago, AT_MOST)),
        ("appointments", lambda conn: forget_appointments(conn, years_ago, AT_MOST)),
        ("proofs", lambda conn: forget_proofs(conn, now, AT_MOST)),
        ("findings", lambda conn: forget_findings(conn, years_ago, AT_MOST)),
        ("old_logs", lambda conn: forget_proof_logs(conn, years_ago, AT_MOST)),
        ("inbound", lambda conn: forget_inbound(conn, years_ago, AT_MOST)),
        ("last_touches", lambda conn: forget_last_touches(conn, years_ago, AT_MOST_OF_LEDGER)),
        ("touches", lambda conn: forget_touches(conn, years_ago, AT_MOST_OF_LEDGER)),
        ("enrollments", lambda conn: forget_runs(conn, years_ago, AT_MOST_OF_LEDGER)),
    ]
