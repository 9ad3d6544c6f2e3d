"""What people did with a person's sequences, in words. Pure."""

from modules.preview.models import Deed, Entry, Kind
from modules.preview.words import when

VERBS: dict[str, str] = {
    "pause": "paused",
    "resume": "resumed",
    "stop": "stopped",
    "skip": "step '{step}' skipped",
    "jump": "jumped from step '{step}'",
    "reschedule": "step '{step}' rescheduled",
    "move": "moved to '{moved_to}'",
    "adopt": "taken over from version {from_version} to version {to_version}",
}


def tell_deed(deed: Deed, zone: str) -> Entry:
    """Who did what, when and why, and where it led."""
    versions = {"from_version": deed.from_version, "to_version": deed.to_version}
    words = VERBS[deed.verb].format(step=deed.from_step, moved_to=deed.moved_to, **versions)
    why = f"The reason given: {deed.reason}" if deed.reason else "No reason was given."
    sentences = (f"{deed.acted_by} did it {when(deed.at, zone)}. {why}", _led(deed, zone))
    facts = {
        "enrollment": deed.enrollment_id,
        "sequence": deed.sequence,
        "verb": deed.verb,
        "by": deed.acted_by,
        "reason": deed.reason,
        "from": {"status": deed.from_status, "step": deed.from_step, "due_at": deed.from_due_at},
        "to": {"status": deed.to_status, "step": deed.to_step, "due_at": deed.to_due_at},
        "moved_to": deed.moved_to,
        **(versions if deed.to_version else {}),
    }
    return Entry(Kind.deed, deed.at, f"By hand, sequence '{deed.sequence}': {words}", sentences, None, facts)


def _led(deed: Deed, zone: str) -> str:
    at = f", due {when(deed.to_due_at, zone)}" if deed.to_due_at else ""
    place = f" at step '{deed.to_step}'{at}" if deed.to_step else ""
    return f"It was {deed.from_status} before, and {deed.to_status}{place} after."
