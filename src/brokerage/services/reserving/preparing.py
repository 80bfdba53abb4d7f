"""An accepted bid becomes an order: its reservations leave the pool, and carriers and providers are found (N4)."""

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from brokerage.errors import NobodyServes
from brokerage.judging import chosen
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.pricing import commission_on
from brokerage.records.cases import CaseKind
from brokerage.records.contractors import Trade
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.items import Item
from brokerage.records.numbers import OrderNumber
from brokerage.records.orders import Order, OrderState
from brokerage.records.reservations import Reservation, ReservationState
from brokerage.records.tenders import Bid, OrderService, Place, Tender, TenderState
from brokerage.services.cases import Cases
from brokerage.services.inputs import later
from brokerage.services.reserving.course import OrderCourse
from brokerage.services.reserving.demand import guard_demand
from brokerage.services.reserving.lots import (
    delivery_zone,
    fee_terms_of,
    is_registered,
    lots,
    tendered,
    trades,
    with_standing,
)
from brokerage.services.reserving.ordered import (
    of_order,
    open_by_arrival,
    order_of,
    ordered_category,
    ordered_item,
)
from brokerage.services.reserving.pool import take
from brokerage.services.tendering.tenders import Tenders

__all__ = ["Preparing"]

_JUDGE = "lowest total"


@frozen
class Preparing:
    """Makes orders of accepted bids, up to where their buyers are asked.

    Args:
        policy: the broker's choices.
        tenders: takes the calls for carriage and settling.
        cases: where the manager is told of zones in which nobody carries.
        course: takes orders along their table.
    """

    policy: Policy
    tenders: Tenders
    cases: Cases
    course: OrderCourse

    def make(self, tx: Transaction, item: Item, tender: Tender, place: Place, bid: Bid, now: datetime) -> None:
        """Make an order of a bid that was accepted: its reservations leave the pool, the earliest first. O(n log n).

        The price that was accepted holds, with the share that the broker's rate leaves of it; so many units have to be
        confirmed as the cheapest way to that price needs, and at least the bid's least.

        Args:
            tx: the unit of work.
            item: what is ordered.
            tender: in which the bid won.
            place: what was accepted.
            bid: whose it is.
            now: the present instant.
        """
        seller, terms = tx.members.get(bid.box), bid.terms
        assert seller is not None
        assert terms.delivery is not None
        tier = next(tier for tier in terms.tiers if tier.price == place.price)
        number = OrderNumber(tx.numbers.next(Series.ORDER))
        taken = take(tx, chosen(terms, tier, seller.person, open_by_arrival(tx, item.number)), number, now)
        order = Order(
            number=number,
            tender=tender.number,
            bid=bid.number,
            item=item.number,
            seller=bid.box,
            currency=item.currency,
            price=place.price,
            share=place.price - commission_on(place.price, place.rate, self.policy.rounding),
            rate=place.rate,
            least=max(tier.quantity, terms.least),
            delivery=terms.delivery,
            made_at=now,
            units=sum(reservation.quantity for reservation in taken),
            open=len(taken),
            fulfilment=ordered_category(tx, item).fulfilment,
        )
        tx.orders.add(order)
        tx.journal.append(Event(now, bid.box, EventKind.ORDER_MADE, order))
        for lot in lots(tx, self.policy, order, taken):
            for trade in trades(order):
                if is_registered(tx, trade):
                    counts = lot.deals, lot.units, lot.amount
                    asked = OrderService(trade, number, item.category, lot.zone, item.currency, *counts)
                    until = later(now, self.policy.service_bids)
                    self.tenders.call(tx, asked, until, now, judge=self._judge(), by=Role.BROKER)
        self.serviced(tx, number, now)

    def serviced(self, tx: Transaction, number: OrderNumber, now: datetime) -> None:
        """Ask the buyers, once every tender for carriage and settling has ended. O(n log n).

        Where nobody was appointed, standing terms hold, and then the policy's standing carrier. Where carriers are
        registered and none of these is there, the reservations of that zone go back to the pool, and the manager gets
        a case; they may be too many for the order to stand.
        """
        order = order_of(tx, number)
        if order.state is not OrderState.SERVICES:
            return
        guard_demand(tx, order.item)  # of two tenders that end at once, one sees the other
        under_way = TenderState.CALLED, TenderState.AWARDING
        if any(tender.state in under_way for tender in tx.tenders.of_order(number)):
            return
        category = ordered_item(tx, order).category
        asked = tuple(of_order(tx, number, ReservationState.ASKED))
        parts = lots(tx, self.policy, order, asked)
        zones = [lot.zone for lot in parts]
        known = with_standing(tx, self.policy, order, category, parts, now)
        unserved = self._unserved_zones(tx, known, zones, now)
        left: list[Reservation] = []
        for reservation in asked:
            zone = delivery_zone(tx, self.policy, reservation)
            if zone is None or zone in unserved:
                left.append(reservation)
            else:
                price = order.price * reservation.quantity
                fees = fee_terms_of(self.policy, known, zone).fees(reservation.quantity, price)
                priced = reservation.changed(fees=fees)
                tx.reservations.replace(reservation, priced)
                tx.journal.append(Event(now, Role.BROKER, EventKind.RESERVATION_CHANGED, priced))
        nowhere = sum(delivery_zone(tx, self.policy, reservation) is None for reservation in left)
        if nowhere:
            why = f"order {number}: the zoning rule gave no zone for {nowhere} of its reservations"
            self.cases.open(tx, now, CaseKind.TENDER, why)
        for reservation in left:
            self.course.reopen(tx, reservation, "nobody delivers to you", now)
        units = sum(reservation.quantity for reservation in left)
        known = known.changed(units=order.units - units, open=order.open - len(left))
        order = self.course.go_on(tx, self.course.put(tx, order, known, Role.BROKER, now), now)
        if order.state is OrderState.SERVICES:
            self.course.ask_buyers(tx, order, now)

    def _unserved_zones(self, tx: Transaction, order: Order, zones: Sequence[str], now: datetime) -> frozenset[str]:
        """Return the zones that nobody carries to although carriers were asked; the manager gets a case of each."""
        if self.policy.carriage is not None:
            return frozenset()
        asked = tendered(tx, order)
        found = [
            zone for zone in zones if (Trade.CARRIER, zone) in asked and order.service(Trade.CARRIER, zone) is None
        ]
        for zone in found:
            why = f"order {order.number}: {NobodyServes(Trade.CARRIER.value, zone)}"
            self.cases.open(tx, now, CaseKind.TENDER, why)
        return frozenset(found)

    def _judge(self) -> str:
        """The judge of what carrying and settling costs: the policy's of that name, or else its first."""
        return _JUDGE if _JUDGE in self.policy.judges else next(iter(self.policy.judges))
