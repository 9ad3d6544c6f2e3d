"""What happened in one seed, in order: one JSON object a line, the same bytes for the same seed.

Rows of the database speak through triggers whose words the simulation keeps back until their transaction has
committed, so the order of the lines is the order of the commits. Every event has `t` (an instant), `who` (the process)
and `op`; the rest depends on `op`: see the writers in database.py, network.py and scheduler.py.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

Event = Mapping[str, Any]


class History:
    """Append-only; `n` counts the lines."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.events: list[Event] = []
        self.touches: set[str] = set()

    def add(self, who: str, op: str, **more: Any) -> None:
        if op == "row" and more["table"] == "touches" and more["after"]:
            self.touches.add(more["after"]["id"])
        at = self._now().isoformat(timespec="microseconds")
        self.events.append({"n": len(self.events), "t": at, "who": who, "op": op, **more})

    def lines(self) -> str:
        return "".join(json.dumps(event, ensure_ascii=False, default=str) + "\n" for event in self.events)

    def write(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.lines(), encoding="utf-8")
        return path
