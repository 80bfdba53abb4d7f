"""Tenders as bidders see them: pure projections from facts (spec N3, N4, N6, V3).

The classes here have no field for another bidder, for a bid of another's, or for a reason that a judge gave: a call
tells what is asked, a bid is the reader's own, and a question holds what its reader is to accept.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from attrs import frozen

from brokerage.headings.tenders import APPOINTMENTS, BIDS, CALLS, QUESTIONS
from brokerage.money import Money
from brokerage.pricing import Rounding, commission_on
from brokerage.records.contractors import EVERYWHERE, Trade
from brokerage.records.items import Item
from brokerage.records.numbers import ItemNumber, OfferNumber, TenderNumber
from brokerage.records.offers import Details
from brokerage.records.tenders import (
    Asked,
    Bid,
    ItemSupply,
    OrderService,
    Place,
    PlaceState,
    Quality,
    StandingService,
    Tender,
    TenderState,
)
from brokerage.tables import Shown, Table

__all__ = [
    "AppointmentView",
    "BidView",
    "CallView",
    "QuestionView",
    "TierView",
    "appointment_of",
    "appointment_view",
    "bid_view",
    "call_view",
    "question_view",
    "what_is_asked",
]

_SERVICES = {Trade.CARRIER: "carriage", Trade.PROVIDER: "settlement of payments"}
_PLACES = {
    PlaceState.WAITING: "Waiting",
    PlaceState.ASKED: "Selected: accept or decline",
    PlaceState.ACCEPTED: "Accepted",
    PlaceState.DECLINED: "Declined",
    PlaceState.SILENT: "Not answered in time",
    PlaceState.PASSED_OVER: "Not selected",
}


def what_is_asked(asked: Asked, item: Item | None) -> str:
    """Say in a few words what a tender asks for; ``item`` is the one whose supply is asked for."""
    if isinstance(asked, ItemSupply):
        return "" if item is None else item.name
    where = "" if asked.zone == EVERYWHERE else f" in {asked.zone}"
    return f"{_SERVICES[asked.trade]}{' of an order' if isinstance(asked, OrderService) else ''}{where}"


@frozen(repr=False)
class CallView(Shown):
    """A call for bids, as everybody who may bid sees it.

    Of an item it tells what it is and when it comes on the market; of a service the category, the zone where goods are
    delivered and, of an order, how many deals and units there are. ``amount`` is the price of all deals of an order,
    or of a usual deal where standing terms are asked for. ``answer`` is how long whoever is asked has to accept;
    ``None``: bids bind.
    """

    number: TenderNumber
    status: str
    what: str
    category: str
    item: ItemNumber | None
    details: Details | None
    release_at: datetime | None
    zone: str
    currency: str
    since: datetime | None
    until: datetime | None
    deals: int | None
    units: int | None
    amount: Money | None
    called_at: datetime
    bids_until: datetime
    sealed: bool
    judge: str
    answer: timedelta | None

    def table(self) -> Table:
        """Return the call as a table of one row."""
        known = self.number, self.status, self.what, self.category, self.zone, self.since, self.until
        return CALLS.of([(*known, self.deals, self.units, self.amount, self.bids_until, self.judge)])


@frozen
class TierView:
    """From how many units on, what each costs."""

    quantity: int
    price: Money


@frozen(repr=False)
class BidView(Shown):
    """A bidder's own bid: its terms, how it stands and, once the bids were judged, its own rank."""

    tender: TenderNumber
    number: OfferNumber
    status: str
    what: str
    tiers: tuple[TierView, ...]
    least: int
    most: int | None
    delivery: date | None
    valid_until: datetime | None
    fixed: Money
    rate: Decimal
    qualities: tuple[Quality, ...]
    made_at: datetime
    rank: int | None

    def table(self) -> Table:
        """Return the bid as a table with a row for each tier."""
        known = self.tender, self.number, self.status, self.what
        day = None if self.delivery is None else self.delivery.isoformat()
        rest = self.fixed, self.rate, self.least, self.most, day, self.valid_until, self.made_at, self.rank
        return BIDS.of([(*known, tier.quantity, tier.price, *rest) for tier in self.tiers])


@frozen(repr=False)
class QuestionView(Shown):
    """What a bidder who is asked accepts or declines: the broker's terms for its bid (spec N4).

    ``price`` is what a buyer pays for each, or the fee of one deal; of that the broker keeps ``commission``, at
    ``rate``, and ``share`` is the bidder's. ``units`` is how many would be served as things stand.
    """

    tender: TenderNumber
    bid: OfferNumber
    what: str
    price: Money
    rate: Decimal
    commission: Money
    share: Money
    units: int
    until: datetime

    def table(self) -> Table:
        """Return the question as a table of one row."""
        money = self.price, self.rate, self.commission, self.share
        return QUESTIONS.of([(self.tender, self.bid, self.what, *money, self.units, self.until)])


