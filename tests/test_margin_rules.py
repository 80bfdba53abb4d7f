"""The contract of margin rules lets good rules pass, and catches a rule that breaks one law by the name of that law."""

import re
from fractions import Fraction
from itertools import count
from typing import Any

import pytest
from attrs import field, frozen

import brokerage.testing
from brokerage import Margin, MarginRule
from brokerage.testing import MarginRuleContract, margin_rules

pytestmark = pytest.mark.once


def broken_laws(rule: Any) -> dict[str, str]:
    """Return what the contract says of a rule, by the laws it breaks."""
    broken = brokerage.testing.broken_laws(MarginRuleContract, lambda: rule)
    return {law: str(error) for law, error in broken.items()}


@pytest.mark.parametrize("shipped", Margin, ids=lambda rule: str(rule.name).lower())
class TestShippedRules(MarginRuleContract):
    """The rules of the library keep every law."""

    @pytest.fixture
    def rule(self, shipped: Margin) -> MarginRule:
        """One of them."""
        return shipped


@frozen
class Fixed:
    """A rule that asks for a fixed amount: more than there is, or less than nothing."""

    units: int = 250
    name: str = "fixed"

    def margin(self, _min_price: int, _max_price: int, _rate: Fraction) -> tuple[int, int]:
        """Return it."""
        return self.units, 3


@frozen
class Tiered:
    """Half the rate where the middle is above a bound: the margin falls at the bound, as SPmin rises."""

    bound: int
    name: str = "tiered"

    def margin(self, min_price: int, max_price: int, rate: Fraction) -> tuple[int, int]:
        """Return the spread times the rate, or times half of it."""
        divisor = rate.denominator * (2 if min_price + max_price > 2 * self.bound else 1)
        return (max_price - min_price) * rate.numerator, divisor


@frozen
class GivesWay:
    """A margin that falls by one for every one that SPmin rises, twice as fast as it may."""

    name: str = "gives way"

    def margin(self, min_price: int, max_price: int, _rate: Fraction) -> tuple[int, int]:
        """Return three quarters of the buyer's limit less the seller's."""
        return 3 * max_price - 4 * min_price, 4


@frozen
class Floating:
    """Computes as no rule may: with binary floats."""

    name: str = "floating"

    def margin(self, min_price: int, max_price: int, rate: Fraction) -> Any:
        """Return a float."""
        return (max_price - min_price) * float(rate), 1


@frozen
class BySpread:
    """Divides by the spread, which may be nothing."""

    name: str = "by spread"

    def margin(self, min_price: int, max_price: int, _rate: Fraction) -> tuple[int, int]:
        """Return nothing, over the spread."""
        return 0, max_price - min_price


@frozen
class Negative:
    """Has the sign below the line."""

    name: str = "negative"

    def margin(self, _min_price: int, _max_price: int, _rate: Fraction) -> tuple[int, int]:
        """Return one, as minus one by minus one."""
        return -1, -1


@frozen
class Dividing:
    """Raises where the spread is nothing."""

    name: str = "dividing"

    def margin(self, min_price: int, max_price: int, _rate: Fraction) -> tuple[int, int]:
        """Return something that is nothing."""
        return 0 // (max_price - min_price), 1


@frozen(eq=False)
class Creeping:
    """Asks for a little more each time: too little ever to change an order."""

    name: str = "creeping"
    _times: Any = field(factory=count)

    def margin(self, _min_price: int, _max_price: int, _rate: Fraction) -> tuple[int, int]:
        """Return how often it was asked, in parts that no rounding sees but up."""
        return next(self._times), 10**30


@frozen
class Blank:
    """Has no name to be kept under."""

    name: str = " "

    def margin(self, _min_price: int, _max_price: int, _rate: Fraction) -> tuple[int, int]:
        """Return nothing."""
        return 0, 1


class Unhashable:
    """Cannot be kept with an offer."""

    name = "unhashable"

    def __eq__(self, other: object) -> bool:
        return self is other

    def margin(self, _min_price: int, _max_price: int, _rate: Fraction) -> tuple[int, int]:
        """Return nothing."""
        return 0, 1


@pytest.mark.parametrize("rule", [Fixed(), Fixed(-1)], ids=repr)
def test_good_rules_pass(rule: MarginRule) -> None:
    """A rule that respects no limit passes all the same: the guard does."""
    assert broken_laws(rule) == {}


CHOSEN, EXACT = "test_it_can_be_chosen", "test_it_gives_an_exact_fraction"
AGAIN, FALLS = "test_it_gives_the_same_again", "test_the_buying_price_never_falls"


@pytest.mark.parametrize(
    ("rule", "law", "words"),
    [
        (GivesWay(), FALLS, r"never falls as SPmin rises \(P11\): 'gives way' at SPmin \d+, BPmax \d+, rate"),
        (Tiered(100), FALLS, "never falls"),
        (Tiered(9_876_543_210), FALLS, "never falls"),
        (Floating(), EXACT, r"an exact fraction \(P7\): 'floating' at SPmin 0, BPmax 0, rate 0 gave \(0.0, 1\)"),
        (Negative(), EXACT, r"gave \(-1, -1\)"),
        (BySpread(), EXACT, r"at SPmin 0, BPmax 0, rate 0 gave \(0, 0\)"),
        (Dividing(), EXACT, "raised ZeroDivisionError"),
        (Creeping(), AGAIN, r"gives the same again \(P8\): 'creeping'"),
        (Blank(), CHOSEN, r"can be chosen \(P4\): Blank has a blank name"),
    ],
    ids=lambda value: str(getattr(value, "name", "")),
)
def test_a_rule_that_breaks_one_law(rule: MarginRule, law: str, words: str) -> None:
    """Each broken rule breaks just one law, and is told which."""
    broken = broken_laws(rule)
    assert [law] == list(broken)
    assert re.search(words, broken[law])


def test_a_rule_without_a_hash() -> None:
    """A rule that cannot be kept with an offer is caught as one that cannot be chosen."""
    rule: Any = Unhashable()
    with pytest.raises(AssertionError, match="can be chosen"):
        MarginRuleContract().test_it_can_be_chosen(rule)


def test_prices_outside_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule can break P6 by itself; were the guard missing, the contract would say so."""

    def unguarded(low: int, high: int, rate: Fraction, rule: MarginRule, _rounding: object) -> tuple[int, int]:
        numerator, denominator = rule.margin(low, high, rate)
        return (low + high - 2 * numerator // denominator) // 2, (low + high + 2 * numerator // denominator) // 2

    monkeypatch.setattr(margin_rules, "determine", unguarded)
    with pytest.raises(
        AssertionError, match=r"inside the limits \(P6\): 'fixed' at SPmin 0, BPmax 0, rate 0, half-even"
    ):
        MarginRuleContract().test_prices_stay_inside_the_limits(Fixed())
