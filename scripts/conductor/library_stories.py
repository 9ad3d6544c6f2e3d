"""What people do in the library's sequences: for each end that a file's head names, somebody who comes to it."""

from dataclasses import dataclass
from enum import StrEnum


class Tasks(StrEnum):
    """What the client's people do with this person's tasks."""

    done = "done"
    dismissed = "dismissed"
    left = "left"


@dataclass(frozen=True)
class Story:
    """Somebody in `sequence`, and the `end` they come to when no provider does anything wrong.

    `replies_to`, `clicks`, `stops_at`: the step they answer, whose link they follow, that they answer with STOP.
    `released`: somebody reads their replies and releases them. `happens`: milestones by the day after the start.
    """

    sequence: str
    end: str
    replies_to: str | None = None
    clicks: str | None = None
    stops_at: str | None = None
    answers_calls: bool = False
    bounces: bool = False
    released: bool = False
    tasks: Tasks = Tasks.left
    happens: tuple[tuple[str, int], ...] = ()
    interest: str | None = None


LEAD, SPEED, SELLER = "lead-3-7-14-30", "speed-to-lead", "seller-nurture"
BUYER, AGAIN, REVIEW = "buyer-nurture", "re-engagement", "review-request"
OPTED_OUT = "suppressed"
BOUGHT = (("showing", 8), ("offer", 20), ("inspection", 26), ("closing", 60))
FELL_THROUGH = (("showing", 8), ("offer", 14), ("inspection", 18), ("showing", 31), ("offer", 38), ("closing", 70))

STORIES = (
    Story(SPEED, "goal_met", happens=(("qualified", 1),)),
    Story(SPEED, "booked", happens=(("booked", 1),)),
    Story(SPEED, "finished", replies_to="hello", tasks=Tasks.done),
    Story(SPEED, "finished", replies_to="note", tasks=Tasks.done),
    Story(SPEED, "finished", answers_calls=True, tasks=Tasks.done),
    Story(SPEED, "step_failed", answers_calls=True),
    Story(SPEED, "step_failed", replies_to="hello"),
    Story(SPEED, f"handed_over {LEAD}"),
    Story(SPEED, OPTED_OUT, stops_at="hello"),
    Story(LEAD, "goal_met", happens=(("qualified", 5),)),
    Story(LEAD, "booked", happens=(("booked", 8),)),
    Story(LEAD, "finished", replies_to="day-3-text", tasks=Tasks.done),
    Story(LEAD, "finished", replies_to="day-14-email", tasks=Tasks.done),
    Story(LEAD, "finished", answers_calls=True, tasks=Tasks.done),
    Story(LEAD, "finished", replies_to="day-30-text", tasks=Tasks.done),
    Story(LEAD, "step_failed", answers_calls=True),
    Story(LEAD, "step_failed", answers_calls=True, tasks=Tasks.dismissed),
    Story(LEAD, f"handed_over {BUYER}"),
    Story(LEAD, f"handed_over {SELLER}", interest="sell"),
    Story(LEAD, OPTED_OUT, stops_at="day-3-text"),
    Story(SELLER, "goal_met", happens=(("listed", 12),)),
    Story(SELLER, "booked", happens=(("booked", 12),)),
    Story(SELLER, "finished", replies_to="offer-analysis", answers_calls=True, tasks=Tasks.done),
    Story(SELLER, "finished", replies_to="analysis-ready", happens=(("market_analysis", 3),), tasks=Tasks.done),
    Story(SELLER, "finished", replies_to="still-thinking", tasks=Tasks.done),
    Story(SELLER, "finished", replies_to="leave-it-here", tasks=Tasks.done),
    Story(SELLER, "step_failed", replies_to="offer-analysis"),
    Story(SELLER, "step_failed", replies_to="what-it-is", tasks=Tasks.dismissed),
    Story(SELLER, f"handed_over {AGAIN}", replies_to="offer-analysis", tasks=Tasks.done),
    Story(SELLER, f"handed_over {AGAIN}"),
    Story(SELLER, OPTED_OUT, stops_at="offer-analysis"),
    Story(BUYER, "goal_met", happens=BOUGHT),
    Story(BUYER, "goal_met", happens=FELL_THROUGH, tasks=Tasks.done),
    Story(BUYER, "goal_met", replies_to="shown", happens=BOUGHT, tasks=Tasks.done),
    Story(BUYER, "goal_met", replies_to="offered", happens=BOUGHT, tasks=Tasks.done),
    Story(BUYER, "goal_met", replies_to="inspected", happens=BOUGHT, tasks=Tasks.done),
    Story(BUYER, "finished", replies_to="still-looking", tasks=Tasks.done),
    Story(BUYER, "step_failed", replies_to="still-looking"),
    Story(BUYER, f"handed_over {AGAIN}"),
    Story(BUYER, f"handed_over {AGAIN}", replies_to="two-wishes", released=True),
    Story(BUYER, f"handed_over {AGAIN}", replies_to="see-homes", tasks=Tasks.done),
    Story(BUYER, f"handed_over {AGAIN}", replies_to="pick-a-day", tasks=Tasks.done),
    Story(BUYER, f"handed_over {AGAIN}", clicks="see-homes", answers_calls=True, tasks=Tasks.dismissed),
    Story(BUYER, f"handed_over {AGAIN}", clicks="see-homes", answers_calls=True, tasks=Tasks.done),
    Story(BUYER, OPTED_OUT, stops_at="two-wishes"),
    Story(AGAIN, "goal_met", happens=(("qualified", 2),)),
    Story(AGAIN, "booked", happens=(("booked", 2),)),
    Story(AGAIN, "bounced", bounces=True),
    Story(AGAIN, "finished"),
    Story(AGAIN, "finished", clicks="hello-again", tasks=Tasks.done),
    Story(AGAIN, "finished", replies_to="hello-again", tasks=Tasks.done),
    Story(AGAIN, "finished", replies_to="one-question", tasks=Tasks.done),
    Story(AGAIN, "step_failed", replies_to="hello-again"),
    Story(AGAIN, OPTED_OUT, stops_at="one-question"),
    Story(REVIEW, "goal_met", happens=(("closing", 0), ("review_given", 7))),
    Story(REVIEW, "finished"),
    Story(REVIEW, "finished", replies_to="how-was-it", tasks=Tasks.done),
    Story(REVIEW, "finished", clicks="how-was-it"),
    Story(REVIEW, OPTED_OUT, stops_at="reminder"),
)
