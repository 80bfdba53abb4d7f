"""Fixtures that several test modules share."""

from collections.abc import Iterator

import pytest

from brokerage.adapters.memory import MemoryStore
from brokerage.ports import Store
from sqlite_spike import SqliteStore


@pytest.fixture(params=["memory", "SQLite"])
def kept(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Return a new, empty store of each kind, which is closed in the end."""
    if request.param == "memory":
        yield MemoryStore()
        return
    store = SqliteStore()
    yield store
    store.close()
