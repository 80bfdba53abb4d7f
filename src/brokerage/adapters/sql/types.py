"""The types of columns: how instants, days, decimals and lists stand in each database.

==================  ==============================================  ===============================
in a fact           PostgreSQL                                      SQLite
==================  ==============================================  ===============================
whole number        ``bigint``                                      ``INTEGER``
truth               ``boolean``                                     ``INTEGER``, 0 or 1
text, enum's value  ``text``, in the order of the characters        ``TEXT``
``datetime``        ``timestamptz``                                 ``TEXT``, UTC, always 27 places
``date``            ``date``                                        ``TEXT``
``timedelta``       ``bigint`` of microseconds                      ``INTEGER``
``Decimal``         ``numeric``                                     ``TEXT`` of plain digits
list, set           ``jsonb``                                       ``TEXT`` of JSON
==================  ==============================================  ===============================
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from attrs import frozen
from sqlalchemy import BigInteger, Boolean, Date, Dialect, Integer, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

__all__ = ["DAY", "DECIMAL", "DOCUMENT", "INSTANT", "TEXT", "TRUTH", "WHOLE", "Kept", "fitting", "json_text"]

_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1
_REMEMBERED = 1024
_Change = Callable[[Any], Any] | None
"""What makes another value of one that is not ``None``; ``None`` where values stay as they are."""


@frozen(eq=False)
class _Form:
    """A database's own type, and how values of a fact are written as its values and read back."""

    type: TypeEngine[Any]
    write: _Change = None
    read: _Change = None


class Kept(TypeDecorator[Any]):
    """How one type of value is kept: a form for SQLite and a form for any other database."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok = True

    def __init__(self, kind: type, sqlite: _Form, other: _Form) -> None:
        super().__init__()
        self.kind, self.sqlite, self.other = kind, sqlite, other
        self.impl = other.type  # so that numbers are added as numbers

    def form(self, dialect: Dialect) -> _Form:
        """Return how values stand in a database."""
        return self.sqlite if dialect.name == "sqlite" else self.other

    @property
    def python_type(self) -> type:
        """The type of the values in facts."""
        return self.kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type in a database."""
        return dialect.type_descriptor(self.form(dialect).type)

    def bind_processor(self, dialect: Dialect) -> _Change:
        """Return what writes a value that may be nothing."""
        return _or_nothing(self.form(dialect).write)

    def result_processor(self, dialect: Dialect, coltype: object) -> _Change:
        """Return what reads a value that may be nothing."""
        return _or_nothing(self.form(dialect).read)


def _or_nothing(change: _Change) -> _Change:
    return None if change is None else lambda value: None if value is None else change(value)


def fitting(value: int) -> int:
    """Keep a number that is asked for within 64 bits: it finds what the last one that fits would find."""
    return value if _LEAST <= value <= _GREATEST else max(_LEAST, min(value, _GREATEST))


@lru_cache(_REMEMBERED)
def _instant_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _digits(value: Decimal) -> str:
    return f"{value:f}"


WHOLE = Kept(int, _Form(Integer()), _Form(BigInteger()))
"""A whole number of 64 bits; SQLite numbers its rows by an INTEGER only."""

TRUTH = Kept(bool, _Form(Integer(), int, bool), _Form(Boolean()))
"""Yes or no; strict tables of SQLite know numbers only."""

TEXT = Kept(str, _Form(Text()), _Form(Text(collation="C")))
"""A text, in the order of its characters whatever the database's language."""

INSTANT = Kept(
    datetime, _Form(Text(), _instant_text, datetime.fromisoformat), _Form(TIMESTAMP(timezone=True), None, _in_utc)
)
"""An instant in UTC; as texts of one length they sort as times do."""

DAY = Kept(date, _Form(Text(), date.isoformat, date.fromisoformat), _Form(Date()))
"""A day."""

DECIMAL = Kept(Decimal, _Form(Text(), _digits, Decimal), _Form(Numeric()))
"""A decimal, digit by digit: SQLite would make it a float."""

DOCUMENT = Kept(str, _Form(Text()), _Form(JSONB()))
"""The JSON text of a list or a set of plain values; connections of a store give it as text."""

json_text: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Write plain values as the text of a document."""
