"""Many at once in one database: one wins each item, everybody else is told so, and nobody waits for ever."""

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from attrs import evolve

from brokerage import BankTransfer, Buy, Sell
from brokerage.adapters.memory import pretend_gateways
from brokerage.adapters.system import ManualClock
from brokerage.desks import MemberDesk
from brokerage.errors import CategoryInUse, NotCancelable, NotOpen, UnknownCategory, WrongPrice
from brokerage.ports import Answer, Transaction
from brokerage.records.effects import Mail
from brokerage.records.numbers import DealNumber, OfferNumber
from brokerage.records.offers import Outcome, PurchaseOffer, SaleOffer
from builders import DAY, START, world
from forking import processes
from races import (
    LOSING,
    PRICE,
    another,
    at_once,
    check_counted,
    check_fair,
    deals_of,
    fair,
    no_tallies,
    offers_of,
    opened,
)
from racing import race

pytestmark = pytest.mark.databases

ITEMS = 200
THREADS = 64


def test_threads_that_want_the_same_items(url: str) -> None:
    """Of 64 threads that try to decide for the same items, one gets each of them, and the others are refused."""
    with opened(url) as store:
        place = fair(store, ITEMS, buyers=4)
        made = at_once(*[partial(place.take_all, thread % 4) for thread in range(THREADS)])
        check_fair(place, [deal for each in made if isinstance(each, list) for deal in each])


def test_processes_that_want_the_same_items(url: str) -> None:
    """Of 8 processes that try to decide for the same items, one gets each of them, and the others are refused."""
    with opened(url) as store:
        place = fair(store, ITEMS, buyers=4)
        context = processes("racing")
        ends = []
        for number in range(8):
            ours, theirs = context.Pipe()
            pairs = list(zip(place.purchases[number % 4], place.sales, strict=True))
            box = place.buyers[number % 4].number
            context.Process(target=race, args=(url, box, pairs, theirs), daemon=True).start()
            ends.append(ours)
        for end in ends:
            assert end.poll(60)
            assert end.recv() == "ready"
        for end in ends:
            end.send("go")
        won: list[DealNumber] = []
        for end in ends:
            assert end.poll(60)
            made, lost = end.recv()
            assert len(made) + lost == ITEMS
            won += made
        assert sorted(won) == [deal.number for deal in deals_of(place.place)]
        assert sorted(place.sales) == sorted(deal.sale for deal in deals_of(place.place))
        check_counted(place.place)


def test_one_purchase_and_many_sales(url: str) -> None:
    """A purchase with 64 candidates, decided for all of them at once, goes into one deal."""
    with opened(url) as store:
        place = world(no_tallies(), store=store)
        sellers = [place.join(f"Seller{chr(97 + n)}") for n in range(8)]
        bob = place.join("Bob")
        sell = Sell(category="goods", name="T", min_price="80.00", currency="USD")
        sales = [number for desk in sellers for number in desk.offer_many([sell] * 8).numbers]
        want = bob.buy("goods", max_price="100.00", currency="USD")
        place.broker.match()
        decide = partial(bob.decide, want, price=PRICE, pay_by=BankTransfer())
        made = at_once(*[partial(decide, sale) for sale in sales], losing=LOSING)
        assert len(sales) - 1 == sum(isinstance(each, LOSING) for each in made)
        [deal] = deals_of(place)
        assert place.purchase(want).deal == place.sale(deal.sale).deal == deal.number
        check_counted(place)


@pytest.mark.parametrize("how", ["cancel", "amend"])
def test_a_seller_who_changes_his_mind(url: str, how: str) -> None:
    """A sale that is cancelled or amended while buyers decide for it is either sold as it was, or not sold."""
    with opened(url) as store:
        place = fair(store, items=30, buyers=2)

        def change() -> list[OfferNumber]:
            lost = []
            for sale in place.sales:
                try:
                    if how == "cancel":
                        place.seller.cancel(sale)
                    else:
                        place.seller.amend(sale, price="90.00")
                except (NotCancelable, NotOpen):
                    lost.append(sale)
            return lost

        def take_all(buyer: int) -> list[OfferNumber]:
            taken = []
            for item, sale in enumerate(place.sales):
                try:
                    place.decide(buyer, item)
                    taken.append(sale)
                except (*LOSING, WrongPrice):
                    continue
            return taken

        lost, one, other = at_once(change, partial(take_all, 0), partial(take_all, 1), losing=())
        assert isinstance(lost, list)
        assert isinstance(one, list)
        assert isinstance(other, list)
        assert sorted(lost) == sorted(one + other)
        assert all(deal.min_price == 8000 for deal in deals_of(place.place))
        check_counted(place.place)


def test_offers_that_expire_while_they_are_decided_for(url: str) -> None:
    """An offer whose time ends while somebody decides for it is in a deal or has expired, and is counted so."""
    with opened(url) as store:
        place = fair(store, items=40, buyers=2)
        ahead = another(store, ManualClock(START + 400 * DAY), longest_life=None)
        swept, one, other = at_once(
            lambda: ahead.run_due().expired, partial(place.take_all, 0), lambda: place.take_all(1), losing=()
        )
        assert isinstance(one, list)
        assert isinstance(other, list)
        sold = [deal.sale for deal in one + other]
        assert len(sold) == len(set(sold))
        assert swept == len(place.sales) * 3 - 2 * len(sold)
        expired = {offer.number for offer in offers_of(place.place) if offer.outcome is Outcome.EXPIRED}
        assert expired.isdisjoint(sold)
        check_counted(place.place)


