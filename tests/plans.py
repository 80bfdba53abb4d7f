"""Every statement of the SQL store, and how a database would go about it."""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import count
from pkgutil import iter_modules
from typing import Any

import psycopg
from attrs import field, frozen
from sqlalchemy import Dialect, Insert, create_mock_engine
from sqlalchemy.dialects import sqlite

import brokerage.adapters.sql
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import METADATA, FactTable, ListTable

__all__ = ["POSTGRESQL", "SQLITE", "Statement", "postgresql_plan", "sqlite_plan", "statements"]

SQLITE: Dialect = sqlite.dialect()
POSTGRESQL = create_mock_engine("postgresql+psycopg://", lambda *_: None, paramstyle="format").dialect
_PLANNED = ("SELECT", "WITH", "UPDATE", "DELETE")
_TABLES = re.compile(r'\b(?:FROM|JOIN|UPDATE|INTO)\s+"?(\w+)"?')
_PLACE = re.compile("%s")


@frozen
class Statement:
    """A statement of the store, named by its module and what holds it there."""

    name: str
    query: Query = field(repr=False)

    def __str__(self) -> str:
        return self.name

    def text(self, dialect: Dialect) -> str:
        """Return the statement as a database is given it."""
        return self.query.compiled(dialect).text


def statements() -> list[Statement]:
    """Return every statement of the store's modules that has a plan: what finds, changes or removes rows of tables."""
    found: dict[Query, str] = {}
    for module in iter_modules(brokerage.adapters.sql.__path__):
        for name, held in vars(import_module(f"brokerage.adapters.sql.{module.name}")).items():
            for part, query in _queries(held):
                found.setdefault(query, f"{module.name}.{name}{part}")
    every = (Statement(name, query) for query, name in found.items() if not isinstance(query.expression, Insert))
    return [statement for statement in every if _has_plan(statement.text(POSTGRESQL))]


def _queries(held: object) -> Iterator[tuple[str, Query]]:
    if isinstance(held, Query):
        yield "", held
    elif isinstance(held, FactTable):
        for name in ("get", "check", "delete"):
            yield f".{name}", getattr(held, name)
        if "version" in held.names:
            yield ".update", held.update(("version",))
        for each in held.lists:
            yield from ((f".{each.parts.name}{name}", query) for name, query in _queries(each))
    elif isinstance(held, ListTable):
        names = ("delete", "of_one", "of_many") if len(held.owner) == 1 else ("delete", "of_one")
        yield from ((f".{name}", getattr(held, name)) for name in names)
    elif isinstance(held, dict):
        for key, each in held.items():
            yield from ((f"[{key}]{name}", query) for name, query in _queries(each))
    elif isinstance(held, tuple | list):
        for place, each in enumerate(held):
            yield from ((f"[{place}]{name}", query) for name, query in _queries(each))


def _has_plan(text: str) -> bool:
    return text.lstrip().startswith(_PLANNED) and any(table in METADATA.tables for table in _TABLES.findall(text))


def sqlite_plan(connection: sqlite3.Connection, text: str, arguments: Sequence[Any] | None = None) -> list[str]:
    """Return the lines of SQLite's plan for a statement."""
    given = [None] * text.count("?") if arguments is None else arguments
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", given)]


def postgresql_plan(
    connection: "psycopg.Connection[Any]", text: str, arguments: Sequence[Any] | None = None
) -> list[dict[str, Any]]:
    """Return the nodes of PostgreSQL's plan for a statement: for its arguments, or else for whatever may be given."""
    if arguments is not None:
        answer = connection.execute(f"EXPLAIN (FORMAT JSON) {text}", arguments)
        return list(_nodes(answer.fetchall()[0][0][0]["Plan"]))
    places = count(1)
    prepared = _PLACE.sub(lambda _: f"${next(places)}", text).replace("%%", "%")
    nothing = ", ".join(["NULL"] * text.count("%s"))
    connection.execute("SET plan_cache_mode = force_generic_plan")
    connection.execute(f"PREPARE asked AS {prepared}")
    try:
        answer = connection.execute(f"EXPLAIN (FORMAT JSON) EXECUTE asked{f'({nothing})' if nothing else ''}")
        found = answer.fetchall()[0][0]
        return list(_nodes((json.loads(found) if isinstance(found, str) else found)[0]["Plan"]))
    finally:
        connection.execute("DEALLOCATE asked")


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from _nodes(each)
