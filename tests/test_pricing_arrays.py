"""NumPy arrays of prices run the same arithmetic as integers, or are refused (spec P9)."""

from fractions import Fraction
from typing import Any

import numpy
import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage import Margin, MarginRule, Rounding
from brokerage.errors import InvalidAmount, MarginRuleError
from brokerage.money import MAX_AMOUNT
from brokerage.pricing import determine, determine_arrays, least
from builders import Jumpy, Stated

HIGHEST = 10**12
LIMITS = st.one_of(st.sampled_from([0, 1, 2, MAX_AMOUNT - 1, MAX_AMOUNT]), st.integers(0, MAX_AMOUNT))
MARGINS = st.sampled_from(list(Margin))
ROUNDINGS = st.sampled_from(list(Rounding))
PAIR_RATES = st.one_of(
    st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1, 10)]),
    st.fractions(0, Fraction(1, 2), max_denominator=10_000),
)


@given(st.data(), PAIR_RATES, MARGINS, ROUNDINGS)
@settings(deadline=None, max_examples=100)
def test_the_same_as_one_by_one(draws: st.DataObject, rate: Fraction, margin: Margin, rounding: Rounding) -> None:
    """Every element equals the scalar function's prices, as int64."""
    pairs = draws.draw(st.lists(st.tuples(st.integers(0, HIGHEST), st.integers(0, HIGHEST)), max_size=30))
    low = numpy.array([min(pair) for pair in pairs], numpy.int64)
    high = numpy.array([max(pair) for pair in pairs], numpy.int64)
    selling, buying = determine_arrays(low, high, rate, margin, rounding)
    assert [str(selling.dtype), str(buying.dtype)] == ["int64", "int64"]
    one_by_one = [determine(min(pair), max(pair), rate, margin, rounding) for pair in pairs]
    assert one_by_one == list(zip(selling.tolist(), buying.tolist(), strict=True))


@given(st.lists(st.tuples(LIMITS, LIMITS), max_size=20), st.integers(-(10**30), 10**30), ROUNDINGS)
@settings(deadline=None, max_examples=60)
def test_rules_of_ones_own(pairs: list[tuple[int, int]], numerator: int, rounding: Rounding) -> None:
    """A user's rule is run on exact integers, so that nothing overflows, and stays inside the limits."""
    low = numpy.array([min(pair) for pair in pairs], numpy.int64)
    high = numpy.array([max(pair) for pair in pairs], numpy.int64)
    for rule in (Stated((numerator, 3)), Jumpy(numerator, 12_345)):
        selling, buying = determine_arrays(low, high, Fraction(1, 10), rule, rounding)
        one_by_one = [determine(min(pair), max(pair), Fraction(1, 10), rule, rounding) for pair in pairs]
        assert one_by_one == list(zip(selling.tolist(), buying.tolist(), strict=True))
        assert [str(selling.dtype), str(buying.dtype)] == ["int64", "int64"]


@frozen
class OfThePrice:
    """A rule of a user's own that uses all that it is told."""

    name: str = "of the price"

    def margin(self, min_price: Any, max_price: Any, rate: Fraction) -> tuple[Any, int]:
        """Return the rate's part of a mean that leans to the buyer's limit."""
        return (min_price + 2 * max_price) * rate.numerator, 3 * rate.denominator


def test_a_rule_of_ones_own_is_told_everything() -> None:
    """A user's rule is given both arrays and the rate, as it is for one pair."""
    low, high = numpy.array([0, 8000, 9990], numpy.int64), numpy.array([100, 10_000, 10_000], numpy.int64)
    for rate in (Fraction(0), Fraction(1, 100), Fraction(1, 3)):
        prices = determine_arrays(low, high, rate, OfThePrice(), Rounding.HALF_EVEN)
        pairs = zip(low.tolist(), high.tolist(), strict=True)
        expected = [determine(one, other, rate, OfThePrice(), Rounding.HALF_EVEN) for one, other in pairs]
        assert expected == list(zip(prices[0].tolist(), prices[1].tolist(), strict=True))


def test_a_rule_that_computes_in_floats() -> None:
    """A user's rule that gives an array of floats is refused as a float is (spec P7)."""
    prices = numpy.array([8000, 9000], numpy.int64)

    @frozen
    class Inexact:
        name: str = "inexact"

        def margin(self, min_price: Any, max_price: Any, rate: Fraction) -> tuple[Any, int]:
            return (max_price - min_price) * 0.1, 1

    rule: MarginRule = Inexact()
    with pytest.raises(MarginRuleError):
        determine_arrays(prices, prices + 1000, Fraction(1, 10), rule, Rounding.HALF_EVEN)


