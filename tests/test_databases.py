"""The databases of the tests: each test finds an empty one, and no server outlives the tests."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import databases
from brokerage.adapters.sql import SqlStore
from brokerage.ports import Series, Store, Transaction
from brokerage.records.members import Person
from brokerage.records.numbers import PersonNumber
from databases import DATABASES, PostgresqlServer

pytestmark = pytest.mark.databases


def busy(tx: Transaction) -> tuple[int, ...]:
    """Write rows, and take numbers of each kind."""
    tx.persons.add(Person(PersonNumber(1)))
    return tx.numbers.next(Series.OFFER, 3), tx.numbers.next(Series.DEAL), tx.numbers.last(Series.OFFER)


def many(tx: Transaction) -> None:
    """Write more rows than are deleted one by one."""
    for number in range(1, 3000):
        tx.persons.add(Person(PersonNumber(number)))


@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_a_store_that_was_given_back_is_as_new(kind: str) -> None:
    """Whoever takes a store finds no rows and numbers that begin with 1, also where tables have grown."""
    pool = DATABASES.pool(kind)
    for _ in range(2):
        store = pool.take()
        assert store.run(busy) == (1, 1, 3)
        pool.give_back(store)
    store = pool.take()
    store.run(many)
    pool.give_back(store)
    assert pool.take() is store
    assert store.run(busy) == (1, 1, 3)
    pool.give_back(store)


@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_two_stores_are_two(kind: str) -> None:
    """A store that is in use is not given to anybody else, and sees nothing of what others write."""
    pool = DATABASES.pool(kind)
    one, two = pool.take(), pool.take()
    one.run(busy)
    assert two.run(busy) == (1, 1, 3)
    pool.give_back(one)
    pool.give_back(two)


def test_a_url_leads_to_an_empty_store(url: str) -> None:
    """A test that opens stores for itself gets a database of its own."""
    one, two = SqlStore(url), SqlStore(url)
    assert one.run(busy) == (1, 1, 3)
    assert two.run(lambda tx: tx.persons.get(PersonNumber(1))) == Person(PersonNumber(1))
    one.close()
    two.close()


def test_a_server_goes_with_whoever_started_it() -> None:
    """Where tests are killed, the server that they started stops and its directory is removed."""
    script = (
        "import sys, databases; print(databases.PostgresqlServer.started().directory, flush=True); sys.stdin.read()"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    tests = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    assert tests.stdout is not None
    directory = Path(tests.stdout.readline().strip())
    server = int((directory / "kept" / "postmaster.pid").read_text().split()[0])
    tests.send_signal(signal.SIGKILL)
    tests.communicate()
    for _ in range(500):
        if not directory.exists():
            break
        time.sleep(0.02)
    assert not directory.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def test_programs_that_the_servers_user_may_not_run_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server starts also from a directory that only root may enter."""
    ours = databases.programs()
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    (hidden / "site").symlink_to(ours.parents[2])
    theirs = hidden / "site" / ours.relative_to(ours.parents[2])
    monkeypatch.setattr(databases, "programs", lambda: theirs)
    server = PostgresqlServer.started()
    with server.connection("postgres") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()
    assert not server.directory.exists()


def test_without_postgresql_the_tests_fail_and_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no server can be had the tests are not left out, they fail and say what to install."""
    monkeypatch.setattr(databases, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(databases, "_DEBIAN", Path("/nowhere"))
    with pytest.raises(RuntimeError, match=r"install one of them"):
        PostgresqlServer.started()


def test_the_servers_of_the_system_will_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the package, programs on the PATH are taken, behind whatever leads to them."""
    ours = databases.programs()
    (tmp_path / "postgres").symlink_to(ours / "postgres")
    monkeypatch.setattr(databases, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert databases.programs() == ours


def test_each_kind_of_store_is_kept(kept: Store) -> None:
    """The fixture gives an empty store of each kind."""
    assert kept.run(busy) == (1, 1, 3)