def test_a_category_that_is_deleted_while_offers_come_in(url: str) -> None:
    """A category is deleted, and nothing came in; or something came in, and it is not deleted."""
    with opened(url) as store:
        place = world(no_tallies(), store=store)
        desks = [place.join(f"Seller{chr(97 + n)}") for n in range(6)]
        for turn in range(12):
            code = f"turn{turn}"
            place.broker.office.add_category(code, rate="0.10")
            offers = [partial(desk.sell, code, "T", min_price=1, currency="USD") for desk in desks]
            delete: Callable[[], Any] = partial(place.broker.office.delete_category, code)
            deleted, *accepted = at_once(delete, *offers, losing=(CategoryInUse, UnknownCategory))
            came_in = [each for each in accepted if not isinstance(each, Exception)]
            assert all(isinstance(each, UnknownCategory) for each in accepted if isinstance(each, Exception))
            if deleted is None:
                assert came_in == []
            else:
                assert isinstance(deleted, CategoryInUse)
                assert len(came_in) == len(desks)
        check_counted(place)


def test_two_who_buy_from_each_other(url: str) -> None:
    """Members who sell to each other at the same time, in many threads, all get their deals."""
    with opened(url) as store:
        place = world(no_tallies(), store=store)
        ann, bob = place.join("Ann"), place.join("Bob")
        count = 30
        for desk in (ann, bob):
            desk.offer_many([Sell(category="goods", name="T", min_price="80.00", currency="USD")] * count)
            desk.offer_many([Buy(category="goods", max_price="100.00", currency="USD")] * count)
        place.broker.match()
        offers = offers_of(place)
        numbers = {
            (desk.number, kind): [each.number for each in offers if each.box == desk.number and isinstance(each, kind)]
            for desk in (ann, bob)
            for kind in (SaleOffer, PurchaseOffer)
        }

        def buy(part: int) -> None:
            buyer, seller = (ann, bob) if part % 2 else (bob, ann)
            pairs = zip(numbers[buyer.number, PurchaseOffer], numbers[seller.number, SaleOffer], strict=True)
            for want, sale in list(pairs)[part // 2 :: 4]:
                buyer.decide(want, sale, price=PRICE, pay_by=BankTransfer())

        at_once(*[partial(buy, part) for part in range(8)], losing=())
        assert 2 * count == len(deals_of(place))
        check_counted(place)


def test_many_who_reserve_the_same_item(url: str) -> None:
    """Whoever reserves what many want waits for a turn, and is not sent away after so many tries."""
    with opened(url) as store:
        place = world(no_tallies(), store=store)
        seller, *buyers = (place.join(f"Member {number}") for number in range(33))
        item = seller.seller.offer_item("goods", "T", currency="USD", release_at=START + 30 * DAY)

        def reserve(buyer: MemberDesk) -> None:
            for _ in range(3):
                buyer.buyer.reserve(item, quantity=2, max_price=PRICE)

        at_once(*[partial(reserve, buyer) for buyer in buyers], losing=())
        demand = store.read(lambda tx: tx.demands.get(item))
        assert demand is not None
        assert (demand.reservations, demand.units) == (96, 192)


class Post:
    """A mail service that writes down every call, and takes a moment for it."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def send(self, key: str, _task: Mail, _email: str) -> Answer:
        """Write down a call."""
        self.calls.append(key)
        time.sleep(0.001)
        return Answer(True)


def test_many_who_do_what_is_due(url: str) -> None:
    """Of many that do at the same time what is due, one does each thing, and nobody's call fails."""
    with opened(url) as store:
        place = fair(store, items=40, buyers=1)
        for item in range(20):
            place.decide(0, item)
        clock = ManualClock(START + 30 * DAY)
        post = Post()
        outside = evolve(pretend_gateways(), notifier=post)
        brokers = [another(store, clock, seed, outside) for seed in range(6)]
        late = [Sell(category="goods", name="T", min_price="80.00", currency="USD", limit=START + DAY)] * 40
        place.seller.offer_many(late)
        reports = at_once(*[broker.run_due for broker in brokers], losing=())
        done: Counter[str] = Counter()
        for report in reports:
            assert not isinstance(report, Exception)
            done += Counter(expired=report.expired, deadlines=report.deadlines, arrivals=report.arrivals)
        assert done == Counter(expired=40, deadlines=20)
        expired = [offer for offer in offers_of(place.place) if offer.outcome is Outcome.EXPIRED]
        assert len(expired) == 40
        assert {f"mail:expired:{offer.number}" for offer in expired} <= set(post.calls)
        assert len(post.calls) == len(set(post.calls))
        check_counted(place.place)


def test_a_round_and_decisions_at_once(url: str) -> None:
    """Rounds that show offers while others decide for them come to an end, and all is counted."""
    with opened(url) as store:
        place = fair(store, items=40, buyers=2)
        sell = Sell(category="goods", name="T", min_price="80.00", currency="USD")
        buy = Buy(category="goods", max_price="100.00", currency="USD")

        def come() -> None:
            for _ in range(10):
                place.seller.offer_many([sell] * 4)
                place.buyers[1].offer_many([buy] * 4)

        def untell(tx: Transaction) -> None:
            for offer in tx.offers.of_member(place.buyers[0].number):
                standing = tx.offers.standing(offer.number)
                tx.offers.stand(offer, standing, type(standing)(visible=True))

        store.run(untell)

        def match() -> None:
            for _ in range(6):
                place.place.broker.match()

        works: list[Callable[[], object]] = [come, match, match]
        at_once(*works, partial(place.take_all, 0), partial(place.take_all, 1), losing=())
        place.place.broker.match()
        assert place.place.read(lambda tx: tx.offers.waiting(1)) in ([], ())
        check_counted(place.place)
