"""The production arithmetic, run on terms of a solver: P6 and P11 are proved and not only tried (spec P10).

Every proof calls ``determine``, ``Margin`` and ``Rounding`` as they are, on limits, rates and margins of which only the
assumptions are known, and has the solver look for values that break the claim. There are none.
"""

from typing import Any

import pytest

from brokerage import Margin, Rounding, pricing
from brokerage.errors import MarginRuleError
from brokerage.pricing import determine
from solver_terms import AnyRounding, AnyRule, Facts, PairRate, Term, Undecided, Unrounded

RULES = [*Margin, None]
"""The shipped rules, and None for any rule at all."""


def _name(value: object) -> str:
    return str(getattr(value, "name", "any")).lower()


def limits(facts: Facts) -> tuple[Term, Term]:
    """Assume 0 ≤ SPmin ≤ BPmax."""
    low, high = facts.real("SPmin"), facts.real("BPmax")
    facts.assume(low >= 0, low <= high)
    return low, high


def pair_rate(facts: Facts) -> PairRate:
    """Assume a fraction Ri with 0 ≤ Ri ≤ 1/2."""
    rate = PairRate(facts.real("rate"), facts.real("of"))
    facts.assume(rate.denominator > 0, rate.numerator >= 0, 2 * rate.numerator <= rate.denominator)
    return rate


def any_rule(facts: Facts, name: str = "margin") -> Any:
    """Return a rule that gives any fraction."""
    numerator, denominator = facts.real(name), facts.real(name + " of")
    facts.assume(denominator > 0)
    return AnyRule(numerator, denominator)


def inside(low: Term, prices: tuple[Term, Term], high: Term) -> Term:
    """Return P6: SPmin ≤ SPdet ≤ BPdet ≤ BPmax."""
    return (low <= prices[0]) & (prices[0] <= prices[1]) & (prices[1] <= high)


def test_the_rate_of_a_pair_is_at_most_one_half() -> None:
    """0 ≤ Rc ≤ 0.5 and 0 ≤ Rm ≤ 1 give 0 ≤ Rc × Rm ≤ 1/2, also where Rm is the mean of two."""
    facts = Facts()
    rate, seller, buyer = facts.real("Rc"), facts.real("seller's Rm"), facts.real("buyer's Rm")
    facts.assume(rate >= 0, 2 * rate <= 1, seller >= 0, seller <= 1, buyer >= 0, buyer <= 1)
    for twice_the_factor in (2 * seller, 2 * buyer, seller + buyer):
        facts.prove((rate * twice_the_factor >= 0) & (rate * twice_the_factor <= 1))


@pytest.mark.parametrize("rule", RULES, ids=_name)
def test_prices_before_rounding_are_inside_the_limits(rule: Margin | None) -> None:
    """Without rounding, P6 holds for each shipped rule and for any rule at all, whatever the limits and the rate."""
    facts = Facts()
    low, high = limits(facts)
    rate: Any = pair_rate(facts)
    rounding: Any = Unrounded(facts)
    facts.prove(inside(low, determine(low, high, rate, rule or any_rule(facts), rounding), high))


@pytest.mark.parametrize("rule", RULES, ids=_name)
def test_any_monotone_rounding_that_leaves_whole_numbers_alone_keeps_prices_inside(rule: Margin | None) -> None:
    """Over the integers, P6 holds after any rounding of that kind, for each shipped rule and for any rule at all."""
    facts = Facts()
    low, high = limits(facts)
    rate: Any = pair_rate(facts)
    rounding: Any = AnyRounding(facts, (low, high))
    facts.prove(inside(low, determine(low, high, rate, rule or any_rule(facts), rounding), high))


def test_the_guard_makes_do_without_the_bound_on_rates() -> None:
    """P6 does not rest on the rate: the guard alone keeps it, for every rule and any rate whatever."""
    for rule in Margin:
        facts = Facts()
        low, high = limits(facts)
        rate: Any = PairRate(facts.real("rate"), facts.real("of"))
        facts.assume(rate.denominator > 0)
        rounding: Any = AnyRounding(facts, (low, high))
        facts.prove(inside(low, determine(low, high, rate, rule, rounding), high))


@pytest.mark.parametrize("rounding", Rounding, ids=_name)
def test_the_shipped_roundings_are_monotone(rounding: Rounding) -> None:
    """Of two fractions, whatever their denominators, the smaller is never rounded above the larger."""
    facts = Facts()
    smaller, below, larger, below_larger = (facts.real(name) for name in ("smaller", "below", "larger", "below it"))
    facts.assume(below > 0, below_larger > 0, smaller * below_larger <= larger * below)
    method: Any = rounding.round
    facts.prove(method(smaller, below) <= method(larger, below_larger))


@pytest.mark.parametrize("rounding", Rounding, ids=_name)
def test_the_shipped_roundings_leave_whole_numbers_alone(rounding: Rounding) -> None:
    """A fraction that is a whole number is rounded to it, whatever its denominator."""
    facts = Facts()
    whole, numerator, denominator = facts.integer("whole"), facts.real("numerator"), facts.real("denominator")
    facts.assume(denominator > 0, numerator == whole * denominator)
    method: Any = rounding.round
    facts.prove(method(numerator, denominator) == whole)


