"""By whom the bids of a tender are judged, and when one is abnormally low (spec N4, N7)."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from brokerage.errors import InvalidChoice, InvalidText
from brokerage.judging import GreatestDemand, Judge, LowestPrice, LowestTotal
from brokerage.money import Rate, exact_rate
from brokerage.policy.checks import mapping
from brokerage.texts import can_be_kept

__all__ = ["JUDGES", "checked_judges", "part"]

JUDGES: Mapping[str, Judge] = MappingProxyType(
    {"lowest price": LowestPrice(), "lowest total": LowestTotal(), "greatest demand": GreatestDemand()}
)
"""The judges that come with the library, by name."""


def part(value: Rate) -> Decimal:
    """Return the part of the median by which a bid is abnormally low; ``InvalidRate`` unless exact, from 0 to 1."""
    return exact_rate(value, "abnormally_low", Decimal(1))


def checked_judges(_policy: object, attribute: Any, value: Any) -> None:
    """Refuse what is no mapping of names to judges.

    Raises:
        InvalidChoice: it is no mapping, there is nothing in it, or something in it has no ``rank()``.
        InvalidText: a name is no text, or blank.
    """
    mapping(attribute.name, value, "names to judges")
    if not value:
        raise InvalidChoice(attribute.name, dict(value), "at least one judge", "leave it out for those that come along")
    for name, judge in value.items():
        if not isinstance(name, str) or not name.strip():
            raise InvalidText(attribute.name, name, "a name that is not blank", "write how the judge is called")
        if not can_be_kept(name):
            raise InvalidText(attribute.name, name, "a name without NUL and lone surrogates", "leave them out")
        if isinstance(judge, type) or not callable(getattr(judge, "rank", None)):
            field = f"{attribute.name}[{name}]"
            raise InvalidChoice(
                field, type(judge).__name__, "a judge", "pass an object with rank(), such as LowestPrice()"
            )
