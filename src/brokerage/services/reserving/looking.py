"""What members and the manager look up of items, of what is reserved, and of the demand (spec N1, N2)."""

from datetime import datetime

from attrs import frozen

from brokerage.headings.items import ITEMS, OFFICE_ITEMS, OFFICE_RESERVATIONS, RESERVATIONS
from brokerage.order_views import OrderView, order_view
from brokerage.pages import Page, PageMarks
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.categories import Category
from brokerage.records.deals import Charge
from brokerage.records.items import Item, is_announced
from brokerage.records.numbers import Arrival, BoxNumber, ItemNumber, OfferNumber
from brokerage.records.reservations import Reservation, ReservationState
from brokerage.records.tenders import ItemSupply
from brokerage.reserving_views import DemandView, ItemView, ReservationView, item_view, reservation_view
from brokerage.services.market.offers import check_member
from brokerage.services.reserving.demand import demand_of, pooled_demand
from brokerage.services.reserving.files import ItemFile, ReservationFile, item_file, reservation_file
from brokerage.services.reserving.items import item_of
from brokerage.services.reserving.ordered import ordered_item
from brokerage.services.reserving.pool import file_reservation, is_live, own_reservation, reserved_item
from brokerage.services.tendering.appointments import fee_terms
from brokerage.services.tendering.tenders import tender_of
from brokerage.tender_views import AppointmentView, BidView, appointment_of, bid_view

__all__ = ["Looking"]

_ITEMS, _OWN, _ALL, _RESERVATIONS, _FILES = "items", "own items", "all items", "reservations", "reservations of item"


