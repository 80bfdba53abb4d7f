"""A member's desk as a buyer of what is not yet on the market: items, news of them, reservations (spec N1, N2, N5)."""

from datetime import date
from typing import Any

from brokerage.house import House
from brokerage.money import Amount, Money
from brokerage.pages import Listing, Page
from brokerage.ports import Transaction
from brokerage.records.numbers import BoxNumber, ItemNumber, OfferNumber
from brokerage.records.watches import Topic, When
from brokerage.reserving_views import ItemView, ReservationView, WatchView
from brokerage.services.inputs import page_size
from brokerage.services.market.offers import check_member
from brokerage.services.reserving.reservations import Wanted

__all__ = ["BuyerDesk"]


class BuyerDesk:
    """Acts for one member, as :class:`~brokerage.desks.market.MemberDesk` does; get it as that desk's ``buyer``.

    Whatever returns reservations shows what carriage to the member's zone costs; it raises ``ZoningError`` where the
    policy's own ``zoning`` rule fails. What :meth:`amend`, :meth:`confirm` or :meth:`decline` did is done by then.
    """

    def __init__(self, house: House, box: BoxNumber) -> None:
        self._house = house
        self._box = box

    def items(
        self, category: str | None = None, *, size: int | None = None, after: str | None = None
    ) -> Page[ItemView]:
        """Return a page of the items that can be reserved, newest first (spec N1). O(log n + page).

        Args:
            category: the code of theirs; ``None``: of every category.
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            UnknownMember: the member has left.
            UnknownCategory: there is no such category.
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        house, now, length = self._house, self._house.clock.now(), page_size(size, self._house.policy)

        def work(tx: Transaction) -> Page[ItemView]:
            check_member(tx, self._box)
            found = None if category is None else house.categories.find(tx, category)
            return house.looking.items(tx, found, now, length, after)

        return house.store.read(work)

    def item(self, number: ItemNumber) -> ItemView:
        """Return an item, also one that is on the market or was withdrawn.

        Raises:
            UnknownMember: the member has left.
            UnknownItem: there is no such item.
        """
        house, now = self._house, self._house.clock.now()

        def work(tx: Transaction) -> ItemView:
            check_member(tx, self._box)
            return house.looking.item(tx, number, now)

        return house.store.read(work)

    def watch_items(self, category: str, when: When = When.REGULARLY) -> WatchView:
        """Ask to be mailed what is new of the items of a category from now on (spec N1).

        New are items that are registered or withdrawn, and those whose release moves. Another choice takes the place
        of the one before.

        Args:
            category: the category's code.
            when: at once, or by digests at the policy's ``digest_every``; none is sent where nothing is new.

        Raises:
            UnknownCategory: there is no such category.
            InvalidChoice: ``when`` is no :class:`When`.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.watching.watch(tx, self._box, Topic.ITEMS, category, when, now))

    def unwatch(self, category: str) -> None:
        """Ask to be mailed nothing more of the items of a category; where nothing was asked for, nothing changes.

        Raises:
            InvalidText: the category is no text, blank or too long.
        """
        house = self._house
        house.commit(lambda tx: house.watching.unwatch(tx, self._box, Topic.ITEMS, category))

    def watches(self) -> Listing[WatchView]:
        """Return of which categories the member wants to hear what is new of items."""
        house = self._house
        return house.store.read(lambda tx: house.watching.wishes(tx, self._box, Topic.ITEMS))

    def reserve(
        self,
        item: ItemNumber,
        *,
        quantity: int,
        max_price: Amount,
        wanted_by: date | None = None,
        request_id: str | None = None,
    ) -> OfferNumber:
        """Reserve some units of an item that is not yet on the market (spec N2). O(log n).

        Sellers learn how many units are reserved at which price, and not by whom. A reservation is served whole or not
        at all; it counts as an open offer of the member.

        Args:
            item: which item.
            quantity: how many units, from 1 to 1,000,000.
            max_price: the most to be paid for each, commission inside, carriage on top: text such as ``"80.00"``, a
                Decimal, or minor units; for all units together at most 10**15 minor units.
            wanted_by: the last day on which delivery will do, from today on, in UTC; ``None``: any day.
            request_id: repeated with the same arguments it returns the first number again (spec S5).

        Returns:
            The reservation's number; the numbers are those of offers.

        Raises:
            UnknownItem: there is no such item.
            ItemNotOpen: it is on the market already, or was withdrawn.
            InvalidInput: another argument is not acceptable; the error names it.
            LimitReached: the member has as many open offers as allowed.
            RequestReused: the request id came before with other arguments.
        """
        house = self._house
        wanted = Wanted(quantity, max_price, wanted_by)
        return house.after_due(
            lambda tx, now: house.timely.of_item(tx, item, now),
            lambda tx, now: house.reservations.reserve(tx, self._box, item, wanted, now, request_id).number,
        )

    def amend(self, number: OfferNumber, **changes: Any) -> ReservationView:
        """Change an open reservation: same number, a new arrival behind what was reserved meanwhile (spec N2).

        Where nothing would be other than it is, nothing changes, and it keeps its place.

        Args:
            number: which reservation.
            changes: ``quantity``, ``max_price`` and ``wanted_by``, as for :meth:`reserve`.

        Raises:
            UnknownOffer: the member has no such reservation.
            NotReservable: an order would serve it, or it has ended.
            ItemNotOpen: the item is on the market by now.
            InvalidInput: a value is not acceptable; the error names it.
        """
        house = self._house
        house.after_due(
            lambda tx, now: house.timely.of_reservation(tx, self._box, number, now),
            lambda tx, now: house.reservations.amend(tx, self._box, number, changes, now),
        )
        return self.reservation(number)

    def cancel(self, number: OfferNumber) -> None:
        """Take an open reservation back.

        Raises:
            UnknownOffer: the member has no such reservation.
            NotReservable: an order would serve it, or it has ended.
        """
        house = self._house
        house.after_due(
            lambda tx, now: house.timely.of_reservation(tx, self._box, number, now),
            lambda tx, now: house.reservations.cancel(tx, self._box, number, now),
        )

    def reservations(self, *, size: int | None = None, after: str | None = None) -> Page[ReservationView]:
        """Return a page of the member's reservations, newest first, also those that have ended.

        Arguments and errors as for :meth:`items`, and ``ZoningError`` as for :meth:`reservation`.
        """
        house, now, length = self._house, self._house.clock.now(), page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.looking.reservations(tx, self._box, now, length, after))

    def reservation(self, number: OfferNumber) -> ReservationView:
        """Return a reservation of the member, also one that has ended.

        Raises:
            UnknownOffer: the member has no such reservation.
            ZoningError: the policy's zoning rule failed, or gave no zone, for the member's address.
        """
        house, now = self._house, self._house.clock.now()
        return house.store.read(lambda tx: house.looking.reservation(tx, self._box, number, now))

    def confirm(
        self, reservation: OfferNumber, *, total: Amount | Money, request_id: str | None = None
    ) -> ReservationView:
        """Confirm a reservation that an order would serve, at what it costs all told (spec N5).

        Nothing is owed before the seller has confirmed the order as well; then there is a deal, to be paid like any
        other. Until then the reservation may still become open again, where too few others confirm.

        Args:
            reservation: one whose buyer is asked: its ``deadline`` says until when.
            total: the ``total`` that was shown.
            request_id: repeated with the same arguments it returns the reservation again (spec S5).

        Raises:
            UnknownOffer: the member has no such reservation.
            NotReservable: the member is not asked to confirm it, or not any more.
            WrongPrice: the total is not the one that was shown.
            InvalidAmount: the total is no exact amount.
            RequestReused: the request id came before with other arguments.
        """
        house = self._house
        house.after_due(
            lambda tx, now: house.timely.of_reservation(tx, self._box, reservation, now),
            lambda tx, now: house.orders.confirm(tx, self._box, reservation, total, now, request_id),
        )
        return self.reservation(reservation)

    def decline(self, reservation: OfferNumber) -> ReservationView:
        """Decline what an order would deliver: the reservation ends.

        Raises:
            UnknownOffer: the member has no such reservation.
            NotReservable: no order would serve it, or the member has answered, or not in time.
        """
        house = self._house
        house.after_due(
            lambda tx, now: house.timely.of_reservation(tx, self._box, reservation, now),
            lambda tx, now: house.orders.decline(tx, self._box, reservation, now),
        )
        return self.reservation(reservation)
