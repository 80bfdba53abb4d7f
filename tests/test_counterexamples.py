"""What would break without each guard: the solver finds the smallest example, and plain integers break too (P6, P10).

The arithmetic that lacks its guard stands here, written as the equations are; everything else is the production
arithmetic. The documentation tells of the same numbers.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from attrs import frozen

from brokerage import Margin, MarginRule, Rounding
from brokerage.pricing import determine
from solver_terms import AnyRule, Facts, PairRate, Term

Prices = tuple[Any, Any]
HALF_EVEN = Rounding.HALF_EVEN


def unguarded(low: Any, high: Any, rate: Any, margin: Any, rounding: Any) -> Prices:
    """Compute equation 6 with the margin that a rule asks for, whatever it is."""
    asked, denominator = margin.margin(low, high, rate)
    middle = (low + high) * denominator
    return rounding.round(middle - 2 * asked, 2 * denominator), rounding.round(middle + 2 * asked, 2 * denominator)


def no_less_than_nothing(low: Any, high: Any, rate: Any, margin: Any, rounding: Any) -> Prices:
    """Have the guard's upper half only: a margin may fall below nothing."""
    asked, denominator = margin.margin(low, high, rate)
    half = (high - low) * denominator
    wanted = half + (2 * asked - half) * (2 * asked < half)
    middle = (low + high) * denominator
    return rounding.round(middle - wanted, 2 * denominator), rounding.round(middle + wanted, 2 * denominator)


def seller_up_buyer_down(low: Any, high: Any, rate: Any, margin: Any, _rounding: Any) -> Prices:
    """Round both prices towards the middle, the seller's up and the buyer's down: in favour of both, it seems."""
    selling = determine(low, high, rate, margin, Rounding.UP)[0]
    return selling, determine(low, high, rate, margin, Rounding.DOWN)[1]


@frozen
class Larger:
    """The larger of equations 4 and 5."""

    name: str = "larger"

    def margin(self, min_price: Any, max_price: Any, rate: Any) -> tuple[Any, Any]:
        """Return it, as the counterpart of ``Margin.LESSER``."""
        on_price, denominator = Margin.ON_PRICE.margin(min_price, max_price, rate)
        on_spread = Margin.ON_SPREAD.margin(min_price, max_price, rate)[0]
        return on_price + (on_spread - on_price) * (on_price < on_spread), denominator


@frozen
class OnGrid:
    """Prices go by steps of the minor unit: monotone, but it leaves only the multiples of the step alone."""

    step: int

    def round(self, numerator: Any, denominator: Any) -> Any:
        """Return the nearest multiple of the step, half to even."""
        return HALF_EVEN.round(numerator, denominator * self.step) * self.step


def inside(low: Any, prices: Prices, high: Any) -> Any:
    """Say whether SPmin ≤ SPdet ≤ BPdet ≤ BPmax, of terms or of integers."""
    return (low <= prices[0]) & (prices[0] <= prices[1]) & (prices[1] <= high)


NOTHING = Fraction(0)
TENTH = Fraction(1, 10)

CASES = [
    # without the guard                    arithmetic, rule, rate, rounding, smallest BPmax and SPmin, the broken prices
    pytest.param(unguarded, Margin.ON_PRICE, TENTH, HALF_EVEN, (5, 5), (4, 6), id="equation 4 alone"),
    pytest.param(unguarded, Larger(), TENTH, HALF_EVEN, (5, 5), (4, 6), id="the larger of equations 4 and 5"),
    pytest.param(unguarded, Margin.ON_SPREAD, Fraction(6, 10), HALF_EVEN, (5, 0), (0, 6), id="equation 5 above 1/2"),
    pytest.param(
        no_less_than_nothing, AnyRule(-1, 1), NOTHING, HALF_EVEN, (0, 0), (1, -1), id="a margin below nothing"
    ),
    pytest.param(seller_up_buyer_down, Margin.ON_SPREAD, NOTHING, None, (1, 0), (1, 0), id="seller up, buyer down"),
    pytest.param(determine, Margin.ON_SPREAD, NOTHING, OnGrid(5), (1, 1), (0, 0), id="limits off a price grid"),
]
BROKEN = pytest.mark.parametrize(("arithmetic", "rule", "rate", "rounding", "limits", "prices"), CASES)
Arithmetic = Callable[[Any, Any, Any, Any, Any], Prices]


@BROKEN
def test_the_solver_finds_what_breaks(
    arithmetic: Arithmetic, rule: Any, rate: Fraction, rounding: Any, limits: tuple[int, int], prices: Prices
) -> None:
    """Without the guard the solver finds limits that break P6, and these are the smallest."""
    facts = Facts()
    low, high = facts.integer("SPmin"), facts.integer("BPmax")
    facts.assume(low >= 0, low <= high, high <= 100)
    claim = inside(low, arithmetic(low, high, rate, rule, rounding), high)
    assert limits == facts.smallest_counterexample(claim, high, low)


