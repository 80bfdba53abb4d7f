"""Every store keeps everything that a store must keep: the one in memory, and the one in SQL on both databases."""

from collections.abc import Iterator

import pytest

from brokerage.adapters.memory import MemoryStore
from brokerage.ports import Store
from brokerage.testing import StoreContract
from databases import DATABASES


class TestMemoryStore(StoreContract):
    """The reference store."""

    @pytest.fixture
    def store(self) -> Store:
        """A new store."""
        return MemoryStore()


class TestSqliteStore(StoreContract):
    """The store in SQLite."""

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        """An empty store."""
        with DATABASES.pool("SQLite").lent() as store:
            yield store


class TestPostgresqlStore(StoreContract):
    """The store in PostgreSQL."""

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        """An empty store."""
        with DATABASES.pool("PostgreSQL").lent() as store:
            yield store
