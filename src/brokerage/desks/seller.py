"""A member's desk as a seller of what is not yet on the market: items, demand, bids, orders (spec N1–N5)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from brokerage.desks.bidding import Bidding
from brokerage.house import House
from brokerage.money import Amount, Money, Rate
from brokerage.order_views import OrderView
from brokerage.pages import Listing, Page
from brokerage.ports import Transaction
from brokerage.records.contractors import Trade
from brokerage.records.numbers import BoxNumber, ItemNumber, OrderNumber, TenderNumber
from brokerage.records.watches import Topic, When
from brokerage.reserving_views import DemandView, ItemView, WatchView
from brokerage.services.inputs import page_size
from brokerage.services.market.offers import check_member
from brokerage.services.market.requests import NO_ATTRIBUTES
from brokerage.services.reserving.items import NewItem
from brokerage.services.tendering import BidRequest
from brokerage.tender_views import BidView, CallView, QuestionView

__all__ = ["SellerDesk"]

_MARK = 16


class SellerDesk:
    """Acts for one member, as :class:`~brokerage.desks.market.MemberDesk` does; get it as that desk's ``seller``."""

    def __init__(self, house: House, box: BoxNumber) -> None:
        self._house = house
        self._box = box
        self._bidding = Bidding(house, box, Trade.SELLER)

    def offer_item(
        self,
        category: str,
        name: str,
        *,
        currency: str,
        release_at: datetime,
        description: str = "",
        age: str = "",
        model: str = "",
        photographs: Iterable[str] = (),
        attributes: Mapping[str, str] | None = None,
        request_id: str | None = None,
    ) -> ItemNumber:
        """Register an item that is not yet on the market, so that buyers reserve it (spec N1). O(log n).

        Nobody is told who registered it, and any seller may bid for what is reserved. It counts as an open offer of
        the member until it is released or withdrawn.

        Args:
            category: the code of an open category.
            name: what it is; at most 200 characters, as the policy says.
            currency: an ISO 4217 code: in which it is reserved and paid.
            release_at: when it comes on the market, an aware time after the present; it may move.
            description: at most 10,000 characters, as the policy says.
            age: how old it is.
            model: its model or make.
            photographs: opaque references, at most 20, as the policy says.
            attributes: names and values.
            request_id: repeated with the same arguments it returns the first number again (spec S5).

        Returns:
            The item's number.

        Raises:
            UnknownCategory: no open category has that code.
            InvalidInput: another argument is not acceptable; the error names it.
            LimitReached: the member has as many open offers as allowed, or names too many photographs.
            RequestReused: the request id came before with other arguments.
        """
        house, now = self._house, self._house.clock.now()
        request = NewItem(
            category=category,
            name=name,
            currency=currency,
            release_at=release_at,
            description=description,
            age=age,
            model=model,
            photographs=photographs,
            attributes=NO_ATTRIBUTES if attributes is None else attributes,
        )
        return house.commit(lambda tx: house.items.register(tx, self._box, request, now, request_id).number)

    def move_release(self, item: ItemNumber, release_at: datetime) -> ItemView:
        """Let an item of the member's come on the market earlier or later; that is news to whoever watches items.

        Args:
            item: which item.
            release_at: an aware time after the present.

        Raises:
            UnknownItem: the member registered no such item.
            ItemNotOpen: it is on the market already, or was withdrawn.
            InvalidTime: the time is not aware, or not after the present.
        """
        house = self._house
        house.after_due(
            lambda tx, now: house.timely.of_item(tx, item, now),
            lambda tx, now: house.items.move_release(tx, self._box, item, release_at, now),
        )
        return self._item(item)

    def withdraw_item(self, item: ItemNumber) -> ItemView:
        """Take an item of the member's back: its open reservations end, and their buyers are told.

        Raises:
            UnknownItem: the member registered no such item.
            ItemNotOpen: it is on the market already, or was withdrawn before.
        """
        house = self._house
        house.after_due(
            lambda tx, now: house.timely.of_item(tx, item, now),
            lambda tx, now: house.items.withdraw(tx, self._box, item, now),
        )
        return self._item(item)

    def items(self, *, size: int | None = None, after: str | None = None) -> Page[ItemView]:
        """Return a page of the items that the member registered, in whatever state, newest first. O(log n + page).

        Args:
            size: how many, 10 as the policy says.
            after: the ``next`` of the page before.

        Raises:
            InvalidCursor: ``after`` is no mark of this list.
            InvalidChoice: ``size`` is more than the policy's largest page, or no whole number above 0.
        """
        house, now, length = self._house, self._house.clock.now(), page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.looking.own_items(tx, self._box, now, length, after))

    def demand(self, item: ItemNumber) -> DemandView:
        """Return how many units of any item are reserved at each price, without names (spec N2).

        Raises:
            UnknownMember: the member has left.
            UnknownItem: there is no such item.
        """
        house, now = self._house, self._house.clock.now()

        def work(tx: Transaction) -> DemandView:
            check_member(tx, self._box)
            return house.looking.demand(tx, item, now)

        return house.store.read(work)

    def watch_demand(self, category: str, when: When = When.REGULARLY) -> WatchView:
        """Ask to be mailed the demand that is reserved in a category, and calls for bids on it (spec N2).

        Another choice takes the place of the one before.

        Args:
            category: the category's code.
            when: at once when it changes, or by digests at the policy's ``digest_every``; none is sent where nothing
                is new.

        Raises:
            UnknownCategory: there is no such category.
            InvalidChoice: ``when`` is no :class:`When`.
        """
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: house.watching.watch(tx, self._box, Topic.DEMAND, category, when, now))

    def unwatch(self, category: str) -> None:
        """Ask to be mailed nothing more of the demand in a category; where nothing was asked for, nothing changes.

        Raises:
            InvalidText: the category is no text, blank or too long.
        """
        house = self._house
        house.commit(lambda tx: house.watching.unwatch(tx, self._box, Topic.DEMAND, category))

    def watches(self) -> Listing[WatchView]:
        """Return of which categories the member wants to hear of the demand."""
        house = self._house
        return house.store.read(lambda tx: house.watching.wishes(tx, self._box, Topic.DEMAND))

    def calls(self, *, size: int | None = None, after: str | None = None) -> Page[CallView]:
        """Return a page of the calls that the member may bid in now, newest first (spec N3); as for :meth:`items`."""
        return self._bidding.calls(size, after)

    def call(self, tender: TenderNumber) -> CallView:
        """Return one call, also when it is over; raises ``UnknownTender`` where the member may not bid."""
        return self._bidding.call(tender)

    def bid(
        self,
        tender: TenderNumber,
        *,
        tiers: Mapping[int, Amount],
        delivery: date,
        least: int = 1,
        most: int | None = None,
        valid_until: datetime | None = None,
        qualities: Mapping[str, Rate] | None = None,
        request_id: str | None = None,
    ) -> BidView:
        """Bid to deliver what is reserved of an item, or amend the bid that stands (spec N3).

        An amended bid comes after equal ones that were made before; the same bid again changes nothing. Reservations
        of whoever is the same person as the member are not served.

        Args:
            tender: which call.
            tiers: from how many units on, 1 to 10**6, what each costs the buyer, commission inside: text such as
                ``"80.00"``, a Decimal, or minor units from 0 to 10**15; none higher than for fewer units; at most 100.
            delivery: the day by which it is delivered, today in UTC or later.
            least: the fewest units that are delivered, 1 to 10**6.
            most: the most, not less; ``None``: any number.
            valid_until: until when it is offered, later than the time for bids; ``None``: as long as it takes.
            qualities: what a judge can weigh beside, by name: exact decimals from 0 to 10**9; at most 100.
            request_id: repeated with the same arguments it returns the same bid again (spec S5).

        Returns:
            The bid as it stands.

        Raises:
            UnknownTender: there is no such call to this member.
            TenderNotOpen: the time for bids is over, or the call was taken back.
            InvalidInput: another argument is not acceptable; the error names it.
            LimitReached: there are more than 100 tiers or qualities.
            RequestReused: the request id came before with other arguments.
        """
        request = BidRequest(
            tiers=tiers,
            least=least,
            most=most,
            delivery=delivery,
            valid_until=valid_until,
            qualities={} if qualities is None else qualities,
        )
        return self._bidding.bid(tender, request, request_id)

    def withdraw_bid(self, tender: TenderNumber) -> BidView:
        """Take the member's bid in a tender back; while there is time it can be made again.

        Raises:
            UnknownTender: there is no such call to this member.
            TenderNotOpen: the time for bids is over, or no bid of the member stands there.
        """
        return self._bidding.withdraw(tender)

    def bids(self, *, size: int | None = None, after: str | None = None) -> Page[BidView]:
        """Return a page of the member's bids, newest first; arguments and errors as for :meth:`items`."""
        return self._bidding.bids(size, after)

    def question(self, tender: TenderNumber) -> QuestionView:
        """Return the broker's terms for the member's bid, once it is selected (spec N4).

        Raises:
            UnknownTender: there is no such call to this member.
            TenderNotOpen: the member is not asked, or not any more.
        """
        return self._bidding.question(tender)

    def accept(self, tender: TenderNumber, *, price: Amount | Money, request_id: str | None = None) -> BidView:
        """Accept the broker's terms: there is an order (spec N4).

        Args:
            tender: in which the member is asked.
            price: what a buyer pays for each, as the question shows it; what is reserved may have changed it.
            request_id: repeated with the same arguments it returns the bid again, and makes no second order (spec S5).

        Raises:
            UnknownTender: there is no such call to this member.
            TenderNotOpen: the member is not asked, or not any more.
            WrongPrice: the question has another price by now.
            InvalidAmount: the price is no exact amount.
            RequestReused: the request id came before with other arguments.
        """
        return self._bidding.accept(tender, price, request_id)

    def decline(self, tender: TenderNumber) -> BidView:
        """Decline the broker's terms: the next is asked; errors as for :meth:`question`."""
        return self._bidding.decline(tender)

    def orders(self, *, size: int | None = None, after: str | None = None) -> Page[OrderView]:
        """Return a page of the member's orders, newest first, also those that were made or fell (spec N5).

        Arguments and errors as for :meth:`items`.
        """
        house, length = self._house, page_size(size, self._house.policy)
        return house.store.read(lambda tx: house.order_lists.page(tx, self._box, length, after))

    def order(self, number: OrderNumber) -> OrderView:
        """Return an order of the member; raises ``UnknownOrder`` for any other."""
        house = self._house
        return house.store.read(lambda tx: house.order_lists.show(tx, self._box, number))

    def confirm_order(self, order: OrderNumber, *, request_id: str | None = None) -> OrderView:
        """Confirm an order whose buyers have confirmed: each of them gets a deal, settled like any other (spec N5).

        Args:
            order: one that waits for the member: its ``deadline`` says until when.
            request_id: repeated with the same arguments it returns the order again (spec S5).

        Returns:
            The order as made; fallen where it turned out that too few buyers are left.

        Raises:
            UnknownOrder: the member has no such order.
            WrongOrderStep: it does not wait for the member, or not any more.
            RequestReused: the request id came before with other arguments.
        """
        house = self._house
        mark = house.entropy.token(_MARK).hex()
        house.after_due(
            lambda tx, now: house.timely.of_order(tx, self._box, order, now),
            lambda tx, now: house.orders.confirm_order(tx, self._box, order, mark, now, request_id),
        )
        return self.order(order)

    def decline_order(self, order: OrderNumber) -> OrderView:
        """Decline an order that waits for the member: it falls, and what it would serve goes to the next bidder.

        Raises:
            UnknownOrder: the member has no such order.
            WrongOrderStep: it does not wait for the member, or not any more.
        """
        house = self._house
        house.after_due(
            lambda tx, now: house.timely.of_order(tx, self._box, order, now),
            lambda tx, now: house.orders.decline_order(tx, self._box, order, now),
        )
        return self.order(order)

    def _item(self, number: ItemNumber) -> ItemView:
        house, now = self._house, self._house.clock.now()
        return house.store.read(lambda tx: house.looking.item(tx, number, now))
