"""The scheduled jobs by name. Whoever runs them (Modal, `omnify up`, the demo) only says which."""

from collections.abc import Awaitable, Callable

from utils import log
from utils.config import Settings, database_url_of, read_settings
from utils.errors import AppError, BadInput, place_of
from utils.schedules import SCHEDULES, Schedule
from workers.context import Deps, open_deps

LOG = log.logger("jobs")
Report = dict[str, int]


async def run_sweep(deps: Deps) -> Report:
    from workers.sweep import sweep  # heavy: a process runs one job, and loads no other

    return (await sweep(deps)).as_dict()


async def run_guardian(deps: Deps) -> Report:
    from workers.guardian import watch  # heavy: as above

    return await watch(deps)


async def run_reconcile(deps: Deps) -> Report:
    from workers.reconcile import reconcile  # heavy: as above

    return await reconcile(deps)


async def run_learn(deps: Deps) -> Report:
    from workers.learn import learn  # heavy: as above

    return await learn(deps)


async def run_lifecycle(deps: Deps) -> Report:
    from workers.lifecycle import forget  # heavy: as above

    return await forget(deps)


JOBS: dict[str, Callable[[Deps], Awaitable[Report]]] = {
    "sweep": run_sweep,
    "guardian": run_guardian,
    "reconcile": run_reconcile,
    "learn": run_learn,
    "lifecycle": run_lifecycle,
}
"""What each schedule of utils/schedules.py runs. A report holds only what is not zero."""


def schedule_of(name: str) -> Schedule:
    """BadInput names the jobs there are."""
    for schedule in SCHEDULES:
        if schedule.name == name:
            return schedule
    names = ", ".join(schedule.name for schedule in SCHEDULES)
    raise BadInput(f"There is no job '{name}'; there is: {names}", field="job")


def load_job(name: str) -> None:
    """Loads what a run with work needs. The other jobs load little, and when they run."""
    if schedule_of(name).name == "sweep":
        import workers.work_due  # noqa: F401 - heavy: as above
        from modules.content import load_liquid

        load_liquid()


async def run_job(name: str, settings: Settings | None = None) -> Report:
    """Runs one job once in this process, settings from the environment unless given; what it did."""
    schedule_of(name)
    if settings is None:
        log.configure()
        settings = read_settings()
    try:
        async with open_deps(settings, database_url_of(settings)) as deps:
            return await JOBS[name](deps)
    except AppError:
        raise
    except Exception as error:  # noqa: BLE001 - a database error quotes rows, and rows hold addresses
        # whoever runs us learns what broke and where, no more
        LOG.error("job_failed", job=name, kind=type(error).__name__, at=place_of(error))
        raise RuntimeError(f"{name} failed: {type(error).__name__} at {place_of(error)}") from None
