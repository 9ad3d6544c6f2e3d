"""T0: the pure protocol on plain values, years of it in seconds.

`run_t0(seed)` plays one client for as long as anybody of its people is under way: crashes, sweeps side by side, missed
crons, providers that lie and go quiet, opt-outs in the very moment of a send. The same seed plays the same story.
`python -m tests.simulation.t0 SEED` tells it line by line.
"""

import sys
from datetime import UTC, datetime, timedelta

from modules.channels import Fact
from modules.ids import ContactId
from modules.sequences import EnrollmentState, Snapshot
from modules.touches import OPEN, Touch
from tests.simulation.outcome import Outcome
from tests.simulation.t0_arm import start_sweep
from tests.simulation.t0_books import Books
from tests.simulation.t0_cast import Act, accounts, acts, definition, enroll, happen, people
from tests.simulation.t0_checker import check
from tests.simulation.t0_clock import NEVER, Agenda, Dice, Steps
from tests.simulation.t0_provider import Provider
from tests.simulation.t0_rows import Ledger, numbered
from tests.simulation.t0_settle import hear, next_look
from tests.simulation.t0_shell import House
from tests.simulation.t0_turns import Trouble, begin_late, dnd, draw, drawn_kinds, impatient, impatiently, unfold
from utils.schedules import full_minute

TIER = "T0"
START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
END = START + timedelta(days=120)
NASTY = 0.5
"""What goes wrong where something turns while it is not known what became of a message."""
MOST_SWEEPS = 5000
"""A house that wants to be looked at for ever (a mutation's) is told so: somebody in it is stuck."""


