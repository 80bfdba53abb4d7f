"""Carriers and payment providers of orders the naive way: who bids least for a zone serves it."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from brokerage.testing.market.naive_records import Refused
from brokerage.testing.reserving.naive_lists import Deal, Item, Order, Reservation, ServiceBid, ServiceTender, Tender

__all__ = ["CARRIER", "PROVIDER", "NaiveServices"]

CARRIER, PROVIDER = "carrier", "payment provider"


class NaiveServices:
    """Plain lists of everything, and who carries and settles orders."""

    def __init__(
        self,
        now: datetime,
        rates: dict[str, Fraction],
        carriage: dict[str, int],
        confirmation: timedelta,
        service_bids: timedelta,
    ) -> None:
        self.now = now
        self.rates, self.carriage = rates, carriage
        self.confirmation, self.service_bids = confirmation, service_bids
        self.persons: dict[int, int] = {}
        self.factors: dict[int, Fraction] = {}
        self.zones: dict[int, str] = {}
        self.contractors: dict[str, set[int]] = {CARRIER: set(), PROVIDER: set()}
        self.items: list[Item] = []
        self.reservations: list[Reservation] = []
        self.tenders: list[Tender] = []
        self.services: list[ServiceTender] = []
        self.orders: list[Order] = []
        self.deals: list[Deal] = []
        self.numbers = self.arrivals = 0

    def serve(self, trade: str, box: int, number: int, fixed: int, each: int, rate: Fraction) -> int:
        """A carrier or a payment provider bids for what an order needs in a zone, or bids anew."""
        tender = next((one for one in self.services if one.number == number), None)
        if tender is not None:
            self._service_overdue(tender)
        if tender is None or tender.trade != trade or box not in self.contractors[trade]:
            raise Refused("UnknownTender")
        if tender.state != "called":
            raise Refused("TenderNotOpen")
        bid = next((bid for bid in tender.bids if bid.box == box), None)
        if bid is None:
            bid = ServiceBid(self._next(), box, fixed, each, rate, 0)
            tender.bids.append(bid)
        elif (bid.fixed, bid.each, bid.rate) == (fixed, each, rate):
            return bid.number
        bid.fixed, bid.each, bid.rate, bid.arrival = fixed, each, rate, self._arrive()
        return bid.number

    # inside

    def _call_services(self, order: Order) -> None:
        for zone in sorted({self.zones[one.box] for one in order.served}):
            for trade in (CARRIER, PROVIDER):
                if self.contractors[trade]:
                    number = len(self.tenders) + len(self.services) + 1
                    until = self.now + self.service_bids
                    self.services.append(ServiceTender(number, order, trade, zone, until))
        self._serviced(order)

    def _service_overdue(self, tender: ServiceTender) -> bool:
        if tender.state != "called" or tender.deadline > self.now:
            return False
        lot = [one for one in self._asked_of(tender.order) if self.zones[one.box] == tender.zone]
        units = sum(one.quantity for one in lot)
        costs = {
            bid.number: (bid.fixed * len(lot) + bid.each * units + _part(bid.rate, units * tender.order.price))
            for bid in tender.bids
        }
        ranked = sorted(tender.bids, key=lambda bid: (costs[bid.number], bid.arrival))
        tender.state, tender.winner = ("awarded", ranked[0]) if ranked else ("failed", None)
        self._serviced(tender.order)
        return True

    def _serviced(self, order: Order) -> None:
        """Once every zone of an order has its answers, its buyers are asked; where nobody carries, nobody is."""
        mine = [one for one in self.services if one.order is order]
        if order.state != "services" or any(one.state == "called" for one in mine):
            return
        winners = {(one.trade, one.zone): one.winner for one in mine}
        for reservation in self._asked_of(order):
            zone, price = self.zones[reservation.box], order.price * reservation.quantity
            carrier, provider = winners.get((CARRIER, zone)), winners.get((PROVIDER, zone))
            post = self.carriage.get(reservation.item.currency, 0)
            if (CARRIER, zone) in winners and carrier is None and not self.carriage:
                reservation.state, reservation.order = "open", None
                continue
            carriage = post if carrier is None else _fee(carrier, reservation.quantity, price)
            settling = 0 if provider is None else _fee(provider, reservation.quantity, price + carriage)
            reservation.fees = carriage + settling
        order.state, order.deadline = "buyers", self._until(order)
        if sum(one.quantity for one in self._asked_of(order)) < order.least or self._is_past(order):
            self._fall(order)

    def _is_past(self, order: Order) -> bool:
        """Say whether the day of delivery is over."""
        return self.now.date() > order.bid.delivery

    def _until(self, order: Order) -> datetime:
        """Return until when answers to an order are waited for: not beyond its day of delivery."""
        midnight = datetime(order.bid.delivery.year, order.bid.delivery.month, order.bid.delivery.day, tzinfo=UTC)
        return min(self.now + self.confirmation, midnight + timedelta(days=1))

    def _asked_of(self, order: Order) -> list[Reservation]:
        return [one for one in order.served if one.state == "asked" and one.order == order.number]

    def _order_with_services(self, order: Order) -> None:
        """Do what is due of an order, and of the tenders on what it needs."""
        for tender in self.services:
            if tender.order is order:
                self._service_overdue(tender)
        self._overdue(order)

    def _next(self) -> int:
        self.numbers += 1
        return self.numbers

    def _arrive(self) -> int:
        self.arrivals += 1
        return self.arrivals

    def _overdue(self, order: Order) -> bool:
        raise NotImplementedError

    def _fall(self, order: Order) -> None:
        raise NotImplementedError


def _part(rate: Fraction, units: int) -> int:
    return round(rate * units)  # half to even, as Python rounds fractions


def _fee(bid: ServiceBid, quantity: int, amount: int) -> int:
    return bid.fixed + bid.each * quantity + _part(bid.rate, amount)
