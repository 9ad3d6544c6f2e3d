"""House sections 3, 4 and 9: only the shell reads a clock, chance, the environment, or opens anything."""

import pytest

from tests.architecture import laws_calls as laws
from tests.architecture.tree import ENGINE, Source, broken, holds, project


def test_only_the_shell_reads_a_clock_chance_or_the_environment() -> None:
    holds(*map(laws.reads_outside_the_shell, project(*ENGINE)))


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime as dt\ndt.now()",
        "import datetime\ndatetime.datetime.utcnow()",
        "from time import time",
        "import time as t\nt.time()",
        "import random",
        "from random import choice",
        "import uuid\nid = uuid.uuid4",
        "from uuid import uuid4",
        "import os\nos.environ['A']",
        "from os import environ as settings",
        "import os\nos.getenv('A')",
    ],
)
def test_a_read_outside_the_shell_is_found(code: str) -> None:
    assert broken(laws.reads_outside_the_shell(Source("modules/touches/record.py", code)))
    assert not broken(laws.reads_outside_the_shell(Source("utils/config.py", code)))


def test_measuring_how_long_something_took_is_no_clock() -> None:
    code = "import time\nimport datetime\ntime.monotonic()\ndatetime.datetime.fromisoformat('2026-11-21')"
    assert not broken(laws.reads_outside_the_shell(Source("workers/sweep.py", code)))


def test_only_workers_and_the_tx_dependency_open_transactions() -> None:
    holds(*map(laws.opens_a_transaction, project(*ENGINE)))


@pytest.mark.parametrize("code", ["async with db.transaction(): ...", "await conn.commit()", "conn.rollback()"])
def test_a_transaction_opened_in_a_module_is_found(code: str) -> None:
    code = f"async def verb(db, conn):\n    {code}"
    assert broken(laws.opens_a_transaction(Source("modules/touches/arm.py", code)))
    assert not broken(laws.opens_a_transaction(Source("workers/sweep.py", code)))


def test_http_clients_are_made_in_one_place() -> None:
    holds(*map(laws.makes_a_client, project(*ENGINE)))


@pytest.mark.parametrize(
    "code",
    [
        "import httpx\nhttpx.AsyncClient()",
        "from httpx import AsyncClient as C\nC(timeout=3)",
        "import httpx\nhttpx.post('/')",
        "import requests",
        "from twilio.rest import Client",
        "import urllib.request",
    ],
)
def test_a_client_made_elsewhere_is_found(code: str) -> None:
    assert broken(laws.makes_a_client(Source("modules/channels/twilio_sms.py", code)))


def test_naming_a_client_as_a_type_makes_none() -> None:
    code = "import httpx\nfrom twilio.request_validator import RequestValidator\ndef send(http: httpx.AsyncClient): ..."
    assert not broken(laws.makes_a_client(Source("modules/channels/twilio_sms.py", code)))


def test_nothing_but_shown_reads_is_retried() -> None:
    holds(*map(laws.retries_more_than_reads, project(*ENGINE)))


@pytest.mark.parametrize("code", ["import tenacity", "from tenacity import retry"])
def test_a_retry_in_a_send_path_is_found(code: str) -> None:
    assert broken(laws.retries_more_than_reads(Source("modules/channels/resend_email.py", code)))


def test_pure_files_touch_nothing_outside_their_arguments() -> None:
    holds(*map(laws.impure, project("modules")))


@pytest.mark.parametrize(
    "code", ["import logging", "from utils.db import fetch_all", "from utils import clock", "async def decide(): ..."]
)
def test_an_effect_in_a_pure_file_is_found(code: str) -> None:
    assert broken(laws.impure(Source("modules/sequences/decide.py", code)))
    assert not broken(laws.impure(Source("modules/sequences/enroll.py", code)))


def test_only_modal_app_imports_modal() -> None:
    holds(*map(laws.imports_modal, project(*ENGINE, "scripts")))


def test_modal_imported_elsewhere_is_found() -> None:
    assert broken(laws.imports_modal(Source("workers/context.py", "from modal import App")))
    assert not broken(laws.imports_modal(Source("modal_app.py", "import modal")))


def test_nothing_shared_is_added_to_across_an_await() -> None:
    holds(*map(laws.adds_across_an_await, project(*ENGINE)))


@pytest.mark.parametrize(
    "code", ["async def f(c): c['a'] += await g()", "async def f(self): self.n += len([await g() for _ in range(2)])"]
)
def test_an_addition_across_an_await_is_found(code: str) -> None:
    assert broken(laws.adds_across_an_await(Source("workers/sweep.py", code)))


def test_a_variable_of_the_function_may_be_added_to() -> None:
    assert not broken(laws.adds_across_an_await(Source("workers/sweep.py", "async def f(): n = 0; n += await g()")))


def test_what_is_logged_is_written() -> None:
    holds(*map(laws.logs_in_vain, project(*ENGINE, "scripts")))


@pytest.mark.parametrize("code", ["LOG.info('noted', name=name)", "logger('guardian').warning('trouble', level=alarm)"])
def test_a_field_that_the_log_withholds_or_sets_itself_is_found(code: str) -> None:
    assert broken(laws.logs_in_vain(Source("workers/note.py", code)))
    assert not broken(laws.logs_in_vain(Source("workers/note.py", "LOG.info('noted', milestone=name)")))
