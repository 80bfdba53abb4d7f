"""The broker and the naive market of reservations, driven in step: after every step all stands the same in both."""

import pytest

from brokerage.adapters.memory import MemoryStore
from brokerage.ports import Store
from brokerage.testing import ReservingMachine
from databases import DATABASES
from gapped_numbers import GappedStore
from machine_settings import quick


class AgainstNaiveReserving(ReservingMachine):
    """The broker in memory."""

    def make_store(self) -> Store:
        """Return a store in memory."""
        return MemoryStore()


class GappedAgainstNaiveReserving(ReservingMachine):
    """The broker on numbers that are lost where a unit of work fails: whoever is refused has taken none."""

    def make_store(self) -> Store:
        """Return a store in memory whose numbers have gaps."""
        return GappedStore()


class SqliteAgainstNaiveReserving(ReservingMachine):
    """The broker on a database of SQLite."""

    def make_store(self) -> Store:
        """Return an empty store."""
        return DATABASES.pool("SQLite").take()

    def let_go(self, store: Store) -> None:
        """Empty it for whoever takes it next."""
        DATABASES.pool("SQLite").give_back(store)


class PostgresqlAgainstNaiveReserving(ReservingMachine):
    """The broker on a database of PostgreSQL."""

    def make_store(self) -> Store:
        """Return an empty store."""
        return DATABASES.pool("PostgreSQL").take()

    def let_go(self, store: Store) -> None:
        """Empty it for whoever takes it next."""
        DATABASES.pool("PostgreSQL").give_back(store)


TestAgainstNaiveReserving = pytest.mark.once(AgainstNaiveReserving.TestCase)
TestAgainstNaiveReserving.settings = quick(60, 50)
TestGappedAgainstNaiveReserving = pytest.mark.once(GappedAgainstNaiveReserving.TestCase)
TestGappedAgainstNaiveReserving.settings = quick(40, 40)
TestSqliteAgainstNaiveReserving = pytest.mark.databases(SqliteAgainstNaiveReserving.TestCase)
TestSqliteAgainstNaiveReserving.settings = quick(15, 30)
TestPostgresqlAgainstNaiveReserving = pytest.mark.databases(PostgresqlAgainstNaiveReserving.TestCase)
TestPostgresqlAgainstNaiveReserving.settings = quick(8, 25)
