"""Statements, written once in SQLAlchemy's language and compiled once for each kind of database.

What is compiled goes to the driver directly: that costs a half of what SQLAlchemy's own way of executing costs, and
each answer is a plain tuple.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any

from attrs import field, frozen
from sqlalchemy import ClauseElement, Column, ColumnElement, Dialect, FromClause, literal_column
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.sql.compiler import SQLCompiler

from brokerage.adapters.sql.types import Kept, fitting

__all__ = ["Compiled", "Query", "is_one_of", "literal", "value"]

_Expression = ClauseElement | Callable[[Dialect], ClauseElement]


@frozen(eq=False)
class Query:
    """A statement whose arguments are named: the names of its bound parameters, in the order in which they are given.

    ``expression`` may be a function of the dialect, where databases want different statements. The arguments of a
    statement that is ``of_rows`` are what a row holds already; any others are what facts hold.
    """

    expression: _Expression
    names: tuple[str, ...]
    of_rows: bool = False

    def compiled(self, dialect: Dialect) -> "Compiled":
        """Return the statement for a kind of database."""
        expression = self.expression if isinstance(self.expression, ClauseElement) else self.expression(dialect)
        compile_: type[SQLCompiler] = _SqliteCompiler if dialect.name == "sqlite" else dialect.statement_compiler
        compiler = compile_(dialect, expression)
        order = compiler.positiontup or []
        changes = tuple(None if self.of_rows else _change(compiler, name, dialect) for name in self.names)
        fixed = {name: compiler.params[name] for name in order if name not in self.names}
        return Compiled(str(compiler), self.names, changes, tuple(order), fixed)


class _SqliteCompiler(SQLiteCompiler):
    """Writes the hints for SQLite, too, which tell it what index to use."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        """Return what stands behind a table."""
        return text


def _change(compiler: SQLCompiler, name: str, dialect: Dialect) -> Callable[[Any], Any] | None:
    kept = compiler.binds[name].type
    if not isinstance(kept, Kept):
        return None
    write = kept.bind_processor(dialect)
    return write or {int: _within, str: _words}.get(kept.kind)


def _within(given: Any) -> Any:
    return fitting(given) if type(given) is int else given


def _words(given: Any) -> Any:
    return given.value if isinstance(given, Enum) else given


@frozen(eq=False)
class Compiled:
    """A statement's text, and how its arguments are put into the order in which it wants them."""

    text: str
    names: tuple[str, ...]
    changes: tuple[Callable[[Any], Any] | None, ...]
    order: tuple[str, ...]
    fixed: dict[str, Any]
    arguments: Callable[[tuple[Any, ...]], tuple[Any, ...]] = field(init=False)
    """Takes the arguments in the order of the names, and gives a driver's."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "arguments", self._plain if self._is_plain else self._made())

    @property
    def _is_plain(self) -> bool:
        return self.order == self.names and not any(self.changes)

    @staticmethod
    def _plain(given: tuple[Any, ...]) -> tuple[Any, ...]:
        return given

    def _made(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """Write the function: a statement is asked hundreds of times a second."""
        known: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for place, (name, change) in enumerate(zip(self.names, self.changes, strict=True)):
            known[f"change_{place}"] = change
            sources[name] = f"given_{place}"
        for place, (name, fixed) in enumerate(self.fixed.items()):
            known[f"fixed_{place}"] = fixed
            sources[name] = f"fixed_{place}"
        lines = [
            "def made(given):",
            f"    ({''.join(f'given_{place},' for place in range(len(self.names)))}) = given",
            *(f"    given_{at} = change_{at}(given_{at})" for at, change in enumerate(self.changes) if change),
            f"    return ({''.join(f'{sources[name]},' for name in self.order)})",
        ]
        exec("\n".join(lines), known)
        made: Callable[[tuple[Any, ...]], tuple[Any, ...]] = known["made"]
        return made


def literal(words: str) -> ColumnElement[Any]:
    """Return a text that stands in the statement itself, as the condition of a partial index must."""
    return literal_column("'" + words.replace("'", "''") + "'")


def value(column: Column[Any], words: str) -> ColumnElement[bool]:
    """Return the condition that a column holds a certain text."""
    return column == literal(words)


def is_one_of(column: Column[Any], *words: str) -> ColumnElement[bool]:
    """Return the condition that a column holds one of certain texts."""
    return column.in_([literal(each) for each in words])
