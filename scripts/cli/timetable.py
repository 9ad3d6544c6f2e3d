"""The schedules of utils/schedules.py as APScheduler reads a cron: always in UTC."""

from datetime import UTC, datetime

from apscheduler.triggers.cron import CronTrigger

from utils.schedules import SCHEDULES, Schedule


def trigger_of(schedule: Schedule) -> CronTrigger:
    return CronTrigger.from_crontab(schedule.cron, timezone=UTC)


def due_at(now: datetime) -> list[Schedule]:
    """The jobs whose cron fires in the minute that `now` lies in."""
    minute = now.replace(second=0, microsecond=0)
    return [one for one in SCHEDULES if trigger_of(one).get_next_fire_time(None, minute) == minute]
