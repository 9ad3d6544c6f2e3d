"""The functions that Modal calls, each as it runs them: in a fresh process with settings and a database."""

import os
import sys

from tests.databases import Database
from tests.flow.house import SECRET, foreign_settings, spawn
from utils.schedules import SCHEDULES

JOBS = [one.name for one in SCHEDULES]
PROGRAM = "import modal_app; print(*(name for name in {jobs} if getattr(modal_app, name).local() is not None))"


def test_every_scheduled_function_runs_its_job_to_the_end(database: Database) -> None:
    foreign = foreign_settings()
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    environment |= {"DATABASE_URL": database.url, "OMNIFY_SECRET_KEY": SECRET}
    done = spawn([sys.executable, "-c", PROGRAM.format(jobs=JOBS)], environment)
    assert done.code == 0, done.err
    assert done.out.splitlines()[-1] == " ".join(JOBS)
