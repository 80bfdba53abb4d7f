"""Tenders: a call, its bids, the ranking with its reasons, and the table of their lifecycle (spec N3, N4, N7)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from attrs import frozen

from brokerage.errors import TenderNotOpen
from brokerage.records.contractors import Trade
from brokerage.records.numbers import (
    Arrival,
    BoxNumber,
    ItemNumber,
    OfferNumber,
    OrderNumber,
    PersonNumber,
    TenderNumber,
)
from brokerage.records.versions import next_version

__all__ = [
    "TENDER_MOVES",
    "Asked",
    "Bid",
    "BidTerms",
    "ItemSupply",
    "OrderService",
    "Place",
    "PlaceState",
    "Quality",
    "StandingService",
    "Tender",
    "TenderMove",
    "TenderState",
    "Tier",
    "move_tender",
]

_NO_BOX = BoxNumber(0)


@frozen
class ItemSupply:
    """Asked of sellers: to deliver what is reserved of an item (spec N3)."""

    item: ItemNumber


@frozen
class StandingService:
    """Asked of carriers or payment providers: to serve every deal of a category in a zone for a time (spec N6).

    ``amount`` is the price of a usual deal of one unit, in minor units: fees are compared by what they come to on it.
    """

    trade: Trade
    category: str
    zone: str
    currency: str
    since: datetime
    until: datetime
    amount: int = 0


@frozen
class OrderService:
    """Asked of carriers or payment providers: to serve the deals of one order that are delivered in a zone (spec N6).

    ``deals``, ``units`` and ``amount`` (in minor units, of all its deals) say how much there is to move or to settle.
    """

    trade: Trade
    order: OrderNumber
    category: str
    zone: str
    currency: str
    deals: int
    units: int
    amount: int


Asked = ItemSupply | StandingService | OrderService
"""What a tender asks for."""


@frozen
class Tier:
    """From how many units on, what each costs, in minor units."""

    quantity: int
    price: int


@frozen
class Quality:
    """A property of what is offered that a judge can weigh, such as ("warranty months", 24)."""

    name: str
    value: Decimal


@frozen
class BidTerms:
    """What a bidder offers.

    Args:
        tiers: the prices by quantity, by rising quantity and never rising price; a service has one, from 1.
        least: the fewest units that are delivered.
        most: the most; ``None``: any number.
        delivery: the day by which it is delivered; ``None`` for services.
        valid_until: until when it is offered; ``None``: as long as it takes.
        fixed: for each deal, in minor units: services only.
        rate: the part of what the buyer pays: services only, from 0 to 1.
        qualities: what a judge can weigh beside.
    """

    tiers: tuple[Tier, ...]
    least: int = 1
    most: int | None = None
    delivery: date | None = None
    valid_until: datetime | None = None
    fixed: int = 0
    rate: Decimal = Decimal(0)
    qualities: tuple[Quality, ...] = ()


@frozen
class Bid:
    """A bidder's bid; of sellers called an order reservation. Nobody but its bidder and, unsealed, the manager sees it.

    Args:
        number: what it is called by; the numbers are those of offers.
        tender: for which call.
        box: the bidder's.
        person: who the bidder is.
        terms: what is offered.
        made_at: when it was made or amended last.
        arrival: its place among the bids: the earlier one wins a tie; an amendment takes a new one.
        withdrawn: whether its bidder took it back.
        version: rises with each change.
    """

    number: OfferNumber
    tender: TenderNumber
    box: BoxNumber
    person: PersonNumber
    terms: BidTerms
    made_at: datetime
    arrival: Arrival
    withdrawn: bool = False
    version: int = 0

    def changed(self, **changes: Any) -> "Bid":
        """Return the next version."""
        return next_version(self, **changes)


class PlaceState(Enum):
    """What became of a place in a ranking."""

    WAITING = "waiting"
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SILENT = "did not answer"
    PASSED_OVER = "passed over"


@frozen
class Place:
    """A place in a ranking, and why (spec N4).

    Args:
        rank: from 1.
        bid: whose place it is.
        box: who bids.
        price: the price of each, or the fee of one deal, by which it was judged, in minor units.
        units: how many units it would really serve; of a service, how many the call names.
        total: what the buyers would pay for that, all told, in minor units.
        reason: why it stands here, in words.
        is_low: whether it is abnormally low.
        rate: the commission rate, factor and all, that its bidder was asked to accept; 0 where there is none.
        state: what became of it.
        remark: why it was passed over, if it was.
    """

    rank: int
    bid: OfferNumber
    box: BoxNumber
    price: int
    units: int
    total: int
    reason: str
    is_low: bool = False
    rate: Decimal = Decimal(0)
    state: PlaceState = PlaceState.WAITING
    remark: str = ""


class TenderState(Enum):
    """Where a tender is in its life."""

    CALLED = "called"
    AWARDING = "awarding"
    AWARDED = "awarded"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


@frozen
class TenderMove:
    """One row of the tender's lifecycle."""

    source: TenderState
    target: TenderState
    by: str
    deadline: str | None = None


