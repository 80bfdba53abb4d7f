"""What is wrong as an argument, and how a refusal is checked: typed, named, with a remedy, and without any change."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from brokerage.errors import BrokerageError, PaymentDeclined
from builders import World

__all__ = [
    "AMOUNTS",
    "CODES",
    "LONE",
    "MAY_BE_EMPTY",
    "NAMES",
    "NUL",
    "NUMBERS",
    "POSITIONS",
    "SIZES",
    "TOTALS",
    "Row",
    "assert_refused",
    "each",
]


AMOUNTS: list[Any] = [
    9.5, True, None, float("nan"), Decimal("NaN"), Decimal("Infinity"), "NaN", "-1", -1, 10**15 + 1, 10**5000,
    "10000000000000.01", "80.005", Decimal("80.005"), "", " ", "8_0", "1e2", "٨٠", [1],
]  # fmt: skip
LARGEST: list[Any] = [10**15 + 1, "10000000000000.01"]
TOTALS: list[Any] = [v for v in AMOUNTS if v not in LARGEST] + [10**16 + 1, "100000000000000.01"]
CODES: list[Any] = ["usd", "XAU", "DOLLARS", "", None, 840]
LONE = "\ud800"
NUL = "a\0b"
NAMES: list[Any] = ["", " \t", "n" * 201, None, 5, b"name", LONE, NUL]
MAY_BE_EMPTY: list[Any] = ["n" * 201, None, 5, LONE, NUL]
NUMBERS: list[Any] = [0, -1, 999, 10**30, True, 1.0, "1", None, [1]]
POSITIONS: list[Any] = ["1", 1.5, True, -1]
SIZES: list[Any] = [0, -1, 1001, True, 1.0, "1", 10**30]

Row = tuple[str, Callable[[Any], object], type[BrokerageError], str]
"""What a row is called, what is done wrongly in a scene, with which error it is refused, and which field that names."""


def each(
    name: str, values: list[Any], call: Callable[[Any, Any], object], error: type[BrokerageError], field: str
) -> list[Row]:
    """Return a row for each wrong value of one argument."""
    return [
        (f"{name} {field} {at}", lambda place, value=value: call(place, value), error, field)  # type: ignore[misc]
        for at, value in enumerate(values)
    ]


def assert_refused(place: World, call: Callable[[], object], error: type[BrokerageError], field: str) -> None:
    """Assert that a call is refused: by that class, by name, with what is possible and what to do, changing nothing."""
    before, outside = place.state(), place.outside()
    with pytest.raises(error) as caught:
        call()
    assert error is type(caught.value)
    assert field == caught.value.field
    assert hasattr(caught.value, "value")
    assert caught.value.limit
    assert caught.value.remedy
    assert len(str(caught.value)) < 600
    after = place.state()
    if error is PaymentDeclined:  # of a card an intent was recorded, and let go of again
        del before["journal"], after["journal"]
    assert before == after
    assert outside == place.outside()
