"""What can go wrong with a PostgreSQL: refused, full, locked, lost; one typed error each, and nothing half-written."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from brokerage.adapters.sql import SqlStore
from brokerage.errors import (
    CommitUnknown,
    DuplicateFact,
    SchemaTooNew,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
    StoreUnavailable,
)
from brokerage.ports import Transaction
from brokerage.records.members import Person
from brokerage.records.numbers import PersonNumber
from databases import DATABASES
from lossy import Lossy
from processes import ENVIRONMENT
from sql_facts import kept, post

pytestmark = pytest.mark.databases


@pytest.fixture
def store(postgresql_url: str) -> Iterator[SqlStore]:
    """Return a store in a database of its own."""
    opened = SqlStore(postgresql_url, patience=2)
    yield opened
    opened.close()


@pytest.fixture
def admin(postgresql_url: str) -> Iterator[psycopg.Connection]:
    """Return another connection to that database."""
    with DATABASES.server.connection(str(make_url(postgresql_url).database)) as connection:
        yield connection


def cut_all(admin: psycopg.Connection) -> None:
    """End every other connection to the database."""
    admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def when_a_person_is_added(admin: psycopg.Connection, happens: str, when: str = "INITIALLY IMMEDIATE") -> None:
    """Let something happen in the database with each new person."""
    admin.execute(
        f"CREATE FUNCTION happen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {happens}; RETURN NEW; END $$"
    )
    admin.execute(
        f"CREATE CONSTRAINT TRIGGER happens AFTER INSERT ON persons DEFERRABLE {when}"
        " FOR EACH ROW EXECUTE FUNCTION happen()"
    )


def test_a_database_that_is_missing(postgresql_url: str) -> None:
    """A database that nobody made is not made."""
    with pytest.raises(StoreMissing, match=r'database "nowhere" does not exist; .*make it'):
        SqlStore(make_url(postgresql_url).set(database="nowhere"))


def test_a_server_that_does_not_run(tmp_path: Path) -> None:
    """Where no server listens, the error says whom nobody answers."""
    with pytest.raises(StoreUnavailable, match=r"postgresql:///market: .*see that it runs"):
        SqlStore(f"postgresql+psycopg://postgres@/market?host={tmp_path}")


def test_too_many_connections(postgresql_url: str, admin: psycopg.Connection) -> None:
    """A server that takes no more connections says so, and works again once one is free."""
    admin.execute("CREATE ROLE busy LOGIN CONNECTION LIMIT 1")
    url = make_url(postgresql_url).set(username="busy")
    admin.execute("GRANT ALL ON SCHEMA public TO busy; GRANT ALL ON ALL TABLES IN SCHEMA public TO busy")
    admin.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO busy")
    store = SqlStore(url)
    with pytest.raises(StoreUnavailable, match="too many connections"):
        SqlStore(url)
    store.run(post)
    store.close()
    SqlStore(url).close()
    admin.execute("DROP OWNED BY busy; DROP ROLE busy")


def test_a_database_that_can_only_be_read(postgresql_url: str, admin: psycopg.Connection) -> None:
    """Reading goes on, writing is refused, until it is allowed again."""
    name = make_url(postgresql_url).database
    admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    store = SqlStore(postgresql_url)
    with pytest.raises(StoreReadOnly, match="give this user the rights to it, or only read"):
        store.run(post)
    assert kept(store) == (0, 0, 0)
    admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    store.close()
    store.run(post)
    assert kept(store) == (1, 1, 5)
    store.close()


def test_a_full_disk(store: SqlStore, admin: psycopg.Connection) -> None:
    """What finds no room is undone as a whole."""
    when_a_person_is_added(admin, "RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'")
    with pytest.raises(StoreFull, match="No space left on device; room on the disk is wanted: make room"):
        store.run(post)
    assert kept(store) == (0, 0, 0)
    admin.execute("DROP TRIGGER happens ON persons")
    store.run(post)
    assert kept(store) == (1, 1, 5)


def test_a_locked_table(store: SqlStore, postgresql_url: str, admin: psycopg.Connection) -> None:
    """Who waits longer than the store's patience is told so."""
    with admin.transaction(), SqlStore(postgresql_url, patience=0.05) as impatient:
        admin.execute("LOCK TABLE persons")
        with pytest.raises(StoreLocked, match=r"lock timeout; .*call again, or open the store with more patience"):
            impatient.run(post)
    store.run(post)
    assert kept(store) == (1, 1, 5)


