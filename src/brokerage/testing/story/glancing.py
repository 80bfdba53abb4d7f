"""Looking over the shoulders of buyers, sellers and the manager where items, tenders and orders are concerned."""

from collections.abc import Mapping

from attrs import define, field

from brokerage.engine import Brokerage
from brokerage.records.deals import Deal
from brokerage.records.numbers import BoxNumber, DealNumber, TenderNumber
from brokerage.records.tenders import OrderService, Tender, TenderState
from brokerage.testing.story.agreements import Agreements
from brokerage.testing.story.invariants import Broken, Invariant
from brokerage.testing.story.looking import Onlooker
from brokerage.testing.story.tidings import News

__all__ = ["Glances"]


@define(eq=False)
class Glances:
    """Reads what members and the manager are shown of agreements that changed.

    Args:
        onlooker: knows whose every limit is, and what a bidder's price has been disclosed to whom.
        agreements: what the journal tells of them.

    ``sealed`` is, by tender, every number that was bid in it.
    """

    onlooker: Onlooker
    agreements: Agreements
    sealed: dict[TenderNumber, set[int]] = field(factory=dict)
    _turn: int = 0

    def bid_in(self, tender: TenderNumber, *told: int) -> None:
        """Take down what somebody bids in a tender."""
        self.sealed.setdefault(tender, set()).update(told)

    def learn(self, news: News) -> None:
        """Take down whose limits are new, and which buyers an order's price is told to."""
        for reservation in news.reservations.values():
            if reservation.max_price:
                self.onlooker.limits[reservation.max_price] = reservation.box
                self.onlooker.pooled.add(reservation.max_price)
            if reservation.order is not None:
                self.onlooker.disclosed.add((reservation.box, self.agreements.orders[reservation.order].price))
        for tender in news.tenders.values():
            if isinstance(tender.asked, OrderService):
                self.onlooker.called.add(tender.asked.amount)

    def look(
        self, broker: Brokerage, news: News, members: Mapping[BoxNumber, object], deals: Mapping[DealNumber, Deal]
    ) -> None:
        """Read what is shown of everything that changed to those whom it is for, and to one other by turns."""
        for reservation in news.reservations.values():
            if reservation.box in members:
                deal = None if reservation.deal is None else deals[reservation.deal]
                self.onlooker.look(
                    reservation.box, broker.desk(reservation.box).buyer.reservation(reservation.number), deal
                )
        for order in news.orders.values():
            if order.seller in members:
                self.onlooker.look(order.seller, broker.desk(order.seller).seller.order(order.number))
        if news.tenders or news.reservations or news.items:
            self._others(broker, news, members)

    def check_sealed(self, tender: Tender, shown: object) -> None:
        """Raise :class:`Broken` if the manager is shown anything of the bids in a sealed tender that are not opened."""
        if tender.sealed and tender.state in (TenderState.CALLED, TenderState.WITHDRAWN):
            leaked = self.onlooker.marks_in(shown, self.sealed.get(tender.number, set()))
            if leaked:
                seen = f"the manager is shown {leaked} of bids in tender {tender.number} in a {type(shown).__name__}"
                raise Broken(Invariant.SEALED, seen)

    def _others(self, broker: Brokerage, news: News, members: Mapping[BoxNumber, object]) -> None:
        """Let a member look who may have nothing to do with what changed, and the manager at the list of tenders."""
        self._turn += 1
        if members:
            box = list(members)[self._turn % len(members)]
            desk = broker.desk(box)
            seen = desk.seller.bids, desk.seller.calls, desk.carrier.bids, desk.buyer.items, desk.provider.bids
            self.onlooker.look(box, seen[self._turn // len(members) % len(seen)](size=3))
            for item in news.items:
                self.onlooker.look(box, desk.buyer.item(item))
            for item in {one.item: None for one in news.reservations.values()}:
                self.onlooker.look(box, desk.seller.demand(item), is_pooled=True)
        if any(tender.sealed for tender in news.tenders.values()):
            for row in broker.office.tenders.page(size=5):
                self.check_sealed(row.tender, row)
