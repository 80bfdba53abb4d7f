"""The tables of a store: made in an empty database, and recognised in any other by their revision."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Column, PrimaryKeyConstraint, create_mock_engine

from brokerage.adapters.sql.numbers import JOURNAL, ORDERED
from brokerage.adapters.sql.places import Place
from brokerage.adapters.sql.tables import METADATA, plain_table
from brokerage.adapters.sql.types import TEXT
from brokerage.errors import SchemaTooNew, SchemaTooOld, StoreDamaged, StoreMissing

__all__ = ["HEAD", "REVISIONS", "SCHEMA", "alone", "make_ready", "revision_of"]

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""Every revision of the tables, from the first one on; each has a step in ``migrations/versions``."""

HEAD = REVISIONS[-1]
"""The revision that this version of the library works with."""

SCHEMA = plain_table(
    "schema_revision", Column("version_num", TEXT, nullable=False), PrimaryKeyConstraint("version_num")
)
"""Holds the revision; the column has the name that Alembic gives it."""

_ALONE = 7_300
_Execute = Callable[[str], Any]


def alone(execute: _Execute, place: Place) -> None:
    """Begin a transaction in which nobody else makes or changes the tables."""
    if place.is_sqlite:
        execute("BEGIN IMMEDIATE")
    else:
        execute("BEGIN")
        execute(f"SELECT pg_advisory_xact_lock({_ALONE})")


def make_ready(execute: _Execute, place: Place, may_create: bool) -> None:
    """Make the tables in an empty database; those that are there must be of the present revision.

    Raises:
        SchemaTooOld: they are of an earlier one, or there are none and none may be made.
        SchemaTooNew: they are of one that is not known.
        StoreDamaged: there are tables of these names, but no revision; or the encoding is not UTF-8.
        StoreMissing: no schema of PostgreSQL's search path is there.
    """
    found = revision_of(execute, place)
    if found is None and may_create:
        alone(execute, place)
        try:
            found = revision_of(execute, place)  # somebody may have been first
            if found is None:
                for statement in _statements(place.is_sqlite):
                    execute(statement)
                found = HEAD
            execute("COMMIT")
        except BaseException:
            execute("ROLLBACK")
            raise
    if found != HEAD:
        if found is None or found in REVISIONS:
            raise SchemaTooOld(place.shown, found, HEAD)
        raise SchemaTooNew(place.shown, found, HEAD)


def revision_of(execute: _Execute, place: Place) -> str | None:
    """Return the revision of the tables, ``None`` where there are none.

    Raises:
        StoreDamaged: there are tables of these names, but no revision; or the encoding is not UTF-8.
        StoreMissing: no schema of PostgreSQL's search path is there.
    """
    if place.is_sqlite:
        there = {name for (name,) in execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    else:
        _must_be_fit(execute, place)
        asked = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"
        there = {name for (name,) in execute(asked).fetchall()}
    if SCHEMA.name in there:
        row = execute(f"SELECT version_num FROM {SCHEMA.name}").fetchone()
        if row is not None:
            return str(row[0])
    taken = sorted((there - {SCHEMA.name}) & set(METADATA.tables))
    if taken:
        raise StoreDamaged(place.shown, f"there is a table {taken[0]}, but no word of its revision")
    return None


def _must_be_fit(execute: _Execute, place: Place) -> None:
    """See that tables can stand in a database of PostgreSQL, and hold every text."""
    asked = "SELECT current_schema() IS NOT NULL, current_setting('server_encoding') = 'UTF8'"
    has_schema, is_unicode = execute(asked).fetchone()  # truths, which are read alike in every encoding
    if not is_unicode:
        remedy = "make the database anew with ENCODING 'UTF8', or choose another place"
        raise StoreDamaged(place.shown, "its encoding is another one than UTF8", remedy)
    if not has_schema:
        remedy = "make the schema, or mend the search_path of the user or of the database"
        raise StoreMissing(place.shown, "no schema of its search_path is there", remedy)


@cache
def _statements(is_sqlite: bool) -> tuple[str, ...]:
    """What makes every table, and the rows that are there from the beginning."""
    found: list[str] = []
    engine: Any = create_mock_engine(
        "sqlite://" if is_sqlite else "postgresql+psycopg://",
        lambda statement, *_: found.append(str(statement.compile(dialect=engine.dialect))),
    )
    METADATA.create_all(engine, checkfirst=False)
    series = (JOURNAL, *sorted(each.value for each in ORDERED))
    found.extend(f"INSERT INTO numbers (series, last) VALUES ('{name}', 0)" for name in series)
    found.append(f"INSERT INTO {SCHEMA.name} (version_num) VALUES ('{HEAD}')")
    return tuple(found)
