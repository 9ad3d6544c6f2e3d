"""The launcher on real servers: who runs it, who may come in, and that a start is safe at any moment."""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from scripts.database import binaries as binaries_module
from scripts.database import launcher
from scripts.database.binaries import find_binaries
from scripts.database.connect import connect
from scripts.database.errors import DatabaseProblem
from scripts.database.launcher import Cluster, open_database
from scripts.database.privileges import Account, require_entry, require_reading, server_account
from scripts.database.scratch import scratch_folder
from tests.databases import Database, Engine
from utils.sql import queries

SQL = queries(__file__)
STRANGER = Account("stranger", 54321, 54321)


@pytest.fixture
def folder(engine: Engine) -> Iterator[Path]:
    with scratch_folder(engine.cluster.binaries) as made:
        yield made


def start(engine: Engine, folder: Path, port: int = 0) -> Cluster:
    return Cluster.start(folder / "data", binaries=engine.cluster.binaries, port=port, fsync=False)


def server_pid(cluster: Cluster) -> int:
    return int((cluster.data_dir / "postmaster.pid").read_text().splitlines()[0])


def test_both_engines_are_supported_versions_around_production(engine: Engine) -> None:
    assert engine.major == 18 if engine.origin == "embedded" else engine.major >= 15


def test_the_server_listens_on_loopback_alone_and_speaks_utf8_and_utc(engine: Engine) -> None:
    with connect(engine.cluster.superuser_url()) as connection:
        assert connection.execute(SQL["settings"]).fetchone() == {
            "listen": "127.0.0.1",
            "sockets": "",
            "encoding": "UTF8",
            "timezone": "UTC",
        }


def test_the_server_never_runs_as_root(engine: Engine) -> None:
    owner = Path(f"/proc/{server_pid(engine.cluster)}").stat().st_uid
    assert owner != 0
    assert owner == engine.cluster.account.uid == engine.cluster.data_dir.stat().st_uid


def test_the_passwords_are_for_their_owner_only_and_wrong_ones_are_refused(engine: Engine) -> None:
    secret = engine.cluster.data_dir.with_name("data.secret")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    right = engine.cluster.url()
    with pytest.raises(DatabaseProblem, match="password authentication failed") as refusal:
        connect(right.replace(engine.cluster.passwords.owner, "guessed"))
    assert "guessed" not in refusal.value.detail


def test_the_owner_works_like_the_postgres_role_of_supabase(database: Database) -> None:
    with connect(database.url) as connection:
        assert connection.execute(SQL["who_am_i"]).fetchone() == {
            "me": "omnify_owner",
            "rolsuper": False,
            "rolcreaterole": True,
            "rolbypassrls": True,
            "is_anon": True,
            "owner": "omnify_owner",
        }


def test_a_second_start_joins_the_running_server_and_leaves_it_running(engine: Engine, folder: Path) -> None:
    with start(engine, folder) as first:
        with start(engine, folder) as second:
            assert (second.port, second.started_here) == (first.port, False)
        connect(first.url()).close()
    with pytest.raises(DatabaseProblem, match="cannot be reached"):
        connect(first.url())


def test_two_starts_at_the_same_moment_share_one_server(engine: Engine, folder: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        clusters = list(pool.map(lambda _: start(engine, folder), range(2)))
    assert clusters[0].port == clusters[1].port
    assert sorted(cluster.started_here for cluster in clusters) == [False, True]
    for cluster in clusters:
        cluster.stop()


def test_a_stopped_server_starts_again_with_its_data_and_passwords(engine: Engine, folder: Path) -> None:
    with start(engine, folder) as first, connect(first.url()) as connection:
        connection.execute(SQL["make_note"])
    first.stop()
    with start(engine, folder) as second, connect(second.url()) as connection:
        assert second.passwords == first.passwords
        assert connection.execute(SQL["read_note"]).fetchall() == []


def test_a_killed_server_is_started_again_and_has_what_was_committed(engine: Engine, folder: Path) -> None:
    killed = start(engine, folder)
    with connect(killed.url()) as connection:
        connection.execute(SQL["make_note"])
        connection.execute(SQL["add_note"])
    os.kill(server_pid(killed), signal.SIGKILL)
    with start(engine, folder) as again, connect(again.url()) as connection:
        assert again.started_here
        assert connection.execute(SQL["read_note"]).fetchall() == [{"id": 7}]


def test_a_server_that_cannot_be_prepared_is_stopped_again(engine: Engine, folder: Path) -> None:
    with start(engine, folder) as cluster, connect(cluster.superuser_url()) as connection:
        connection.execute(SQL["close_database"])
    with pytest.raises(DatabaseProblem, match="not currently accepting connections"):
        start(engine, folder)
    assert not (folder / "data" / "postmaster.pid").exists()
    assert (folder / "data" / "server.previous.log").exists()


def test_a_killed_initialisation_is_no_obstacle(engine: Engine, folder: Path) -> None:
    (folder / "data.initialising").mkdir()
    (folder / "data.initialising" / "PG_VERSION").write_text("half")
    with start(engine, folder) as cluster:
        connect(cluster.url()).close()


def test_a_taken_port_is_named_and_the_next_start_works(engine: Engine, folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(DatabaseProblem, match=r"did not start: .*could not bind|did not start: .*could not create"):
            start(engine, folder, port=taken.getsockname()[1])
    with start(engine, folder) as cluster:
        connect(cluster.url()).close()


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"data/PG_VERSION": "9\n", "data.secret": "a\nb\n"}, "holds data of PostgreSQL 9"),
        ({"data/PG_VERSION": "18\n"}, "no data folder of ours"),
        ({"data/notes.txt": "mine"}, "no data folder of ours"),
        ({"data/PG_VERSION": "18\n", "data.secret": ""}, "no data folder of ours"),
    ],
)
def test_a_folder_that_is_not_ours_is_refused_and_untouched(
    engine: Engine, folder: Path, files: dict[str, str], sentence: str
) -> None:
    (folder / "data").mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    with pytest.raises(DatabaseProblem, match=sentence):
        start(engine, folder)
    assert {name: (folder / name).read_text() for name in files} == files


