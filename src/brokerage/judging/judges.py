"""The judges that come with the library and look at one figure first: price, total or demand (spec N4, N7)."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from brokerage.judging.assessing import Assessed, Ranked
from brokerage.money import Money
from brokerage.rules import Rounding
from brokerage.tables import counted

__all__ = ["Criterion", "GreatestDemand", "LowestPrice", "LowestTotal", "ranked"]


@frozen
class Criterion:
    """What bids are compared by: a figure of which less is better, and what it means to have more of it."""

    figure: Callable[[Assessed], int | Fraction]
    worse: str


def ranked(
    bids: Sequence[Assessed], criteria: Sequence[Criterion], best: str, words: Callable[[Assessed], str]
) -> tuple[Ranked, ...]:
    """Rank bids by several criteria, one after the other, and in the end the earlier bid first.

    Args:
        bids: what is ranked.
        criteria: by what; each decides among those that are equal by all before it.
        best: what the first place is.
        words: what a bid offers, in words.

    Returns:
        Every bid once, each with what it offers and by what it is behind the place before it.
    """

    def figures(bid: Assessed) -> tuple[int | Fraction, ...]:
        return tuple(criterion.figure(bid) for criterion in criteria)

    in_order = sorted(bids, key=lambda bid: (*figures(bid), bid.arrival, bid.bid))
    places = [Ranked(bid.bid, f"{best}: {words(bid)}") for bid in in_order[:1]]
    for before, bid in pairwise(in_order):
        both = zip(criteria, figures(before), figures(bid), strict=True)
        behind = next((criterion.worse for criterion, first, second in both if first != second), None)
        why = "equal to the place before, and later" if behind is None else f"{behind} than the place before"
        places.append(Ranked(bid.bid, f"{words(bid)}: {why}"))
    return tuple(places)


def _price(bid: Assessed) -> int:
    return bid.price


def _total(bid: Assessed) -> Fraction:
    return bid.total_each


def _units(bid: Assessed) -> int:
    return -bid.units


_PRICE = Criterion(_price, "a higher price")
_TOTAL = Criterion(_total, "a higher total")
_UNITS = Criterion(_units, "fewer units")


@frozen
class LowestPrice:
    """The lowest price of each wins, then the earlier bid.

    >>> def at(number, price):
    ...     return Assessed(bid=number, arrival=number, currency="USD", price=price, units=1, total=price)
    >>> for place in LowestPrice().rank([at(1, 9700), at(2, 9500), at(3, 9500)]):
    ...     print(place.bid, place.reason)
    2 lowest price: 95.00 USD
    3 95.00 USD: equal to the place before, and later
    1 97.00 USD: a higher price than the place before
    """

    def rank(self, bids: Sequence[Assessed]) -> Sequence[Ranked]:
        """Return every bid once, the best first, as :class:`brokerage.judging.Judge` says."""
        return ranked(bids, (_PRICE,), "lowest price", lambda bid: str(Money(bid.price, bid.currency)))


@frozen
class LowestTotal:
    """The lowest cost to the buyers all told for each unit wins, compared exactly, then the earlier bid.

    Of 100.00 for three units and 66.67 for two, the first costs 33.33⅓ each and the second 33.33½:

    >>> three = Assessed(bid=1, arrival=2, currency="USD", price=3000, units=3, total=10000)
    >>> two = Assessed(bid=2, arrival=1, currency="USD", price=3000, units=2, total=6667)
    >>> for place in LowestTotal().rank([two, three]):
    ...     print(place.bid, place.reason)
    1 lowest total: 100.00 USD for 3 units, 33.33 USD each
    2 66.67 USD for 2 units, 33.34 USD each: a higher total than the place before
    """

    def rank(self, bids: Sequence[Assessed]) -> Sequence[Ranked]:
        """Return every bid once, the best first, as :class:`brokerage.judging.Judge` says."""
        return ranked(bids, (_TOTAL,), "lowest total", _total_in_words)


def _total_in_words(bid: Assessed) -> str:
    each = Rounding.HALF_EVEN.round(bid.total_each.numerator, bid.total_each.denominator)
    total = Money(bid.total, bid.currency)
    return f"{total} for {counted(bid.units, 'unit')}, {Money(each, bid.currency)} each"


@frozen
class GreatestDemand:
    """The most units served wins, then the lowest price of each, then the earlier bid.

    >>> def at(number, units, price):
    ...     return Assessed(bid=number, arrival=number, currency="USD", price=price, units=units, total=price * units)
    >>> for place in GreatestDemand().rank([at(1, 40, 9000), at(2, 60, 9500), at(3, 60, 9200)]):
    ...     print(place.bid, place.reason)
    3 greatest demand: 60 units at 92.00 USD each
    2 60 units at 95.00 USD each: a higher price than the place before
    1 40 units at 90.00 USD each: fewer units than the place before
    """

    def rank(self, bids: Sequence[Assessed]) -> Sequence[Ranked]:
        """Return every bid once, the best first, as :class:`brokerage.judging.Judge` says."""
        return ranked(bids, (_UNITS, _PRICE), "greatest demand", _units_in_words)


def _units_in_words(bid: Assessed) -> str:
    return f"{counted(bid.units, 'unit')} at {Money(bid.price, bid.currency)} each"
