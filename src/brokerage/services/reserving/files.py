"""What the manager sees of items and of what is reserved of them: also whose it is."""

from datetime import date, datetime

from attrs import frozen

from brokerage.headings.items import OFFICE_ITEMS, OFFICE_RESERVATIONS
from brokerage.money import Money
from brokerage.records.items import Demand, Item
from brokerage.records.numbers import Arrival, BoxNumber, DealNumber, ItemNumber, OfferNumber, OrderNumber
from brokerage.records.offers import Details
from brokerage.records.reservations import Reservation
from brokerage.reserving_views import item_view
from brokerage.tables import Shown, Table

__all__ = ["ItemFile", "ReservationFile", "item_file", "reservation_file"]


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
