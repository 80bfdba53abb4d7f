"""Columns of exact values as a data frame of the user's own pandas or polars, through narwhals.

Nothing here is loaded before a frame is asked for: narwhals comes with the extra ``frames``, pandas or polars with
the user.
"""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from brokerage.errors import InvalidChoice, NotInstalled

__all__ = ["Backend", "Kind", "frame"]

Backend = ModuleType | str
"""How a caller names a frame library: its name, ``"pandas"`` or ``"polars"``, or the imported module."""


class Kind(Enum):
    """What stands in a column of a table. A missing value is ``None`` in each of them."""

    TEXT = "text"
    """Text; anything else is written as text."""

    NUMBER = "number"
    """A whole number of at most 64 bits."""

    MONEY = "money"
    """An amount of a currency, with the attributes ``decimal`` and ``currency``; in a frame an exact decimal."""

    TIME = "time"
    """An aware instant, in UTC."""

    TRUTH = "truth"
    """True or false."""


_LIBRARIES = ("pandas", "polars")

_PANDAS_TYPES = {
    Kind.TEXT: "str",
    Kind.NUMBER: "Int64",
    Kind.MONEY: "object",  # of Decimals: pandas has no exact decimal of its own
    Kind.TIME: "datetime64[us, UTC]",
    Kind.TRUTH: "boolean",
}

_DIGITS, _DECIMALS = 38, 4
"""Of a decimal column in polars; no currency of ISO 4217 has more decimals."""

_LAST_DECIMAL, _WIDE = Decimal(1).scaleb(-_DECIMALS), Context(_DIGITS)


def frame(columns: Mapping[str, tuple[Kind, Sequence[Any]]], backend: Backend | None = None) -> Any:
    """Make a data frame, with types that hang on the kinds of the columns and never on what stands in them.

    Args:
        columns: for each name, in order, its kind and its values; amounts are given as Decimals.
        backend: ``"pandas"`` or ``"polars"``, or that module; ``None`` where only one of them is installed.

    Returns:
        A ``DataFrame`` of that library. Numbers are (nullable) 64-bit integers, amounts exact decimals (Python's in
        pandas, of 4 decimals in polars), times datetimes in UTC by microseconds; no column is of floats.

    Raises:
        NotInstalled: narwhals is not installed, or the library is not, or neither of the two is.
        InvalidChoice: ``backend`` is neither of the two, or is not given although both are installed.
    """
    name = _named(backend)
    narwhals, library = _installed("narwhals", "brokerage[frames]"), _installed(name, name)
    make = _pandas_series if name == "pandas" else _polars_series
    series = {
        title: narwhals.from_native(make(library, kind, values), series_only=True)
        for title, (kind, values) in columns.items()
    }
    # Told the backend, narwhals would build the columns anew and lose their types; without a column it must be told.
    return narwhals.from_dict(series, backend=None if series else name).to_native()


def _named(backend: Backend | None) -> str:
    """The name of the library that is wanted."""
    found = [name for name in _LIBRARIES if find_spec(name) is not None]
    if backend is None and not found:
        raise NotInstalled("pandas or polars", _LIBRARIES[0])
    if backend is None and len(found) == 1:
        return found[0]
    name = backend.__name__ if isinstance(backend, ModuleType) else backend
    if name not in _LIBRARIES:
        remedy = "both are installed, say which" if backend is None else "name it, or pass the module"
        raise InvalidChoice("backend", name, '"pandas" or "polars"', remedy)
    return name


def _installed(name: str, requirement: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise NotInstalled(name, requirement) from None


def _pandas_series(pandas: Any, kind: Kind, values: Sequence[Any]) -> Any:
    return pandas.Series(values, dtype=_PANDAS_TYPES[kind])


def _polars_series(polars: Any, kind: Kind, values: Sequence[Any]) -> Any:
    types = {
        Kind.TEXT: polars.String,
        Kind.NUMBER: polars.Int64,
        Kind.MONEY: polars.Decimal(_DIGITS, _DECIMALS),
        Kind.TIME: polars.Datetime("us", "UTC"),
        Kind.TRUTH: polars.Boolean,
    }
    if kind is Kind.MONEY:  # older polars wants the column's decimals in every value
        values = [None if value is None else value.quantize(_LAST_DECIMAL, context=_WIDE) for value in values]
    return polars.Series(values=values, dtype=types[kind])
