"""What a member may see: pure projections from facts, and the only way out for them (spec B1–B6, V3).

The classes here have no field for what their reader must not know: a seller's view has no buying price and no buyer,
a buyer's view no selling price, no limit of a seller and no seller, before the deal is paid. Views, mails and page
marks for a member are made here and nowhere else.
"""

import json
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from attrs import asdict, field, frozen

from brokerage.deal_views import BuyersDeal, Counterpart, DisputeView, SellersDeal, buyers_deal, sellers_deal
from brokerage.headings import BOX, BOX_CANDIDATES, CANDIDATES, NEWS, PURCHASES, SALES, UNSOLD
from brokerage.headings.items import RESERVATIONS
from brokerage.headings.orders import ORDERS
from brokerage.headings.tenders import APPOINTMENTS, BIDS
from brokerage.making import quickly_made
from brokerage.messages import NewsView
from brokerage.money import Money
from brokerage.order_views import OrderView
from brokerage.pages import Page
from brokerage.records.deals import Deal, Purpose
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.records.offers import Details, PurchaseOffer, SaleOffer
from brokerage.reserving_views import ReservationView
from brokerage.statuses import DECIDED, FAILED, UNDECIDED, UNDONE, purchase_status, sale_status
from brokerage.tables import Shown, Table, counted, joined
from brokerage.tender_views import AppointmentView, BidView

__all__ = [
    "DECIDED",
    "FAILED",
    "UNDECIDED",
    "BoxTables",
    "BuyersDeal",
    "CandidateView",
    "Counterpart",
    "DisputeView",
    "MemberBox",
    "PurchaseView",
    "SaleView",
    "SellersDeal",
    "UnsoldView",
    "buyers_deal",
    "candidate_view",
    "decided_view",
    "purchase_status",
    "purchase_view",
    "sale_status",
    "sale_view",
    "sellers_deal",
    "unsold_view",
]


@quickly_made
@frozen(repr=False)
class CandidateView(Shown):
    """A candidate as its buyer sees it. ``total`` is what deciding costs: the price and any fees."""

    sale: OfferNumber
    status: str
    price: Money
    carriage: Money
    payment_fee: Money
    total: Money
    name: str
    details: Details

    def table(self) -> Table:
        """Return the candidate as a table of one row."""
        prices = self.price, self.carriage, self.payment_fee, self.total
        return CANDIDATES.of([(self.sale, self.status, *prices, self.name, self.details.description)])


@frozen(repr=False)
class SaleView(Shown):
    """A row of the sale list of TABLE I, as its seller sees it. ``purchase``: the determined buyer's offer."""

    number: OfferNumber
    offered_at: datetime
    side: str = field(default="Sale", init=False)
    status: str
    category: str
    name: str
    limit: datetime | None
    min_price: Money
    details: Details
    purchase: OfferNumber | None
    selling_price: Money | None
    deal: DealNumber | None

    def table(self) -> Table:
        """Return the sale as a table of one row."""
        known = self.number, self.status, self.category, self.name
        return SALES.of([(*known, self.min_price, self.limit, self.selling_price, self.purchase)])


@frozen(repr=False)
class PurchaseView(Shown):
    """A row of the purchase list of TABLE I, as its buyer sees it, with the first page of its candidates.

    ``lost`` are the sales lost since the member last acknowledged, each with the status "Purchase Failed" (spec B4).
    """

    number: OfferNumber
    offered_at: datetime
    side: str = field(default="Purchase", init=False)
    status: str
    category: str
    name: str
    limit: datetime | None
    max_price: Money
    candidates: Page[CandidateView]
    lost: tuple[CandidateView, ...]
    deal: DealNumber | None

    def table(self) -> Table:
        """Return the purchase as a table of one row, with the number of its candidates on the first page."""
        known = self.number, self.status, self.category, self.name
        return PURCHASES.of([(*known, self.max_price, self.limit, len(self.candidates))])


@frozen(repr=False)
class UnsoldView(Shown):
    """An unsold commodity as everyone may see it: no price, no seller (spec B6)."""

    number: OfferNumber
    category: str
    name: str
    details: Details

    def table(self) -> Table:
        """Return the commodity as a table of one row."""
        return UNSOLD.of([(self.number, self.category, self.name, self.details.description)])


class BoxTables(NamedTuple):
    """The tables of a box: its sale list, its purchase list, the candidates of every purchase, and what else it has."""

    sales: Table
    purchases: Table
    candidates: Table
    reservations: Table
    bids: Table
    orders: Table
    appointments: Table
    news: Table


