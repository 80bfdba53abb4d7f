"""The broker and the naive market, driven in step: after every step each member sees the same in both.

The settings are the quick ones; a Hypothesis profile that asks for more examples or steps is followed.
"""

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from broken_offers import BROKEN_OFFERS
from brokerage.adapters.memory import MemoryStore
from brokerage.ports import Store
from brokerage.testing import MarketMachine
from databases import DATABASES
from gapped_numbers import GappedStore
from machine_settings import quick

WRONG_STORES = {double.law: double.make for double in BROKEN_OFFERS}


class AgainstNaiveMarket(MarketMachine):
    """The broker in memory."""

    def make_store(self) -> Store:
        """Return a store in memory."""
        return MemoryStore()


class GappedAgainstNaiveMarket(MarketMachine):
    """The broker on numbers that are lost where a unit of work fails: whoever is refused has taken none."""

    def make_store(self) -> Store:
        """Return a store in memory whose numbers have gaps."""
        return GappedStore()


class SqliteAgainstNaiveMarket(MarketMachine):
    """The broker on a database of SQLite."""

    def make_store(self) -> Store:
        """Return an empty store."""
        return DATABASES.pool("SQLite").take()

    def let_go(self, store: Store) -> None:
        """Empty it for whoever takes it next."""
        DATABASES.pool("SQLite").give_back(store)


class PostgresqlAgainstNaiveMarket(MarketMachine):
    """The broker on a database of PostgreSQL."""

    def make_store(self) -> Store:
        """Return an empty store."""
        return DATABASES.pool("PostgreSQL").take()

    def let_go(self, store: Store) -> None:
        """Empty it for whoever takes it next."""
        DATABASES.pool("PostgreSQL").give_back(store)


@pytest.mark.once
@pytest.mark.parametrize("law", ["purchases_are_read_down_to_a_price", "a_ladder_is_read_up_to_a_price"])
def test_the_machine_finds_a_store_that_is_wrong(law: str) -> None:
    """A broker on a store whose books break one law differs from the naive market before long."""

    class OnWrongStore(MarketMachine):
        """A broker on that store."""

        def make_store(self) -> Store:
            """Return a wrong store."""
            store: Store = WRONG_STORES[f"test_{law}"]()
            return store

    steady = settings(quick(200, 40), derandomize=True, database=None, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        run_state_machine_as_test(OnWrongStore, settings=steady)


TestAgainstNaiveMarket = pytest.mark.once(AgainstNaiveMarket.TestCase)
TestAgainstNaiveMarket.settings = quick(60, 40)
TestGappedAgainstNaiveMarket = pytest.mark.once(GappedAgainstNaiveMarket.TestCase)
TestGappedAgainstNaiveMarket.settings = quick(20, 40)
TestSqliteAgainstNaiveMarket = pytest.mark.databases(SqliteAgainstNaiveMarket.TestCase)
TestSqliteAgainstNaiveMarket.settings = quick(15, 25)
TestPostgresqlAgainstNaiveMarket = pytest.mark.databases(PostgresqlAgainstNaiveMarket.TestCase)
TestPostgresqlAgainstNaiveMarket.settings = quick(8, 20)
