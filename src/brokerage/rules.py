"""The rules that a broker chooses for its prices: margin (equations 4 and 5), factor, rounding (spec P4, P7, P8).

They are operations that mean the same for Python integers and for NumPy integer arrays (spec P9); the guard that keeps
every margin within the limits, and the prices themselves, are :mod:`brokerage.pricing`'s.
"""

from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, Protocol

from brokerage.errors import InvalidChoice
from brokerage.texts import can_be_kept

__all__ = ["FactorRule", "Margin", "MarginRule", "Rounding", "checked_margin_rule", "least"]


def least(a: Any, b: Any) -> Any:
    """Return the smaller of two integers, or of two integer arrays element by element.

    Written with operators alone, so that one definition serves integers and arrays (spec P9).

    >>> least(3, 5), least(5, 3)
    (3, 3)
    """
    return b + (a - b) * (a < b)


class MarginRule(Protocol):
    """How large the broker's margin on each side is. A user's own rule is any object with these two members.

    A rule should keep the law P11: for a fixed ``max_price`` and rate, the middle plus the margin never falls as
    ``min_price`` rises, because candidates are read in that order. It need not respect the limits: the guard around
    it does. To be kept with an offer it must be hashable; it must not change.

    >>> from attrs import frozen
    >>> from brokerage.pricing import Terms, quote
    >>> @frozen
    ... class TenPerDeal:
    ...     name: str = "ten minor units on each side"
    ...
    ...     def margin(self, min_price, max_price, rate):
    ...         return 10, 1
    >>> terms = Terms(rate=Decimal("0.1"), margin=TenPerDeal())
    >>> quote("80.00", "100.00", "USD", terms).buying_price
    Money('90.10', 'USD')
    >>> quote("80.00", "80.10", "USD", terms).capped
    True
    """

    @property
    def name(self) -> str:
        """A short name, unique among a broker's rules: it stands in quotes, errors and stores."""

    def margin(self, min_price: Any, max_price: Any, rate: Fraction) -> tuple[Any, int]:
        """Return the margin on each side as an exact fraction of minor units: (numerator, positive denominator).

        Args:
            min_price: SPmin in minor units, an integer or an array of them.
            max_price: BPmax in minor units, not below ``min_price``; an integer or an array of them.
            rate: Ri, from 0 to 1/2.
        """


class Margin(Enum):
    """The margin rules that come with the library (spec P4)."""

    ON_SPREAD = "spread"
    """M = (BPmax − SPmin) × Ri, equation 5: the default."""

    ON_PRICE = "price"
    """M = Pi × Ri, equation 4; it would leave the limits of a narrow spread, so the guard often caps it."""

    LESSER = "lesser"
    """The smaller of the two."""

    def margin(self, min_price: Any, max_price: Any, rate: Fraction) -> tuple[Any, int]:
        """Return the margin on each side, as :class:`MarginRule` says.

        >>> Margin.ON_SPREAD.margin(8000, 10000, Fraction(1, 10)), Margin.ON_PRICE.margin(8000, 10000, Fraction(1, 10))
        ((4000, 20), (18000, 20))
        """
        on_spread = (max_price - min_price) * (2 * rate.numerator)
        on_price = (max_price + min_price) * rate.numerator
        if self is Margin.ON_SPREAD:
            return on_spread, 2 * rate.denominator
        if self is Margin.ON_PRICE:
            return on_price, 2 * rate.denominator
        return least(on_price, on_spread), 2 * rate.denominator


class FactorRule(Enum):
    """Which of a pair's two commission factors is its Rm (spec P8)."""

    LOWEST = "lowest"
    MEAN = "mean"
    SELLER = "seller"
    BUYER = "buyer"

    def factor(self, seller: Decimal, buyer: Decimal) -> Fraction:
        """Return the pair's factor from the seller's and the buyer's.

        >>> FactorRule.MEAN.factor(Decimal("0.9"), Decimal(1)), FactorRule.LOWEST.factor(Decimal("0.9"), Decimal(1))
        (Fraction(19, 20), Fraction(9, 10))
        """
        if self is FactorRule.LOWEST:
            return Fraction(min(seller, buyer))
        if self is FactorRule.MEAN:
            return (Fraction(seller) + Fraction(buyer)) / 2
        return Fraction(seller if self is FactorRule.SELLER else buyer)


class Rounding(Enum):
    """How a price between two minor units becomes one of them.

    Each is monotone and leaves integers alone (spec P7).
    """

    HALF_EVEN = "half-even"
    DOWN = "down"
    UP = "up"

    def round(self, numerator: Any, denominator: int) -> Any:
        """Round ``numerator / denominator`` to an integer, or an array of them element by element.

        >>> [rule.round(25, 10) for rule in Rounding], [rule.round(35, 10) for rule in Rounding]
        ([2, 2, 3], [4, 3, 4])
        """
        floor = numerator // denominator
        if self is Rounding.DOWN:
            return floor
        if self is Rounding.UP:
            return -(-numerator // denominator)
        twice = 2 * (numerator - floor * denominator)
        return floor + ((twice > denominator) | ((twice == denominator) & (floor % 2 == 1)))


def checked_margin_rule(rule: object, field: str) -> None:
    """Refuse what is no margin rule, or cannot be kept with an offer.

    Raises:
        InvalidChoice: it has no name, no ``margin()``, or no hash; or it is a class of rules.
    """
    name = getattr(rule, "name", None)
    is_rule = callable(getattr(rule, "margin", None)) and isinstance(name, str) and can_be_kept(name)
    is_rule &= not isinstance(rule, type)
    try:
        hash(rule)
    except TypeError:
        is_rule = False
    if not is_rule:
        remedy = "pass a Margin, or a hashable object with name and margin()"
        raise InvalidChoice(field, type(rule).__name__, "a margin rule", remedy)
