"""Equations 1–6 of the blind market: two limits and a rate make two prices. The only place with that arithmetic.

With SPmin the seller's least and BPmax the buyer's most, for SPmin ≤ BPmax::

    Pi    = (SPmin + BPmax) / 2                     the price in the middle           (spec P2)
    Ri    = Rc × Rm                                 rate of the category × factor     (spec P3)
    M     = (BPmax − SPmin) × Ri   or   Pi × Ri     the margin on each side           (spec P4)
    SPdet = Pi − M,   BPdet = Pi + M                what the seller gets, the buyer pays   (spec P5)

Around every margin rule, also a user's own, stands one guard: 0 ≤ M ≤ (BPmax − SPmin) / 2. Both prices are rounded
by one monotone rule that leaves integers alone. Together they give SPmin ≤ SPdet ≤ BPdet ≤ BPmax for whatever rule
and rate (spec P6).

Everything is computed as integer numerators over one common denominator, with operations that mean the same for
Python integers, for NumPy integer arrays (spec P9) and for the terms of a solver (spec P10); neither is imported here.
"""

from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, Protocol

from attrs import field, frozen

from brokerage.errors import InvalidAmount, MarginRuleError
from brokerage.money import MAX_AMOUNT, Amount, Money, Rate, exact_rate, minor_units
from brokerage.tables import Table

__all__ = [
    "HIGHEST_FACTOR",
    "HIGHEST_RATE",
    "FactorRule",
    "Margin",
    "MarginRule",
    "Quote",
    "Rounding",
    "Terms",
    "determine",
    "determine_arrays",
    "least",
    "quote",
]

HIGHEST_RATE = Decimal("0.5")
"""The largest commission rate Rc: above it equation 5 would leave the limits (spec P6)."""

HIGHEST_FACTOR = Decimal(1)
"""The largest commission factor Rm, that of a new member (spec P6, M4)."""

_INT64 = 2**63


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

    >>> from attrs import field, frozen
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


def _rate(value: Rate) -> Decimal:
    return exact_rate(value, "rate", HIGHEST_RATE)


@frozen(cache_hash=True)
class Terms:
    """What a sale offer freezes when it is accepted: with it, anyone can price its pairs again (spec P8).

    Args:
        rate: Rc, an exact decimal from 0 to 0.5.
        margin: the margin rule.
        factor: how the two members' factors become one.
        rounding: how both prices are rounded.

    Raises:
        InvalidRate: the rate is not an exact decimal from 0 to 0.5.
    """

    rate: Decimal = field(converter=_rate)
    margin: MarginRule = Margin.ON_SPREAD
    factor: FactorRule = FactorRule.LOWEST
    rounding: Rounding = Rounding.HALF_EVEN

    def pair_rate(self, seller_factor: Decimal, buyer_factor: Decimal) -> Fraction:
        """Return Ri = Rc × Rm for a pair (spec P3)."""
        return Fraction(self.rate) * self.factor.factor(seller_factor, buyer_factor)


def determine(
    min_price: Any, max_price: Any, rate: Fraction, margin: MarginRule, rounding: Rounding
) -> tuple[Any, Any]:
    """Determine the selling and the buying price of a pair: equations 2–6 with the guard (spec P2–P7).

    Args:
        min_price: SPmin in minor units.
        max_price: BPmax in minor units, not below ``min_price``.
        rate: Ri of the pair, from 0 to 1/2.
        margin: the margin rule.
        rounding: how both prices are rounded.

    Returns:
        (SPdet, BPdet) in minor units, with SPmin ≤ SPdet ≤ BPdet ≤ BPmax.

    Raises:
        MarginRuleError: a user's own rule gave something that is no fraction.

    >>> determine(8000, 10000, Fraction(1, 10), Margin.ON_SPREAD, Rounding.HALF_EVEN)
    (8800, 9200)
    >>> determine(9000, 10000, Fraction(1, 10), Margin.ON_PRICE, Rounding.HALF_EVEN)  # 950 a side is capped
    (9000, 10000)
    """
    guarded, denominator = _guarded_margin(min_price, max_price, rate, margin)[:2]
    middle = (min_price + max_price) * denominator
    return (
        rounding.round(middle - guarded, 2 * denominator),
        rounding.round(middle + guarded, 2 * denominator),
    )


def _guarded_margin(min_price: Any, max_price: Any, rate: Fraction, margin: MarginRule) -> tuple[Any, int, Any]:
    """Twice the margin as numerator and denominator, kept between nothing and the spread.

    And what the rule asked for.
    """
    try:
        given = margin.margin(min_price, max_price, rate)
    except Exception as error:  # its words, and what it was raised from, may hold a limit
        raise MarginRuleError(str(getattr(margin, "name", "margin")), type(error).__name__) from None
    is_pair = isinstance(given, tuple) and len(given) == 2
    is_divisor = is_pair and (type(given[1]) is int or _is_term(given[1], min_price)) and given[1] > 0
    if not (is_divisor and _is_exact(given[0], min_price)):
        raise MarginRuleError(margin.name, _kind(given))
    numerator, denominator = given
    asked = 2 * numerator
    below_spread = least(asked, (max_price - min_price) * denominator)
    return -least(-below_spread, 0 * below_spread), denominator, asked


def _kind(given: object) -> str:
    """Name the kind of what a rule gave, without what stands in it."""
    parts = ", ".join(type(part).__name__ for part in given) if isinstance(given, tuple) else ""
    return f"({parts})" if parts else type(given).__name__


def _is_term(number: Any, price: Any) -> bool:
    """Say whether prices are a solver's terms, neither integers nor arrays, and a number is a term like them."""
    return type(number) is type(price) and type(price) is not int and not hasattr(price, "dtype")


