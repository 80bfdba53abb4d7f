"""Markets in a database: the engine on a SQL store, filled quickly with members and offers that stand in the books."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice

from benchmarks.markets import Pair
from benchmarks.sql_databases import Database
from benchmarks.work import CATEGORIES, CURRENCY, RATE, Offered, Work
from brokerage import Brokerage, Buy, ManualClock, MemberDesk, OfferNumber, Sell
from brokerage.adapters.sql import SqlStore
from brokerage.ports import Series, Transaction
from brokerage.pricing import Terms
from brokerage.records.members import Member
from brokerage.records.numbers import Arrival, BoxNumber
from brokerage.records.offers import Offer, PurchaseOffer, SaleOffer, Standing
from brokerage.records.versions import next_version

__all__ = ["START", "SqlMarket", "request"]

START = datetime(2026, 1, 5, tzinfo=UTC)
_MANY = 20_000
_ALLOWED = 1_000_000
_MANY_CANDIDATES = 100  # the cheapest are wanted by everybody: so many deals can be made in each category
_SHOWN = Standing(visible=True, told=True)


class SqlMarket:
    """The engine on a store in a database, with all its defaults but a clock that stands still.

    Args:
        database: where the store is kept.
        market: the name of the store.
    """

    def __init__(self, database: Database, market: str) -> None:
        self.store = SqlStore(database.url(market))
        self.broker = Brokerage(clock=ManualClock(START), store=self.store)
        self._desks: dict[int, MemberDesk] = {}

    def join(self, members: int) -> None:
        """Make categories, and members with the boxes 1, 2, …, in one unit of work."""
        self.store.run(lambda tx: self._join(tx, members))

    def fill(self, work: Work) -> None:
        """Keep offers that stand in the books, as if their members had made them long ago."""
        self.store.run(lambda tx: self._fill(tx, work))

    def desk(self, box: int) -> MemberDesk:
        """Return a member's desk."""
        found = self._desks.get(box)
        if found is None:
            found = self._desks[box] = self.broker.desk(BoxNumber(box))
        return found

    def pairs(self, work: Work, purpose: str, count: int) -> list[Pair]:
        """Return decisions: purchases, and a candidate of each that no other one takes."""
        used: set[int] = set()
        return list(islice(self._pairs(work, purpose, used), count))

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def _join(self, tx: Transaction, members: int) -> None:
        for category in CATEGORIES:
            self.broker.office.add_category(category, rate=RATE)
        for box in range(1, members + 1):
            self.broker.register(
                name=f"member {box}",
                address=f"member {box}'s address",
                telephone=f"555 {box}",
                email=f"{box}@member.example",
                bank_account=f"account {box}",
            )
            member = tx.members.get(BoxNumber(box))
            assert member is not None
            tx.members.replace(member, next_version(member, open_offers_allowed=_ALLOWED))

    def _fill(self, tx: Transaction, work: Work) -> None:
        tx.numbers.next(Series.OFFER, work.offers)
        tx.numbers.next(Series.ARRIVAL, work.offers)
        offers = self._offers(tx, work)
        while some := list(islice(offers, _MANY)):
            tx.offers.add_all(some, _SHOWN)
        for box, count in Counter(work.box_of(number) for number in range(1, work.offers + 1)).items():
            activity = tx.activities.get(BoxNumber(box))
            assert activity is not None
            tx.activities.replace(activity, activity.changed(open_offers=count))

    def _offers(self, tx: Transaction, work: Work) -> Iterator[Offer]:
        terms = {category.code: (category.key, category.terms) for category in tx.categories.all()}
        number = 0
        for call in map(work.call, range(work.calls)):
            member = tx.members.get(BoxNumber(call[0].box))
            assert member is not None
            for row in call:
                number += 1
                key, frozen = terms[row.category]
                yield an_offer(row, number, member, key, frozen)

    def _pairs(self, work: Work, purpose: str, used: set[int]) -> Iterator[Pair]:
        for number in work.picked(purpose, is_sale=False):
            box = work.box_of(number)
            for view in self.desk(box).candidates(OfferNumber(number), size=_MANY_CANDIDATES):
                if view.sale not in used:
                    used.add(view.sale)
                    yield box, number, view.sale, view.price.units
                    break


def request(row: Offered) -> Sell | Buy:
    """Return an offer as its member asks for it."""
    if row.is_sale:
        return Sell(category=row.category, name=row.name, min_price=row.price, currency=CURRENCY)
    return Buy(category=row.category, max_price=row.price, currency=CURRENCY, name=row.name)


def an_offer(row: Offered, number: int, member: Member, key: str, terms: Terms) -> Offer:
    """Return an offer as it stands when it was accepted."""
    first, arrival, factor = (
        (OfferNumber(number), member.box, member.person, key, CURRENCY),
        Arrival(number),
        Decimal(1),
    )
    if row.is_sale:
        return SaleOffer(*first, row.name, row.price, None, terms, factor, START, arrival, START)
    return PurchaseOffer(*first, row.price, None, factor, START, arrival, START, row.name)
