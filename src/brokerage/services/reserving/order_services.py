"""A tender on carrying or settling an order: what a bid costs its buyers, and who is appointed (spec N6, N7)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from attrs import frozen

from brokerage.errors import UnknownOrder
from brokerage.judging import Assessed
from brokerage.money import MAX_AMOUNT
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.contractors import Service
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.orders import OrderState, ZoneService
from brokerage.records.tenders import Asked, Bid, BidTerms, OrderService, Place, PlaceState, Tender
from brokerage.services.reserving.lots import Lot, cost_of
from brokerage.services.reserving.ordered import order_of
from brokerage.services.reserving.preparing import Preparing
from brokerage.services.tendering.callers import TOO_COSTLY, Unsuitable

__all__ = ["OrderServices"]


@frozen
class OrderServices:
    """What is peculiar to tenders that ask carriers or payment providers for an order. Their bids bind."""

    policy: Policy
    preparing: Preparing

    def check(self, tx: Transaction, asked: Asked, now: datetime) -> str:
        """Return the order's currency; raises ``UnknownOrder`` unless it waits for carriers and providers."""
        assert isinstance(asked, OrderService)
        order = tx.orders.get(asked.order)
        if order is None or order.state is not OrderState.SERVICES:
            raise UnknownOrder(asked.order)
        return order.currency

    def check_terms(self, tx: Transaction, tender: Tender, terms: BidTerms) -> None:
        """Refuse nothing: all well-formed terms for a service can be judged."""

    def assess(
        self, tx: Transaction, tender: Tender, bids: Sequence[Bid], now: datetime
    ) -> Sequence[Assessed | Unsuitable]:
        """Say what each bid would cost the buyers of the order in its zone. O(bids)."""
        return [self._assessed(tender, bid) for bid in bids]

    def offer(self, tx: Transaction, tender: Tender, bid: Bid, now: datetime) -> Assessed | Unsuitable:
        """Say what a bid costs when it is to be appointed, unless somebody is already, or the order has fallen."""
        if order_of(tx, _asked(tender).order).state is not OrderState.SERVICES:
            return Unsuitable(bid.number, "the order has fallen")
        if any(place.state is PlaceState.ACCEPTED for place in tender.places):
            return Unsuitable(bid.number, "another bid is accepted")
        return self._assessed(tender, bid)

    def rate(self, tx: Transaction, tender: Tender, bid: Bid) -> Decimal:
        """Return 0: the broker takes nothing of fees."""
        return Decimal(0)

    def accepted(self, tx: Transaction, tender: Tender, place: Place, bid: Bid, now: datetime) -> None:
        """Appoint a bidder for the order's deals in the zone."""
        asked = _asked(tender)
        order = order_of(tx, asked.order)
        served = ZoneService(asked.trade, asked.zone, _service(bid))
        new = order.changed(services=(*order.services, served))
        tx.orders.replace(order, new)
        tx.journal.append(Event(now, Role.BROKER, EventKind.ORDER_CHANGED, new))

    def is_pending(self, tx: Transaction, tender: Tender) -> bool:
        """Say no: who is appointed stays so."""
        return False

    def ended(self, tx: Transaction, tender: Tender, now: datetime) -> None:
        """Let the order go on once all of its tenders have ended."""
        self.preparing.serviced(tx, _asked(tender).order, now)

    def _assessed(self, tender: Tender, bid: Bid) -> Assessed | Unsuitable:
        asked, service = _asked(tender), _service(bid)
        lot = Lot(asked.zone, asked.deals, asked.units, asked.amount)
        total = cost_of(service, lot, self.policy.rounding)
        if total > MAX_AMOUNT:
            return Unsuitable(bid.number, TOO_COSTLY)
        return Assessed(
            bid=bid.number,
            arrival=bid.arrival,
            currency=tender.currency,
            price=total // asked.deals,
            units=asked.units,
            total=total,
            qualities=bid.terms.qualities,
        )


def _asked(tender: Tender) -> OrderService:
    assert isinstance(tender.asked, OrderService)
    return tender.asked


def _service(bid: Bid) -> Service:
    terms = bid.terms
    return Service(bid.box, terms.fixed, terms.tiers[0].price, terms.rate)
