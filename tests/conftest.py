"""Fixtures that several test modules share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from brokerage.adapters.memory import MemoryStore
from brokerage.adapters.sql import SqlStore
from brokerage.ports import Store
from databases import DATABASES


@pytest.fixture(scope="session", autouse=True)
def _stop_databases() -> Iterator[None]:
    """Leave no server running behind the tests."""
    yield
    DATABASES.stop()


@pytest.fixture(params=["memory", "SQLite", "PostgreSQL"])
def kept(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Return an empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    with DATABASES.pool(request.param).lent() as store:
        yield store


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def sql(request: pytest.FixtureRequest) -> Iterator[SqlStore]:
    """Return an empty store in each kind of database."""
    with DATABASES.pool(request.param).lent() as store:
        yield store


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the URL of a file with the tables of a store, and nothing in them."""
    return DATABASES.write_sqlite(tmp_path / "market.db")


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """Return the URL of a database with the tables of a store, and nothing in them; it is removed in the end."""
    database = DATABASES.server.new_database()
    yield DATABASES.server.url(database)
    DATABASES.server.drop(database)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty store in a file of SQLite, and of one in PostgreSQL."""
    found: str = request.getfixturevalue(f"{request.param.lower()}_url")
    return found
