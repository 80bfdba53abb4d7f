"""Two that meet in PostgreSQL, each in the midst of a unit of work: it is as if one came first."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
import pytest
from attrs import evolve

from brokerage import BankTransfer, Buy, Sell
from brokerage.adapters.sql import SqlStore
from brokerage.ports import Transaction
from brokerage.records.deals import Deal
from brokerage.records.events import EventKind
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.records.offers import OfferState, cancel
from builders import MANY, immediate, world
from races import PRICE, another, at_once, check_counted, fair, no_tallies, offers_of, opened

pytestmark = pytest.mark.databases


class Late:
    """A store whose units of work wait before they are committed, when they are told to."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.is_slow = False
        self.has_written, self.may_commit = threading.Event(), threading.Event()

    def run(self, work: Callable[[Transaction], Any]) -> Any:
        """Run a unit of work."""

        def late(tx: Transaction) -> Any:
            result = work(tx)
            if self.is_slow:
                self.is_slow = False
                self.has_written.set()
                assert self.may_commit.wait(60)
            return result

        return self._store.run(late)

    def read(self, work: Callable[[Transaction], Any]) -> Any:
        """Read."""
        return self._store.read(work)


def test_an_arrival_that_commits_late_is_in_the_next_round(postgresql_url: str) -> None:
    """An offer with an earlier number than those that a round has shown, but committed after it, is shown next."""
    with opened(postgresql_url) as store:
        place = world(no_tallies(), store=store)
        ann, bob = place.join("Ann"), place.join("Bob")
        slow = Late(store)
        anns = another(slow, place.clock).desk(ann.number)
        slow.is_slow = True
        sell = partial(anns.sell, "goods", "T", min_price="80.00", currency="USD")
        numbers: list[Any] = []
        thread = threading.Thread(target=lambda: numbers.append(sell()))
        thread.start()
        assert slow.has_written.wait(60)
        want = bob.buy("goods", max_price="100.00", currency="USD")
        assert place.broker.match() == 1
        slow.may_commit.set()
        thread.join(60)
        [sale] = numbers
        early, late = place.offer(sale), place.offer(want)
        assert early.arrival < late.arrival
        assert bob.candidates(want).items == ()
        assert place.broker.match() == 1
        assert [sale] == [candidate.sale for candidate in bob.candidates(want)]


def is_waiting(url: str) -> bool:
    """Say whether somebody waits for a book."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        found = connection.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone()
    return found is not None


def _is_told(tx: Transaction, number: OfferNumber) -> bool:
    return tx.offers.standing(number).told


def test_of_two_that_arrive_at_once_one_finds_the_other(postgresql_url: str) -> None:
    """With immediate matching a sale and a purchase that are accepted at the same time are told of each other."""
    with opened(postgresql_url) as store:
        place = world(immediate(), store=store)
        ann, bob = place.join("Ann"), place.join("Bob")
        slow = Late(store)
        anns = another(slow, place.clock, matching=immediate().matching).desk(ann.number)
        slow.is_slow = True
        first = threading.Thread(target=lambda: anns.sell("goods", "T", min_price="80.00", currency="USD"))
        first.start()
        assert slow.has_written.wait(60)
        second = threading.Thread(target=lambda: bob.buy("goods", max_price="100.00", currency="USD"))
        second.start()
        while second.is_alive() and not is_waiting(postgresql_url):
            second.join(0.01)
        slow.may_commit.set()
        for thread in (first, second):
            thread.join(60)
        offers = offers_of(place)
        told = {offer.box: place.read(partial(_is_told, number=offer.number)) for offer in offers}
        assert told == {ann.number: True, bob.number: True}
        assert {offer.state for offer in offers} == {OfferState.OPEN}


def test_a_round_and_a_decision_that_meet_crosswise(postgresql_url: str) -> None:
    """A round that comes upon an offer in the midst of a decision does not wait for it, but goes over it again."""
    with opened(postgresql_url) as store:
        place = fair(store, items=1, buyers=1)
        sale, want = place.place.offer(place.sales[0]), place.place.offer(place.purchases[0][0])
        decided, marked = threading.Event(), threading.Event()
        times: list[int] = []

        def decide(tx: Transaction) -> None:
            tx.offers.replace(sale, cancel(sale))
            decided.set()
            assert marked.wait(60)
            tx.offers.replace(want, cancel(want))

        def mark(tx: Transaction) -> None:
            times.append(1)
            for offer in (want, sale):
                now = tx.offers.get(offer.number)
                assert now is not None
                if now.state is OfferState.OPEN:
                    standing = tx.offers.standing(offer.number)
                    tx.offers.stand(offer, standing, evolve(standing, seen_deal=DealNumber(len(times))))
                marked.set()
                assert decided.wait(60)

        at_once(partial(store.run, decide), partial(store.run, mark), losing=())
        assert {offer.state for offer in offers_of(place.place)} == {OfferState.CLOSED}


def test_deals_are_numbered_in_the_order_of_their_commits(postgresql_url: str) -> None:
    """Of deals that are made at the same time, whoever commits later has the higher number."""
    with opened(postgresql_url) as store:
        place = world(no_tallies(), store=store)
        pairs = [(place.join(f"Seller{chr(97 + n)}"), place.join(f"Buyer{chr(97 + n)}")) for n in range(8)]
        for seller, buyer in pairs:
            seller.offer_many([Sell(category="goods", name="T", min_price="80.00", currency="USD")] * 6)
            buyer.offer_many([Buy(category="goods", max_price="100.00", currency="USD")] * 6)
        place.broker.match()

        def decide(pair: int) -> None:
            seller, buyer = pairs[pair]
            sales, wants = (place.read(partial(_numbers_of, box=desk.number)) for desk in (seller, buyer))
            for sale, want in zip(sales, wants, strict=True):
                buyer.decide(want, sale, price=PRICE, pay_by=BankTransfer())

        at_once(*[partial(decide, pair) for pair in range(len(pairs))], losing=())
        events = [event for _, event in place.read(lambda tx: tx.journal.read(0, MANY))]
        agreed = [event.fact for event in events if event.kind is EventKind.DEAL_AGREED]
        numbers = [fact.number for fact in agreed if isinstance(fact, Deal)]
        assert len(numbers) == 48
        assert sorted(numbers) == numbers
        check_counted(place)


def _numbers_of(tx: Transaction, box: BoxNumber) -> list[OfferNumber]:
    return [offer.number for offer in tx.offers.of_member(box)]