@frozen(repr=False)
class AppointmentView(Shown):
    """What a carrier or a payment provider was appointed for, and its fee: for a time, or for the deals of an order."""

    tender: TenderNumber
    what: str
    category: str
    zone: str
    fixed: Money
    each: Money
    rate: Decimal
    since: datetime | None
    until: datetime | None
    deals: int | None
    units: int | None

    def table(self) -> Table:
        """Return the appointment as a table of one row."""
        fee = self.fixed, self.each, self.rate
        known = self.tender, self.what, self.category, self.zone
        return APPOINTMENTS.of([(*known, *fee, self.since, self.until, self.deals, self.units)])


def call_view(tender: Tender, item: Item | None, now: datetime) -> CallView:
    """Show a call to somebody who may bid; ``item`` is the one whose supply is asked for."""
    asked, amount = tender.asked, None
    if not isinstance(asked, ItemSupply):
        amount = Money(asked.amount, tender.currency)
    standing = asked if isinstance(asked, StandingService) else None
    order = asked if isinstance(asked, OrderService) else None
    if tender.state is TenderState.WITHDRAWN:
        status = "Taken back"
    else:
        status = "Open" if tender.state is TenderState.CALLED and now < tender.bids_until else "Closed"
    return CallView(
        number=tender.number,
        status=status,
        what=what_is_asked(asked, item),
        category=_category(asked, item),
        item=None if item is None else item.number,
        details=None if item is None else item.details,
        release_at=None if item is None else item.release_at,
        zone=EVERYWHERE if isinstance(asked, ItemSupply) else asked.zone,
        currency=tender.currency,
        since=None if standing is None else standing.since,
        until=None if standing is None else standing.until,
        deals=None if order is None else order.deals,
        units=None if order is None else order.units,
        amount=amount,
        called_at=tender.called_at,
        bids_until=tender.bids_until,
        sealed=tender.sealed,
        judge=tender.judge,
        answer=tender.answer,
    )


def bid_view(bid: Bid, tender: Tender, item: Item | None) -> BidView:
    """Show a bid to its bidder."""
    place = next((place for place in tender.places if place.bid == bid.number), None)
    if place is not None:
        status = _PLACES[place.state]
    elif bid.withdrawn:
        status = "Withdrawn"
    else:
        status = "Call taken back" if tender.state is TenderState.WITHDRAWN else "Made"
    terms = bid.terms
    return BidView(
        tender=bid.tender,
        number=bid.number,
        status=status,
        what=what_is_asked(tender.asked, item),
        tiers=tuple(TierView(tier.quantity, Money(tier.price, tender.currency)) for tier in terms.tiers),
        least=terms.least,
        most=terms.most,
        delivery=terms.delivery,
        valid_until=terms.valid_until,
        fixed=Money(terms.fixed, tender.currency),
        rate=terms.rate,
        qualities=terms.qualities,
        made_at=bid.made_at,
        rank=None if place is None else place.rank,
    )


def question_view(tender: Tender, place: Place, until: datetime, item: Item | None, rounding: Rounding) -> QuestionView:
    """Show the broker's terms to the bidder who is asked (spec N4)."""
    commission = commission_on(place.price, place.rate, rounding)
    return QuestionView(
        tender=tender.number,
        bid=place.bid,
        what=what_is_asked(tender.asked, item),
        price=Money(place.price, tender.currency),
        rate=place.rate,
        commission=Money(commission, tender.currency),
        share=Money(place.price - commission, tender.currency),
        units=place.units,
        until=until,
    )


def appointment_view(tender: Tender, asked: StandingService | OrderService, bid: Bid) -> AppointmentView:
    """Show an appointment to whoever was appointed."""
    standing = asked if isinstance(asked, StandingService) else None
    order = asked if isinstance(asked, OrderService) else None
    return AppointmentView(
        tender=tender.number,
        what=what_is_asked(asked, None),
        category=asked.category,
        zone=asked.zone,
        fixed=Money(bid.terms.fixed, tender.currency),
        each=Money(bid.terms.tiers[0].price, tender.currency),
        rate=bid.terms.rate,
        since=None if standing is None else standing.since,
        until=None if standing is None else standing.until,
        deals=None if order is None else order.deals,
        units=None if order is None else order.units,
    )


def appointment_of(tender: Tender, bid: Bid) -> AppointmentView | None:
    """Show a bidder what the own bid was accepted for; ``None`` where it was not, or is of a seller."""
    won = any(place.bid == bid.number and place.state is PlaceState.ACCEPTED for place in tender.places)
    if not won or isinstance(tender.asked, ItemSupply):
        return None
    return appointment_view(tender, tender.asked, bid)


def _category(asked: Asked, item: Item | None) -> str:
    if isinstance(asked, ItemSupply):
        return "" if item is None else item.category
    return asked.category
