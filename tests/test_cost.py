"""Accepting, a page, deciding and cancelling cost O(log n) in one dense category, counted without a clock (spec X3).

Counted are the lines that Python executes in the library and in its sorted lists: half the offers are sales, nearly
every pair overlaps, so at 10**5 offers there are two and a half thousand million candidates.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from attrs import evolve, frozen

from brokerage import BankTransfer, Buy, MemberDesk, OfferNumber
from brokerage.ports import Series, Transaction
from brokerage.records.numbers import Arrival
from builders import World, immediate, world

pytestmark = pytest.mark.once

SIZES = (1_000, 10_000, 100_000)
COUNTED = ("brokerage", "sortedcontainers")


def lines_of(work: Callable[[], object]) -> int:
    """Return how many lines of the library and its sorted lists run while something is done."""
    count = 0

    def in_frame(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return in_frame

    def on_call(frame: FrameType, event: str, _: Any) -> Any:
        name = str(frame.f_globals.get("__name__", ""))
        return in_frame if name.split(".")[0] in COUNTED else None

    before = sys.gettrace()
    sys.settrace(on_call)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@frozen
class Market:
    """A dense category: sales from 10.00 upwards, purchases from a million downwards, each a cent apart."""

    place: World
    ann: MemberDesk
    bob: MemberDesk
    eve: MemberDesk
    size: int

    def measured(self) -> dict[str, int]:
        """Return the cost of each operation, at its most expensive of a few."""
        ann, bob, eve = self.ann, self.bob, self.eve
        costs: dict[str, list[int]] = {}

        def measure(name: str, work: Callable[[], object]) -> None:
            costs.setdefault(name, []).append(lines_of(work))

        for at in range(3):
            price = 500_000 + 7919 * at
            measure("accept a sale", lambda price=price: ann.sell("goods", "New", min_price=price, currency="USD"))  # type: ignore[misc]
            measure("accept a purchase", lambda price=price: bob.buy("goods", max_price=price, currency="USD"))  # type: ignore[misc]
            purchase, other = OfferNumber(self.size - at), OfferNumber(self.size // 2 - at)
            page = bob.candidates(purchase)
            assert len(page) == 10
            measure("a first page", lambda purchase=purchase: bob.candidates(purchase))  # type: ignore[misc]
            measure("a second page", lambda purchase=purchase, mark=page.next: bob.candidates(purchase, after=mark))  # type: ignore[misc]
            measure("one in the box", lambda purchase=purchase: bob.show(purchase))  # type: ignore[misc]
            measure(
                "decide",
                lambda purchase=purchase, page=page: bob.decide(  # type: ignore[misc]
                    purchase, page[0].sale, price=page[0].price, pay_by=BankTransfer()
                ),
            )
            measure("cancel a sale", lambda other=other: ann.cancel(other))  # type: ignore[misc]
            measure("unsold", lambda: eve.unsold("goods"))
        return {name: max(counts) for name, counts in costs.items()}


def dense(size: int) -> Market:
    """Return a dense category: a sale and a purchase, accepted and told, and copies of both at other prices."""
    place = world(immediate(open_offer_count=None))
    ann, bob, eve = place.join("Ann"), place.join("Bob"), place.join("Eve")
    sale = place.sale(ann.sell("goods", "Thing", min_price=1_000, currency="USD"))
    purchase = place.purchase(bob.buy("goods", max_price=100_000_000, currency="USD"))
    sale = place.sale(sale.number)
    stands = place.read(lambda tx: tx.offers.standing(sale.number))

    def copy(tx: Transaction) -> None:
        for at in range(1, size // 2):
            number, arrival = tx.numbers.next(Series.OFFER), tx.numbers.next(Series.ARRIVAL)
            price = sale.min_price + at
            tx.offers.add(evolve(sale, number=OfferNumber(number), arrival=Arrival(arrival), min_price=price), stands)
        for at in range(1, size // 2):
            number, arrival = tx.numbers.next(Series.OFFER), tx.numbers.next(Series.ARRIVAL)
            price = purchase.max_price - at
            tx.offers.add(
                evolve(purchase, number=OfferNumber(number), arrival=Arrival(arrival), max_price=price), stands
            )

    place.store.run(copy)
    return Market(place, ann, bob, eve, size)


def test_costs_do_not_grow_with_the_pairs() -> None:
    """From 10**3 to 10**5 offers, with ten thousand times the pairs, no operation costs half as much again."""
    counts = {size: dense(size).measured() for size in SIZES}
    for name, small in counts[SIZES[0]].items():
        assert counts[SIZES[2]][name] <= 1.5 * small + 50, name
        assert counts[SIZES[1]][name] <= 1.5 * small + 50, name


@pytest.mark.parametrize("size", [200, 2_000])
def test_accepting_costs_one_more_for_each_offer_told(size: int) -> None:
    """A sale that is the first candidate of many purchases costs so much for each of them and nothing for the rest."""

    def cost(told: int) -> int:
        place = world(immediate(open_offer_count=None))
        bob, ann = place.join("Bob"), place.join("Ann")
        prices = [5_000 + at for at in range(told)] + [1 + at for at in range(size - told)]
        bob.offer_many([Buy(category="goods", max_price=price, currency="USD") for price in prices])
        count = lines_of(lambda: ann.sell("goods", "Thing", min_price=5_000, currency="USD"))
        untold = place.read(lambda tx: len(list(tx.offers.untold_purchases("goods", "USD", 0))))
        assert size - told == untold
        return count

    nobody, few, some, many = cost(0), cost(1), cost(51), cost(101)
    each = (some - few) / 50
    assert 0 < each < 250
    assert 0.95 * each < (many - some) / 50 < 1.05 * each
    # the first candidate also tells the sale's own member
    assert few - nobody <= 3 * each


def test_told_once_only() -> None:
    """A second sale tells nobody again, so that it costs as little as in an empty category."""
    place = world(immediate(open_offer_count=None))
    bob, ann = place.join("Bob"), place.join("Ann")
    bob.offer_many([Buy(category="goods", max_price=5_000 + at, currency="USD") for at in range(500)])
    first = lines_of(lambda: ann.sell("goods", "Thing", min_price=5_000, currency="USD"))
    second = lines_of(lambda: ann.sell("goods", "Thing", min_price=5_000, currency="USD"))
    assert 10 * second < first


def test_nothing_due_costs_nothing_that_grows() -> None:
    """Running what is due costs the same in a large market as in a small one when nothing is due (spec X2, T3)."""
    small, large = dense(100), dense(5_000)
    for market in (small, large):
        market.place.broker.run_due()
    assert lines_of(large.place.broker.run_due) <= 1.2 * lines_of(small.place.broker.run_due) + 20