def test_a_schema_of_another_revision(store: SqlStore, postgresql_url: str, admin: psycopg.Connection) -> None:
    """Tables of a revision that nobody here knows, and tables without any, are left alone."""
    admin.execute("UPDATE schema_revision SET version_num = '9999'")
    with pytest.raises(SchemaTooNew):
        SqlStore(postgresql_url)
    admin.execute("DROP TABLE schema_revision")
    with pytest.raises(StoreDamaged, match="no word of its revision"):
        SqlStore(postgresql_url)


@pytest.mark.parametrize("is_reading", [True, False])
def test_connections_that_are_lost_at_rest(store: SqlStore, admin: psycopg.Connection, is_reading: bool) -> None:
    """After the server was restarted, the next unit of work finds a new connection, and nobody notices."""
    store.run(post)
    cut_all(admin)
    if not is_reading:
        store.run(post)
    assert kept(store) == ((1, 1, 5) if is_reading else (2, 2, 10))


def test_many_connections_that_are_lost_at_rest(postgresql_url: str, admin: psycopg.Connection) -> None:
    """However many connections were lost, one of them is enough to know: the second attempt has a new one."""
    store = SqlStore(postgresql_url, attempts=2)
    together = threading.Barrier(3)
    threads = [threading.Thread(target=store.read, args=(lambda tx: together.wait(30),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cut_all(admin)
    store.run(post)
    assert kept(store) == (1, 1, 5)
    store.close()


def test_a_connection_that_is_lost_within_a_work(store: SqlStore, admin: psycopg.Connection) -> None:
    """A work whose connection is lost before the commit is called again, as after a conflict."""
    calls = []

    def losing(tx: Transaction) -> int:
        calls.append(post(tx))
        if len(calls) == 1:
            cut_all(admin)
        return post(tx)

    store.run(losing)
    assert len(calls) == 2
    assert kept(store) == (2, 2, 10)


def test_a_loss_that_a_work_swallows(store: SqlStore, admin: psycopg.Connection) -> None:
    """A work that goes on after its connection is lost keeps nothing of that time, and is called again."""
    calls = []

    def swallowing(tx: Transaction) -> None:
        calls.append(post(tx))
        if len(calls) == 1:
            cut_all(admin)
            with pytest.raises(StoreUnavailable):
                store.run(post)

    store.run(swallowing)
    assert len(calls) == 2
    assert kept(store) == (1, 1, 5)


def test_a_failure_that_a_work_swallows(sql: SqlStore) -> None:
    """A part that fails in the database is undone alone, as in a store in memory."""

    def add_both(tx: Transaction, number: PersonNumber) -> None:
        post(tx)
        tx.persons.add(Person(number))

    def twice(tx: Transaction) -> None:
        number = PersonNumber(post(tx))
        with pytest.raises(DuplicateFact):
            sql.run(lambda inner: add_both(inner, number))
        with pytest.raises(DuplicateFact):
            tx.persons.add(Person(number))
        post(tx)

    sql.run(twice)
    assert kept(sql) == (2, 2, 10)


def test_a_statement_that_fails_is_never_half_committed(store: SqlStore, admin: psycopg.Connection) -> None:
    """A work that swallows a failure outside any part of its own is not committed, as the database would refuse."""
    when_a_person_is_added(admin, "IF NEW.number = 1 THEN RAISE 'no' USING ERRCODE = '53100'; END IF")

    def swallowing(tx: Transaction) -> None:
        with pytest.raises(StoreFull):
            post(tx)

    with pytest.raises(StoreFull):
        store.run(swallowing)
    assert kept(store) == (0, 0, 0)


def test_a_commit_that_undoes(store: SqlStore) -> None:
    """A work after whose commit PostgreSQL has kept nothing is never taken for kept, whatever went by unseen."""

    def swallowing(tx: Any) -> None:
        tx.persons.add(Person(PersonNumber(1)))
        with pytest.raises(psycopg.errors.DivisionByZero):  # as an interruption that somebody catches
            tx.numbers._session.connection.execute("SELECT 1 / 0")

    with pytest.raises(StoreError, match="transaction: 'ROLLBACK' is refused; a commit is wanted"):
        store.run(swallowing)
    store.run(post)
    assert kept(store) == (1, 1, 5)


def test_a_connection_that_is_always_lost(store: SqlStore, admin: psycopg.Connection) -> None:
    """After as many attempts as the store makes, the loss is what the caller hears."""
    when_a_person_is_added(admin, "PERFORM pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(StoreUnavailable, match="terminating connection"):
        store.run(post)
    admin.execute("DROP TRIGGER happens ON persons")
    assert kept(store) == (0, 0, 0)


def test_a_connection_that_is_lost_during_the_commit(store: SqlStore, admin: psycopg.Connection) -> None:
    """A work whose commit was not answered is not called again: its caller decides."""
    when_a_person_is_added(admin, "PERFORM pg_terminate_backend(pg_backend_pid())", "INITIALLY DEFERRED")
    calls = []
    with pytest.raises(CommitUnknown, match="repeat the request under its request id"):
        store.run(lambda tx: calls.append(post(tx)))
    assert len(calls) == 1
    admin.execute("DROP TRIGGER happens ON persons")
    assert kept(store) == (0, 0, 0)
    store.run(post)
    assert kept(store) == (1, 1, 5)


def test_an_answer_to_the_commit_that_is_lost(postgresql_url: str, tmp_path: Path) -> None:
    """A commit that went through, and whose answer was lost, is reported as unknown too."""
    with Lossy(DATABASES.server.directory, tmp_path) as proxy:
        store = SqlStore(make_url(postgresql_url).update_query_dict({"host": str(tmp_path)}))
        proxy.answers_commits = False
        with pytest.raises(CommitUnknown):
            store.run(post)
        proxy.answers_commits = True
        assert kept(store) == (1, 1, 5)
        store.run(post)
        assert kept(store) == (2, 2, 10)
        store.close()


FORKING = """
import os, sys
from brokerage.adapters.sql import SqlStore
from sql_facts import kept, post
store = SqlStore(sys.argv[1])
store.run(post)
child = os.fork()
if child == 0 and os.path.exists("/proc/self/fd"):
    files = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    assert not [file for file in files if os.path.exists(file) and "market.db" in os.readlink(file)]
for _ in range(20):
    store.run(post)
store.close()
if child == 0:
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert kept(store) == (41, 41, 205), kept(store)
"""


def test_a_forked_process(url: str) -> None:
    """A forked process and the one that forked it go on at the same time, each with connections of its own."""
    subprocess.run([sys.executable, "-W", "error", "-c", FORKING, url], check=True, env=ENVIRONMENT)


WHILE_AT_WORK = """
import os, sys
from brokerage.adapters.sql import SqlStore
from brokerage.errors import StoreUnavailable
from sql_facts import kept, post
store = SqlStore(sys.argv[1])
try:
    child = store.run(lambda tx: os.fork())
except StoreUnavailable:
    child = 0
if child == 0:
    try:
        store.run(post)
    except StoreUnavailable as error:
        os._exit("forked" in error.problem)
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
store.run(post)
"""


def test_a_process_that_forks_while_it_works(sqlite_url: str) -> None:
    """A process that was forked within a unit of work is refused by SQLite's store: it would lose what it wrote."""
    subprocess.run([sys.executable, "-W", "error", "-c", WHILE_AT_WORK, sqlite_url], check=True, env=ENVIRONMENT)


def test_sixty_four_threads_wait_for_two_connections(postgresql_url: str) -> None:
    """More threads than connections wait for each other, and none fails."""
    store = SqlStore(postgresql_url, connections=2)
    threads = [threading.Thread(target=store.run, args=(post,)) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept(store) == (64, 64, 320)
    store.close()
