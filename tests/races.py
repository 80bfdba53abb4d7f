"""Races: many at once want the same, and what must be true when all have had their answer."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any, TypeVar

import psycopg
from attrs import frozen

from brokerage import BankTransfer, Brokerage, Buy, Sell
from brokerage.adapters.sql import SqlStore
from brokerage.adapters.system import ManualClock, ScryptHasher, SeededEntropy
from brokerage.boxes import BuyersDeal
from brokerage.desks import MemberDesk
from brokerage.errors import NotACandidate, NotAllowed, NotOpen
from brokerage.policy import Periodic, Policy
from brokerage.ports import Gateways, Series, Store, Transaction
from brokerage.records.deals import Deal
from brokerage.records.numbers import BoxNumber, OfferNumber
from brokerage.records.offers import WAITING, Offer, OfferState, Standing
from builders import MANY, SECRET, World, check_books, world

__all__ = [
    "LOSING", "PRICE", "Fair", "another", "at_once", "check_counted", "check_fair", "deadlocks", "deals_of", "fair",
    "no_tallies", "offers_of", "opened",
]  # fmt: skip

_Result = TypeVar("_Result")
_PATIENCE = 120.0
LOSING = NotACandidate, NotOpen
"""How somebody is refused who came too late."""
PRICE = "92.00"
"""What every purchase pays for every sale of a fair."""
_PAY = BankTransfer()


def at_once(
    *actions: Callable[[], _Result], losing: tuple[type[Exception], ...] = (NotAllowed,)
) -> list[_Result | Exception]:
    """Do things at the same time, each in a thread of its own; return what each returned, or how it was refused.

    Any other error, and whoever never comes to an end, fails the test.
    """
    results: list[Any] = [None] * len(actions)
    others: list[BaseException] = []
    start = threading.Barrier(len(actions))

    def act(place: int, action: Callable[[], _Result]) -> None:
        try:
            start.wait(_PATIENCE)
            results[place] = action()
        except losing as error:
            results[place] = error
        except BaseException as error:
            others.append(error)

    threads = [threading.Thread(target=act, args=each, daemon=True) for each in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE)
        assert not thread.is_alive(), "somebody waits for ever"
    if others:
        raise others[0]
    return results


def no_tallies(**choices: Any) -> Policy:
    """Return a policy of rounds and without sums that are counted by themselves, with some choices of its own."""
    return Policy(**{"matching": Periodic(), "tally_every": None, "open_offer_count": None, **choices})


@frozen
class Fair:
    """Sales that everybody wants, and buyers with a purchase for each of them; any will do for any."""

    place: World
    seller: MemberDesk
    buyers: tuple[MemberDesk, ...]
    sales: tuple[OfferNumber, ...]
    purchases: tuple[tuple[OfferNumber, ...], ...]

    def decide(self, buyer: int, item: int) -> BuyersDeal:
        """Let a buyer decide for an item with the purchase that he or she has for it."""
        return self.buyers[buyer].decide(self.purchases[buyer][item], self.sales[item], price=PRICE, pay_by=_PAY)

    def take_all(self, buyer: int) -> list[BuyersDeal]:
        """Let a buyer try for all items, one after the other; return the deals that came of it."""
        made = []
        for item in range(len(self.sales)):
            try:
                made.append(self.decide(buyer, item))
            except LOSING:
                continue
        return made


def fair(store: Store, items: int, buyers: int) -> Fair:
    """Open a fair: the category is "goods", and all offers are shown."""
    place = world(no_tallies(), store=store)
    seller, crowd = place.join("Ann"), [place.join(f"Buyer{chr(97 + n)}") for n in range(buyers)]
    sales = seller.offer_many([Sell(category="goods", name="T", min_price="80.00", currency="USD")] * items).numbers
    wants = [Buy(category="goods", max_price="100.00", currency="USD")] * items
    purchases = tuple(desk.offer_many(wants).numbers for desk in crowd)

    def show_all(tx: Transaction) -> None:  # as if a round had shown them, and everybody had been told
        standing = Standing(visible=True, told=True)
        for desk in (seller, *crowd):
            for offer in tx.offers.of_member(desk.number):
                tx.offers.stand(offer, WAITING, standing)

    store.run(show_all)
    return Fair(place, seller, tuple(crowd), sales, purchases)


def offers_of(place: World) -> list[Offer]:
    """Return every offer."""

    def work(tx: Transaction) -> list[Offer]:
        found = (tx.offers.get(OfferNumber(number)) for number in range(1, tx.numbers.last(Series.OFFER) + 1))
        return [offer for offer in found if offer is not None]

    return place.read(work)


def deals_of(place: World) -> list[Deal]:
    """Return every deal, by number; numbers may have gaps."""

    def work(tx: Transaction) -> list[Deal]:
        found = {deal.number: deal for box in _boxes(tx) for deal in tx.deals.of_member(box, None, MANY)}
        return [found[number] for number in sorted(found)]

    return place.read(work)


def _boxes(tx: Transaction) -> list[BoxNumber]:
    return [BoxNumber(box) for box in range(1, tx.numbers.last(Series.BOX) + 1)]


def check_counted(place: World) -> None:
    """Assert that members are counted to have as many offers open and deals in flight as there are, and the books."""
    offers, deals = offers_of(place), deals_of(place)
    opened = Counter(offer.box for offer in offers if offer.state is OfferState.OPEN)
    in_flight = Counter(box for deal in deals if not deal.state.has_ended for box in {deal.seller, deal.buyer})
    boxes = {offer.box for offer in offers}

    def counted(tx: Transaction) -> dict[BoxNumber, tuple[int, int]]:
        found = {box: tx.activities.get(box) for box in boxes}
        return {box: (it.open_offers, it.deals_in_flight) for box, it in found.items() if it is not None}

    assert {box: (opened[box], in_flight[box]) for box in boxes} == place.read(counted)
    live = [deal for deal in deals if deal.state.value != "lapsed"]
    for side in ("sale", "purchase"):
        assert all(count == 1 for count in Counter(getattr(deal, side) for deal in live).values())
    by_number = {offer.number: offer for offer in offers}
    for deal in live:
        assert deal.number == by_number[deal.sale].deal == by_number[deal.purchase].deal
    agreed = [offer for offer in offers if offer.state is OfferState.AGREED]
    assert {deal.number for deal in deals if not deal.state.has_ended} >= {offer.deal for offer in agreed}
    check_books(place)


def check_fair(open_fair: Fair, made: Iterable[BuyersDeal]) -> None:
    """Assert that each item was sold once, that each buyer knows what he or she won, and that all is counted."""
    sold = sorted(deal.sale for deal in deals_of(open_fair.place))
    assert sorted(open_fair.sales) == sold
    assert len(sold) == len({deal.number for deal in made})
    check_counted(open_fair.place)


def deadlocks(connection: psycopg.Connection) -> int:
    """Return how many deadlocks a database of PostgreSQL has met."""
    connection.execute("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
    row = connection.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def opened(url: str) -> Iterator[SqlStore]:
    """Open a store for many threads, and see that nobody in it met a deadlock."""
    store = SqlStore(url, patience=60.0)
    with closing(store):
        if url.startswith("sqlite"):
            yield store
            return
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            before = deadlocks(connection)
            yield store
            store.close()
            assert deadlocks(connection) == before


def another(
    store: Store, clock: ManualClock, seed: int = 9, gateways: Gateways | None = None, **choices: Any
) -> Brokerage:
    """Return a broker as another process has it, on the same store."""
    return Brokerage(
        no_tallies(**choices),
        store=store,
        clock=clock,
        entropy=SeededEntropy(seed),
        gateways=gateways,
        hasher=ScryptHasher(cost=2),
        secret=SECRET,
    )
