"""Exact money: integers of a currency's minor unit, exact decimal rates, and the checks at the border (spec V1, P7).

Inside the engine an amount is a plain ``int`` of minor units beside its currency's code; :class:`Money` is what
people see. Nothing here, or anywhere in the engine, is a binary float.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from attrs import frozen
from iso4217 import Currency

from brokerage.errors import InvalidAmount, InvalidRate, UnknownCurrency
from brokerage.making import quickly_made

__all__ = [
    "MAX_AMOUNT",
    "MAX_TOTAL",
    "Amount",
    "Money",
    "Rate",
    "apportion",
    "currency_code",
    "currency_exponent",
    "exact_rate",
    "minor_units",
]

MAX_AMOUNT = 10**15
"""The largest amount that is accepted, in minor units (spec V1)."""

MAX_TOTAL = 10 * MAX_AMOUNT
"""The largest total of a price and what is added to it, and so the largest payment, in minor units.

To the price comes the carriage, at most three times as much (so much a deal, so much a unit, and a part of the price),
and to both the payment fee, at most so much a deal, so much a unit, and both once more.
"""

Amount = int | str | Decimal
"""What a caller may give as an amount: minor units, text of plain digits, or a finite decimal."""

Rate = int | str | Decimal
"""What a caller may give as a rate: an integer, text of plain digits, or a finite decimal."""

_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_RATE_DECIMALS = 18
_EXPONENTS = {str(currency.code): currency.exponent for currency in Currency}
_CODES = {code: code for code, exponent in _EXPONENTS.items() if exponent is not None}


def currency_exponent(code: object, field: str = "currency") -> int:
    """Return how many decimals a currency has.

    Args:
        code: an ISO 4217 code, written as there (three capital letters).
        field: the name of the argument, for the error.

    Returns:
        The number of decimals, 0 for a currency without a smaller unit.

    Raises:
        UnknownCurrency: the code is not in ISO 4217, or stands for something without a minor unit (gold, testing).

    >>> currency_exponent("USD"), currency_exponent("JPY"), currency_exponent("KWD")
    (2, 0, 3)
    """
    exponent = _EXPONENTS.get(code) if isinstance(code, str) else None
    if exponent is None:
        raise UnknownCurrency(field, code, "an ISO 4217 currency with a minor unit", 'write its code, such as "USD"')
    return exponent


def currency_code(code: str) -> str:
    """Return a known currency's code as one text for all that use it, which spares memory where many are kept."""
    return _CODES[code]


def minor_units(value: object, currency: str, field: str = "amount", highest: int = MAX_AMOUNT) -> int:
    """Turn an amount given by a caller into minor units, exactly or not at all (spec V1).

    Args:
        value: minor units as an ``int``; or text of plain digits, or a finite ``Decimal``, in the currency's
            main unit with at most its decimals. From 0 to 10**15 minor units.
        currency: an ISO 4217 code.
        field: the name of the argument, for the error.
        highest: the largest amount that is possible there, in minor units.

    Returns:
        The amount in minor units.

    Raises:
        UnknownCurrency: the currency is not known.
        InvalidAmount: the value is a float or a bool, is not plain, is negative or too large, or has more decimals
            than the currency.

    >>> minor_units("80.00", "USD"), minor_units(8000, "USD"), minor_units("80", "JPY")
    (8000, 8000, 80)
    """
    if type(value) is int and 0 <= value <= highest and type(currency) is str and currency in _CODES:
        return value
    exponent = currency_exponent(currency)
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise InvalidAmount(
            field,
            value,
            "an exact amount",
            f'pass text such as "{_example(exponent)}", a Decimal, or minor units',
        )
    if isinstance(value, str):
        return _units_of_text(value, exponent, field, highest)
    units = _units_of_decimal(value, exponent, field, highest) if isinstance(value, Decimal) else int(value)
    if not 0 <= units <= highest:
        raise _out_of_range(field, value, highest)
    return units


def _units_of_text(text: str, exponent: int, field: str, highest: int) -> int:
    if _PLAIN.fullmatch(text) is None:
        raise InvalidAmount(field, text, "plain digits", f'write it like "{_example(exponent)}", without sign or space')
    whole, _, decimals = text.partition(".")
    if len(decimals) > exponent:
        raise _too_many_decimals(field, text, exponent)
    digits = (whole + decimals.ljust(exponent, "0")).lstrip("0") or "0"
    if len(digits) > len(str(highest)) or int(digits) > highest:
        raise _out_of_range(field, text, highest)
    return int(digits)


def _units_of_decimal(value: Decimal, exponent: int, field: str, highest: int) -> int:
    if not value.is_finite():
        raise InvalidAmount(field, value, "a finite amount", "pass a number")
    if abs(value.adjusted()) > 40:
        if value and value.adjusted() < 0:
            raise _too_many_decimals(field, value, exponent)
        if value:
            raise _out_of_range(field, value, highest)
        return 0
    numerator, denominator = value.as_integer_ratio()
    scale: int = 10**exponent
    units, rest = divmod(numerator * scale, denominator)
    if rest:
        raise _too_many_decimals(field, value, exponent)
    return units


