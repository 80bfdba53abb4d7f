"""Migrations lead from any earlier revision to the tables that a new store has, whoever else migrates at the time."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import make_url

import brokerage.adapters.sql.migrations
from brokerage.adapters.sql import SqlStore, migrate
from brokerage.adapters.sql.schema import HEAD, REVISIONS
from brokerage.errors import (
    InvalidChoice,
    SchemaTooNew,
    SchemaTooOld,
    StoreDamaged,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
)
from databases import DATABASES
from processes import ENVIRONMENT
from sql_facts import kept, post

pytestmark = pytest.mark.databases

LOOKS = (
    """SELECT 'column', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid), o.collname
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_collation o ON o.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 ORDER BY c.relname, a.attnum""",
    """SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace ORDER BY 2, 3""",
    """SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 2""",
    """SELECT 'sequence', sequencename, data_type::text, start_value, increment_by, last_value FROM pg_sequences
    WHERE schemaname = 'public' ORDER BY 2""",
    "SELECT 'series', series, last FROM numbers ORDER BY 2",
    "SELECT 'revision', version_num FROM schema_revision",
)


def look(url: str) -> list[tuple[object, ...]]:
    """Return everything that a database says about its tables."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            made = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
            found = [(*of, normal(sql)) for *of, sql in made]
            for query in LOOKS[-2:]:
                found += connection.execute(query).fetchall()
            return found
    with DATABASES.server.connection(str(make_url(url).database)) as server:
        return [row for query in LOOKS for row in server.execute(query.encode()).fetchall()]


def normal(sql: str | None) -> object:
    """Return a statement with its columns in their order, and whatever else there is in any."""
    if sql is None or not sql.startswith("CREATE TABLE"):
        return sql
    head, _, rest = " ".join(sql.split()).partition("(")
    body, _, options = rest.rpartition(")")
    items = re.split(r", (?=CONSTRAINT|\"?\w+\"? (?:TEXT|INTEGER))", body.strip())
    of_columns = [item for item in items if not item.startswith("CONSTRAINT")]
    return head, of_columns, sorted(set(items) - set(of_columns)), options.strip()


@pytest.fixture
def empty(url: str) -> Iterator[str]:
    """Return the URL of a database like ``url``, but without tables."""
    if url.startswith("sqlite"):
        yield url.replace("market.db", "other.db")
        return
    database = f"empty_{make_url(url).database}"
    with DATABASES.server.connection("postgres") as connection:
        connection.execute(f"CREATE DATABASE {database}".encode())
    yield DATABASES.server.url(database)
    DATABASES.server.drop(database)


def test_the_steps_are_those_that_are_known() -> None:
    """Alembic finds one step for each revision that the store knows, in one line."""
    steps = ScriptDirectory(str(Path(brokerage.adapters.sql.migrations.__path__[0])))
    assert tuple(step.revision for step in reversed(list(steps.walk_revisions()))) == REVISIONS
    assert steps.get_heads() == [HEAD]


def test_migrated_tables_are_those_of_a_new_store(url: str, empty: str) -> None:
    """Tables, columns, types, indexes with their conditions, checks, keys and sequences are the same."""
    assert migrate(empty, create=True) == REVISIONS
    assert look(empty) == look(url)


def test_a_step_at_a_time(empty: str) -> None:
    """A database can be brought up to date from each earlier revision, which no store takes before."""
    for revision in REVISIONS:
        if revision != REVISIONS[0]:
            with pytest.raises(SchemaTooOld, match="migrate --store URL"):
                SqlStore(empty)
        assert migrate(empty, to=revision, create=revision == REVISIONS[0]) == (revision,)
    store = SqlStore(empty, create=False)
    store.run(post)
    assert kept(store) == (1, 1, 5)
    store.close()
    assert migrate(empty) == ()


def test_a_store_that_is_up_to_date(url: str) -> None:
    """Nothing is done where nothing is to do, and what is kept stays."""
    store = SqlStore(url)
    store.run(post)
    before = look(url)
    assert migrate(url) == ()
    assert migrate(url, to=REVISIONS[0]) == ()
    assert look(url) == before
    assert kept(store) == (1, 1, 5)
    store.close()


OPENING = """
import sys
from brokerage.adapters.sql import SqlStore, migrate
print(len(migrate(sys.argv[1], create=True)) if sys.argv[2] == "migrate" else SqlStore(sys.argv[1]).close())
"""


def test_several_processes_at_once(empty: str) -> None:
    """Processes that migrate and open one empty database at the same time make its tables once."""
    commands = [[sys.executable, "-W", "error", "-c", OPENING, empty, how] for how in ("migrate", "open", "migrate")]
    running = [subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) for command in commands]
    said = [process.communicate()[0].strip() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert sorted(said) in (["0", "7", "None"], ["0", "0", "None"])
    store = SqlStore(empty)
    store.run(post)
    assert kept(store) == (1, 1, 5)
    store.close()


def test_a_later_version(url: str) -> None:
    """Tables of a revision that is not known are left alone."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute("UPDATE schema_revision SET version_num = '9999'")
    else:
        with DATABASES.server.connection(str(make_url(url).database)) as server:
            server.execute("UPDATE schema_revision SET version_num = '9999'")
    before = look(url)
    with pytest.raises(SchemaTooNew):
        migrate(url)
    assert look(url) == before


def test_nothing_is_half_migrated(empty: str) -> None:
    """Where a step fails, none is taken: a table that stands in the way of the last one leaves no table behind."""
    if empty.startswith("sqlite"):
        with closing(sqlite3.connect(empty.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute("CREATE VIEW reservations AS SELECT 1")
            query = "SELECT name FROM sqlite_master WHERE type = 'table'"
            with pytest.raises(StoreDamaged, match=r"reservations.*choose another place"):
                migrate(empty, create=True)
            assert connection.execute(query).fetchall() == []
        return
    with DATABASES.server.connection(str(make_url(empty).database)) as server:
        server.execute("CREATE VIEW reservations AS SELECT 1")
        with pytest.raises(StoreDamaged, match=r"reservations.*choose another place"):
            migrate(empty, create=True)
        assert server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall() == []


def test_databases_that_cannot_be_migrated(tmp_path: Path) -> None:
    """The errors are those of opening a store."""
    with pytest.raises(InvalidChoice, match="a revision from 0001"):
        migrate("sqlite://", to="9999")
    with pytest.raises(StoreMissing, match="there is no folder"):
        migrate(f"sqlite:///{tmp_path}/nowhere/market.db", create=True)
    text = tmp_path / "text.db"
    text.write_text("offers\n" * 1000)
    with pytest.raises(StoreDamaged):
        migrate(f"sqlite:///{text}")
    empty = tmp_path / "market.db"
    empty.touch()
    with pytest.raises(StoreReadOnly):
        migrate(f"sqlite:///file:{empty}?mode=ro&uri=true", create=True)
    with closing(sqlite3.connect(empty, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked):
            migrate(f"sqlite:///{empty}", patience=0.02)
    with pytest.raises(SchemaTooOld, match=r"there are no tables yet.*migrate --create"):
        migrate(f"sqlite:///{empty}")
    assert migrate(f"sqlite:///{empty}", create=True) == REVISIONS
    with pytest.raises(StoreMissing, match="there is no such file"):
        migrate(f"sqlite:///{tmp_path}/mistyped.db")
    assert not (tmp_path / "mistyped.db").exists()
