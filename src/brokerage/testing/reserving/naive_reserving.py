"""Items, reservations and tenders the naive way: plain lists, searched from end to end."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from brokerage.testing.market.naive_records import Refused
from brokerage.testing.reserving.naive_lists import Bid, Item, Reservation, Tender
from brokerage.testing.reserving.naive_orders import NaiveOrders

__all__ = ["NaiveReserving"]


class NaiveReserving(NaiveOrders):
    """The lists, and everything that members and the manager do with items, reservations and bids."""

    def register(self, box: int | None, category: str, currency: str, release: datetime) -> int:
        """A seller, or the manager, registers an item."""
        if release <= self.now:
            raise Refused("InvalidTime")
        item = Item(len(self.items) + 1, box, category, currency, release)
        self.items.append(item)
        return item.number

    def move_release(self, box: int | None, number: int, release: datetime) -> None:
        """The release date of an item moves."""
        item = self._own_item(box, number)
        if release <= self.now:
            raise Refused("InvalidTime")
        item.release = release

    def withdraw_item(self, box: int | None, number: int) -> None:
        """An item is taken back, and with it its calls and its reservations."""
        item = self._own_item(box, number)
        item.state = "withdrawn"
        for tender in self.tenders:
            if tender.item is item and tender.state == "called":
                tender.state, tender.deadline = "withdrawn", None
        self._expire_open(item)

    def reserve(self, box: int, number: int, quantity: int, price: int, wanted_by: date | None) -> int:
        """A buyer reserves."""
        self._item_overdue(self.items[number - 1])
        item = self._item(number)
        reservation = Reservation(self._next(), box, item, quantity, price, wanted_by, self._arrive())
        self.reservations.append(reservation)
        return reservation.number

    def amend(self, box: int, number: int, quantity: int, price: int, wanted_by: date | None) -> None:
        """A buyer changes a reservation, and goes to the end of the queue; without a change it stays in its place."""
        reservation = self._open(box, number)
        self._item(reservation.item.number)
        if (reservation.quantity, reservation.price, reservation.wanted_by) == (quantity, price, wanted_by):
            return
        reservation.quantity, reservation.price, reservation.wanted_by = quantity, price, wanted_by
        reservation.arrival = self._arrive()

    def cancel(self, box: int, number: int) -> None:
        """A buyer takes a reservation back."""
        self._open(box, number).state = "cancelled"

    def call(self, number: int, until: datetime, invited: Iterable[int], judge: str, answer: timedelta) -> int:
        """The manager calls for bids."""
        if until <= self.now:
            raise Refused("InvalidTime")
        item = self._item(number)
        number = len(self.tenders) + len(self.services) + 1
        tender = Tender(number, item, until, set(invited), judge, answer, deadline=until)
        self.tenders.append(tender)
        return tender.number

    def bid(
        self,
        box: int,
        number: int,
        tiers: tuple[tuple[int, int], ...],
        least: int,
        most: int | None,
        delivery: date,
        valid_until: datetime | None,
    ) -> int:
        """A seller bids, or changes a bid, which then counts as made now; the same again changes nothing."""
        tender = self._called(box, number)
        bid = next((bid for bid in tender.bids if bid.box == box), None)
        if bid is None:
            bid = Bid(self._next(), number, box, tiers, least, most, delivery, valid_until, 0)
            tender.bids.append(bid)
        elif not bid.withdrawn:
            kept = bid.tiers, bid.least, bid.most, bid.delivery, bid.valid_until
            if kept == (tiers, least, most, delivery, valid_until):
                return bid.number
        bid.tiers, bid.least, bid.most, bid.delivery, bid.valid_until = tiers, least, most, delivery, valid_until
        bid.arrival, bid.withdrawn = self._arrive(), False
        return bid.number

    def withdraw_bid(self, box: int, number: int) -> None:
        """A seller takes a bid back."""
        tender = self._called(box, number)
        bid = next((bid for bid in tender.bids if bid.box == box and not bid.withdrawn), None)
        if bid is None:
            raise Refused("TenderNotOpen")
        bid.withdrawn = True

    def demand(self, number: int) -> list[tuple[int, int, int]]:
        """Return for each limit how many units are reserved at it, and at it or more, the highest first."""
        today = self.now.date()
        open_ones = [one for one in self.reservations if one.item.number == number and one.state == "open"]
        open_ones = [one for one in open_ones if one.wanted_by is None or one.wanted_by >= today]
        rows = []
        for price in sorted({one.price for one in open_ones}, reverse=True):
            at_it = sum(one.quantity for one in open_ones if one.price == price)
            rows.append((price, at_it, sum(one.quantity for one in open_ones if one.price >= price)))
        return rows

    # inside

    def _item(self, number: int) -> Item:
        item = next((item for item in self.items if item.number == number), None)
        if item is None:
            raise Refused("UnknownItem")
        if item.state != "announced" or item.release <= self.now:
            raise Refused("ItemNotOpen")
        return item

    def _own_item(self, box: int | None, number: int) -> Item:
        known = next((item for item in self.items if item.number == number), None)
        if known is not None:
            self._item_overdue(known)
        if known is None or (box is not None and known.box != box):
            raise Refused("UnknownItem")
        return self._item(number)

    def _open(self, box: int, number: int) -> Reservation:
        """Return a reservation that is open and can still be served; one that cannot ends first."""
        reservation = self._reservation(box, number)
        self._item_overdue(reservation.item)
        item, day = reservation.item, reservation.wanted_by
        is_standing = (item.state == "announced" and self.now < item.release) or self._under_way(item)
        if reservation.state == "open" and (not is_standing or (day is not None and day < self.now.date())):
            reservation.state = "expired"
        if reservation.state != "open":
            raise Refused("NotReservable")
        return reservation

    def _called(self, box: int, number: int) -> Tender:
        tender = self._tender(box, number)
        if tender.state != "called":
            raise Refused("TenderNotOpen")
        return tender
