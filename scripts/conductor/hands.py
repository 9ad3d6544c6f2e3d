"""What people do between the beats: contacts answer, stop and follow links; the client's people do tasks, write down
what happened and release replies. Exact and by seed, on the stepped clock.
"""

import heapq
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from modules.ids import ContactId
from modules.labels import ChannelName
from modules.milestones import Source, is_machine, note_click
from scripts.conductor.library import Member
from scripts.conductor.library_stories import Tasks
from scripts.conductor.stage import Stage
from utils.chance import Draw
from utils.db import Connection, Row, fetch_all
from utils.sql import queries
from utils.uuid7 import uuid7
from workers.note import Told, note_event
from workers.release import release_person
from workers.settle_task import Word, settle

SQL = queries(__file__)
AT_THE_OFFICE = "Sam of the office"
ANSWERS = ("Yes, tell me more please.", "1", "Soon. What do you need from me?")
BROWSER = "Mozilla/5.0 (X11; Linux x86_64)"
Deed = Callable[[Connection], Awaitable[object]]
Span = tuple[timedelta, timedelta]
ANSWERED: Span = (timedelta(minutes=2), timedelta(minutes=4))
CLICKED: Span = (timedelta(minutes=1), timedelta(hours=3))
WORKED: Span = (timedelta(hours=1), timedelta(hours=20))
READ: Span = (timedelta(hours=1), timedelta(hours=12))


class Hands:
    """The people of one world. `act` sees what is new, plans what follows from it, and does what is due."""

    def __init__(self, stage: Stage, members: Sequence[Member], seed: str) -> None:
        self._stage, self._draw = stage, Draw(f"hands {seed}")
        self._members: dict[ContactId, Member] = {one.contact_id: one for one in members}
        self._planned: list[tuple[datetime, int, Deed]] = []
        self._order, self._seen = count(), set[UUID]()
        start = self._looked_at = stage.clock.now()
        for one in members:
            for name, day in one.story.happens:
                self._plan(start + timedelta(days=day), self._writes_down(one, name))

    @property
    def next_at(self) -> datetime | None:
        """When the next thing that is planned is to be done; the twin knows itself what contacts write when."""
        return self._planned[0][0] if self._planned else None

    async def act(self, now: datetime) -> int:
        """How many things were done at this instant."""
        async with self._stage.deps.database.transaction() as conn:
            for row in await fetch_all(conn, SQL["news"], {"since": self._looked_at}):
                if row["id"] not in self._seen and row["contact_id"] in self._members:
                    self._seen.add(row["id"])
                    self._take_in(self._members[row["contact_id"]], row, now)
        self._looked_at, done = now, 0
        while self._planned and self._planned[0][0] <= now:
            _, _, deed = heapq.heappop(self._planned)
            async with self._stage.deps.database.transaction() as conn:
                await deed(conn)
            done += 1
        return done

    def _take_in(self, one: Member, row: Row, now: datetime) -> None:
        story = one.story
        if row["kind"] == "task" and story.tasks is not Tasks.left:
            self._plan(self._later(row, WORKED, now), self._settles(row["id"], done=story.tasks is Tasks.done))
        if row["kind"] == "reply" and story.released:
            self._plan(self._later(row, READ, now), self._releases(one))
        if row["kind"] == "touch" and row["slug"] == story.sequence:
            if row["step"] == story.clicks:
                self._plan(self._later(row, CLICKED, now), self._clicks(one, row))
            if row["step"] in (story.replies_to, story.stops_at):
                self._write(one, row, self._later(row, ANSWERED, now))

    def _later(self, row: Row, span: Span, now: datetime) -> datetime:
        """Within the span after it came, by the story's own draw; now at the earliest."""
        soonest, latest = span
        drawn = self._draw.number(row["kind"], row["step"] or "", str(self._members[row["contact_id"]].phone))
        came_at: datetime = row["at"]
        return max(now, came_at + soonest + (latest - soonest) * drawn)

    def _plan(self, at: datetime, deed: Deed) -> None:
        heapq.heappush(self._planned, (at, next(self._order), deed))

    def _write(self, one: Member, row: Row, at: datetime) -> None:
        """The contact answers on the way by which they were reached; the twin brings it when it is time."""
        twin, client = self._stage.twin, one.client
        by_mail, stops = row["channel"] == ChannelName.email, row["step"] == one.story.stops_at
        words = "STOP" if stops else ANSWERS[int(self._draw.number("words", one.phone) * len(ANSWERS))]
        subject = f"Re: {row['subject']}" if by_mail else None
        if one.ref is not None:
            twin.write_ghl(client.location, one.ref, "Email" if by_mail else "SMS", words, subject, at=at)
        elif by_mail:
            api_key, to = f"re_{client.secret('token')}", f"r+{row['id']}@in.{client.domain}"
            twin.mail_us(api_key, one.mail, to, subject or "", words, at=at)
        else:
            twin.text_us(client.twilio_sid, one.phone, client.number, words, at)

    def _writes_down(self, one: Member, name: str) -> Deed:
        async def write_down(conn: Connection) -> None:
            deps = self._stage.deps
            told = Told(Source.person, AT_THE_OFFICE)
            await note_event(deps, conn, one.client_id, one.contact_id, name, deps.clock.now(), told)

        return write_down

    def _settles(self, task_id: UUID, *, done: bool) -> Deed:
        return lambda conn: settle(self._stage.deps, conn, task_id, Word(AT_THE_OFFICE), done=done)

    def _releases(self, one: Member) -> Deed:
        clock = self._stage.clock
        return lambda conn: release_person(conn, one.client_id, one.contact_id, AT_THE_OFFICE, clock.now())

    def _clicks(self, one: Member, row: Row) -> Deed:
        async def click(conn: Connection) -> None:
            now, event = self._stage.clock.now(), f"demo:{row['id']}"
            machine = is_machine(BROWSER, now, row["at"])
            await note_click(conn, uuid7(now), one.client_id, row["id"], event, now, by_machine=machine)

        return click
