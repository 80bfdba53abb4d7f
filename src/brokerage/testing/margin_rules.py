"""The laws that a margin rule of one's own must keep, tried on limits of every size (spec P4, P6, P7, P11)."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from brokerage.errors import InvalidChoice, MarginRuleError
from brokerage.money import MAX_AMOUNT
from brokerage.pricing import MarginRule, Rounding, checked_margin_rule, determine
from brokerage.testing.contracts.laws import Contract

__all__ = ["MarginRuleContract"]

_Pair = tuple[int, int]
_SHORT = 16
"""How many neighbouring limits are tried one by one, where the buying price rises least."""


_SIZES = MAX_AMOUNT.bit_length()
_TENTH, _HALF = Fraction(1, 10), Fraction(1, 2)


def _sized(amount: int, bits: int) -> int:
    return min(amount >> bits, MAX_AMOUNT)


_AMOUNTS = st.builds(_sized, st.integers(0, 2**_SIZES - 1), st.integers(0, _SIZES))
_PAIRS: st.SearchStrategy[_Pair] = st.tuples(_AMOUNTS, _AMOUNTS).map(lambda two: (max(0, two[0] - two[1]), two[0]))
_RATES = st.one_of(st.sampled_from([Fraction(0), _HALF, _TENTH]), st.fractions(0, _HALF, max_denominator=10_000))
_EDGES = [(0, 0), (0, 1), (1, 1), (0, MAX_AMOUNT), (MAX_AMOUNT - 1, MAX_AMOUNT), (MAX_AMOUNT, MAX_AMOUNT)]


def _for_every_pair(check: Callable[[_Pair, Fraction], None]) -> None:
    """Run a check on the edges, each with no rate, a middling and the highest one, and on drawn limits and rates."""
    tried = given(_PAIRS, _RATES)(check)
    for pair in reversed(_EDGES):
        for rate in (_HALF, _TENTH, Fraction(0)):
            tried = example(pair, rate)(tried)
    settings(max_examples=40, deadline=None, derandomize=True, database=None, report_multiple_bugs=False)(tried)()


class MarginRuleContract(Contract):
    """What a margin rule promises: subclass it in a test module, with a fixture ``rule`` that gives the rule.

    Limits from 0 to 10**15 minor units are tried, equal ones and both ends among them, with rates from 0 to 1/2 and
    every rounding; each time the same ones. A law that is broken says which, of which rule, and for which limits. That
    a rule works on arrays too is not among the laws: only ``determine_arrays`` asks for it.

    >>> from attrs import frozen
    >>> @frozen
    ... class ThreePerCent:
    ...     name: str = "three per cent of the buyer's limit"
    ...
    ...     def margin(self, min_price, max_price, rate):
    ...         return max_price * 3, 100
    >>> MarginRuleContract().test_the_buying_price_never_falls(ThreePerCent())

    Whoever takes less from a narrow spread, and suddenly so, has a dearer sale come before a cheaper one:

    >>> @frozen
    ... class OnlyWideSpreads:
    ...     name: str = "only wide spreads"
    ...
    ...     def margin(self, min_price, max_price, rate):
    ...         return (10 if max_price - min_price >= 1000 else 0), 1
    >>> MarginRuleContract().test_the_buying_price_never_falls(OnlyWideSpreads())  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    AssertionError: the buying price never falls as SPmin rises (P11): ...
    """

    def test_it_can_be_chosen(self, rule: MarginRule) -> None:
        """It has a name and a method ``margin()``, and can be kept with an offer (P4)."""
        try:
            checked_margin_rule(rule, "rule")
        except InvalidChoice as error:
            raise AssertionError(f"a rule can be chosen (P4): {error}") from None
        assert rule.name.strip(), f"a rule can be chosen (P4): {type(rule).__name__} has a blank name"

    def test_it_gives_an_exact_fraction(self, rule: MarginRule) -> None:
        """It gives an integer and a positive integer for every pair and rate, the edges too, and never raises (P7)."""

        def check(pair: _Pair, rate: Fraction) -> None:
            law = f"a margin is an exact fraction (P7): {_called(rule, pair, rate)}"
            try:
                asked: Any = rule.margin(*pair, rate)
            except Exception as error:
                raise AssertionError(f"{law} raised {error!r}") from error
            is_exact = isinstance(asked, tuple) and [type(part) for part in asked] == [int, int] and asked[1] > 0
            assert is_exact, f"{law} gave {asked!r}"

        _for_every_pair(check)

    def test_it_gives_the_same_again(self, rule: MarginRule) -> None:
        """It gives the same margin whenever it is asked the same, whatever came in between, and its hash stays (P8)."""
        questions: list[tuple[_Pair, Fraction]] = []
        _for_every_pair(lambda pair, rate: questions.append((pair, rate)))
        first_hash = hash(rule)
        first = [_answer(rule, pair, rate) for pair, rate in questions for _ in range(2)]
        again = [_answer(rule, pair, rate) for pair, rate in reversed(questions) for _ in range(2)][::-1]
        for at, (one, other) in enumerate(zip(first, again, strict=True)):
            words = f"a rule gives the same again (P8): {_called(rule, *questions[at // 2])} gave {one}, then {other}"
            assert one == other, words
        assert first_hash == hash(rule), f"a rule gives the same again (P8): the hash of {rule.name!r} changed"

    def test_prices_stay_inside_the_limits(self, rule: MarginRule) -> None:
        """Behind the guard SPmin ≤ SPdet ≤ BPdet ≤ BPmax for every rounding (P6); the guard sees to it."""

        def check(pair: _Pair, rate: Fraction) -> None:
            for rounding in Rounding:
                prices = _prices(rule, pair, rate, rounding)
                words = (
                    f"prices stay inside the limits (P6): {_called(rule, pair, rate)}, {rounding.value}, gave {prices}"
                )
                assert prices is None or pair[0] <= prices[0] <= prices[1] <= pair[1], words

        _for_every_pair(check)

    def test_the_buying_price_never_falls(self, rule: MarginRule) -> None:
        """For one BPmax and rate the buying price never falls as SPmin rises, for every rounding (P11).

        Each pair of limits is tried, and the digits of its BPmax in every size with SPmin from 0. Between the two, the
        half in which the price rises less is halved again and again: so a step down, at whatever limit it may stand,
        is closed in upon, and there every limit is tried.
        """

        def check(pair: _Pair, rate: Fraction) -> None:
            low, high = pair
            _check_order(rule, low, high, rate)
            widest = high << _SIZES - high.bit_length()
            for bits in range(_SIZES + 1):
                _check_order(rule, 0, _sized(widest, bits), rate)

        _for_every_pair(check)


def _check_order(rule: MarginRule, low: int, high: int, rate: Fraction) -> None:
    """Look for a step down of the buying price between two limits. O(log of the highest limit)."""
    first, last = low, high
    least, most = (_buying_price(rule, (limit, high), rate) for limit in (first, last))
    while last - first > _SHORT:
        middle = (first + last) // 2
        price = _buying_price(rule, (middle, high), rate)
        if (price - least) * (last - middle) < (most - price) * (middle - first):
            last, most = middle, price
        else:
            first, least = middle, price
    for rounding in Rounding:
        prices = [_buying_price(rule, (limit, high), rate, rounding) for limit in range(first, last + 1)]
        for at, (one, other) in enumerate(pairwise(prices), first):
            words = f"{_called(rule, (at, high), rate)}, {rounding.value}, gives {one}, and SPmin {at + 1} {other}"
            assert one <= other, f"the buying price never falls as SPmin rises (P11): {words}"


def _called(rule: MarginRule, pair: _Pair, rate: Fraction) -> str:
    return f"{rule.name!r} at SPmin {pair[0]}, BPmax {pair[1]}, rate {rate}"


def _answer(rule: MarginRule, pair: _Pair, rate: Fraction) -> object:
    """Return the margin as a number, so that 1/2 is 2/4; or whatever else the rule gives or raises."""
    try:
        asked: Any = rule.margin(*pair, rate)
        return Fraction(*asked)
    except Exception as error:
        return repr(error)


def _prices(rule: MarginRule, pair: _Pair, rate: Fraction, rounding: Rounding) -> _Pair | None:
    """Return both prices; nothing where the rule gives no exact fraction, for which there is a law of its own."""
    try:
        return determine(*pair, rate, rule, rounding)
    except MarginRuleError:
        return None


def _buying_price(rule: MarginRule, pair: _Pair, rate: Fraction, rounding: Rounding = Rounding.DOWN) -> int:
    """Return the buying price; the buyer's limit where there is none, for which there is a law of its own."""
    prices = _prices(rule, pair, rate, rounding)
    return pair[1] if prices is None else prices[1]
