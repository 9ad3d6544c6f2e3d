"""The guards of what people write back, each taken away for as long as a seed of T1 is played."""

from typing import Any

from modules.inbox import replies_store
from modules.policy import Allow, Decision
from tests.simulation.mutations_t0 import Inside, patched
from tests.simulation.mutations_t1 import module, reworded

MAY_GO = "and tried.may_go"


def a_reply_leaves_again() -> Inside:
    """What became of the touch before is not asked."""
    blocks = ("replies_due", "lock_reply")
    return reworded(*((replies_store.SQL, block, MAY_GO, "") for block in blocks))


def what_was_taken_back_leaves() -> Inside:
    """Read before, and not asked again under the lock."""
    return reworded((replies_store.SQL, "lock_reply", "and r.closed_at is null", ""))


def replies_ask_no_guard() -> Inside:
    errand = module("workers.errand_touch")
    return patched((errand, "guard", lambda *_: Decision(Allow(), (), None)))


def a_reply_has_all_the_time_in_the_world() -> Inside:
    """Neither before the locks nor under them is the time looked at; the guard that remains counts in its way."""
    reply, errand = module("workers.reply"), module("workers.errand_touch")
    real = errand.Candidate

    def candidate(**known: Any) -> Any:
        return real(**known | {"max_lateness": known["max_lateness"] * 1000})

    return patched((reply, "SENDS_WITHIN", -reply.BACK), (errand, "Candidate", candidate))
