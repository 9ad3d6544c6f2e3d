"""A task is asked for once, settled once, and waited for."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.simulation.evidence import Evidence, Line, broken, instant
from tests.simulation.outcome import Violation

BY_SOMEBODY = ("done", "dismissed")
MAY_BECOME = {("open", "done"), ("open", "dismissed"), ("open", "withdrawn"), ("withdrawn", "done")}
UNDER_WAY = ("active", "paused", "held")
Where = tuple[str, int]


def asked_once(evidence: Evidence) -> Iterator[Violation]:
    """I16: a visit's task is asked for once, in the commit in which its enrollment begins to wait for it or goes on
    without it; and it is settled once."""
    asked: dict[tuple[str, str, int], str] = {}
    moved = {(event["tx"], event["after"]["id"]): event["after"] for event in evidence.rows("sequence_enrollments")}
    for event in evidence.rows("tasks"):
        before, task = event["before"], event["after"]
        if before is not None:
            if before["state"] != task["state"] and (before["state"], task["state"]) not in MAY_BECOME:
                yield broken("I16", event["t"], f"task {task['id']} was {before['state']} and became {task['state']}")
            continue
        where = task["enrollment_id"], task["step"], task["visit"]
        if asked.setdefault(where, task["id"]) != task["id"]:
            yield broken("I16", event["t"], f"task {task['id']} was asked for after {asked[where]}, for the same visit")
        run = moved.get((event["tx"], task["enrollment_id"]))
        waits = run is not None and run["waiting"] and run["visit"] == task["visit"]
        if run is None or waits is not task["blocks"]:
            yield broken("I16", event["t"], f"task {task['id']} was asked for, and its enrollment does not know of it")


class Waiting:
    """Who waits for which task, as the commits go by."""

    def __init__(self) -> None:
        self.runs: dict[str, Line] = {}
        self.tasks: dict[Where, Line] = {}
        self.until: dict[Where, Any] = {}

    def waits(self, enrollment: str | None) -> Where | None:
        run = self.runs.get(enrollment or "")
        where = (run["id"], run["visit"]) if run and run["waiting"] and run["status"] in UNDER_WAY else None
        return where if where in self.tasks else None

    def says_the_same(self, where: Where, at: str) -> bool:
        """The task's time and the wait's; of what came due in a pause both are over, each at its own instant."""
        times = self.until[where], self.runs[where[0]]["due_at"]
        return times[0] == times[1] or all(one is not None and instant(one) <= instant(at) for one in times)

    def take(self, rows: list[Any]) -> set[Where]:
        """The rows of one commit; the tasks that somebody settles in it."""
        settled = set()
        for row in rows:
            after = row["after"]
            if row["table"] == "sequence_enrollments":
                self.runs[after["id"]] = after
            if row["table"] == "tasks" and after["blocks"]:
                where = after["enrollment_id"], after["visit"]
                self.until[where] = after["due_by"]
                if row["before"] is None:
                    self.tasks[where] = after
                elif after["state"] in BY_SOMEBODY and row["before"]["state"] == "open":
                    settled.add(where)
        return settled


def waited_for(evidence: Evidence) -> Iterator[Violation]:
    """I16: an enrollment that waits for a task leaves the step only when the time is over or by an order; when somebody
    settles it, in that very commit."""
    known = Waiting()
    for rows in evidence.commits():
        at, touched = rows[0]["t"], {row["after"]["id"] for row in rows if row["table"] == "sequence_enrollments"}
        ordered = {row["after"]["enrollment_id"] for row in rows if row["table"] == "enrollment_actions"}
        waited = {one: where for one in sorted(known.runs) if (where := known.waits(one))}
        for row in rows:
            if row["table"] == "touches" and row["before"] is None and row["after"]["enrollment_id"] in waited:
                yield broken("I16", at, f"touch {row['after']['id']} was armed while a task was waited for")
        settled = known.take(rows)
        for one, where in waited.items():
            stays = known.waits(one) == where
            if stays and one in touched and not known.says_the_same(where, at):
                yield broken("I16", at, f"the task of enrollment {one} says another time than it waits for")
            early = known.until[where] is not None and instant(at) < instant(known.until[where])
            if stays and where in settled:
                yield broken("I16", at, f"enrollment {one} still waits for a task that is settled")
            if not stays and early and one in touched - ordered and where not in settled:
                yield broken("I16", at, f"enrollment {one} did not wait for its task")
        for where in settled:
            del known.tasks[where]


def as_they_were_told(evidence: Evidence) -> Iterator[Violation]:
    """I16: what somebody read on their screen is so: one of two who settle a task has settled it."""
    states = {event["after"]["id"]: event["after"]["state"] for event in evidence.rows("tasks")}
    names: dict[str, list[str]] = defaultdict(list)
    for event in evidence.history:
        if event["op"] == "settled":
            task, by = event["task"], event["by"]
            names[task].append(by)
            if states[task] != event["state"]:
                yield broken("I16", event["t"], f"task {task} is not {event['state']}, as {by} was told")
            if len(names[task]) > 1:
                yield broken("I16", event["t"], f"{names[task]} were told that they have settled task {task}")


CHECKS = (asked_once, waited_for, as_they_were_told)
