"""What members are shown of items, of what they reserved, and of the demand that is reserved (spec N1, N2, V3).

The classes here have no field for who registered an item, for whose a reservation is, or for whose limit is whose:
the demand is told in units at each price, whoever they belong to.
"""

from collections.abc import Sequence
from datetime import date, datetime

from attrs import frozen

from brokerage.headings.items import DEMAND, ITEMS, RESERVATIONS, WATCHES
from brokerage.money import Money
from brokerage.records.deals import Charge, Deal, Purpose, charged_for
from brokerage.records.items import Item, ItemState, is_announced
from brokerage.records.numbers import DealNumber, ItemNumber, OfferNumber
from brokerage.records.offers import Details, Outcome
from brokerage.records.orders import Order, OrderState
from brokerage.records.reservations import Reservation, ReservationState
from brokerage.records.watches import Topic, Watch, When
from brokerage.statuses import purchase_status
from brokerage.tables import Shown, Table

__all__ = [
    "DemandRow",
    "DemandView",
    "ItemView",
    "ReservationView",
    "WatchView",
    "demand_view",
    "item_view",
    "reservation_view",
    "watch_view",
]

_ITEM_WORDS = {
    ItemState.ANNOUNCED: "On the Market",
    ItemState.RELEASED: "On the Market",
    ItemState.WITHDRAWN: "Withdrawn",
}
_RESERVATION_WORDS = {
    ReservationState.OPEN: "Reserved",
    ReservationState.ASKED: "To Be Confirmed",
    ReservationState.CONFIRMED: "Confirmed",
}
_ENDED = {Outcome.CANCELLED: "Cancelled", Outcome.EXPIRED: "Expired"}


@frozen(repr=False)
class ItemView(Shown):
    """An item that is not yet on the market, as everybody sees it: nothing of who registered it."""

    number: ItemNumber
    status: str
    category: str
    name: str
    currency: str
    release_at: datetime
    details: Details

    def table(self) -> Table:
        """Return the item as a table of one row."""
        known = self.number, self.status, self.category, self.name
        return ITEMS.of([(*known, self.currency, self.release_at, self.details.description)])


@frozen(repr=False)
class ReservationView(Shown):
    """A reservation as its buyer sees it.

    ``carriage`` and ``payment_fee`` come on top of the price of all units: the most that they would be by the terms
    that stand now, and what they are once the buyer is asked to confirm. ``price`` of each unit, ``total`` and
    ``delivery`` are there from then on; ``total`` is what confirming costs, and ``deadline`` until when it is possible.
    """

    number: OfferNumber
    reserved_at: datetime
    status: str
    item: ItemNumber
    category: str
    name: str
    quantity: int
    max_price: Money
    wanted_by: date | None
    carriage: Money
    payment_fee: Money
    price: Money | None
    total: Money | None
    delivery: date | None
    deadline: datetime | None
    deal: DealNumber | None

    def table(self) -> Table:
        """Return the reservation as a table of one row."""
        known = self.number, self.status, self.item, self.name, self.quantity, self.max_price, self.wanted_by
        terms = self.carriage, self.payment_fee, self.price, self.total, self.delivery, self.deadline
        return RESERVATIONS.of([(*known, *terms, self.deal)])


@frozen
class DemandRow:
    """How many units are reserved at a price, and how many at that price or more."""

    price: Money
    units: int
    units_or_more: int


@frozen(repr=False)
class DemandView(Shown):
    """What is reserved of an item, pooled: the highest price first, and nothing of whose it is."""

    item: ItemNumber
    category: str
    name: str
    currency: str
    release_at: datetime
    units: int
    rows: tuple[DemandRow, ...]

    def table(self) -> Table:
        """Return the demand as a table of a row for each price."""
        rows = [(self.item, self.name, row.price, row.units, row.units_or_more) for row in self.rows]
        return DEMAND.of(rows, f"Reserved of item {self.item}: {self.name}")


@frozen(repr=False)
class WatchView(Shown):
    """What a member wants to hear of, as the member sees it; ``next``: when the next digest is due."""

    topic: Topic
    category: str
    when: When
    next: datetime | None

    def table(self) -> Table:
        """Return the wish as a table of one row."""
        return WATCHES.of([(self.topic.value, self.category, self.when.value, self.next)])


def item_view(item: Item, now: datetime) -> ItemView:
    """Show an item to everybody."""
    status = "Announced" if is_announced(item, now) else _ITEM_WORDS[item.state]
    return ItemView(item.number, status, item.category, item.name, item.currency, item.release_at, item.details)


def reservation_view(
    reservation: Reservation,
    item: Item,
    fees: Sequence[Charge] = (),
    order: Order | None = None,
    deal: Deal | None = None,
    is_over: bool = False,
) -> ReservationView:
    """Show a reservation to its buyer; nothing of who would deliver it goes in.

    Args:
        reservation: which.
        item: what is reserved.
        fees: what carrying and settling it would cost, where its buyer is not asked yet.
        order: the order that would serve it, or does.
        deal: the deal that was made of it.
        is_over: whether its time is over, although it was not swept yet.
    """
    currency = reservation.currency
    terms = None if order is None or order.state is OrderState.SERVICES else order
    known = fees if terms is None else reservation.fees
    carriage, payment_fee = (charged_for(known, purpose) for purpose in (Purpose.CARRIAGE, Purpose.PAYMENT_FEE))
    is_asked = reservation.state is ReservationState.ASKED
    price = None if terms is None else Money(terms.price, currency)
    total = None if terms is None else terms.price * reservation.quantity + carriage + payment_fee
    return ReservationView(
        number=reservation.number,
        reserved_at=reservation.reserved_at,
        status=_status(reservation, terms, deal, is_over),
        item=reservation.item,
        category=reservation.category,
        name=item.name,
        quantity=reservation.quantity,
        max_price=Money(reservation.max_price, currency),
        wanted_by=reservation.wanted_by,
        carriage=Money(carriage, currency),
        payment_fee=Money(payment_fee, currency),
        price=price,
        total=None if total is None else Money(total, currency),
        delivery=None if terms is None else terms.delivery,
        deadline=terms.deadline if terms is not None and is_asked else None,
        deal=reservation.deal,
    )


def _status(reservation: Reservation, terms: Order | None, deal: Deal | None, is_over: bool) -> str:
    if deal is not None:
        return purchase_status(deal, False, False)
    if is_over:
        return _ENDED[Outcome.EXPIRED]
    if reservation.outcome is not None:
        return _ENDED[reservation.outcome]
    if reservation.state is ReservationState.ASKED and terms is None:
        return "Being Prepared"
    return _RESERVATION_WORDS[reservation.state]


def demand_view(item: Item, pool: Sequence[tuple[int, int]]) -> DemandView:
    """Show what is reserved of an item, from (limit in minor units, units), the highest limit first."""
    rows: list[DemandRow] = []
    total = 0
    for price, units in pool:
        total += units
        rows.append(DemandRow(Money(price, item.currency), units, total))
    return DemandView(item.number, item.category, item.name, item.currency, item.release_at, total, tuple(rows))


def watch_view(watch: Watch) -> WatchView:
    """Show a member a wish to hear of something."""
    return WatchView(watch.topic, watch.category, watch.when, watch.due)
