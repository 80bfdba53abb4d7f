"""Equations 1–6 keep their laws for every rule, rounding and edge, in integers and in arrays (spec P1–P9, P11)."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from brokerage import FactorRule, Margin, Money, Rounding, Terms, quote
from brokerage.errors import InvalidAmount, InvalidChoice, InvalidRate, MarginRuleError
from brokerage.money import MAX_AMOUNT, exact_rate
from brokerage.pricing import HIGHEST_RATE, determine
from builders import Jumpy, Stated, trade, world

EDGES = [0, 1, 2, 3, 99, 100, 101, 8000, 10_000, MAX_AMOUNT - 1, MAX_AMOUNT]
LIMITS = st.one_of(st.sampled_from(EDGES), st.integers(0, 400), st.integers(0, MAX_AMOUNT))
RATES = st.one_of(
    st.sampled_from(["0", "0.5", "0.1", "0.25", "0.333333333333333333", "0.000000000000000001"]).map(Decimal),
    st.decimals(0, HIGHEST_RATE, places=4),
)
FACTORS = st.one_of(st.sampled_from([Decimal(0), Decimal(1), Decimal("0.9")]), st.decimals(0, 1, places=3))
MARGINS = st.sampled_from(list(Margin))
ROUNDINGS = st.sampled_from(list(Rounding))
FACTOR_RULES = st.sampled_from(list(FactorRule))
CURRENCIES = st.sampled_from(["JPY", "USD", "KWD"])
PAIR_RATES = st.one_of(
    st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1, 10), Fraction(1, 3)]),
    st.fractions(0, Fraction(1, 2), max_denominator=10_000),
)


def rounded(price: Fraction, rounding: Rounding) -> int:
    """Round by the standard library's own rules."""
    if rounding is Rounding.HALF_EVEN:
        return round(price)
    return math.floor(price) if rounding is Rounding.DOWN else math.ceil(price)


def expected_margin(low: int, high: int, rate: Fraction, margin: Margin) -> Fraction:
    """Compute the margin that a rule asks for in fractions, as the equations are written."""
    on_price, on_spread = Fraction(low + high, 2) * rate, (high - low) * rate
    if margin is Margin.LESSER:
        return min(on_price, on_spread)
    return on_price if margin is Margin.ON_PRICE else on_spread


def expected_prices(low: int, high: int, asked: Fraction, rounding: Rounding) -> tuple[int, int]:
    """Compute both prices in fractions, from the margin that a rule asks for."""
    middle, kept = Fraction(low + high, 2), max(Fraction(0), min(asked, Fraction(high - low, 2)))
    return rounded(middle - kept, rounding), rounded(middle + kept, rounding)


def expected_factor(rule: FactorRule, seller: Decimal, buyer: Decimal) -> Fraction:
    """Compute the factor of a pair in fractions."""
    return {
        FactorRule.LOWEST: min(Fraction(seller), Fraction(buyer)),
        FactorRule.MEAN: (Fraction(seller) + Fraction(buyer)) / 2,
        FactorRule.SELLER: Fraction(seller),
        FactorRule.BUYER: Fraction(buyer),
    }[rule]


@given(LIMITS, LIMITS, RATES, FACTORS, FACTORS, MARGINS, ROUNDINGS, FACTOR_RULES, CURRENCIES)
@settings(deadline=None, max_examples=250)
def test_quotes_are_exact_and_inside_the_limits(
    one: int,
    other: int,
    rate: Decimal,
    seller: Decimal,
    buyer: Decimal,
    margin: Margin,
    rounding: Rounding,
    factor: FactorRule,
    currency: str,
) -> None:
    """A quote equals the equations computed in fractions, and keeps SPmin ≤ SPdet ≤ BPdet ≤ BPmax."""
    low, high = sorted((one, other))
    offered = quote(low, high, currency, Terms(rate, margin, factor, rounding), seller, buyer)
    pair_rate = Fraction(rate) * expected_factor(factor, seller, buyer)
    asked = expected_margin(low, high, pair_rate, margin)
    selling, buying = expected_prices(low, high, asked, rounding)
    assert low <= selling <= buying <= high
    assert Money(selling, currency) == offered.selling_price
    assert Money(buying, currency) == offered.buying_price
    assert Money(buying - selling, currency) == offered.commission
    assert pair_rate == offered.rate
    assert Fraction(low + high, 2) == offered.mid_price
    assert min(asked, Fraction(high - low, 2)) == offered.margin
    assert (2 * asked > high - low) == offered.capped


