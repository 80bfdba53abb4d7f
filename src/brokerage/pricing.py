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

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from attrs import field, frozen

from brokerage.errors import InvalidAmount, InvalidChoice, MarginRuleError
from brokerage.headings import QUOTE
from brokerage.money import MAX_AMOUNT, Amount, Money, Rate, exact_rate, minor_units
from brokerage.rules import FactorRule, Margin, MarginRule, Rounding, checked_margin_rule, least
from brokerage.tables import Shown, Table

__all__ = [
    "HIGHEST_FACTOR",
    "HIGHEST_RATE",
    "FactorRule",
    "Margin",
    "MarginRule",
    "Quote",
    "Rounding",
    "Terms",
    "buying_prices",
    "checked_margin_rule",
    "commission_on",
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


def _rate(value: Rate) -> Decimal:
    return exact_rate(value, "rate", HIGHEST_RATE)


def _margin_rule(_terms: object, attribute: Any, value: object) -> None:
    checked_margin_rule(value, attribute.name)


def _choice(_terms: object, attribute: Any, value: object) -> None:
    """Refuse what is not one of the rules that the default is one of."""
    kind = type(attribute.default)
    if not isinstance(value, kind):
        raise InvalidChoice(attribute.name, value, f"a {kind.__name__}", f"choose one of {kind.__name__}")


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
        InvalidChoice: another argument is not a rule of its kind.
    """

    rate: Decimal = field(converter=_rate)
    margin: MarginRule = field(default=Margin.ON_SPREAD, validator=_margin_rule)
    factor: FactorRule = field(default=FactorRule.LOWEST, validator=_choice)
    rounding: Rounding = field(default=Rounding.HALF_EVEN, validator=_choice)

    def pair_rate(self, seller_factor: Decimal, buyer_factor: Decimal) -> Fraction:
        """Return Ri = Rc × Rm for a pair (spec P3)."""
        return _pair_rate(self.rate, self.factor, seller_factor, buyer_factor)


@lru_cache(maxsize=4096)
def _pair_rate(rate: Decimal, rule: FactorRule, seller_factor: Decimal, buyer_factor: Decimal) -> Fraction:
    return Fraction(rate) * rule.factor(seller_factor, buyer_factor)


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


def buying_prices(max_price: int, rate: Fraction, margin: MarginRule, rounding: Rounding) -> Callable[[int], int]:
    """Return BPdet as a function of SPmin for one buyer: :func:`determine` with all the rest worked out beforehand.

    Where the price is on the spread and rounded half to even, as it is by default, equations 2, 5 and 6 are one line:
    BPdet = (SPmin × (1 − 2 Ri) + BPmax × (1 + 2 Ri)) / 2. With Ri ≤ 1/2 its margin needs no guard.

    >>> price = buying_prices(10000, Fraction(1, 10), Margin.ON_SPREAD, Rounding.HALF_EVEN)
    >>> price(8000), price(8001), determine(8001, 10000, Fraction(1, 10), Margin.ON_SPREAD, Rounding.HALF_EVEN)
    (9200, 9200, (8801, 9200))
    """
    if margin is not Margin.ON_SPREAD or rounding is not Rounding.HALF_EVEN:
        return lambda min_price: int(determine(min_price, max_price, rate, margin, rounding)[1])
    unit, twice = rate.denominator, 2 * rate.numerator
    slope, denominator = 2 * (unit - twice), 4 * unit
    start = 2 * max_price * (unit + twice) + 2 * unit  # with the half that rounds up

    def price(min_price: int) -> int:
        floor, rest = divmod(slope * min_price + start, denominator)
        return floor - 1 if rest == 0 and floor & 1 else floor

    return price


def commission_on(price: int, rate: Fraction | Decimal, rounding: Rounding) -> int:
    """Return the part of a price that the broker keeps where the price is named and not found between limits (N4, A6).

    Args:
        price: what the buyer pays, commission inside, in minor units from 0.
        rate: Ri, the category's rate times the seller's factor, from 0 to 1/2.
        rounding: how the commission is rounded.

    Returns:
        The commission in minor units; the rest of the price is the seller's share.

    Of 92.00 at 10 %, the broker keeps 9.20; of 0.25, two and a half cents, rounded by the rule:

    >>> commission_on(9200, Decimal("0.10"), Rounding.HALF_EVEN)
    920
    >>> [commission_on(25, Fraction(1, 10), rounding) for rounding in Rounding]
    [2, 2, 3]
    """
    exact = Fraction(rate) * price
    return int(rounding.round(exact.numerator, exact.denominator))


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
    """Say whether a margin's numerator is an integer, or for arrays of prices an array of them, for terms a term."""
    if type(numerator) is int or _is_term(numerator, price):
        return True
    if type(price) is int:
        return False
    kind = getattr(getattr(numerator, "dtype", None), "kind", None)
    return kind == "i" or (kind == "O" and all(type(value) is int for value in numerator.flat))


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
class Quote(Shown):
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
        prices = self.min_price, self.selling_price, self.buying_price, self.max_price, self.commission
        return QUOTE.of([(*prices, self.rate, self.capped)])


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
        InvalidChoice: the terms are no :class:`Terms`.

    >>> offered = quote("80.00", "100.00", "USD", Terms(rate=Decimal("0.10")))
    >>> offered.selling_price, offered.buying_price, offered.commission
    (Money('88.00', 'USD'), Money('92.00', 'USD'), Money('4.00', 'USD'))
    >>> offered.mid_price, offered.margin, offered.capped
    (Fraction(9000, 1), Fraction(200, 1), False)
    """
    if not isinstance(terms, Terms):
        raise InvalidChoice("terms", type(terms).__name__, "Terms", 'pass Terms(rate="0.10")')
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