_S = TenderState
TENDER_MOVES = (
    TenderMove(_S.CALLED, _S.AWARDING, "the time for bids is over; they are opened and judged", "bids_until"),
    TenderMove(_S.CALLED, _S.FAILED, "the time for bids is over, and none suits", "bids_until"),
    TenderMove(_S.CALLED, _S.WITHDRAWN, "the manager takes the call back"),
    TenderMove(_S.AWARDING, _S.AWARDED, "everyone to be asked has been, and somebody accepted", "answer"),
    TenderMove(_S.AWARDING, _S.FAILED, "everyone to be asked has been, and nobody accepted", "answer"),
)
"""Every move that a tender can make."""

_TARGETS = frozenset((row.source, row.target) for row in TENDER_MOVES)


@frozen
class Tender:
    """A call for bids, and what became of it.

    Args:
        number: what it is called by.
        asked: what is asked for.
        trade: of whom.
        currency: in which prices are stated.
        called_at: when.
        bids_until: the instant from which on nobody bids any more.
        invited: the boxes that may bid; none: everybody of the trade.
        sealed: whether the manager, too, sees no bid before ``bids_until``.
        judge: the name of the judge, one of the policy's.
        answer: how long the selected bidder has to accept; ``None``: bids bind, and the best is appointed at once.
        bids: how often bids were made, amended or withdrawn; the number guards them.
        state: where it is in its life.
        deadline: when the present state, or the question to the bidder who is asked, ends by itself.
        places: the ranking, best first, once the bids were judged.
        outcome: how it ended, in words.
        mailing: whether the call is still to be mailed.
        mailed: the box up to which it was mailed.
        version: rises with each change.
    """

    number: TenderNumber
    asked: Asked
    trade: Trade
    currency: str
    called_at: datetime
    bids_until: datetime
    invited: tuple[BoxNumber, ...]
    sealed: bool
    judge: str
    answer: timedelta | None
    bids: int = 0
    state: TenderState = TenderState.CALLED
    deadline: datetime | None = None
    places: tuple[Place, ...] = ()
    outcome: str = ""
    mailing: bool = False
    mailed: BoxNumber = _NO_BOX
    version: int = 0

    @property
    def question(self) -> Place | None:
        """The place whose bidder is asked at present."""
        return next((place for place in self.places if place.state is PlaceState.ASKED), None)

    def changed(self, **changes: Any) -> "Tender":
        """Return the next version of a tender that stays in its state."""
        return next_version(self, **changes)

    def placed(self, place: Place, **changes: Any) -> "Tender":
        """Return the next version, with a place in the place of the one of its rank."""
        at = place.rank - 1
        return next_version(self, places=(*self.places[:at], place, *self.places[at + 1 :]), **changes)


def move_tender(tender: Tender, target: TenderState, **changes: Any) -> Tender:
    """Take a tender along one row of the table; raises ``TenderNotOpen`` where the table has no such row."""
    if (tender.state, target) not in _TARGETS:
        raise TenderNotOpen(tender.number, target.value)
    return next_version(tender, state=target, **changes)
