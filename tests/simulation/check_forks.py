"""Branches: each leads where it must by what was known when it was left; nobody sleeps through what they wait for."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.evidence import Evidence, Line, broken, instant
from tests.simulation.forks import Case, Fork
from tests.simulation.history import Event
from tests.simulation.outcome import Violation

STATES = {
    "delivered": ("delivered",),
    "completed": ("completed",),
    "failed": ("failed", "bounced", "complained", "cancelled"),
    "expired": ("expired",),
    "skipped": (),
}
PLAIN = tuple(state for states in STATES.values() for state in states)
"""Ends of a touch after which its step was not skipped."""
LONGEST = timedelta(seconds=150)
"""No process works on one thing longer than until the platform ends it."""


@dataclass
class Books:
    """What was committed so far, in the order of the commits, and when."""

    forks: dict[str, Fork]
    runs: dict[str, Line] = field(default_factory=dict)
    born: dict[str, datetime] = field(default_factory=dict)
    visits: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    touches: dict[str, dict[str, list[tuple[datetime, Line]]]] = field(default_factory=lambda: defaultdict(dict))
    milestones: dict[str, list[tuple[datetime, Line]]] = field(default_factory=dict)
    instants: list[datetime] = field(default_factory=list)

    def note(self, event: Event) -> None:
        after, at = event["after"], instant(event["t"])
        self.instants.append(at)
        if event["table"] == "sequence_enrollments" and after:
            self.born.setdefault(after["id"], at)
            self.runs[after["id"]] = after
            if after["step"] and (after["step"], after["visit"]) not in self.visits[after["id"]][-1:]:
                self.visits[after["id"]].append((after["step"], after["visit"]))
        if event["table"] == "touches" and after and after["enrollment_id"]:
            self.touches[after["enrollment_id"]].setdefault(after["id"], []).append((at, after))
        if event["table"] == "milestones":
            self.milestones.setdefault((after or event["before"])["id"], []).append((at, after or {}))

    def happened(self, contact: str, name: str, at: datetime) -> list[datetime]:
        """When, of each such milestone as it stood at this instant."""
        stood = [_as_of(lines, at) for lines in self.milestones.values()]
        alive = [one for one in stood if one and not one["taken_back_at"]]
        return [instant(one["at"]) for one in alive if (one["contact_id"], one["name"]) == (contact, name)]


def _as_of(lines: Sequence[tuple[datetime, Line]], at: datetime) -> Line:
    place = bisect_right([when for when, _ in lines], at)
    return lines[place - 1][1] if place else {}


@dataclass(frozen=True)
class Leaving:
    """Somebody has left a branch at which they stood since `came`; `ordered`: by a person's order, in this commit. Who
    decided began at `begin` and committed at `end`."""

    fork: Fork
    run: Line
    after: Line
    came: datetime
    begin: datetime
    end: datetime
    ordered: bool


def _leavings(evidence: Evidence, books: Books) -> Iterator[Leaving]:
    """One after the other, each with the books as they were in its commit. No stop and no end of everything else counts
    as leaving."""
    started: dict[str, datetime] = {}
    came: dict[str, datetime] = {}
    orders = {(event["tx"], one["enrollment_id"]) for event, one in evidence.actions()}
    for event in evidence.history:
        if event["op"] == "start":
            started[event["who"]] = instant(event["t"])
        if event["op"] != "row":
            continue
        after, before = event["after"], books.runs.get((event["after"] or {}).get("id", ""))
        books.note(event)
        if event["table"] != "sequence_enrollments" or not after:
            continue
        fork, end = books.forks.get((before or {}).get("step") or ""), instant(event["t"])
        if before is not None and fork and before["status"] == "active" and _has_left(before, after):
            begin = max(started.get(event["who"], end - LONGEST), end - LONGEST)
            yield Leaving(fork, before, after, came[after["id"]], begin, end, (event["tx"], after["id"]) in orders)
        if before is None or before["visit"] != after["visit"]:
            came[after["id"]] = end


def leads_where_it_must(evidence: Evidence) -> Iterator[Violation]:
    """I24: who leaves a branch goes where the first case leads that was so, by what was committed at some instant of
    the sweep that decided."""
    books = Books(dict(evidence.forks))
    for one in _leavings(evidence, books):
        went = one.after["step"] if one.after["status"] == "active" else None
        ways = set() if one.ordered else _ways_between(books, one.fork, one.run, one.begin, one.end)
        if not one.ordered and went not in ways:
            yield broken("I24", one.end, f"enrollment {one.run['id']} left {one.fork.key} for {went}, not for {ways}")


def nobody_leaves_too_early(evidence: Evidence) -> Iterator[Violation]:
    """I24: who waits at a branch stays for all of its wait, unless what they wait for has happened, and was not taken
    back before they went. Who was ever given an order is not asked: it may have moved the time."""
    books, ordered = Books(dict(evidence.forks)), {one["enrollment_id"] for _, one in evidence.actions()}
    for one in _leavings(evidence, books):
        early = one.end < one.came + one.fork.longest - LONGEST and one.run["id"] not in ordered
        if early and not _has_been(books, one.fork, one.run, one.begin, one.end):
            yield broken("I24", one.end, f"enrollment {one.run['id']} left {one.fork.key} before its time")


def _has_been(books: Books, fork: Fork, run: Line, begin: datetime, end: datetime) -> bool:
    """What it waits for has happened, as it stood at some instant between."""
    seen = (begin, *books.instants[bisect_right(books.instants, begin) :], end)
    name = fork.waits_for or ""
    return any(happens <= end for at in seen for happens in books.happened(run["contact_id"], name, at))


def _has_left(before: Line, after: Line) -> bool:
    if after["status"] == "finished":
        return True
    return bool(after["status"] == "active" and after["visit"] == before["visit"] + 1)


def _ways_between(books: Books, fork: Fork, run: Line, begin: datetime, end: datetime) -> set[str | None]:
    """Every way that was right at some instant between."""
    first = bisect_right(books.instants, begin)
    return {way for at in (begin, *books.instants[first:], end) for way in _ways(books, fork, run, at, end)}


def _ways(books: Books, fork: Fork, run: Line, at: datetime, end: datetime) -> Iterator[str | None]:
    """One, unless a case cannot be told from outside."""
    for case in fork.cases:
        holds = _happened(books, case, run, at, end) if case.outcome is None else _ended(books, case, run, at)
        if holds is not False:
            yield case.go_to
        if holds:
            return
    yield fork.otherwise


def _happened(books: Books, case: Case, run: Line, at: datetime, end: datetime) -> bool | None:
    """The process looked at its watch some time before `end`, and the enrollment began a little before its commit."""
    born = books.born[run["id"]]
    instants = books.happened(run["contact_id"], case.asks, at)
    if any(born <= one <= at for one in instants):
        return True
    return None if any(born - LONGEST <= one <= end for one in instants) else False


def _ended(books: Books, case: Case, run: Line, at: datetime) -> bool | None:
    """By the step's only touch in its only visit. Whoever was there more than once, or left in a way that no state of a
    touch tells, cannot be told from outside."""
    visits = [visit for step, visit in books.visits[run["id"]] if step == case.asks]
    known = [_as_of(lines, at) for lines in books.touches[run["id"]].values()]
    touches = [one for one in known if one and one["step"] == case.asks]
    if not visits:
        return False
    if len(visits) > 1:
        return None
    if not touches:
        return None if case.outcome == "skipped" else False
    latest = max(touches, key=lambda one: one["attempt"])
    if latest["state"] not in PLAIN:
        # still on its way, it has no outcome; taken back or never sent, the step may have been skipped
        return None if latest["state"] in ("not_sent", "suppressed") else False
    if latest["part"] != visits[0]:
        return None
    return latest["state"] in STATES[case.outcome or ""]


def nobody_sleeps_through_it(evidence: Evidence) -> Iterator[Violation]:
    """I24: who waits at a branch for a milestone is due in the very commit that writes it down (or on its day, where
    that is to come); and who comes there after that, in the commit in which they come, if the step before had begun."""
    books = Books(dict(evidence.forks))
    actions = {(event["tx"], one["enrollment_id"]) for event, one in evidence.actions()}
    for rows in evidence.commits():
        standing = dict(books.runs)
        for event in rows:
            books.note(event)
        at = instant(rows[0]["t"])
        for event in rows:
            if event["table"] == "milestones" and event["before"] is None:
                yield from _woken(books, event["after"], at)
            if event["table"] == "sequence_enrollments" and event["after"]:
                before = standing.get(event["after"]["id"])
                ordered = (event["tx"], event["after"]["id"]) in actions
                if before is not None and not ordered and before["visit"] != event["after"]["visit"]:
                    yield from _came_in_time(books, before, event["after"], at)


def _waits(books: Books, run: Line) -> str | None:
    fork = books.forks.get(run["step"] or "")
    return fork.waits_for if fork and run["status"] == "active" and not run["waiting"] else None


def _woken(books: Books, milestone: Line, at: datetime) -> Iterator[Violation]:
    happens = instant(milestone["at"])
    for run in books.runs.values():
        same = run["contact_id"] == milestone["contact_id"] and _waits(books, run) == milestone["name"]
        if same and happens >= books.born[run["id"]] and instant(run["due_at"]) > max(at, happens):
            yield broken("I24", at, f"enrollment {run['id']} was not told of the {milestone['name']} it waits for")


def _came_in_time(books: Books, before: Line, run: Line, at: datetime) -> Iterator[Violation]:
    name = _waits(books, run)
    begun = _begun(books, before)
    if name is None or begun is None:
        return
    for happens in books.happened(run["contact_id"], name, at):
        if happens >= begun and instant(run["due_at"]) > max(at, happens):
            yield broken("I24", at, f"enrollment {run['id']} came to {run['step']}, and sleeps through a {name}")


def _begun(books: Books, run: Line) -> datetime | None:
    """When the touch of this visit was armed."""
    lines = [lines[-1][1] for lines in books.touches[run["id"]].values()]
    return next((instant(one["armed_at"]) for one in lines if one["part"] == run["visit"]), None)


CHECKS = (leads_where_it_must, nobody_sleeps_through_it, nobody_leaves_too_early)