@frozen
class Looking:
    """Reads items and reservations: for everybody, for their members, and for the manager. Reading changes nothing."""

    policy: Policy
    marks: PageMarks

    def items(
        self, tx: Transaction, category: Category | None, now: datetime, size: int, after: str | None
    ) -> Page[ItemView]:
        """Return a page of the items that can be reserved, newest first. O(log n + page)."""
        before = self._before(_ITEMS, after)
        code = None if category is None else category.code
        found: list[ItemView] = []
        passed = 0
        while True:
            items = tx.items.announced(code, before, size + 1)
            for item in items:
                if len(found) == size or passed == self.policy.checks_per_page:
                    assert before is not None
                    return Page(tuple(found), self.marks.write(_ITEMS, before), len(found) < size, headings=ITEMS)
                before = item.number
                if is_announced(item, now):
                    found.append(item_view(item, now))
                else:
                    passed += 1
            if len(items) <= size:
                return Page(tuple(found), headings=ITEMS)

    def item(self, tx: Transaction, number: object, now: datetime) -> ItemView:
        """Return an item in whatever state; raises ``UnknownItem`` if there is none."""
        return item_view(item_of(tx, number), now)

    def own_items(self, tx: Transaction, box: BoxNumber, now: datetime, size: int, after: str | None) -> Page[ItemView]:
        """Return a page of the items that a member registered, in whatever state, newest first. O(log n + page)."""
        check_member(tx, box)
        items = tx.items.of_member(box, self._before(_OWN, after), size + 1)
        mark = self.marks.write(_OWN, items[size - 1].number) if len(items) > size else None
        return Page(tuple(item_view(item, now) for item in items[:size]), mark, headings=ITEMS)

    def demand(self, tx: Transaction, number: object, now: datetime) -> DemandView:
        """Return what is reserved of an item, without names; raises ``UnknownItem`` if there is none."""
        return pooled_demand(tx, item_of(tx, number), now)

    def reservations(
        self, tx: Transaction, box: BoxNumber, now: datetime, size: int, after: str | None
    ) -> Page[ReservationView]:
        """Return a page of a member's reservations, newest first, also those that have ended. O(log n + page)."""
        check_member(tx, box)
        before = None if after is None else OfferNumber(self.marks.read(_RESERVATIONS, after, 1)[0])
        found = tx.reservations.listed(box, before, size + 1)
        mark = self.marks.write(_RESERVATIONS, found[size - 1].number) if len(found) > size else None
        views = tuple(self.view(tx, reservation, now) for reservation in found[:size])
        return Page(views, mark, headings=RESERVATIONS)

    def reservation(self, tx: Transaction, box: BoxNumber, number: object, now: datetime) -> ReservationView:
        """Return a member's reservation, also one that has ended; raises ``UnknownOffer`` for any other."""
        return self.view(tx, own_reservation(tx, box, number), now)

    def of_box(self, tx: Transaction, box: BoxNumber, now: datetime) -> tuple[ReservationView, ...]:
        """Return a member's reservations as the box shows them, by number: not those whose time is over."""
        shown = (one for one in tx.reservations.of_member(box) if not _is_over(tx, one, now))
        return tuple(self.view(tx, reservation, now) for reservation in shown)

    def bids_of_box(self, tx: Transaction, box: BoxNumber) -> tuple[BidView, ...]:
        """Return the newest page of a member's bids of whatever trade and state. O(log n + page)."""
        shown = []
        for bid in tx.bids.of_member(box, None, self.policy.page_size):
            tender = tender_of(tx, bid.tender)
            item = item_of(tx, tender.asked.item) if isinstance(tender.asked, ItemSupply) else None
            shown.append(bid_view(bid, tender, item))
        return tuple(shown)

    def orders_of_box(self, tx: Transaction, box: BoxNumber) -> tuple[OrderView, ...]:
        """Return the newest page of a member's orders in whatever state. O(log n + page)."""
        orders = tx.orders.of_seller(box, None, self.policy.page_size)
        return tuple(order_view(order, ordered_item(tx, order)) for order in orders)

    def appointments_of_box(self, tx: Transaction, box: BoxNumber) -> tuple[AppointmentView, ...]:
        """Return the newest page of what a member was appointed for, of the newest bids alone where very many are.

        O(bids looked at), at most the policy's ``checks_per_page``.
        """
        found: list[AppointmentView] = []
        for bid in tx.bids.of_member(box, None, self.policy.checks_per_page):
            appointment = appointment_of(tender_of(tx, bid.tender), bid)
            if appointment is not None:
                found.append(appointment)
            if len(found) == self.policy.page_size:
                break
        return tuple(found)

    def acknowledge(self, tx: Transaction, box: BoxNumber, now: datetime) -> None:
        """Take a member's ended reservations out of the box."""
        for reservation in tx.reservations.of_member(box):
            if reservation.state is ReservationState.CLOSED:
                file_reservation(tx, reservation, box, now)

    def view(self, tx: Transaction, reservation: Reservation, now: datetime) -> ReservationView:
        """Show a reservation to its buyer as it stands at an instant. O(1)."""
        item = reserved_item(tx, reservation)
        order = None if reservation.order is None else tx.orders.get(reservation.order)
        deal = None if reservation.deal is None else tx.deals.get(reservation.deal)
        is_over = _is_over(tx, reservation, now)
        return reservation_view(reservation, item, self._fees(tx, reservation, now), order, deal, is_over)

    def files(self, tx: Transaction, now: datetime, size: int, after: str | None) -> Page[ItemFile]:
        """Return a page of all items for the manager, newest first. O(log n + page)."""
        items = tx.items.latest(self._before(_ALL, after), size + 1)
        mark = self.marks.write(_ALL, items[size - 1].number) if len(items) > size else None
        return Page(tuple(_file(tx, item, now) for item in items[:size]), mark, headings=OFFICE_ITEMS)

    def reservation_files(self, tx: Transaction, number: object, size: int, after: str | None) -> Page[ReservationFile]:
        """Return a page of an item's open reservations for the manager, with whose they are, by arrival.

        O(log n + page).

        Raises:
            UnknownItem: there is none under that number.
            InvalidCursor: ``after`` is no mark of this item's list.
        """
        item = item_of(tx, number)
        start = None if after is None else Arrival(self.marks.read(_FILES, after, 1, lambda _: item.number)[0])
        found = tx.reservations.open_of(item.number, start, size + 1)
        mark = None
        if len(found) > size:
            mark = self.marks.write(_FILES, found[size - 1].arrival, bound=item.number)
        return Page(tuple(map(reservation_file, found[:size])), mark, headings=OFFICE_RESERVATIONS)

    def file(self, tx: Transaction, number: object, now: datetime) -> ItemFile:
        """Return an item for the manager; raises ``UnknownItem`` if there is none."""
        return _file(tx, item_of(tx, number), now)

    def _before(self, kind: str, after: str | None) -> ItemNumber | None:
        return None if after is None else ItemNumber(self.marks.read(kind, after, 1)[0])

    def _fees(self, tx: Transaction, reservation: Reservation, now: datetime) -> tuple[Charge, ...]:
        """The most that carrying and settling an open reservation would cost, by the terms that stand now."""
        if reservation.state not in (ReservationState.OPEN, ReservationState.ASKED):
            return ()
        terms = fee_terms(tx, self.policy, reservation.category, reservation.currency, reservation.box, now)
        return terms.fees(reservation.quantity, reservation.quantity * reservation.max_price)


def _is_over(tx: Transaction, reservation: Reservation, now: datetime) -> bool:
    return reservation.state is ReservationState.OPEN and not is_live(tx, reservation, now)


def _file(tx: Transaction, item: Item, now: datetime) -> ItemFile:
    return item_file(item, demand_of(tx, item.number), now)
