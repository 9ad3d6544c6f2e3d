"""The engine on Modal: image, secrets, the crons of utils/schedules.py, one ASGI app. Every body is one line."""

from typing import TYPE_CHECKING, Any

import modal

from utils.schedules import SCHEDULES

if TYPE_CHECKING:
    from fastapi import FastAPI  # heavy: only the web function needs it, and every job loads this file

# add_local_python_source drops everything that is not Python; queries and prompts have to come along (Modal guide, 1.6)
FILES = ["**/*.py", "**/*.sql", "**/*.md"]

image = (
    modal.Image.debian_slim(python_version="3.12")
    .pip_install_from_requirements("requirements.txt")
    .add_local_dir("dashboard/dist", "/root/dashboard/dist")
)
for package in ("utils", "modules", "workers"):
    image = image.add_local_dir(package, f"/root/{package}", ignore=~modal.FilePatternMatcher(*FILES))

app = modal.App("omnify-sequencer", image=image, secrets=[modal.Secret.from_name("omnify")])


def schedule(name: str) -> dict[str, Any]:
    """What every scheduled function shares: Cron (a Period restarts at each deploy), no retries, its own timeout."""
    one = next(entry for entry in SCHEDULES if entry.name == name)
    return {
        "schedule": modal.Cron(one.cron),
        "timeout": int(one.timeout.total_seconds()),
        "retries": 0,
        "max_containers": 1,
        "scaledown_window": 2,
    }


def run(name: str) -> dict[str, int]:
    import uvloop  # heavy: the web function has Modal's own loop

    from workers.jobs import run_job

    return uvloop.run(run_job(name))


# Modal finds a function by its name in this file, so each job is written out. None is `async`: that brings Modal's own
# loop, and a busy sweep is a tenth shorter in uvloop's.
@app.function(**schedule("sweep"))
def sweep() -> dict[str, int]:
    return run("sweep")


@app.function(**schedule("guardian"))
def guardian() -> dict[str, int]:
    return run("guardian")


@app.function(**schedule("reconcile"))
def reconcile() -> dict[str, int]:
    return run("reconcile")


@app.function(**schedule("learn"))
def learn() -> dict[str, int]:
    return run("learn")


@app.function(**schedule("lifecycle"))
def lifecycle() -> dict[str, int]:
    return run("lifecycle")


@app.function(min_containers=1, max_containers=10, timeout=150)
@modal.concurrent(max_inputs=100)
@modal.asgi_app()
def web() -> "FastAPI":
    from workers.api import app_from_environment

    return app_from_environment()