@given(LIMITS, LIMITS, PAIR_RATES, MARGINS, ROUNDINGS)
@settings(deadline=None, max_examples=150)
def test_prices_are_python_integers(one: int, other: int, rate: Fraction, margin: Margin, rounding: Rounding) -> None:
    """Integers in, the same integers out as from fractions: no float, no NumPy number."""
    low, high = sorted((one, other))
    prices = determine(low, high, rate, margin, rounding)
    assert expected_prices(low, high, expected_margin(low, high, rate, margin), rounding) == prices
    assert [int, int] == [type(price) for price in prices]


@given(LIMITS, LIMITS, LIMITS, PAIR_RATES, MARGINS, ROUNDINGS)
@example(0, 1, 1, Fraction(1, 2), Margin.ON_SPREAD, Rounding.HALF_EVEN)
@settings(deadline=None, max_examples=150)
def test_the_buying_price_never_falls(
    one: int, two: int, three: int, rate: Fraction, margin: Margin, rounding: Rounding
) -> None:
    """For a fixed BPmax the buying price never falls as SPmin rises (spec P11)."""
    low, middle, high = sorted((one, two, three))
    assert determine(low, high, rate, margin, rounding)[1] <= determine(middle, high, rate, margin, rounding)[1]


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("margin", Margin)
def test_the_buying_price_never_falls_on_a_grid(margin: Margin, rounding: Rounding) -> None:
    """On every small grid of limits the buying prices stand in the order of SPmin (spec P11)."""
    for rate in (Fraction(0), Fraction(1, 10), Fraction(1, 3), Fraction(1, 2)):
        for high in range(40):
            prices = [determine(low, high, rate, margin, rounding)[1] for low in range(high + 1)]
            assert sorted(prices) == prices


@given(LIMITS, LIMITS, PAIR_RATES, ROUNDINGS, st.integers(-(10**40), 10**40), st.integers(1, 10**20))
@settings(deadline=None, max_examples=150)
def test_a_rule_of_ones_own_stays_inside_the_limits(
    one: int, other: int, rate: Fraction, rounding: Rounding, numerator: int, denominator: int
) -> None:
    """Whatever margin a user's rule asks for, the prices are those of the guarded margin (spec P6)."""
    low, high = sorted((one, other))
    prices = determine(low, high, rate, Stated((numerator, denominator)), rounding)
    assert expected_prices(low, high, Fraction(numerator, denominator), rounding) == prices
    assert low <= prices[0] <= prices[1] <= high


@given(LIMITS, LIMITS, st.integers(-(10**9), 10**9), st.integers(1, 10**9), ROUNDINGS)
@settings(deadline=None)
def test_a_senseless_rule_stays_inside_the_limits(
    one: int, other: int, factor: int, modulus: int, rounding: Rounding
) -> None:
    """A rule that jumps about keeps SPmin ≤ SPdet ≤ BPdet ≤ BPmax too (spec P6)."""
    low, high = sorted((one, other))
    offered = quote(low, high, "USD", Terms(Decimal("0.1"), Jumpy(factor, modulus), rounding=rounding))
    asked = Fraction(*Jumpy(factor, modulus).margin(low, high, Fraction(1, 10)))
    assert low <= offered.selling_price.units <= offered.buying_price.units <= high
    assert (not 0 <= asked <= Fraction(high - low, 2)) == offered.capped


@pytest.mark.parametrize(
    "given_margin",
    [
        None,
        10,
        [10, 1],
        (10,),
        (10, 1, 1),
        (10, 0),
        (10, -1),
        (10, True),
        (10, 1.0),
        (10, Fraction(1)),
        (10, numpy.int64(1)),
        (1.5, 1),
        (True, 1),
        (Decimal("1.5"), 1),
        (Fraction(3, 2), 1),
        (numpy.float64(1.5), 1),
        (numpy.int64(10), 1),
        (float("nan"), 1),
        ("10", 1),
        (None, 1),
        (10j, 1),
    ],
    ids=repr,
)
def test_a_malformed_margin_is_refused(given_margin: Any) -> None:
    """A rule that gives no exact fraction with a positive denominator is refused by its name, without what it gave."""
    with pytest.raises(MarginRuleError) as caught:
        determine(8000, 10_000, Fraction(1, 10), Stated(given_margin), Rounding.HALF_EVEN)
    assert caught.value.field == "stated"
    kinds = [type(part).__name__ for part in given_margin] if isinstance(given_margin, tuple) else None
    assert (f"({', '.join(kinds)})" if kinds else type(given_margin).__name__) == caught.value.value
    assert caught.value.remedy


