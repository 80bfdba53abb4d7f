"""A database in which somebody else keeps something, or that is not made for facts, is refused and left as it was."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

from brokerage.adapters.sql import SqlStore, migrate
from brokerage.errors import SchemaTooOld, StoreDamaged, StoreFailure, StoreMissing
from databases import DATABASES
from sql_facts import kept, post

pytestmark = pytest.mark.databases

USES = pytest.mark.parametrize("use", [SqlStore, partial(migrate, create=True)], ids=["SqlStore", "migrate"])


@pytest.fixture
def empty() -> Iterator[URL]:
    """Return the URL of an empty database of PostgreSQL."""
    database = "strangers"
    with DATABASES.server.connection("postgres") as admin:
        admin.execute(f"CREATE DATABASE {database}")
    yield make_url(DATABASES.server.url(database))
    DATABASES.server.drop(database)


def admin(url: URL) -> psycopg.Connection:
    """Return another connection to that database."""
    return DATABASES.server.connection(str(url.database))


@USES
@pytest.mark.parametrize(
    "made",
    [
        "VIEW members AS SELECT 1 AS one",
        "INDEX members ON strange (one)",
        "SEQUENCE members",
        "INDEX ix_members ON strange (one)",
        "SEQUENCE numbers_offer",
        "TYPE members AS ENUM ('one')",
        "VIEW schema_revision AS SELECT 1 AS one",
    ],
)
def test_what_has_our_names(empty: URL, use: Callable[[URL], object], made: str) -> None:
    """Whatever stands in the place of a table, of an index or of a sequence is left alone, and no table is made."""
    with admin(empty) as server:
        name = _first_index()
        server.execute("CREATE TABLE strange (one int)")
        server.execute(f"CREATE {made.replace('ix_members', name)}".encode())
        with pytest.raises(StoreDamaged, match=r"a sound database of this library is wanted: .*choose another place"):
            use(empty)
        tables = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert tables == [("strange",)]


def _first_index() -> str:
    from brokerage.adapters.sql.tables import METADATA

    return min(str(index.name) for table in METADATA.tables.values() for index in table.indexes)


@USES
@pytest.mark.parametrize("made", ["VIEW members AS SELECT 1", "INDEX numbers ON strange (one)"])
def test_what_has_our_names_in_a_file(tmp_path: Path, use: Callable[[str], object], made: str) -> None:
    """With SQLite too, whatever stands in the place of a table is left alone, to the byte."""
    file = tmp_path / "market.db"
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("CREATE TABLE strange (one)")
        other.execute(f"CREATE {made}")
    before = file.read_bytes()
    with pytest.raises(StoreDamaged, match=r"a sound database of this library is wanted: .*choose another place"):
        use(f"sqlite:///{file}")
    assert file.read_bytes() == before


@USES
def test_a_schema_that_is_missing(empty: URL, use: Callable[[URL], object]) -> None:
    """Where no schema of the search path is there, the error says so."""
    with admin(empty) as server:
        server.execute("ALTER DATABASE strangers SET search_path = nowhere")
    with pytest.raises(StoreMissing, match=r"postgresql:///strangers: .*search_path.*; .*make the schema"):
        use(empty)


@USES
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_text(use: Callable[[URL], object], encoding: str) -> None:
    """A database of another encoding than UTF-8 is refused when it is opened, not at the first odd letter."""
    name = f"strangers_{encoding.lower()}"
    with DATABASES.server.connection("postgres") as server:
        server.execute(
            f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'".encode()
        )
    with pytest.raises(StoreDamaged, match=r"encoding.*UTF8") as caught:
        use(make_url(DATABASES.server.url(name)))
    assert isinstance(caught.value, StoreFailure)
    with DATABASES.server.connection(name) as server:
        assert server.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchall() == [(0,)]
    DATABASES.server.drop(name)


@pytest.mark.parametrize("create", [True, False])
def test_a_file_of_somebody_else_stays_as_it_is(tmp_path: Path, create: bool) -> None:
    """A file is not switched to a write-ahead log before it is known to be a store."""
    file = tmp_path / "market.db"
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("CREATE TABLE members (name)")
    before = file.read_bytes()
    with pytest.raises(StoreDamaged):
        SqlStore(f"sqlite:///{file}", create=create)
    with pytest.raises(StoreDamaged):
        migrate(f"sqlite:///{file}", create=create)
    assert file.read_bytes() == before


def test_a_file_in_which_nothing_may_be_made(tmp_path: Path) -> None:
    """An empty file, and one with other tables, stay as they are where no tables may be made."""
    file = tmp_path / "market.db"
    for statement in "PRAGMA user_version = 5", "CREATE TABLE strange (one)":
        with closing(sqlite3.connect(file)) as other, other:
            other.execute(statement)
        before = file.read_bytes()
        with pytest.raises(SchemaTooOld):
            SqlStore(f"sqlite:///{file}", create=False)
        assert file.read_bytes() == before


@pytest.mark.parametrize("create", [True, False])
def test_a_store_gets_its_write_ahead_log(tmp_path: Path, create: bool) -> None:
    """A store that is new, or a copy that lost its log, has one after it was opened."""
    file = tmp_path / "market.db"
    if not create:
        migrate(f"sqlite:///{file}", create=True)
        with closing(sqlite3.connect(file)) as other:
            assert other.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    with SqlStore(f"sqlite:///{file}", create=create) as store:
        store.run(post)
        assert kept(store) == (1, 1, 5)
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_migrated_file_has_its_write_ahead_log(tmp_path: Path) -> None:
    """What a migration made is as what a store makes."""
    file = tmp_path / "market.db"
    migrate(f"sqlite:///{file}", create=True)
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
