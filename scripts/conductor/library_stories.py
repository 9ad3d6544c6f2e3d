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

STORIES = (
    Story(SPEED, "goal_met", happens=(("qualified", 1),)),
    Story(SPEED, "booked", happens=(("booked", 1),)),
    Story(SPEED, "replied", replies_to="hello"),
    Story(SPEED, "finished", answers_calls=True, tasks=Tasks.done),
    Story(SPEED, "step_failed", answers_calls=True),
    Story(SPEED, f"handed_over {LEAD}"),
    Story(SPEED, OPTED_OUT, stops_at="hello"),
    Story(LEAD, "goal_met", happens=(("qualified", 5),)),
    Story(LEAD, "booked", happens=(("booked", 8),)),
    Story(LEAD, "replied", replies_to="day-3-text"),
    Story(LEAD, "finished", answers_calls=True, tasks=Tasks.done),
    Story(LEAD, "finished", replies_to="day-30-text", tasks=Tasks.done),
    Story(LEAD, "step_failed", answers_calls=True),
    Story(LEAD, "step_failed", answers_calls=True, tasks=Tasks.dismissed),
    Story(LEAD, f"handed_over {BUYER}"),
    Story(LEAD, f"handed_over {SELLER}", interest="sell"),
    Story(LEAD, OPTED_OUT, stops_at="day-3-text"),
    Story(SELLER, "goal_met", happens=(("listed", 12),)),
    Story(SELLER, "booked", happens=(("booked", 12),)),
    Story(SELLER, "replied", replies_to="still-thinking"),
    Story(SELLER, "finished", replies_to="offer-analysis", released=True, answers_calls=True, tasks=Tasks.done),
    Story(SELLER, "step_failed", replies_to="offer-analysis", released=True),
    Story(SELLER, f"handed_over {AGAIN}"),
    Story(SELLER, OPTED_OUT, stops_at="offer-analysis"),
    Story(BUYER, "goal_met", happens=BOUGHT),
    Story(BUYER, "replied", replies_to="pick-a-day"),
    Story(BUYER, "finished", replies_to="still-looking", tasks=Tasks.done),
    Story(BUYER, "step_failed", replies_to="still-looking"),
    Story(BUYER, f"handed_over {AGAIN}"),
    Story(BUYER, f"handed_over {AGAIN}", replies_to="two-wishes", released=True),
    Story(BUYER, f"handed_over {AGAIN}", clicks="see-homes", answers_calls=True, tasks=Tasks.done),
    Story(BUYER, OPTED_OUT, stops_at="two-wishes"),
    Story(AGAIN, "goal_met", happens=(("qualified", 2),)),
    Story(AGAIN, "booked", happens=(("booked", 2),)),
    Story(AGAIN, "bounced", bounces=True),
    Story(AGAIN, "finished"),
    Story(AGAIN, "finished", clicks="hello-again", tasks=Tasks.done),
    Story(AGAIN, "finished", replies_to="hello-again", tasks=Tasks.done),
    Story(AGAIN, "step_failed", replies_to="hello-again"),
    Story(AGAIN, OPTED_OUT, stops_at="one-question"),
    Story(REVIEW, "goal_met", happens=(("closing", 0), ("review_given", 7))),
    Story(REVIEW, "finished"),
    Story(REVIEW, "finished", replies_to="how-was-it", tasks=Tasks.done),
    Story(REVIEW, "finished", clicks="how-was-it"),
    Story(REVIEW, OPTED_OUT, stops_at="reminder"),
)
