"""The quick buying prices of a page are those of the equations, for every rule, rate, rounding and tie (spec P2–P8)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from brokerage import FactorRule, Margin, Rounding, Terms
from brokerage.money import MAX_AMOUNT
from brokerage.pricing import buying_prices, determine
from builders import Jumpy

pytestmark = pytest.mark.once

EDGES = [0, 1, 2, 3, 99, 100, 101, MAX_AMOUNT - 1, MAX_AMOUNT]
LIMITS = st.one_of(st.sampled_from(EDGES), st.integers(0, 60), st.integers(0, MAX_AMOUNT))
RATES = st.one_of(
    st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1, 4), Fraction(1, 10), Fraction(1, 3)]),
    st.fractions(0, Fraction(1, 2), max_denominator=10**6),
)
FACTORS = st.one_of(st.sampled_from([Decimal(0), Decimal(1), Decimal("0.9")]), st.decimals(0, 1, places=3))


@given(LIMITS, LIMITS, RATES, st.sampled_from(list(Margin)), st.sampled_from(list(Rounding)))
@example(MAX_AMOUNT, MAX_AMOUNT, Fraction(1, 2), Margin.ON_SPREAD, Rounding.HALF_EVEN)
@settings(deadline=None, max_examples=300)
def test_the_quick_price_is_the_determined_one(
    one: int, other: int, rate: Fraction, margin: Margin, rounding: Rounding
) -> None:
    """For one buyer the price of every seller is the integer that the equations give."""
    low, high = sorted((one, other))
    price = buying_prices(high, rate, margin, rounding)(low)
    assert determine(low, high, rate, margin, rounding)[1] == price
    assert type(price) is int


@given(LIMITS, LIMITS, st.decimals(0, Decimal("0.5"), places=4), FACTORS, FACTORS, st.sampled_from(list(FactorRule)))
@settings(deadline=None, max_examples=150)
def test_the_rate_of_a_pair_of_members(
    one: int, other: int, rate: Decimal, seller: Decimal, buyer: Decimal, rule: FactorRule
) -> None:
    """The same holds at any rate that terms and two members' factors come to."""
    low, high = sorted((one, other))
    pair = Terms(rate, factor=rule).pair_rate(seller, buyer)
    expected = determine(low, high, pair, Margin.ON_SPREAD, Rounding.HALF_EVEN)[1]
    assert expected == buying_prices(high, pair, Margin.ON_SPREAD, Rounding.HALF_EVEN)(low)


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("margin", Margin)
def test_every_small_pair(margin: Margin, rounding: Rounding) -> None:
    """On a grid where half of the prices are ties between two units, every price is the determined one."""
    for rate in (Fraction(0), Fraction(1, 4), Fraction(1, 10), Fraction(1, 3), Fraction(1, 2)):
        for high in range(24):
            price = buying_prices(high, rate, margin, rounding)
            expected = [determine(low, high, rate, margin, rounding)[1] for low in range(high + 1)]
            assert expected == [price(low) for low in range(high + 1)]


def test_ties_go_to_the_even_unit() -> None:
    """Without a margin the middle of 0 and 1 is 0, of 1 and 2 is 2, of 2 and 3 is 2, and of 3 and 4 is 4."""
    prices = [buying_prices(low + 1, Fraction(0), Margin.ON_SPREAD, Rounding.HALF_EVEN)(low) for low in range(4)]
    assert prices == [0, 2, 2, 4]


@given(LIMITS, LIMITS, st.integers(-(10**9), 10**9), st.integers(1, 10**9), st.sampled_from(list(Rounding)))
@settings(deadline=None)
def test_a_rule_of_ones_own(one: int, other: int, factor: int, modulus: int, rounding: Rounding) -> None:
    """A rule that is not the library's, and asks for too much or less than nothing, is guarded on pages too (P6)."""
    low, high = sorted((one, other))
    rule, rate = Jumpy(factor, modulus), Fraction(1, 10)
    assert determine(low, high, rate, rule, rounding)[1] == buying_prices(high, rate, rule, rounding)(low)
