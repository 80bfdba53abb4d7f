"""The broker and the naive market of reservations, driven in step: after every step all stands the same in both."""

from hypothesis import HealthCheck, settings

from brokerage.adapters.memory import MemoryStore
from brokerage.ports import Store
from brokerage.testing import ReservingMachine
from databases import DATABASES


class AgainstNaiveReserving(ReservingMachine):
    """The broker in memory."""

    def make_store(self) -> Store:
        """Return a store in memory."""
        return MemoryStore()


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


_PLAIN = 100  # the examples of a profile that says nothing of them


def _quick(examples: int, steps: int) -> settings:
    """Return settings of so many examples and steps, unless the profile asks for others than Hypothesis does."""
    asked = settings()
    is_plain = asked.max_examples == _PLAIN
    return settings(
        asked,
        max_examples=examples if is_plain else asked.max_examples,
        stateful_step_count=steps if is_plain else asked.stateful_step_count,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


TestAgainstNaiveReserving = AgainstNaiveReserving.TestCase
TestAgainstNaiveReserving.settings = _quick(60, 50)
TestSqliteAgainstNaiveReserving = SqliteAgainstNaiveReserving.TestCase
TestSqliteAgainstNaiveReserving.settings = _quick(5, 20)
TestPostgresqlAgainstNaiveReserving = PostgresqlAgainstNaiveReserving.TestCase
TestPostgresqlAgainstNaiveReserving.settings = _quick(5, 20)
