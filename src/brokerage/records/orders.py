"""Orders: what a seller whose bid was accepted is to deliver, until both sides have confirmed (spec N4, N5)."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from attrs import frozen

from brokerage.errors import WrongOrderStep
from brokerage.records.categories import Fulfilment
from brokerage.records.contractors import Service, Trade
from brokerage.records.numbers import BoxNumber, ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.versions import next_version

__all__ = ["ORDER_MOVES", "Order", "OrderMove", "OrderState", "ZoneService", "move_order"]


class OrderState(Enum):
    """Where an order is in its life."""

    SERVICES = "services"
    """The reservations are out of the pool; carriers and payment providers are asked for their terms."""
    BUYERS = "buyers"
    """The buyers are asked to confirm."""
    SELLER = "seller"
    """The seller is asked to confirm what the buyers confirmed."""
    MADE = "made"
    FALLEN = "fallen"


@frozen
class OrderMove:
    """One row of the order's lifecycle; ``deadline`` names the policy's time for it, ``otherwise`` where it leads."""

    source: OrderState
    target: OrderState
    by: str
    deadline: str | None = None
    otherwise: OrderState | None = None


_S = OrderState
ORDER_MOVES = (
    OrderMove(_S.SERVICES, _S.BUYERS, "carriers and payment providers are appointed"),
    OrderMove(_S.SERVICES, _S.FALLEN, "too little is wanted any more, or nobody carries it"),
    OrderMove(_S.BUYERS, _S.SELLER, "enough buyers confirm, and all have answered", "confirmation", _S.FALLEN),
    OrderMove(_S.BUYERS, _S.FALLEN, "fewer confirm than the price needs, or the seller leaves"),
    OrderMove(_S.SELLER, _S.MADE, "the seller confirms: there are deals"),
    OrderMove(_S.SELLER, _S.FALLEN, "the seller declines or leaves, or buyers leave", "confirmation", _S.FALLEN),
)
"""Every move that an order can make. Where the buyers' time is over, those who confirmed may be enough as well."""

_UNDECIDED = (OrderState.SERVICES, OrderState.BUYERS, OrderState.SELLER)
_TARGETS = frozenset((row.source, row.target) for row in ORDER_MOVES)


@frozen
class ZoneService:
    """Who serves the deals of an order that are delivered in a zone, and for what."""

    trade: Trade
    zone: str
    service: Service


@frozen
class Order:
    """An accepted bid, and the reservations that it would serve.

    Args:
        number: what it is called by.
        tender: in which the bid won.
        bid: which bid.
        item: what is ordered.
        seller: the bidder's box.
        currency: the item's currency.
        price: what a buyer pays for each, in minor units, commission inside.
        share: what the seller gets of that.
        rate: the commission rate that the seller accepted, factor and all, from 0 to 0.5.
        least: the units that have to be confirmed for that price.
        delivery: the day by which it is delivered.
        made_at: when the bid was accepted.
        units: how many units the reservations want that it would serve, without those that fell out.
        open: how many reservations have not answered.
        confirmed: how many units were confirmed.
        services: who was appointed to carry and to settle, by zone.
        state: where it is in its life.
        deadline: when the present state ends by itself.
        outcome: how it ended, in words.
        fulfilment: how its deals are fulfilled: as its category said when it was made.
        version: rises with each change.
    """

    number: OrderNumber
    tender: TenderNumber
    bid: OfferNumber
    item: ItemNumber
    seller: BoxNumber
    currency: str
    price: int
    share: int
    rate: Decimal
    least: int
    delivery: date
    made_at: datetime
    units: int
    open: int
    confirmed: int = 0
    services: tuple[ZoneService, ...] = ()
    state: OrderState = OrderState.SERVICES
    deadline: datetime | None = None
    outcome: str = ""
    fulfilment: Fulfilment = Fulfilment.CARRIER
    version: int = 0

    @property
    def is_undecided(self) -> bool:
        """Whether it may still be made, or fall."""
        return self.state in _UNDECIDED

    def service(self, trade: Trade, zone: str) -> Service | None:
        """Return who was appointed for a zone, and for what."""
        return next((kept.service for kept in self.services if (kept.trade, kept.zone) == (trade, zone)), None)

    def changed(self, **changes: Any) -> "Order":
        """Return the next version of an order that stays in its state."""
        return next_version(self, **changes)


def move_order(order: Order, target: OrderState, **changes: Any) -> Order:
    """Take an order along one row of the table; raises ``WrongOrderStep`` where the table has no such row."""
    if (order.state, target) not in _TARGETS:
        raise WrongOrderStep(order.number, target.value)
    return next_version(order, state=target, **changes)
