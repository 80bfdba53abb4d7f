"""When offers of the blind market meet, and the grid on which their limits stand (spec X2, B7)."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from brokerage.errors import InvalidAmount, InvalidChoice
from brokerage.money import minor_units
from brokerage.policy.checks import wait

__all__ = ["Immediate", "Matching", "Periodic", "PriceGrid", "checked_grid", "steps"]


@frozen
class Immediate:
    """Offers stand in the book, and members are told of candidates, as soon as an offer is accepted."""


@frozen
class Periodic:
    """Offers wait for the next round; rounds fall on multiples of ``every`` in UTC."""

    every: timedelta = field(default=timedelta(minutes=5), validator=wait)


Matching = Immediate | Periodic
"""When offers meet (spec X2)."""

PriceGrid = Mapping[str, int]
"""The step of each currency whose limits stand on a grid, in minor units (spec B7)."""


def steps(grid: Any) -> Any:
    """Return the grid in minor units, as a copy that nobody can change; what is no mapping is left to the check."""
    if not isinstance(grid, Mapping):
        return grid
    return MappingProxyType({code: minor_units(step, code, f"price_grid[{code}]") for code, step in grid.items()})


def checked_grid(_policy: object, attribute: Any, value: object) -> None:
    """Refuse what is no grid: ``InvalidChoice`` for another thing, ``InvalidAmount`` for a step of nothing."""
    if value is None:
        return
    if not isinstance(value, Mapping):
        raise InvalidChoice(attribute.name, value, "a mapping of currencies", "pass a dict, or None")
    for currency, step in value.items():
        if not step:
            name = f"{attribute.name}[{currency}]"
            raise InvalidAmount(name, step, "a step above zero", "leave the currency out where it has no grid")
