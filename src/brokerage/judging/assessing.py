"""What a judge sees of bids, what it gives back, and the check that it ranked each of them once (spec N4, N7)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Protocol

from attrs import frozen

from brokerage.errors import JudgeError
from brokerage.records.numbers import Arrival, OfferNumber
from brokerage.records.tenders import Quality
from brokerage.texts import can_be_kept

__all__ = ["Assessed", "Judge", "Ranked", "abnormally_low", "ranking"]

_FEWEST_COMPARED = 3


@frozen(kw_only=True)
class Assessed:
    """A bid as a judge sees it: what it offers and would really serve, and nothing of who made it.

    Args:
        bid: its number.
        arrival: its place among the bids; of equal ones the earlier wins.
        currency: in which the amounts are.
        price: of each, or the fee of one deal, in minor units from 0.
        units: how many units it would serve, from 1.
        total: what the buyers would pay for all of them, all told, in minor units from 0.
        delivery: the day by which it delivers; ``None`` for services.
        qualities: what can be weighed beside, each name once.
    """

    bid: OfferNumber
    arrival: Arrival
    currency: str
    price: int
    units: int
    total: int
    delivery: date | None = None
    qualities: tuple[Quality, ...] = ()

    @property
    def total_each(self) -> Fraction:
        """What the buyers would pay for one unit, all told: an exact fraction of the minor unit."""
        return Fraction(self.total, self.units)


@frozen
class Ranked:
    """A bid in its place, and why it stands there, in words that tell nothing of other bids' figures."""

    bid: OfferNumber
    reason: str


class Judge(Protocol):
    """How bids are ranked. A user's own judge is any object with this method; it must be a pure function of the bids.

    A broker keeps its judges by name in its policy, and each call names one.

    >>> class EarliestDelivery:
    ...     def rank(self, bids):
    ...         best_first = sorted(bids, key=lambda bid: (bid.delivery, bid.arrival))
    ...         return [Ranked(bid.bid, f"delivers on {bid.delivery}") for bid in best_first]
    >>> late = Assessed(bid=1, arrival=1, currency="USD", price=1, units=1, total=1, delivery=date(2026, 7, 1))
    >>> soon = Assessed(bid=2, arrival=2, currency="USD", price=2, units=1, total=2, delivery=date(2026, 6, 1))
    >>> for place in ranking("earliest delivery", EarliestDelivery(), [late, soon]):
    ...     print(place.bid, place.reason)
    2 delivers on 2026-06-01
    1 delivers on 2026-07-01
    """

    def rank(self, bids: Sequence[Assessed]) -> Sequence[Ranked]:
        """Return every bid once, the best first.

        Args:
            bids: at least one, in the order of their arrivals, all in one currency.
        """


def ranking(name: str, judge: Judge, bids: Sequence[Assessed]) -> tuple[Ranked, ...]:
    """Let a judge rank bids, and make sure that it ranked each of them once (spec N4).

    Args:
        name: what the judge is called, for the error.
        judge: who ranks; it sees the bids in the order of their arrivals, and is not asked where there are none.
        bids: what is ranked, each number once.

    Returns:
        Every bid once, the best first.

    Raises:
        JudgeError: the judge failed, gave something that is no ranking, left a bid out, or ranked one twice or one
            that is not there.
    """
    if not bids:
        return ()
    try:
        places = tuple(judge.rank(sorted(bids, key=lambda bid: (bid.arrival, bid.bid))))
    except Exception as error:  # its words, and what it was raised from, may hold what others bid
        raise JudgeError(name, type(error).__name__) from None
    if not all(isinstance(place, Ranked) and isinstance(place.reason, str) for place in places):
        raise JudgeError(name, ", ".join(sorted({type(place).__name__ for place in places})))
    if not all(can_be_kept(place.reason) for place in places):
        raise JudgeError(name, "a reason with NUL or lone surrogates")
    numbers = [place.bid for place in places]
    if not all(isinstance(number, int) for number in numbers) or sorted(numbers) != sorted(bid.bid for bid in bids):
        raise JudgeError(name, numbers)
    return places


def abnormally_low(bids: Sequence[Assessed], below: Decimal) -> frozenset[OfferNumber]:
    """Return the bids whose total for one unit is far below the usual: somebody should ask before relying on them.

    Args:
        bids: all bids of a tender; of fewer than three none is usual, and so none is low.
        below: how far below the median of all, as a part of it, from 0 to 1.

    Returns:
        The numbers of the bids that are further below than that; one that is just as far is not low.

    The median of these totals is 10.00, and half of it is 5.00:

    >>> def at(number, total):
    ...     return Assessed(bid=number, arrival=number, currency="USD", price=total, units=1, total=total)
    >>> sorted(abnormally_low([at(1, 499), at(2, 500), at(3, 1000), at(4, 1050), at(5, 1100)], Decimal("0.5")))
    [1]
    """
    if len(bids) < _FEWEST_COMPARED:
        return frozenset()
    least = median(bid.total_each for bid in bids) * (1 - Fraction(below))
    return frozenset(bid.bid for bid in bids if bid.total_each < least)