@frozen(repr=False)
class MemberBox(Shown):
    """A member's box: TABLE I with every field and the counts of both lists (spec B1). Reading it changes nothing.

    ``reservations`` are of items that are not yet on the market (spec N2). ``bids`` and ``orders`` are the member's
    own, with what became of them, ``appointments`` what the member carries or settles: of each the newest page, newest
    first (spec N3, N5, N6). Desks page through the rest.
    ``news`` is the first page of what the manager wrote since the member last acknowledged (spec M8).
    """

    number: BoxNumber
    sale_count: int
    sales: tuple[SaleView, ...]
    purchase_count: int
    purchases: tuple[PurchaseView, ...]
    reservations: tuple[ReservationView, ...]
    bids: tuple[BidView, ...]
    orders: tuple[OrderView, ...]
    appointments: tuple[AppointmentView, ...]
    news: Page[NewsView]

    def table(self) -> Table:
        """Return every offer of the box as one table, sales first; reservations have one of their own."""
        offers: tuple[tuple[SaleView | PurchaseView, Money], ...] = (
            *((v, v.min_price) for v in self.sales),
            *((v, v.max_price) for v in self.purchases),
        )
        rows = [
            (v.number, v.offered_at, v.side, v.status, v.category, v.name, v.limit, limit, v.deal)
            for v, limit in offers
        ]
        return BOX.of(rows, f"Box {self.number}: {counted(len(rows), 'offer')}")

    def tables(self) -> BoxTables:
        """Return sales, purchases, candidates, and all else that the box has, each as a table."""
        candidates = [
            (v.number, c.sale, c.status, c.price, c.carriage, c.payment_fee, c.name, c.details.description)
            for v in self.purchases
            for c in (*v.candidates, *v.lost)
        ]
        sales, purchases = (v.table() for v in self.sales), (v.table() for v in self.purchases)
        return BoxTables(
            joined(SALES, sales, f"Box {self.number}: {counted(self.sale_count, 'sale offer')}"),
            joined(PURCHASES, purchases, f"Box {self.number}: {counted(self.purchase_count, 'purchase offer')}"),
            BOX_CANDIDATES.of(candidates, f"Box {self.number}: candidates"),
            joined(RESERVATIONS, (v.table() for v in self.reservations), f"Box {self.number}: reservations"),
            joined(BIDS, (v.table() for v in self.bids), f"Box {self.number}: bids"),
            joined(ORDERS, (v.table() for v in self.orders), f"Box {self.number}: orders"),
            joined(APPOINTMENTS, (v.table() for v in self.appointments), f"Box {self.number}: appointments"),
            joined(NEWS, (item.table() for item in self.news), f"Box {self.number}: news"),
        )

    def text(self) -> str:
        """Return the box as plain text."""
        return "\n\n".join(table.text() for table in self._parts())

    def html(self) -> str:
        """Return the box as an HTML fragment."""
        return "".join(table.html() for table in self._parts())

    def json(self) -> str:
        """Return the box as JSON: amounts as decimal strings with their currency, times in UTC (spec B5)."""
        return json.dumps(self.plain(), ensure_ascii=False, indent=1)

    def plain(self) -> dict[str, Any]:
        """Return what :meth:`json` writes, as plain dictionaries, lists and texts."""
        return asdict(self, value_serializer=_plain)

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self._parts()))

    def _repr_html_(self) -> str:
        return "".join(table._repr_html_() for table in self._parts())

    def _parts(self) -> tuple[Table, ...]:
        """The tables of offers, and of whatever else is there."""
        offers, others = self.tables()[:3], self.tables()[3:]
        return (*offers, *(table for table in others if table.rows))


def _plain(_instance: object, _field: object, value: Any) -> Any:
    if isinstance(value, Money):
        return {"amount": value.text(), "currency": value.currency}
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Page):
        return {"items": list(value.items), "next": value.next, "may_be_more": value.may_be_more}
    return value


def candidate_view(
    sale: SaleOffer, status: str, buying_price: int, carriage: Money, payment_fee: Money
) -> CandidateView:
    """Show a sale to a buyer at the buyer's own price; nothing of the seller's limit or identity goes in."""
    price = Money(buying_price, carriage.currency)
    fees = carriage.units + payment_fee.units
    total = Money(buying_price + fees, carriage.currency) if fees else price
    return CandidateView(sale.number, status, price, carriage, payment_fee, total, sale.name, sale.details)


def decided_view(deal: Deal) -> CandidateView:
    """Show what a deal is about to its buyer, as it was at the decision."""
    return CandidateView(
        sale=deal.sale,
        status=FAILED if deal.state in UNDONE else DECIDED,
        price=Money(deal.buying_price, deal.currency),
        carriage=Money(deal.charged_for(Purpose.CARRIAGE), deal.currency),
        payment_fee=Money(deal.charged_for(Purpose.PAYMENT_FEE), deal.currency),
        total=Money(deal.owed, deal.currency),
        name=deal.name,
        details=deal.details,
    )


def sale_view(sale: SaleOffer, deal: Deal | None, has_candidate: bool) -> SaleView:
    """Show a sale to its seller."""
    return SaleView(
        number=sale.number,
        offered_at=sale.offered_at,
        status=sale_status(deal, has_candidate),
        category=sale.category,
        name=sale.name,
        limit=sale.limit,
        min_price=Money(sale.min_price, sale.currency),
        details=sale.details,
        purchase=deal.purchase if deal else None,
        selling_price=Money(deal.selling_price, deal.currency) if deal else None,
        deal=sale.deal,
    )


def purchase_view(
    purchase: PurchaseOffer,
    deal: Deal | None,
    candidates: Page[CandidateView],
    lost: tuple[CandidateView, ...],
    told: bool = True,
) -> PurchaseView:
    """Show a purchase to its buyer, with its candidates and the sales it lost.

    Where no candidate was found but there may be one, what the member was ``told`` stands.
    """
    has_candidate = bool(candidates.items) or (candidates.may_be_more and told)
    return PurchaseView(
        number=purchase.number,
        offered_at=purchase.offered_at,
        status=purchase_status(deal, has_candidate, bool(lost)),
        category=purchase.category,
        name=purchase.name,
        limit=purchase.limit,
        max_price=Money(purchase.max_price, purchase.currency),
        candidates=candidates,
        lost=lost,
        deal=purchase.deal,
    )


def unsold_view(sale: SaleOffer) -> UnsoldView:
    """Show an unsold commodity to everyone."""
    return UnsoldView(sale.number, sale.category, sale.name, sale.details)
