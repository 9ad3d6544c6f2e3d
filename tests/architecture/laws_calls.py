"""Who may call what: clocks, chance, the environment, transactions, the network. Read from the syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.tree import Source, dotted, imports, known_names
from utils.log import FORBIDDEN_FIELDS

CLOCKS = frozenset(
    {"datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"}
    | {"time.time", "time.time_ns", "time.localtime", "time.gmtime"}
)
CHANCE = frozenset({"uuid.uuid1", "uuid.uuid4"})
SETTINGS = frozenset({"os.environ", "os.environb", "os.getenv"})
# House section 9. Key material (os.urandom, secrets) is no draw: nothing is decided by it.
READERS = frozenset({"utils/clock.py", "utils/chance.py", "utils/uuid7.py", "utils/config.py"})

TRANSACTIONS = frozenset({"transaction", "commit", "rollback"})
OPENS_TRANSACTIONS = ("workers/", "utils/web.py", "utils/db.py", "scripts/", "tests/")

CLIENTS = frozenset(
    {"httpx.AsyncClient", "httpx.Client", "httpx.AsyncHTTPTransport", "httpx.HTTPTransport", "httpx.request"}
    | {f"httpx.{verb}" for verb in ("get", "post", "put", "patch", "delete", "head", "options", "stream")}
)
# Each repeats a request on its own account, or hides how it failed (design/delivery.md, section 5, "SDK trap").
REPEATERS = ("requests", "aiohttp", "urllib.request", "urllib3", "twilio.rest", "resend", "vapi", "retell")
# tenacity wraps reads and proven-safe calls only. A file is named here by whoever has shown that what it wraps reads.
RETRIES_READS: frozenset[str] = frozenset()

LOG_VERBS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
# What utils/log.py withholds, and what it writes itself: under such a name nobody ever reads what was given.
UNREAD_FIELDS = FORBIDDEN_FIELDS | {"event", "level", "room", "timestamp"}

PURE = frozenset(
    {"models.py", "states.py", "decide.py", "guards.py", "render.py", "quiet_hours.py", "calendars.py", "caps.py"}
)
EFFECTS = (
    *(
        "utils.clock",
        "utils.db",
        "utils.sql",
        "utils.http",
        "utils.log",
        "utils.config",
        "utils.web",
        "utils.crashpoint",
    ),
    *("logging", "structlog", "psycopg", "psycopg_pool", "httpx", "asyncio", "socket", "subprocess", "os", "tenacity"),
    *("fastapi", "starlette", "pydantic", "random", "secrets", "time"),
)


def _within(name: str, starts: Iterable[str]) -> bool:
    return any(name == start or name.startswith(f"{start}.") for start in starts)


def _uses(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Every chain of names that the code reads, resolved, and every `from x import y`."""
    names = known_names(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute | ast.Name):
            full = dotted(node, names)
            if full:
                yield node, full
    yield from imports(source)


def reads_outside_the_shell(source: Source) -> Iterator[str]:
    """Clock, chance and environment are read in four files, so that everything else can be replayed."""
    if source.name in READERS:
        return
    for node, full in _uses(source):
        if full in CLOCKS:
            yield source.at(node, f"{full}: take `now` as a parameter")
        elif full in CHANCE or _within(full, ["random"]):
            yield source.at(node, f"{full}: draws are hashes (utils/chance.py), ids come from utils/uuid7.py")
        elif full in SETTINGS:
            yield source.at(node, f"{full}: settings are read in utils/config.py")


def opens_a_transaction(source: Source) -> Iterator[str]:
    """Transactions open and commit in workers/ and in the API's Tx dependency only."""
    if source.name.startswith(OPENS_TRANSACTIONS):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TRANSACTIONS:
            yield source.at(node, f".{node.func.attr}(): transactions open and commit in workers/ and utils/web.py")


def makes_a_client(source: Source) -> Iterator[str]:
    """HTTP clients are made in utils/http.py, where retries, redirects and proxies are off."""
    if source.name == "utils/http.py":
        return
    names = known_names(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and dotted(node.func, names) in CLIENTS:
            yield source.at(node, f"{dotted(node.func, names)}: take a client from utils/http.py")
    for statement, full in imports(source):
        if _within(full, REPEATERS):
            yield source.at(statement, f"{full}: it repeats or hides requests; use a client from utils/http.py")


def retries_more_than_reads(source: Source) -> Iterator[str]:
    for node, full in imports(source):
        if _within(full, ["tenacity"]) and source.name not in RETRIES_READS:
            yield source.at(node, "tenacity wraps reads only; name the file in RETRIES_READS once that is shown")


def impure(source: Source) -> Iterator[str]:
    """Pure files take values and give values: nothing to await, no clock, chance, log, database or network."""
    if source.file not in PURE:
        return
    for node, full in imports(source):
        if _within(full, EFFECTS):
            yield source.at(node, f"{full}: a pure file takes values and gives values")
    for part in ast.walk(source.tree):
        if isinstance(part, ast.AsyncFunctionDef | ast.Await):
            yield source.at(part, "a pure file awaits nothing")


def imports_modal(source: Source) -> Iterator[str]:
    """modal_app.py is the only file that imports modal, so that everything else runs anywhere."""
    if source.name == "modal_app.py":
        return
    for node, full in imports(source):
        if _within(full, ["modal"]):
            yield source.at(node, "only modal_app.py imports modal")


def adds_across_an_await(source: Source) -> Iterator[str]:
    """`shared[x] += await y` reads before it waits and writes after: what others added meanwhile is lost."""
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.AugAssign)
            and isinstance(node.target, ast.Subscript | ast.Attribute)
            and any(isinstance(part, ast.Await) for part in ast.walk(node.value))
        ):
            yield source.at(node, "`+= await` loses what others add meanwhile; await first, then add")


def logs_in_vain(source: Source) -> Iterator[str]:
    """A log's field has a name under which it is written: neither withheld, nor one that the log sets itself."""
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOG_VERBS):
            continue
        log = node.func.value.func if isinstance(node.func.value, ast.Call) else node.func.value
        if isinstance(log, ast.Name) and log.id in ("LOG", "logger"):
            for word in node.keywords:
                if word.arg in UNREAD_FIELDS:
                    yield source.at(node, f"{word.arg}=: nobody will read it; give it a name of its own")
