"""Judging, orders and confirmations the naive way: by definition, and without any index."""

from datetime import timedelta
from fractions import Fraction

from brokerage.testing.market.naive_records import Refused
from brokerage.testing.reserving.naive_lists import Bid, Deal, Item, Order, Reservation, ServiceTender, Tender
from brokerage.testing.reserving.naive_services import NaiveServices

__all__ = ["NaiveOrders"]

_PAYMENT, _COLLECTION = timedelta(days=7), timedelta(days=14)


class NaiveOrders(NaiveServices):
    """Plain lists of everything, and what follows of itself."""

    # what the selected sellers and the buyers say

    def accept(self, box: int, number: int) -> None:
        """A seller accepts the broker's terms: an order is made for whom the bid serves."""
        tender, bid = self._asked_seller(box, number)
        self._answer(tender, "accepted")
        tier, served = self._served(bid, tender.item)
        least = max(bid.least, min(quantity for quantity, price in bid.tiers if price == tier[1]))
        order = Order(len(self.orders) + 1, tender, bid, tier[1], self._rate(box, tender.item), least, served)
        self.orders.append(order)
        for reservation in served:
            reservation.state, reservation.order = "asked", order.number
        self._call_services(order)
        self._advance(tender)

    def decline(self, box: int, number: int) -> None:
        """A seller declines them: the next is asked."""
        tender, _ = self._asked_seller(box, number)
        self._answer(tender, "declined")
        self._advance(tender)

    def asked(self) -> list[Reservation]:
        """Return the reservations whose buyers are asked to confirm."""
        return [one for one in self.reservations if one.state == "asked"]

    def total(self, reservation: Reservation) -> int:
        """Return what a buyer who is asked to confirm would pay."""
        order = self.orders[(reservation.order or 0) - 1]
        return order.price * reservation.quantity + reservation.fees

    def confirm(self, box: int, number: int, total: int) -> None:
        """A buyer confirms at the total that was shown."""
        reservation = self._asked_buyer(box, number)
        if self.orders[(reservation.order or 0) - 1].state != "buyers":
            raise Refused("NotReservable")
        if total != self.total(reservation):
            raise Refused("WrongPrice")
        reservation.state = "confirmed"
        self._all_answered(self.orders[(reservation.order or 0) - 1])

    def refuse(self, box: int, number: int) -> None:
        """A buyer declines."""
        reservation = self._asked_buyer(box, number)
        order = self.orders[(reservation.order or 0) - 1]
        reservation.state = "cancelled"
        self._all_answered(order)

    def confirm_order(self, box: int, number: int) -> None:
        """A seller confirms what the buyers confirmed: deals are made."""
        order = self._order(box, number)
        order.state = "made"
        for reservation in sorted(self._confirmed(order), key=lambda one: one.number):
            deadline = self.now + _PAYMENT
            buying, share = order.price * reservation.quantity, self._share(order.price, order.rate)
            selling = share * reservation.quantity
            deal = Deal(len(self.deals) + 1, reservation, box, buying, selling, reservation.fees, deadline)
            self.deals.append(deal)
            reservation.state, reservation.deal = "agreed", deal.number
            if not deal.owed:
                self._paid(deal)
        self._advance(order.tender)

    def decline_order(self, box: int, number: int) -> None:
        """A seller declines what the buyers confirmed."""
        self._fall(self._order(box, number))

    def pay(self, deal: Deal) -> None:
        """The buyer of a deal pays what is owed, in time or too late."""
        if deal.deadline is not None and deal.deadline < self.now:
            self._deal_due(deal)
        if deal.state == "agreed":
            self._paid(deal)

    # what time brings

    def run_due(self) -> None:
        """Do everything that is due: deals, then tenders, orders, releases and days that are over."""
        for deal in self.deals:
            if deal.deadline is not None and deal.deadline <= self.now:
                self._deal_due(deal)
        changed = True
        while changed:
            changed = False
            called: list[Tender | ServiceTender] = [*self.tenders, *self.services]
            for tender in sorted(called, key=lambda one: (one.deadline or self.now, one.number)):
                if isinstance(tender, Tender):
                    changed |= self._tender_overdue(tender)
                else:
                    changed |= self._service_overdue(tender)
            for order in sorted(self.orders, key=lambda one: (one.deadline or self.now, one.number)):
                changed |= self._overdue(order)
        for item in self.items:
            self._release(item)
        for reservation in self.reservations:
            if reservation.state == "open" and reservation.wanted_by and reservation.wanted_by < self.now.date():
                reservation.state = "expired"

    # inside

    def _rate(self, box: int, item: Item) -> Fraction:
        return self.rates[item.category] * self.factors[box]

    def _share(self, price: int, rate: Fraction) -> int:
        return price - round(price * rate)  # half to even, as Python rounds fractions

    def _reservation(self, box: int, number: int) -> Reservation:
        found = next((one for one in self.reservations if one.number == number and one.box == box), None)
        if found is None:
            raise Refused("UnknownOffer")
        return found

    def _suits(self, bid: Bid, price: int, reservation: Reservation) -> bool:
        return (
            reservation.state == "open"
            and reservation.price >= price
            and (reservation.wanted_by is None or bid.delivery <= reservation.wanted_by)
            and self.persons[reservation.box] != self.persons[bid.box]
        )

    def _served(self, bid: Bid, item: Item) -> tuple[tuple[int, int], list[Reservation]]:
        """Return the greatest tier that is reached and whom it serves; nobody at the first tier where none is."""
        mine = sorted((one for one in self.reservations if one.item is item), key=lambda one: one.arrival)
        if item.state == "withdrawn" or bid.delivery < self.now.date():
            mine = []
        for tier in reversed(bid.tiers):
            left, served = bid.most, list[Reservation]()
            for reservation in mine:
                if self._suits(bid, tier[1], reservation) and (left is None or reservation.quantity <= left):
                    served.append(reservation)
                    left = None if left is None else left - reservation.quantity
            if sum(one.quantity for one in served) >= max(tier[0], bid.least):
                return tier, served
        return bid.tiers[0], []

    def _judged(self, tender: Tender) -> list[Bid]:
        keys = {}
        for bid in tender.bids:
            if not bid.withdrawn and (bid.valid_until is None or self.now < bid.valid_until):
                tier, served = self._served(bid, tender.item)
                units = sum(one.quantity for one in served)
                if served:
                    most = -units if tender.judge == "greatest demand" else 0
                    keys[bid.number] = most, tier[1], bid.arrival
        return sorted((bid for bid in tender.bids if bid.number in keys), key=lambda bid: keys[bid.number])

    def _tender_overdue(self, tender: Tender) -> bool:
        if tender.deadline is None or tender.deadline > self.now:
            return False
        tender.deadline = None
        if tender.state == "called":
            tender.places = [(bid, "waiting") for bid in self._judged(tender)]
            tender.state = "awarding" if tender.places else "failed"
            if not tender.places:
                self._ended(tender)
                return True
        else:
            self._answer(tender, "silent")
        self._advance(tender)
        return True

    def _answer(self, tender: Tender, state: str) -> None:
        tender.places = [(bid, state if was == "asked" else was) for bid, was in tender.places]
        tender.deadline = None

    def _advance(self, tender: Tender) -> None:
        """Ask the next whose bid still suits; while an order is undecided, nobody is asked or passed over."""
        pending = any(
            order.tender is tender and order.state in ("services", "buyers", "seller") for order in self.orders
        )
        if tender.state != "awarding" or pending or any(state == "asked" for _, state in tender.places):
            return
        for at, (bid, state) in enumerate(tender.places):
            if state != "waiting":
                continue
            if self._still_suits(bid, tender):
                tender.places[at] = bid, "asked"
                until = self.now + tender.answer
                tender.deadline = until if bid.valid_until is None else min(until, bid.valid_until)
                return
            tender.places[at] = bid, "passed over"
        accepted = any(state == "accepted" for _, state in tender.places)
        tender.state = "awarded" if accepted else "failed"
        self._ended(tender)

    def _still_suits(self, bid: Bid, tender: Tender) -> bool:
        is_valid = bid.valid_until is None or self.now < bid.valid_until
        return is_valid and bool(self._served(bid, tender.item)[1])

    def _ended(self, tender: Tender) -> None:
        if tender.item.state == "released" and not self._under_way(tender.item):
            self._expire_open(tender.item)

    def _under_way(self, item: Item) -> bool:
        return any(tender.item is item and tender.state in ("called", "awarding") for tender in self.tenders)

    def _expire_open(self, item: Item) -> None:
        for reservation in self.reservations:
            if reservation.item is item and reservation.state == "open":
                reservation.state = "expired"

    def _asked_seller(self, box: int, number: int) -> tuple[Tender, Bid]:
        tender = self._tender(box, number)
        asked = self._question(tender)
        if asked is None or asked.box != box:
            raise Refused("TenderNotOpen")
        return tender, asked

    def _question(self, tender: Tender) -> Bid | None:
        return next((bid for bid, state in tender.places if state == "asked"), None)

    def _tender(self, box: int, number: int) -> Tender:
        """Return a tender that somebody may bid in, after what is due of it, and after looking at its question anew."""
        tender = next((one for one in self.tenders if one.number == number), None)
        if tender is not None:
            self._with_orders_overdue(tender)
            asked = self._question(tender)
            if asked is not None and not self._still_suits(asked, tender):
                self._answer(tender, "passed over")
                self._advance(tender)
        if tender is None or (tender.invited and box not in tender.invited):
            raise Refused("UnknownTender")
        return tender

    def _asked_buyer(self, box: int, number: int) -> Reservation:
        reservation = self._reservation(box, number)
        self._item_overdue(reservation.item)
        if reservation.state != "asked":
            raise Refused("NotReservable")
        return reservation

    def _item_overdue(self, item: Item) -> None:
        """Do what is due of an item's orders and tenders, and release it if its date has come."""
        for tender in self.tenders:
            if tender.item is item and tender.state in ("called", "awarding"):
                self._with_orders_overdue(tender)
        self._release(item)

    def _with_orders_overdue(self, tender: Tender) -> None:
        for order in self.orders:
            if order.tender is tender:
                self._order_with_services(order)
        self._tender_overdue(tender)

    def _release(self, item: Item) -> None:
        if item.state == "announced" and item.release <= self.now:
            item.state = "released"
            if not self._under_way(item):
                self._expire_open(item)

    def _order(self, box: int, number: int) -> Order:
        order = next((one for one in self.orders if one.number == number and one.bid.box == box), None)
        if order is None:
            raise Refused("UnknownOrder")
        self._order_with_services(order)
        if order.state != "seller":
            raise Refused("WrongOrderStep")
        return order

    def _confirmed(self, order: Order) -> list[Reservation]:
        return [one for one in order.served if one.state == "confirmed" and one.order == order.number]

    def _overdue(self, order: Order) -> bool:
        if order.state not in ("buyers", "seller") or order.deadline is None or order.deadline > self.now:
            return False
        if order.state == "seller" or self._is_past(order):
            self._fall(order)
            return True
        for reservation in order.served:
            if reservation.state == "asked" and reservation.order == order.number:
                reservation.state = "expired"
        self._all_answered(order)
        return True

    def _all_answered(self, order: Order) -> None:
        waiting = [one for one in order.served if one.state == "asked" and one.order == order.number]
        units = sum(one.quantity for one in self._confirmed(order))
        if units + sum(one.quantity for one in waiting) < order.least or self._is_past(order):
            self._fall(order)
        elif not waiting and order.state == "buyers":
            order.state, order.deadline = "seller", self._until(order)

    def _fall(self, order: Order) -> None:
        order.state, tender = "fallen", order.tender
        for service in self.services:
            if service.order is order and service.state == "called" and self.now < service.deadline:
                service.state = "withdrawn"
        tender.places = [(bid, "passed over" if bid is order.bid else state) for bid, state in tender.places]
        for reservation in order.served:
            if reservation.order == order.number and reservation.state in ("asked", "confirmed"):
                reservation.state, reservation.order = "open", None
        self._advance(tender)
        if tender.item.state != "announced" and not self._under_way(tender.item):
            self._expire_open(tender.item)

    def _paid(self, deal: Deal) -> None:
        deal.state, deal.deadline = "paid", self.now + _COLLECTION

    def _deal_due(self, deal: Deal) -> None:
        deal.state = "lapsed" if deal.state == "agreed" else "refunded"
        deal.deadline = None
        deal.reservation.state = "failed"