def _example(exponent: int) -> str:
    return "80" if exponent == 0 else "80." + "0" * exponent


def _too_many_decimals(field: str, value: object, exponent: int) -> InvalidAmount:
    return InvalidAmount(field, value, f"at most {exponent} decimals in this currency", "round it before you pass it")


def _out_of_range(field: str, value: object, highest: int) -> InvalidAmount:
    limit = "10**15" if highest == MAX_AMOUNT else f"{highest:,}"
    return InvalidAmount(field, value, f"an amount from 0 to {limit} minor units", "pass one within the range")


def exact_rate(value: object, field: str, highest: Decimal) -> Decimal:
    """Turn a rate or factor given by a caller into an exact decimal, or refuse it (spec P6, P7).

    Args:
        value: text of plain digits, an ``int`` or a finite ``Decimal``, with at most 18 decimals.
        field: the name of the argument, for the error.
        highest: the largest value that is possible there; the least is 0.

    Returns:
        The rate; equal ones are written in one way.

    Raises:
        InvalidRate: the value is a float, is not plain, or lies outside 0 … ``highest``.

    >>> exact_rate("0.10", "rate", Decimal("0.5"))
    Decimal('0.1')
    """
    remedy = f'pass text such as "0.1", between 0 and {highest}'
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise InvalidRate(field, value, "an exact rate", remedy)
    if isinstance(value, str) and not (_PLAIN.fullmatch(value) and len(value) <= 2 * _RATE_DECIMALS):
        raise InvalidRate(field, value, "plain digits", remedy)
    if isinstance(value, Decimal) and not value.is_finite():
        raise InvalidRate(field, value, "a finite rate", remedy)
    if isinstance(value, int) and not 0 <= value <= highest:
        raise InvalidRate(field, value, f"a rate from 0 to {highest}", remedy)
    rate = Decimal(value)
    if not 0 <= rate <= highest:
        raise InvalidRate(field, value, f"a rate from 0 to {highest}", remedy)
    if not rate:
        return Decimal(0)
    if int(rate.as_tuple().exponent) < -_RATE_DECIMALS:
        raise InvalidRate(field, value, f"at most {_RATE_DECIMALS} decimals", "round it before you pass it")
    plain = f"{rate:f}"
    return Decimal(plain.rstrip("0").rstrip(".") if "." in plain else plain)


@quickly_made
@frozen(order=False)
class Money:
    """An exact amount of one currency, as people see it.

    Args:
        units: integers of the minor unit; may be negative in a ledger.
        currency: an ISO 4217 code.

    >>> Money.of("92.00", "USD")
    Money('92.00', 'USD')
    >>> print(Money(9200, "USD")), Money(9200, "USD").units
    92.00 USD
    (None, 9200)
    """

    units: int
    currency: str

    @classmethod
    def of(cls, amount: Amount, currency: str) -> "Money":
        """Make money from an amount given by a caller; raises as :func:`minor_units` does."""
        return cls(minor_units(amount, currency), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in the main unit, with the currency's decimals."""
        return Decimal(self.text())

    def text(self) -> str:
        """The amount as a decimal string with the currency's digits, such as ``"92.00"``."""
        exponent = currency_exponent(self.currency)
        sign, digits = ("-" if self.units < 0 else ""), str(abs(self.units)).rjust(exponent + 1, "0")
        return sign + (f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits)

    def __str__(self) -> str:
        return f"{self.text()} {self.currency}"

    def __repr__(self) -> str:
        return f"Money({self.text()!r}, {self.currency!r})"


def apportion(units: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Divide an amount in proportion, to the minor unit: what is left over goes to the largest remainders (spec A8).

    Args:
        units: what is divided, in minor units from 0.
        weights: in what proportion, each from 0; where all are 0, nothing can be divided. Of equal remainders the
            first comes first.

    Returns:
        A part for each weight; they add up to ``units``.

    Raises:
        InvalidAmount: something is to be divided by weights that are all nothing.

    Of 23.00 refunded on a price of 92.00, seller and broker bear 88 and 4 parts in 92; of 0.50, the odd cent falls on
    the larger remainder:

    >>> apportion(2300, [8800, 400]), apportion(50, [8800, 400])
    ((2200, 100), (48, 2))
    """
    total = sum(weights)
    if not units:
        return (0,) * len(weights)
    if not total:
        raise InvalidAmount("units", units, "a weight above nothing", "divide nothing, or give weights")
    parts = [units * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(units * weights[at] % total), at))
    for at in by_remainder[: units - sum(parts)]:
        parts[at] += 1
    return tuple(parts)
