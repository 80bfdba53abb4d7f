"""Where goods go and what their carriage costs, and when sellers are paid (spec A3, A6, N6)."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Protocol

from attrs import field, frozen

from brokerage.errors import InvalidChoice
from brokerage.money import Amount, minor_units
from brokerage.policy.checks import copied, mapping, name

__all__ = ["Carriage", "PayoutOn", "Zoning", "checked_zoning"]


class PayoutOn(Enum):
    """When the seller is paid (spec A3)."""

    ORDER = "order"
    """When the carrier is ordered."""

    COLLECTION = "collection"
    """When the goods are collected."""

    INSPECTION = "inspection"
    """After delivery, when the buyer confirms or inspection is over."""


@frozen
class Carriage:
    """The standing carrier's fee, shown beside the buying price and charged to the buyer (spec A6).

    It is what carriage costs where no carrier was appointed (spec N6).

    Args:
        carrier: the carrier's name.
        bank_account: where its fee is paid.
        fees: the fee of one delivery for each currency that has one.
    """

    carrier: str = field(validator=name)
    bank_account: str = field(validator=name)
    fees: Mapping[str, Amount] = field(factory=dict, converter=copied, hash=False)

    def __attrs_post_init__(self) -> None:
        mapping("fees", self.fees, "currencies")
        for currency, fee in self.fees.items():
            minor_units(fee, currency, f"fees[{currency}]")

    def fee(self, currency: str) -> int:
        """Return the fee in minor units, 0 in a currency without one."""
        return minor_units(self.fees[currency], currency) if currency in self.fees else 0


class Zoning(Protocol):
    """In which zone an address lies: a rule of the broker's own, by which carriage is priced (spec N6).

    A zone is a name, such as that of a region. It is that of the address to which goods are delivered: the fee is the
    same wherever they are collected, so a buyer who sees it learns nothing of where a seller lives. The rule must
    always give the same zone for the same address.

    >>> class ByLastWord:
    ...     def zone(self, address: str) -> str:
    ...         return address.split()[-1]
    >>> from brokerage import Policy
    >>> Policy(zoning=ByLastWord()).zone("1 Elm Row, Northtown")
    'Northtown'
    >>> Policy().zone("1 Elm Row, Northtown")
    ''
    """

    def zone(self, address: str) -> str:
        """Return the name of the zone in which an address lies, "" for none in particular."""


def checked_zoning(_policy: object, attribute: Any, value: object) -> None:
    """Refuse with ``InvalidChoice`` what is neither ``None`` nor a rule with a ``zone()``."""
    if value is not None and (isinstance(value, type) or not callable(getattr(value, "zone", None))):
        raise InvalidChoice(
            attribute.name, type(value).__name__, "a zoning rule", "pass an object with zone(), or None"
        )
