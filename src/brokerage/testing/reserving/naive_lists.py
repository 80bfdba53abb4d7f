"""What the naive market of reservations keeps, one plain record for each kind of thing."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

__all__ = ["Bid", "Deal", "Item", "Order", "Reservation", "ServiceBid", "ServiceTender", "Tender"]


@dataclass
class Item:
    """An item. ``state`` is "announced", "released" or "withdrawn"; ``box`` is ``None`` for the manager's."""

    number: int
    box: int | None
    category: str
    currency: str
    release: datetime
    state: str = "announced"


@dataclass
class Reservation:
    """A reservation. ``state`` is "open", "asked", "confirmed", "agreed", or how it ended."""

    number: int
    box: int
    item: Item
    quantity: int
    price: int
    wanted_by: date | None
    arrival: int
    state: str = "open"
    order: int | None = None
    deal: int | None = None
    fees: int = 0


@dataclass
class Bid:
    """A seller's bid; ``tiers`` are pairs of a quantity and a price."""

    number: int
    tender: int
    box: int
    tiers: tuple[tuple[int, int], ...]
    least: int
    most: int | None
    delivery: date
    valid_until: datetime | None
    arrival: int
    withdrawn: bool = False


@dataclass
class Tender:
    """A tender; ``places`` are its bids in their order, each with what became of it."""

    number: int
    item: Item
    until: datetime
    invited: set[int]
    judge: str
    answer: timedelta
    state: str = "called"
    deadline: datetime | None = None
    bids: list[Bid] = field(default_factory=list)
    places: list[tuple[Bid, str]] = field(default_factory=list)


@dataclass
class Order:
    """An order; ``served`` are the reservations that it would serve."""

    number: int
    tender: Tender
    bid: Bid
    price: int
    rate: Fraction
    least: int
    served: list[Reservation]
    deadline: datetime | None = None
    state: str = "services"


@dataclass
class ServiceBid:
    """What a carrier or a payment provider asks for each deal, for each unit, and of what the buyer pays."""

    number: int
    box: int
    fixed: int
    each: int
    rate: Fraction
    arrival: int


@dataclass
class ServiceTender:
    """A call for somebody to carry, or to settle, what of an order goes to a zone."""

    number: int
    order: Order
    trade: str
    zone: str
    deadline: datetime
    state: str = "called"
    bids: list[ServiceBid] = field(default_factory=list)
    winner: ServiceBid | None = None


@dataclass
class Deal:
    """A deal of a reservation, with what each side pays and gets."""

    number: int
    reservation: Reservation
    seller: int
    buying: int
    selling: int
    fees: int
    deadline: datetime | None
    state: str = "agreed"

    @property
    def owed(self) -> int:
        """What the buyer pays in all."""
        return self.buying + self.fees