def test_refused_quotes() -> None:
    """Limits that do not overlap, factors outside 0 … 1 and floats are refused under the names of their arguments."""
    terms = Terms(Decimal("0.1"))
    cases: list[tuple[tuple[Any, ...], type[Exception], str]] = [
        (("80.01", "80.00", "USD", terms), InvalidAmount, "max_price"),
        ((80.0, "80.00", "USD", terms), InvalidAmount, "min_price"),
        (("80", "80.005", "USD", terms), InvalidAmount, "max_price"),
        (("80", "90", "USD", terms, "1.01"), InvalidRate, "seller_factor"),
        (("80", "90", "USD", terms, 1, 0.9), InvalidRate, "buyer_factor"),
    ]
    for arguments, error, field in cases:
        with pytest.raises(error) as caught:
            quote(*arguments)
        assert field == getattr(caught.value, "field", None)


@pytest.mark.parametrize("rate", [0.1, True, Decimal("0.51"), Decimal("-0.1"), Decimal("NaN"), Fraction(1, 10), None])
def test_terms_refuse_a_rate_that_is_not_exact(rate: Any) -> None:
    """Terms are part of the public surface: a float or a rate above 0.5 is refused there by name too (spec P6, P7)."""
    with pytest.raises(InvalidRate) as caught:
        quote("80.00", "100.00", "USD", Terms(rate))
    assert caught.value.field == "rate"


def test_a_deal_can_be_computed_again() -> None:
    """The frozen offers of a deal give its prices again after the rate, the rule and both factors have changed (P8)."""
    place = world()
    made = trade(place)
    office = place.broker.office
    office.correct_category("goods", rate="0.25", margin=Margin.ON_PRICE)
    office.set_factor(made.ann.number, "0.3")
    office.set_factor(made.bob.number, "0.2")
    sale, purchase, deal = place.sale(made.sale), place.purchase(made.purchase), made.fact
    again = quote(
        sale.min_price,
        purchase.max_price,
        sale.currency,
        sale.terms,
        sale.factor,
        exact_rate(purchase.factor, "f", Decimal(1)),
    )
    assert (deal.selling_price, deal.buying_price) == (again.selling_price.units, again.buying_price.units)
    assert (deal.selling_price, deal.buying_price) == (8800, 9200)


def test_a_quote_never_moves_under_a_buyers_eyes() -> None:
    """A candidate keeps its price when rate and factors change; only offers accepted later have the new ones (P8)."""
    place = world()
    ann, bob = place.join("Ann"), place.join("Bob")
    ann.sell("goods", "Thing", min_price="80.00", currency="USD")
    want = bob.buy("goods", max_price="100.00", currency="USD")
    before = bob.candidates(want)
    place.broker.office.correct_category("goods", rate="0.5")
    place.broker.office.set_factor(bob.number, "0")
    assert before == bob.candidates(want)
    ann.sell("goods", "Later", min_price="80.00", currency="USD")
    later = bob.buy("goods", max_price="100.00", currency="USD")
    # the old sale at R = 0.1 × 0, the new one at 0.5 × 0: both in the middle
    assert [str(candidate.price) for candidate in bob.candidates(later)] == ["90.00 USD", "90.00 USD"]
    # the old purchase has the factor 1: 92 from the old sale, 100 from the new one at R = 0.5
    assert [str(candidate.price) for candidate in bob.candidates(want)] == ["92.00 USD", "100.00 USD"]


@pytest.mark.parametrize("rules", [{"margin": 5}, {"factor": "lowest"}, {"rounding": Margin.ON_PRICE}])
def test_terms_refuse_what_is_no_rule(rules: dict[str, Any]) -> None:
    """A margin, a factor rule and a rounding must each be a rule of its kind, and the error names the field."""
    with pytest.raises(InvalidChoice) as refused:
        Terms(rate="0.1", **rules)
    assert list(rules) == [refused.value.field]


def test_a_quote_needs_terms() -> None:
    """Anything else than terms is refused by name."""
    with pytest.raises(InvalidChoice):
        quote(1, 2, "USD", "0.10")  # type: ignore[arg-type]