@BROKEN
def test_plain_integers_break_too(
    arithmetic: Arithmetic, rule: Any, rate: Fraction, rounding: Any, limits: tuple[int, int], prices: Prices
) -> None:
    """The same limits as plain integers give the prices that were computed by hand, and they break P6."""
    high, low = limits
    assert prices == arithmetic(low, high, rate, rule, rounding)
    assert not inside(low, prices, high)
    assert inside(low, determine(low, high, rate, rule, HALF_EVEN), high)


@pytest.mark.parametrize("rule", [*Margin, AnyRule(1, 3)], ids=lambda rule: str(rule.name))
def test_a_grid_is_safe_for_limits_that_lie_on_it(rule: Any) -> None:
    """With limits that are multiples of the step nothing breaks P6: the rounding leaves both limits alone."""
    facts = Facts()
    low, high = 5 * facts.integer("SPmin"), 5 * facts.integer("BPmax")
    facts.assume(low >= 0, low <= high)
    grid: Any = OnGrid(5)
    assert facts.smallest_counterexample(inside(low, determine(low, high, TENTH, rule, grid), high)) is None


def test_the_example_of_equation_4() -> None:
    """SPmin 90, BPmax 100 and R 0.1: equation 4 asks for 9.50, and the seller would get 85.50, less than the limit."""
    assert unguarded(9000, 10_000, TENTH, Margin.ON_PRICE, HALF_EVEN) == (8550, 10_450)
    assert determine(9000, 10_000, TENTH, Margin.ON_PRICE, HALF_EVEN) == (9000, 10_000)


def before_rounding(rule: MarginRule, rate: PairRate, low: Term, high: Term) -> Any:
    """Return P6 for equation 6 without guard and rounding, multiplied by twice the denominator."""
    fraction: Any = rate
    asked, denominator = rule.margin(low, high, fraction)
    middle, whole = (low + high) * denominator, 2 * denominator
    return inside(low * whole, (middle - 2 * asked, middle + 2 * asked), high * whole)


def test_equation_5_alone_is_safe_up_to_one_half_and_never_above() -> None:
    """Without any guard: at R ≤ 1/2 equation 5 keeps P6 for all limits, above it breaks P6 for every spread."""
    facts = Facts()
    low, high = facts.real("SPmin"), facts.real("BPmax")
    rate = PairRate(facts.real("rate"), facts.real("of"))
    facts.assume(low >= 0, low < high, rate.denominator > 0, rate.numerator >= 0)
    is_low = 2 * rate.numerator <= rate.denominator
    keeps = before_rounding(Margin.ON_SPREAD, rate, low, high)
    facts.prove(facts.implies(is_low, keeps))
    facts.prove(facts.implies(keeps, is_low))


def test_equation_4_alone_is_safe_exactly_where_the_spread_is_wide() -> None:
    """Without any guard equation 4 keeps P6 if and only if (SPmin + BPmax) × R ≤ BPmax − SPmin."""
    facts = Facts()
    low, high = facts.real("SPmin"), facts.real("BPmax")
    rate = PairRate(facts.real("rate"), facts.real("of"))
    facts.assume(low >= 0, low <= high, rate.denominator > 0, rate.numerator >= 0)
    is_wide = (low + high) * rate.numerator <= (high - low) * rate.denominator
    keeps = before_rounding(Margin.ON_PRICE, rate, low, high)
    facts.prove(facts.implies(is_wide, keeps))
    facts.prove(facts.implies(keeps, is_wide))


@frozen
class Steep:
    """One minor unit on each side while the seller's limit is 0, and nothing from 1 on."""

    name: str = "steep"

    def margin(self, min_price: Any, _max_price: Any, _rate: Any) -> tuple[Any, int]:
        """Return 1 or 0."""
        return 0 * min_price + (min_price < 1), 1


def test_a_rule_of_ones_own_can_break_the_order_of_candidates() -> None:
    """The guard cannot keep P11 for a rule that gives way too fast: the cheaper seller costs the buyer more."""
    facts = Facts()
    low, dearer, high = facts.integer("SPmin"), facts.integer("dearer SPmin"), facts.integer("BPmax")
    facts.assume(low >= 0, low <= dearer, dearer <= high)
    cheap = determine(low, high, TENTH, Steep(), Rounding.DOWN)[1]
    claim = cheap <= determine(dearer, high, TENTH, Steep(), Rounding.DOWN)[1]
    found = facts.smallest_counterexample(claim, high, low, dearer)
    assert found is not None
    high_found, low_found, dearer_found = found
    prices = [determine(least, high_found, TENTH, Steep(), Rounding.DOWN)[1] for least in (low_found, dearer_found)]
    assert (found, prices) == ((2, 0, 1), [2, 1])