class Conductor:
    """Plays one seed: the cron on full minutes at which there is something to do, and everything in between."""

    def __init__(self, seed: int) -> None:
        dice = self.dice = Dice(seed)
        calm = dice.happens(0.15)
        self.agenda = Agenda(START, dice, 0.0 if calm else 0.03 * dice.number())
        crowded = dice.happens(0.12)
        turns = Dice(seed, "turns")
        kinds = drawn_kinds(turns)
        nasty = bool(kinds) and turns.happens(0.6)
        self.ledger = Ledger(accounts(dice, crowded, dnd in kinds, nasty))
        flows = {numbered(4000 + place): definition(dice, f"flow-{place}") for place in range(2)}
        flows = impatiently(turns, flows) if impatient in kinds else flows
        faults = 0.0 if calm else 0.6 * dice.number()
        faults = max(faults, NASTY) if nasty else faults
        self.house = House(self.agenda, self.ledger, flows, {}, 0.0 if calm else 0.08 * dice.number())
        self.house.providers = {
            channel: Provider(self.agenda, account, faults, self._hear)
            for channel, account in self.ledger.accounts.items()
        }
        self.missed, self.overlap = 0.1 * dice.number(), 0.6 * dice.number()
        who = people(dice, self.ledger, 10 if crowded else 3 + dice.below(5), START)
        self.overlap = 1.0 if crowded else self.overlap
        enroll(dice, self.ledger, who, flows, START)
        late = Dice(seed, "late")
        if nasty and late.happens(0.4):
            begin_late(late, flows, self.ledger)
        drawn = acts(dice, who, START)
        for act in drawn:
            if act.at is not None:
                self.agenda.later(act.at, happen(self.agenda, self.ledger, act))
        self.waiting: list[Act] = [act for act in drawn if act.at is None]
        self.troubles: list[Trouble] = []
        for trouble in draw(turns, kinds, self.ledger, who, START):
            if trouble.at is None:
                self.troubles.append(trouble)
            else:
                self.agenda.later(trouble.at, self._begin(trouble))
        self.sweeps = 0

    def _hear(self, fact: Fact, at: datetime) -> None:
        hear(self.house, fact, at)

    def play(self) -> Books:
        # a sweep lies on a later full minute than what was written before it: until then nobody has to know on which
        agenda, ledger = self.agenda, self.ledger
        writes, since, planned, until = ledger.writes, START, False, START
        while True:
            while agenda.next_at() < until:
                agenda.step()
                if ledger.writes != writes:
                    writes, since, planned = ledger.writes, agenda.now, False
                    until = full_minute(since + INSTANT)
            if not planned:
                until, planned = self._planned(since), True
            elif until >= END or self.sweeps >= MOST_SWEEPS:
                break
            else:
                agenda.now = since = until
                self._cron()
                until, planned = full_minute(since + INSTANT), False
        ended_at = agenda.now
        return Books(self.ledger, self.house.definitions, self.house.providers, ended_at, self._tell_again())

    def _planned(self, now: datetime) -> datetime:
        """The full minute of the next sweep that has something to do; NEVER without one."""
        runs = self.ledger.runs.values()
        wanted = [one.due_at for one in runs if one.status is EnrollmentState.active and one.due_at is not None]
        if look := next_look(self.house, now):
            wanted.append(look)
        if not wanted:
            return NEVER
        return full_minute(max(min(wanted), now + INSTANT))

    def _cron(self) -> None:
        self._somebody_acts()
        if self.dice.happens(self.missed):
            return
        for _ in range(1 + sum(self.dice.happens(self.overlap / many) for many in (1, 2, 2))):
            self.sweeps += 1
            start_sweep(self.house, f"sweep-{self.sweeps}")

    def _somebody_acts(self) -> None:
        now = self.agenda.now
        due = {one.contact_id for one in self.ledger.runs.values() if one.due_at is not None and one.due_at <= now}
        doubted = self._doubted() if self.troubles else ()
        begun: list[Act | Trouble] = [one for one in self.troubles if one.begins(due, doubted)]
        acts: list[Act | Trouble] = [one for one in self.waiting if one.person.id in due]
        for act in acts + begun:
            if self.dice.happens(0.3 if isinstance(act, Act) else 0.6):
                self._forget(act)
                after = now + timedelta(seconds=self.dice.between(0.0, 4.0))
                self.agenda.later(after, self._begin(act))

    def _doubted(self) -> set[ContactId]:
        """Whom something may have reached, or not."""
        touches = (self.ledger.touches[one] for one in self.ledger.moving)
        return {one.contact_id for one in touches if one.state in OPEN}

    def _forget(self, act: Act | Trouble) -> None:
        if isinstance(act, Trouble):
            self.troubles.remove(act)
        else:
            self.waiting.remove(act)

    def _begin(self, act: Act | Trouble) -> Steps:
        if isinstance(act, Trouble):
            return unfold(self.agenda, self.ledger, act)
        return happen(self.agenda, self.ledger, act)

    def _tell_again(self) -> int:
        """Every webhook once more; what that writes."""
        before = self.ledger.writes
        self.agenda.spare()
        for fact in list(self.house.taken):
            hear(self.house, fact, self.agenda.now)
            while self.agenda.next_at() is not NEVER:
                self.agenda.step()
        return self.ledger.writes - before


def run_t0(seed: int) -> Outcome:
    """Plays and checks one seed."""
    conductor = Conductor(seed)
    books = conductor.play()
    hours = (books.ended_at - START).total_seconds() / 3600
    outcome = Outcome(TIER, seed, hours, len(books.accepted()), conductor.agenda.crashes, check(books))
    conductor.house.providers.clear()  # opens the circle in which everything of a story hangs
    return outcome


def repeat_line(seed: int) -> str:
    """The one line that plays this seed again."""
    return f"python -m tests.simulation.t0 {seed}"


def _shown(about: object) -> str:
    if isinstance(about, Touch) and about.enrollment_id:
        place = f"{about.enrollment_id.int} {about.part}/{about.attempt}"
        return f"{about.id.int} {place} {about.channel} {about.state} {about.evidence_id or ''}"
    if isinstance(about, Snapshot):
        waits = "waits" if about.waiting else ""
        return f"{about.enrollment_id.int} {about.status} {about.step} {about.visit} {about.due_at} {waits}"
    return str(about)


def main(seed: int) -> int:
    conductor = Conductor(seed)
    books = conductor.play()
    for event in books.ledger.history:
        print(f"{event.at.isoformat(timespec='milliseconds')} {event.op:9} {_shown(event.about)}")
    found = check(books)
    for one in found:
        print(f"{one.invariant} {one.at} {one.detail}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