@pytest.mark.parametrize(
    "numerator",
    [
        10.5,
        True,
        None,
        "10",
        [10, 10],
        Fraction(3, 2),
        numpy.float64(10.5),
        numpy.array([10.5, 10.5]),
        numpy.array([10, 10.5], object),
        numpy.array([10, True], object),
        numpy.array([10, 10], numpy.uint64),
        numpy.array([True, False]),
    ],
    ids=repr,
)
def test_a_malformed_margin_of_arrays(numerator: Any) -> None:
    """For arrays too a rule must give whole numbers: one for all pairs, or an array of them (spec P7)."""
    prices = numpy.array([8000, 9000], numpy.int64)
    with pytest.raises(MarginRuleError) as caught:
        determine_arrays(prices, prices + 1000, Fraction(1, 10), Stated((numerator, 1)), Rounding.HALF_EVEN)
    assert f"({type(numerator).__name__}, int)" == caught.value.value


@pytest.mark.parametrize("kind", [numpy.int64, numpy.int32, object])
def test_margins_in_arrays_of_whole_numbers(kind: Any) -> None:
    """A rule may give an array of any signed integers, one for each pair."""
    prices, margins = numpy.array([8000, 9000], numpy.int64), numpy.array([10, 20], kind)
    selling, buying = determine_arrays(prices, prices + 1000, Fraction(1, 10), Stated((margins, 1)), Rounding.HALF_EVEN)
    assert (selling.tolist(), buying.tolist()) == ([8490, 9480], [8510, 9520])


@pytest.mark.parametrize("margin", [*Margin, Stated((1, 3))], ids=lambda rule: rule.name)
@pytest.mark.parametrize(
    ("low", "high", "rate", "field"),
    [
        (numpy.array([1.0]), numpy.array([2]), Fraction(1, 10), "min_prices"),
        (numpy.array([1]), numpy.array([2.0]), Fraction(1, 10), "max_prices"),
        (numpy.array([1], numpy.int32), numpy.array([2]), Fraction(1, 10), "min_prices"),
        (numpy.array([1]), numpy.array([2], numpy.uint64), Fraction(1, 10), "max_prices"),
        (numpy.array([1], object), numpy.array([2]), Fraction(1, 10), "min_prices"),
        ([1], numpy.array([2]), Fraction(1, 10), "min_prices"),
        (numpy.array([1]), 2, Fraction(1, 10), "max_prices"),
        (numpy.array([-1]), numpy.array([2]), Fraction(1, 10), "min_prices"),
        (numpy.array([3]), numpy.array([2]), Fraction(1, 10), "min_prices"),
        (numpy.array([1, 3]), numpy.array([2, 2]), Fraction(1, 10), "min_prices"),
        (numpy.array([1]), numpy.array([MAX_AMOUNT + 1]), Fraction(1, 10), "max_prices"),
        (numpy.array([1, 2]), numpy.array([2]), Fraction(1, 10), "max_prices"),
        (numpy.array([], numpy.int64), numpy.array([2]), Fraction(1, 10), "max_prices"),
    ],
)
def test_refused_arrays(low: Any, high: Any, rate: Fraction, field: str, margin: MarginRule) -> None:
    """Wrong types, negative, crossing, too large and unequally many prices are refused by name."""
    with pytest.raises(InvalidAmount) as caught:
        determine_arrays(low, high, rate, margin, Rounding.HALF_EVEN)
    assert field == caught.value.field


def test_products_within_64_bits() -> None:
    """The largest products that fit are computed right, and one that might not is refused."""
    denominator = 2**63 // (12 * MAX_AMOUNT) - 1
    low, high = numpy.array([0, MAX_AMOUNT]), numpy.array([MAX_AMOUNT, MAX_AMOUNT])
    for margin in Margin:
        for rate in (Fraction(denominator // 2, denominator), Fraction(1, 2)):
            prices = determine_arrays(low, high, rate, margin, Rounding.HALF_EVEN)
            pairs = [determine(a, MAX_AMOUNT, rate, margin, Rounding.HALF_EVEN) for a in (0, MAX_AMOUNT)]
            assert pairs == list(zip(prices[0].tolist(), prices[1].tolist(), strict=True))
        with pytest.raises(InvalidAmount, match="64 bits"):
            determine_arrays(low, high, Fraction(1, 10_000), margin, Rounding.HALF_EVEN)


def test_the_smaller_one() -> None:
    """The smaller of two arrays is taken element by element."""
    assert least(numpy.array([1, 5, 2]), numpy.array([3, 2, 2])).tolist() == [1, 2, 2]
