"""The rules of prices, each by itself: margins, factors, roundings, and what is no margin rule (spec P4, P7, P8)."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from attrs import define, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import FactorRule, Margin, Money, Rounding, Terms, quote
from brokerage.errors import InvalidChoice, MarginRuleError
from brokerage.pricing import HIGHEST_FACTOR, HIGHEST_RATE, determine
from brokerage.rules import checked_margin_rule, least
from builders import Stated

FACTORS = st.decimals(0, 1, places=3)
PAIR = {
    "min_price": "80.00 USD",
    "max_price": "100.00 USD",
    "rate": Fraction(1, 10),
    "mid_price": Fraction(9000),
    "margin": Fraction(200),
    "capped": False,
    "selling_price": "88.00 USD",
    "buying_price": "92.00 USD",
    "commission": "4.00 USD",
}


@pytest.mark.parametrize(
    ("margin", "low", "high", "expected"),
    # spread 20 or 90, middle 90 or 55, at a rate of 1/10: 2 or 9 on the spread, 9 or 5.5 on the price
    [
        (Margin.ON_SPREAD, 80, 100, Fraction(2)),
        (Margin.ON_PRICE, 80, 100, Fraction(9)),
        (Margin.LESSER, 80, 100, Fraction(2)),
        (Margin.ON_SPREAD, 10, 100, Fraction(9)),
        (Margin.ON_PRICE, 10, 100, Fraction(11, 2)),
        (Margin.LESSER, 10, 100, Fraction(11, 2)),
    ],
)
def test_margins_by_hand(margin: Margin, low: int, high: int, expected: Fraction) -> None:
    """Each rule gives the margin on a side as a fraction with a positive denominator."""
    numerator, denominator = margin.margin(low, high, Fraction(1, 10))
    assert expected == Fraction(numerator, denominator)
    assert denominator > 0


@given(FACTORS, FACTORS)
@settings(deadline=None)
def test_factors(seller: Decimal, buyer: Decimal) -> None:
    """The factor of a pair is the lower one, the mean, the seller's or the buyer's, exactly."""
    one, other = Fraction(seller), Fraction(buyer)
    expected = [min(one, other), (one + other) / 2, one, other]
    rules = [FactorRule.LOWEST, FactorRule.MEAN, FactorRule.SELLER, FactorRule.BUYER]
    assert expected == [rule.factor(seller, buyer) for rule in rules]


@given(FACTORS, FACTORS, st.sampled_from(list(FactorRule)), st.decimals(0, HIGHEST_RATE, places=3))
@settings(deadline=None)
def test_rates_of_pairs(seller: Decimal, buyer: Decimal, rule: FactorRule, rate: Decimal) -> None:
    """The rate of a pair is the terms' rate times the factor of seller and buyer, in that order (spec P3)."""
    assert Fraction(rate) * rule.factor(seller, buyer) == Terms(rate, factor=rule).pair_rate(seller, buyer)


@pytest.mark.parametrize(
    ("numerator", "denominator", "even", "down", "up"),
    [(25, 10, 2, 2, 3), (35, 10, 4, 3, 4), (24, 10, 2, 2, 3), (26, 10, 3, 2, 3), (3, 1, 3, 3, 3), (0, 7, 0, 0, 0)],
)
def test_roundings_by_hand(numerator: int, denominator: int, even: int, down: int, up: int) -> None:
    """Half to even, down and up are what their names say, and integers stay."""
    rules = [Rounding.HALF_EVEN, Rounding.DOWN, Rounding.UP]
    assert [even, down, up] == [rule.round(numerator, denominator) for rule in rules]


def test_the_lesser_integer() -> None:
    """The smaller of two integers is found whichever comes first."""
    assert [least(3, 5), least(5, 3), least(4, 4), least(-2, 1)] == [3, 3, 4, -2]


@define
class Unhashable:
    """A rule that cannot be kept with an offer."""

    name: str = "unhashable"

    def margin(self, _min_price: Any, _max_price: Any, _rate: Fraction) -> tuple[int, int]:
        """Return a margin."""
        return 1, 1


@frozen
class Nameless:
    """A rule whose name is no text."""

    name: int = 5

    def margin(self, _min_price: Any, _max_price: Any, _rate: Fraction) -> tuple[int, int]:
        """Return a margin."""
        return 1, 1


@frozen
class Idle:
    """Something with a name and a margin that cannot be called."""

    name: str = "idle"
    margin: int = 5


class Bare:
    """Something without a name, whose margin can be called."""

    def margin(self, _min_price: Any, _max_price: Any, _rate: Fraction) -> tuple[int, int]:
        """Return a margin."""
        return 1, 1


class Named:
    """Something that has only a name."""

    name = "named"


@pytest.mark.parametrize(
    "rule",
    [Unhashable(), Nameless(), Idle(), Bare(), Named(), None, "spread", Margin],
    ids=lambda rule: type(rule).__name__,
)
def test_what_is_no_margin_rule(rule: Any) -> None:
    """Without a name, a margin that can be called, or a hash, a rule is refused under the field it was meant for."""
    with pytest.raises(InvalidChoice) as caught:
        checked_margin_rule(rule, "margin")
    assert (caught.value.field, caught.value.value) == ("margin", type(rule).__name__)
    with pytest.raises(InvalidChoice) as again:
        Terms("0.1", margin=rule)
    assert again.value.field == "margin"


def test_what_is_a_margin_rule() -> None:
    """The library's rules and a user's own pass."""
    for rule in (*Margin, Stated((1, 1))):
        checked_margin_rule(rule, "margin")


def test_prices_that_are_terms() -> None:
    """Where prices are exact numbers of another kind, as a solver's are, a rule may give its margin in that kind."""
    low, high, rate = Fraction(80), Fraction(100), Fraction(1, 10)
    for given_margin in ((Fraction(7, 2), 1), (Fraction(7), Fraction(2)), (7, Fraction(2))):
        assert determine(low, high, rate, Stated(given_margin), Rounding.DOWN) == (86, 93)
    for wrong in ((3.5, 1), (Decimal("3.5"), 1), (7, 2.0), (None, 1), (7, Decimal(2))):
        with pytest.raises(MarginRuleError):
            determine(low, high, rate, Stated(wrong), Rounding.DOWN)


def test_every_field_of_a_quote() -> None:
    """A quote says its limits, both prices, what lies between them, and how they came about."""
    offered = quote("80.00", "100.00", "USD", Terms("0.10"))
    shown = {name: getattr(offered, name) for name in PAIR}
    assert {name: str(value) if isinstance(value, Money) else value for name, value in shown.items()} == PAIR


def test_a_quote_as_a_table() -> None:
    """Its table has one row: the limits with the prices between them, the commission, the rate, and whether capped."""
    offered = quote("80.00", "100.00", "USD", Terms("0.10"))
    table = offered.table()
    assert len(table.rows) == 1
    prices = (offered.min_price, offered.selling_price, offered.buying_price, offered.max_price)
    assert (*prices, offered.commission, offered.rate, offered.capped) == tuple(table.rows[0])


def test_the_highest_rate_and_factor() -> None:
    """A rate of one half and a factor of one are the highest, and give the seller's and the buyer's own limits (P6)."""
    assert (Decimal("0.5"), Decimal(1)) == (HIGHEST_RATE, HIGHEST_FACTOR)
    rate = Terms(HIGHEST_RATE).pair_rate(HIGHEST_FACTOR, HIGHEST_FACTOR)
    assert determine(80, 100, rate, Margin.ON_SPREAD, Rounding.HALF_EVEN) == (80, 100)