def test_a_folder_in_the_way_of_the_server_is_named_with_the_command_that_opens_it(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(DatabaseProblem, match=f"may not pass through {closed}: run chmod o\\+x {closed},"):
        require_entry(STRANGER, closed / "inside" / "data")
    closed.chmod(0o701)
    require_entry(STRANGER, closed / "data")


def test_unreadable_programs_are_named_with_the_command_that_opens_them(folder: Path) -> None:
    programs = folder / "bin"
    programs.mkdir(mode=0o711)
    with pytest.raises(DatabaseProblem, match=f"may not read {programs}: run chmod -R o\\+rX {programs}"):
        require_reading(STRANGER, programs)
    programs.chmod(0o755)
    require_reading(STRANGER, programs)


def test_no_server_runs_for_somebody_without_a_name_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000650000)
    with pytest.raises(DatabaseProblem, match="no name; set DATABASE_URL"):
        server_account(tmp_path / "data")


def test_the_server_account_is_ours_or_the_owner_of_the_data_but_not_root(engine: Engine, tmp_path: Path) -> None:
    fresh = server_account(tmp_path / "data")
    assert fresh.uid != 0
    assert fresh.uid == os.geteuid() or os.geteuid() == 0
    assert server_account(engine.cluster.data_dir) == engine.cluster.account


def test_a_missing_system_postgresql_is_answered_with_the_apt_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(binaries_module, "_SYSTEM_PLACES", ())
    with pytest.raises(DatabaseProblem, match="apt-get install -y postgresql"):
        find_binaries("system")
    assert find_binaries().major >= 18


def test_a_given_address_is_used_as_it_is_and_prepared(engine: Engine) -> None:
    with engine.fresh_database("template0") as empty, open_database(empty.superuser_url) as dsn:
        assert dsn == empty.superuser_url
        with connect(dsn) as connection:
            assert [row["name"] for row in connection.execute(SQL["schemas"])] == ["auth", "extensions"]


def test_without_an_address_the_project_has_a_server_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "PROJECT", folder)
    with open_database(None) as dsn, connect(dsn) as connection:
        row = connection.execute(SQL["who_am_i"]).fetchone()
        assert row is not None
        assert row["me"] == "omnify_owner"
    assert (folder / ".data" / f"postgres-{find_binaries().major}" / "PG_VERSION").exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(dsn)


def test_a_killed_test_process_leaves_nothing_behind_for_long(engine: Engine) -> None:
    """The child enters a scratch server, says where, and waits to be killed."""
    program = (
        "import sys; from tests.databases import scratch_engine\n"
        f"with scratch_engine({engine.origin!r}, migrations=None) as engine:\n"
        "    print(engine.cluster.data_dir, engine.cluster.url(), flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=launcher.PROJECT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(launcher.PROJECT), *sys.path])},
    )
    with child:
        assert child.stdout is not None
        data_dir, url = child.stdout.readline().split()
        child.kill()
    connect(url).close()
    with scratch_folder(engine.cluster.binaries):
        assert not Path(data_dir).parent.exists()
    with pytest.raises(DatabaseProblem, match="cannot be reached"):
        connect(url)
    connect(engine.cluster.url()).close()
