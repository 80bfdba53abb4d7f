"""What the manager sees of items, of what is reserved of them, and of orders: also whose it is."""

from datetime import date, datetime
from decimal import Decimal

from attrs import frozen

from brokerage.headings.items import OFFICE_ITEMS, OFFICE_RESERVATIONS
from brokerage.headings.orders import OFFICE_ORDERS, ORDER_SERVICES
from brokerage.money import Money
from brokerage.pages import Page
from brokerage.records.contractors import Trade
from brokerage.records.items import Demand, Item
from brokerage.records.numbers import Arrival, BoxNumber, DealNumber, ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.offers import Details
from brokerage.records.orders import Order
from brokerage.records.reservations import Reservation
from brokerage.reserving_views import item_view
from brokerage.tables import Shown, Table, joined

__all__ = [
    "ItemFile",
    "OrderFile",
    "OrderRow",
    "ReservationFile",
    "ServiceRow",
    "item_file",
    "order_row",
    "reservation_file",
]


@frozen(repr=False)
class ItemFile(Shown):
    """An item as the manager sees it: who registered it (``None``: the manager), and how much is reserved."""

    number: ItemNumber
    status: str
    box: BoxNumber | None
    category: str
    name: str
    currency: str
    release_at: datetime
    details: Details
    reservations: int
    units: int

    def table(self) -> Table:
        """Return the item as a table of one row."""
        known = self.number, self.status, self.box, self.category, self.name, self.currency, self.release_at
        return OFFICE_ITEMS.of([(*known, self.reservations, self.units)])


@frozen(repr=False)
class ReservationFile(Shown):
    """A reservation as the manager sees it, with whose it is."""

    number: OfferNumber
    box: BoxNumber
    state: str
    quantity: int
    max_price: Money
    wanted_by: date | None
    reserved_at: datetime
    arrival: Arrival
    order: OrderNumber | None
    deal: DealNumber | None

    def table(self) -> Table:
        """Return the reservation as a table of one row."""
        wanted = self.quantity, self.max_price, self.wanted_by, self.reserved_at, self.arrival
        return OFFICE_RESERVATIONS.of([(self.number, self.box, self.state, *wanted, self.order, self.deal)])


@frozen(repr=False)
class ServiceRow(Shown):
    """Who was appointed to carry or to settle the deals of an order in a zone, and the fee of each deal."""

    order: OrderNumber
    trade: Trade
    zone: str
    box: BoxNumber
    fixed: Money
    each: Money
    rate: Decimal

    def table(self) -> Table:
        """Return the appointment as a table of one row."""
        fee = self.fixed, self.each, self.rate
        return ORDER_SERVICES.of([(self.order, self.trade.value, self.zone, self.box, *fee)])


@frozen(repr=False)
class OrderRow(Shown):
    """An order as the manager sees it: whose bid it came of, at what price and share, and how far it has come.

    ``units`` are wanted by those who have not fallen out, ``unanswered`` reservations of them have not answered,
    ``confirmed`` units are confirmed, and ``least`` have to be. ``services`` are who was appointed, by zone.
    """

    number: OrderNumber
    tender: TenderNumber
    bid: OfferNumber
    item: ItemNumber
    name: str
    seller: BoxNumber
    state: str
    price: Money
    share: Money
    commission: Money
    rate: Decimal
    least: int
    units: int
    unanswered: int
    confirmed: int
    services: tuple[ServiceRow, ...]
    delivery: date
    made_at: datetime
    deadline: datetime | None
    outcome: str

    def table(self) -> Table:
        """Return the order as a table of one row."""
        known = self.number, self.tender, self.bid, self.item, self.name, self.seller, self.state
        money = self.price, self.share, self.commission, self.rate
        counts = self.least, self.units, self.unanswered, self.confirmed
        times = self.delivery.isoformat(), self.made_at, self.deadline
        return OFFICE_ORDERS.of([(*known, *money, *counts, *times, self.outcome)])


@frozen(repr=False)
class OrderFile(Shown):
    """Everything about an order: with the first page of the reservations that it serves, or would, and whose they are.

    What fell out of an order that was made stays among them, closed; those of an order that fell are open again, and
    belong to it no more.
    """

    order: OrderRow
    reservations: Page[ReservationFile]

    @property
    def number(self) -> OrderNumber:
        """The number of the order."""
        return self.order.number

    def table(self) -> Table:
        """Return the order as a table of one row; :meth:`tables` returns the others too."""
        return self.order.table()

    def tables(self) -> tuple[Table, Table, Table]:
        """Return the order, who carries and settles, and the reservations, as tables."""
        services = (service.table() for service in self.order.services)
        return self.order.table(), joined(ORDER_SERVICES, services), self.reservations.table()

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self.tables()))

    def _repr_html_(self) -> str:
        return "".join(table._repr_html_() for table in self.tables())


def item_file(item: Item, demand: Demand, now: datetime) -> ItemFile:
    """Show an item to the manager."""
    return ItemFile(
        number=item.number,
        status=item_view(item, now).status,
        box=item.box,
        category=item.category,
        name=item.name,
        currency=item.currency,
        release_at=item.release_at,
        details=item.details,
        reservations=demand.reservations,
        units=demand.units,
    )


def reservation_file(reservation: Reservation) -> ReservationFile:
    """Show a reservation to the manager."""
    return ReservationFile(
        number=reservation.number,
        box=reservation.box,
        state=reservation.state.value,
        quantity=reservation.quantity,
        max_price=Money(reservation.max_price, reservation.currency),
        wanted_by=reservation.wanted_by,
        reserved_at=reservation.reserved_at,
        arrival=reservation.arrival,
        order=reservation.order,
        deal=reservation.deal,
    )


def order_row(order: Order, item: Item) -> OrderRow:
    """Show an order to the manager."""
    currency = order.currency
    services = tuple(
        ServiceRow(
            order.number,
            one.trade,
            one.zone,
            one.service.box,
            Money(one.service.fixed, currency),
            Money(one.service.each, currency),
            one.service.rate,
        )
        for one in order.services
    )
    return OrderRow(
        number=order.number,
        tender=order.tender,
        bid=order.bid,
        item=order.item,
        name=item.name,
        seller=order.seller,
        state=order.state.value,
        price=Money(order.price, currency),
        share=Money(order.share, currency),
        commission=Money(order.price - order.share, currency),
        rate=order.rate,
        least=order.least,
        units=order.units,
        unanswered=order.open,
        confirmed=order.confirmed,
        services=services,
        delivery=order.delivery,
        made_at=order.made_at,
        deadline=order.deadline,
        outcome=order.outcome,
    )