def _is_exact(numerator: Any, price: Any) -> bool:
    """Say whether a margin's numerator is an integer, or for arrays of prices an array of integers."""
    if type(numerator) is int:
        return True
    if type(price) is int:
        return False
    kind = getattr(getattr(numerator, "dtype", None), "kind", "")
    return kind != "f" and (kind != "O" or all(type(value) is int for value in numerator.flat))


def determine_arrays(
    min_prices: Any, max_prices: Any, rate: Fraction, margin: MarginRule, rounding: Rounding
) -> tuple[Any, Any]:
    """Determine the prices of many pairs at once, with NumPy arrays and the same arithmetic (spec P9).

    Args:
        min_prices: SPmin in minor units, shape (n,), dtype int64.
        max_prices: BPmax in minor units, shape (n,), dtype int64, nowhere below ``min_prices``.
        rate: Ri, the same for every pair.
        margin: the margin rule; one that is not from :class:`Margin` is run on exact Python integers.
        rounding: how prices are rounded.

    Returns:
        (SPdet, BPdet), two int64 arrays of shape (n,).

    Raises:
        InvalidAmount: an array is not of int64, holds a negative price or one above 10**15, crosses the other, or is
            so large that a product could leave 64 bits.
    """
    for name, prices in (("min_prices", min_prices), ("max_prices", max_prices)):
        if str(getattr(prices, "dtype", "")) != "int64":
            raise InvalidAmount(
                name, type(prices).__name__, "an array of int64", "use numpy.asarray(prices, numpy.int64)"
            )
    if min_prices.shape != max_prices.shape:
        raise InvalidAmount(
            "max_prices", max_prices.shape, f"the shape {min_prices.shape}", "pair every price with one"
        )
    if not min_prices.size:
        return min_prices.copy(), max_prices.copy()
    if min_prices.min() < 0 or (max_prices < min_prices).any():
        raise InvalidAmount("min_prices", "array", "0 <= min_prices <= max_prices", "drop the pairs that do not match")
    highest = int(max_prices.max())
    if highest > MAX_AMOUNT:
        raise InvalidAmount("max_prices", highest, "amounts up to 10**15 minor units", "check the unit of the prices")
    if not isinstance(margin, Margin):
        prices = determine(min_prices.astype(object), max_prices.astype(object), rate, margin, rounding)
        return prices[0].astype("int64"), prices[1].astype("int64")
    if 12 * highest * rate.denominator >= _INT64:
        raise InvalidAmount("max_prices", highest, "products within 64 bits", "use determine() or fewer rate decimals")
    selling, buying = determine(min_prices, max_prices, rate, margin, rounding)
    return selling, buying


@frozen(repr=False)
class Quote:
    """What the broker determines for one pair: a pure function of two offers (spec P8). For the manager's eyes only.

    ``mid_price`` (Pi) and ``margin`` (M, after the guard) are exact fractions of the minor unit, before rounding.
    """

    min_price: Money
    max_price: Money
    rate: Fraction
    mid_price: Fraction
    margin: Fraction
    capped: bool
    selling_price: Money
    buying_price: Money

    @property
    def commission(self) -> Money:
        """What the broker keeps: BPdet − SPdet."""
        return Money(self.buying_price.units - self.selling_price.units, self.buying_price.currency)

    def table(self) -> Table:
        """Return the quote as a table of one row."""
        names = ("min_price", "selling_price", "buying_price", "max_price", "commission", "rate", "capped")
        return Table("Quote", names, [[getattr(self, name) for name in names]])

    def __repr__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


def quote(
    min_price: Amount,
    max_price: Amount,
    currency: str,
    terms: Terms,
    seller_factor: Rate = 1,
    buyer_factor: Rate = 1,
) -> Quote:
    """Price one pair and show every step (spec P2–P8).

    Args:
        min_price: SPmin, an amount of the currency.
        max_price: BPmax, an amount of the currency, not below ``min_price``.
        currency: an ISO 4217 code.
        terms: the sale's terms.
        seller_factor: the seller's Rm, from 0 to 1.
        buyer_factor: the buyer's Rm, from 0 to 1.

    Raises:
        InvalidAmount: an amount is not exact, or the limits do not overlap.
        InvalidRate: a factor is not exact, or outside 0 … 1.
        UnknownCurrency: the currency is not known.

    >>> offered = quote("80.00", "100.00", "USD", Terms(rate=Decimal("0.10")))
    >>> offered.selling_price, offered.buying_price, offered.commission
    (Money('88.00', 'USD'), Money('92.00', 'USD'), Money('4.00', 'USD'))
    >>> offered.mid_price, offered.margin, offered.capped
    (Fraction(9000, 1), Fraction(200, 1), False)
    """
    low, high = minor_units(min_price, currency, "min_price"), minor_units(max_price, currency, "max_price")
    if low > high:
        raise InvalidAmount(
            "max_price", max_price, "an amount not below min_price", "pairs whose limits overlap have a price"
        )
    rate = terms.pair_rate(
        exact_rate(seller_factor, "seller_factor", HIGHEST_FACTOR),
        exact_rate(buyer_factor, "buyer_factor", HIGHEST_FACTOR),
    )
    guarded, denominator, asked = _guarded_margin(low, high, rate, terms.margin)
    selling, buying = determine(low, high, rate, terms.margin, terms.rounding)
    return Quote(
        min_price=Money(low, currency),
        max_price=Money(high, currency),
        rate=rate,
        mid_price=Fraction(low + high, 2),
        margin=Fraction(guarded, 2 * denominator),
        capped=guarded != asked,
        selling_price=Money(selling, currency),
        buying_price=Money(buying, currency),
    )
