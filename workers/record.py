"""What the providers answered to a send is written down, whatever the database does meanwhile."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import psycopg

from modules.channels import Answer
from modules.touches import News
from utils.clock import monotonic
from utils.errors import Unavailable
from utils.log import logger
from workers.confirm import confirm
from workers.context import Deps

LOG = logger("record")
PAUSE_SECONDS = 0.5


async def record_answers(
    deps: Deps, answers: Sequence[tuple[News, Answer]], until: float, counts: Counter[str]
) -> None:
    """Written down and counted by kind; `not_recorded` are those that the database did not take."""
    lost = await confirm_surely(deps, [news for news, _ in answers], until)
    counts.update(type(answer).__name__.lower() for _, answer in answers)
    counts.update({"not_recorded": lost} if lost else {})


async def confirm_surely(deps: Deps, news: list[News], until: float) -> int:
    """What the providers answered is not lost to a busy or absent database while there is time. What cannot be recorded
    stays `sending` and is asked about later; how many that are."""
    while True:
        try:
            await confirm(deps, news)
            return 0
        except (psycopg.IntegrityError, psycopg.DataError) as error:
            # what the database refuses of one answer must not lose the others; that touch is asked about later
            LOG.error("answer_refused", touches=len(news), error=type(error).__name__)
            return sum([await confirm_surely(deps, [one], until) for one in news]) if len(news) > 1 else 1
        except (Unavailable, psycopg.errors.DeadlockDetected) as error:
            LOG.error("answers_not_recorded", touches=len(news), error=type(error).__name__)
            if monotonic() > until:
                return len(news)
            await asyncio.sleep(PAUSE_SECONDS)