@pytest.mark.parametrize("rounding", Rounding, ids=_name)
@pytest.mark.parametrize("rule", RULES, ids=_name)
def test_shipped_roundings_keep_prices_inside(rule: Margin | None, rounding: Rounding) -> None:
    """In one piece, with true integers and the shipped roundings: no limits and no rate of four decimals break P6."""
    facts = Facts()
    low, high = facts.integer("SPmin"), facts.integer("BPmax")
    rate: Any = PairRate(facts.integer("rate"), 10_000)
    any_fraction: Any = AnyRule(facts.integer("margin"), 10_000)
    facts.assume(low >= 0, low <= high, rate.numerator >= 0, rate.numerator <= 5_000)
    claim = inside(low, determine(low, high, rate, rule or any_fraction, rounding), high)
    assert facts.smallest_counterexample(claim) is None


def two_sales(facts: Facts) -> tuple[Term, Term, Term]:
    """Assume 0 ≤ SPmin of one sale ≤ SPmin of another ≤ BPmax."""
    low, high = limits(facts)
    dearer = facts.real("dearer SPmin")
    facts.assume(low <= dearer, dearer <= high)
    return low, dearer, high


@pytest.mark.parametrize("rule", Margin, ids=_name)
def test_the_buying_price_never_falls(rule: Margin) -> None:
    """P11 for each shipped rule, every rate up to 1/2 and any monotone rounding."""
    facts = Facts()
    low, dearer, high = two_sales(facts)
    rate: Any = pair_rate(facts)
    rounding: Any = AnyRounding(facts, ())
    cheap = determine(low, high, rate, rule, rounding)[1]
    facts.prove(cheap <= determine(dearer, high, rate, rule, rounding)[1])


@pytest.mark.parametrize("rule", Margin, ids=_name)
def test_where_the_buying_price_rises(rule: Margin) -> None:
    """Before rounding it truly rises with SPmin while the rate is below 1/2 and the margin was not capped."""
    facts = Facts()
    low, dearer, high = two_sales(facts)
    rate: Any = pair_rate(facts)
    rounding: Any = Unrounded(facts)
    facts.assume(low < dearer, 2 * rate.numerator < rate.denominator)
    cheap, other = (determine(least, high, rate, rule, rounding)[1] for least in (low, dearer))
    facts.prove((cheap < other) if rule is not Margin.ON_PRICE else (cheap < other) | (cheap == high))


def test_at_one_half_the_buyer_pays_the_limit() -> None:
    """With the rate 1/2 equation 5 gives SPmin to the seller and takes BPmax from the buyer, whatever the limits."""
    facts = Facts()
    low, high = limits(facts)
    rate: Any = PairRate(1, 2)
    rounding: Any = AnyRounding(facts, (low, high))
    selling, buying = determine(low, high, rate, Margin.ON_SPREAD, rounding)
    facts.prove((selling == low) & (buying == high))


def test_a_rule_whose_middle_plus_margin_never_falls_keeps_the_order_of_candidates() -> None:
    """P11 needs to hold only of what a rule itself asks for: the guard and any monotone rounding keep it."""
    facts = Facts()
    low, dearer, high = two_sales(facts)
    one, other = any_rule(facts, "margin"), any_rule(facts, "other margin")
    twice = [
        (least * rule.denominator + 2 * rule.numerator, rule.denominator)
        for least, rule in ((low, one), (dearer, other))
    ]
    facts.assume(twice[0][0] * twice[1][1] <= twice[1][0] * twice[0][1])
    rate: Any = None
    rounding: Any = AnyRounding(facts, ())
    cheap = determine(low, high, rate, one, rounding)[1]
    facts.prove(cheap <= determine(dearer, high, rate, other, rounding)[1])


def test_without_the_guard_the_proof_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the production guard taken off, the same proof ends with a counterexample for every rule it is needed by."""
    monkeypatch.setattr(pricing, "least", lambda a, _b: a)
    for rule in (Margin.ON_PRICE, None):
        with pytest.raises(AssertionError, match="SPmin = "):
            test_prices_before_rounding_are_inside_the_limits(rule)
        with pytest.raises(AssertionError, match="SPmin = "):
            test_any_monotone_rounding_that_leaves_whole_numbers_alone_keeps_prices_inside(rule)
    test_prices_before_rounding_are_inside_the_limits(Margin.ON_SPREAD)


def test_a_denominator_must_be_known_to_be_positive() -> None:
    """Terms are checked as integers are: a denominator that is not positive is refused, one that may not be is too."""
    facts = Facts()
    low, high = limits(facts)
    denominator = facts.integer("denominator")
    rate: Any = None
    rule: Any = AnyRule(facts.integer("margin"), denominator)
    with pytest.raises(Undecided):
        determine(low, high, rate, rule, Rounding.DOWN)
    facts.assume(denominator <= 0)
    with pytest.raises(MarginRuleError):
        determine(low, high, rate, rule, Rounding.DOWN)
