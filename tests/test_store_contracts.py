"""Both stores keep everything that a store must keep: the one in memory, and the throw-away one in SQLite."""

from collections.abc import Iterator

import pytest

from brokerage.adapters.memory import MemoryStore
from brokerage.ports import Store
from brokerage.testing import StoreContract
from sqlite_spike import SqliteStore


class TestMemoryStore(StoreContract):
    """The reference store."""

    @pytest.fixture
    def store(self) -> Store:
        """A new store."""
        return MemoryStore()


class TestSqliteStore(StoreContract):
    """The throw-away store in SQLite."""

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        """A new store, closed in the end."""
        store = SqliteStore()
        yield store
        store.close()
