"""Who may enter a sequence, by where they ran before, and when: values in, a refusal or an instant out."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from modules.policy import OpenWindow, next_opening
from modules.sequences.models_of_rules import Drip, Entry, PastRun, ReEntry
from modules.sequences.models_of_runs import Portion
from modules.sequences.zones import find_zone

CIRCLE = timedelta(days=1)
ROUNDS, ROUNDS_WITHIN = 6, timedelta(days=30)
"""A person may be led round once a week; more often it is a circle that nobody meant."""
_NO_TIME = timedelta(0)


class EntryRefusal(StrEnum):
    """Why somebody was not enrolled."""

    ran_before = "ran_before"
    too_soon = "too_soon"
    exclusive = "exclusive"
    gap = "gap"
    full = "full"


def refusal(entry: Entry, runs: Iterable[PastRun], now: datetime) -> EntryRefusal | None:
    """The first rule that keeps a contact out. Who runs in the sequence now is no matter of these rules."""
    past = list(runs)
    own, others = [run for run in past if run.same and not run.running], [run for run in past if not run.same]
    if entry.again is ReEntry.never and own:
        return EntryRefusal.ran_before
    if isinstance(entry.again, timedelta) and any(run.changed_at + entry.again > now for run in own):
        return EntryRefusal.too_soon
    if any(run.running and _excludes(entry, run) for run in others):
        return EntryRefusal.exclusive
    gap = entry.gap
    if gap is not None and any(run.running or run.changed_at + gap > now for run in others):
        return EntryRefusal.gap
    return None


def went_in_a_circle(runs: Iterable[PastRun], now: datetime) -> bool:
    """Whether the sequence itself has handed somebody on less than a day ago, or six times in thirty days: handed back
    to it as fast or as often as that, they would go round without end."""
    handed_on = [run.changed_at for run in runs if run.same and run.handed_over]
    lately = [at for at in handed_on if at + ROUNDS_WITHIN > now]
    return any(at + CIRCLE > now for at in handed_on) or len(lately) >= ROUNDS


def portions(
    drip: Drip, portion: Portion, people: Sequence[tuple[datetime, str]], windows: Sequence[OpenWindow]
) -> tuple[list[datetime], Portion]:
    """When the first step of each is due, who could have it at this instant and lives in this zone, and the portion
    that the next ones join. The starts are in the order of `people`.

    A portion is begun at once when none was begun within `every`; the people whom it cannot take come in the portions
    after it. Everybody begins within the windows of their own zone, so that what falls outside begins with the next
    opening, and is counted on from there. They queue by when they first could begin, of those at the same instant the
    east first: its hours end first, and a queue that goes to and fro between zones would wait for each in turn.
    """

    @cache
    def opens(at: datetime, zone: str) -> datetime:
        return next_opening(windows, (zone,), at) or at if windows else at

    def turn(place: int) -> tuple[datetime, timedelta]:
        first = opens(*people[place])
        return first, -(first.astimezone(find_zone(people[place][1])).utcoffset() or _NO_TIME)

    at, taken = portion.at, portion.taken
    starts = [earliest for earliest, _ in people]
    for place in sorted(range(len(people)), key=turn):
        earliest, zone = people[place]
        room = earliest if at is None else max(earliest, at if taken < drip.people else at + drip.every)
        starts[place] = start = opens(room, zone)
        if at is None or taken >= drip.people or start >= at + drip.every:
            at, taken = start, 0
        taken += 1
    return starts, Portion(at, taken)


def _excludes(entry: Entry, run: PastRun) -> bool:
    return run.slug in entry.exclusive_with or (entry.exclusive is not None and run.group == entry.exclusive)
