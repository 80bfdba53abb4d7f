"""Tenders, bids, orders, contractors and standing terms, in tables."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Index, UniqueConstraint, bindparam, true

from brokerage.adapters.sql.deadlines import deadlines, first_instant
from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query, is_one_of
from brokerage.adapters.sql.tables import fact_table, index_of_some, no_less, refers
from brokerage.adapters.sql.types import TEXT, TRUTH, WHOLE
from brokerage.records.contractors import Contractor, StandingTerms, Trade
from brokerage.records.numbers import BoxNumber, ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.orders import Order
from brokerage.records.tenders import Bid, Tender, TenderState

__all__ = [
    "BIDS",
    "CONTRACTORS",
    "ORDERS",
    "STANDING_TERMS",
    "TENDERS",
    "SqlBids",
    "SqlContractors",
    "SqlOrders",
    "SqlTenders",
]

_LAST = (1 << 63) - 1
_LIVE = is_one_of(Column("state", TEXT), TenderState.CALLED.value, TenderState.AWARDING.value)
_MAILING = Column("mailing", TRUTH).is_(true())
_limit = bindparam("limit", type_=WHOLE)

TENDERS = fact_table(
    "tenders",
    Tender,
    "number",
    Index(None, "asked_order", "number"),
    index_of_some("tenders_called", _LIVE, "trade", "number"),
    index_of_some("tenders_on_items", _LIVE, "asked_item", "number"),
    index_of_some("tenders_to_mail", _MAILING, "number"),
    *no_less(0, "bids", "asked_amount", "asked_units", "asked_deals"),
    refers("asked_item", "items.number"),
    in_lists={"places": no_less(0, "price", "units", "total") + no_less(1, "rank")},
)
_T = TENDERS.table.c
_NEWEST = TENDERS.select().where(_T.number < bindparam("before")).order_by(_T.number.desc()).limit(_limit)
_CALLED = Query(_NEWEST.where(_LIVE, _T.trade == bindparam("trade")), ("trade", "before", "limit"))
_LATEST = Query(_NEWEST, ("before", "limit"))
_OF_ITEM = Query(TENDERS.select().where(_LIVE, _T.asked_item == bindparam("item")).order_by(_T.number), ("item",))
_OF_ORDER = Query(TENDERS.select().where(_T.asked_order == bindparam("order")).order_by(_T.number), ("order",))
_TENDER_ENDS = deadlines(TENDERS, "with_deadlines", _T.deadline, _T.number, where=_T.deadline.is_not(None))
_TO_MAIL = Query(TENDERS.select().where(_MAILING).order_by(_T.number).limit(_limit), ("limit",))


class SqlTenders:
    """Tenders by number, by trade, item and order, by deadline, and those that are still to be mailed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[TenderNumber, Tender] = SqlFacts(session, TENDERS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def called(self, trade: Trade, before: TenderNumber | None, limit: int) -> Sequence[Tender]:
        """Return a trade's tenders that are called or awarding, newest first. O(log n + limit)."""
        return self._facts.all(_CALLED, trade, _LAST if before is None else before, limit)

    def latest(self, before: TenderNumber | None, limit: int) -> Sequence[Tender]:
        """Return tenders in whatever state, newest first. O(log n + limit)."""
        return self._facts.all(_LATEST, _LAST if before is None else before, limit)

    def of_item(self, item: ItemNumber) -> Sequence[Tender]:
        """Return the tenders on an item's supply that are called or awarding, by number. O(their number)."""
        return self._facts.all(_OF_ITEM, item)

    def of_order(self, order: OrderNumber) -> Sequence[Tender]:
        """Return the tenders on services to an order, by number. O(their number)."""
        return self._facts.all(_OF_ORDER, order)

    def due(self, now: datetime, limit: int) -> Sequence[Tender]:
        """Return the first tenders whose deadline is not after ``now``, by (deadline, number). O(log n + limit)."""
        return self._facts.all(_TENDER_ENDS.due, now, limit)

    def next_due(self) -> datetime | None:
        """Return the earliest deadline. O(log n)."""
        return first_instant(self._session, _TENDER_ENDS.earliest)

    def to_mail(self, limit: int) -> Sequence[Tender]:
        """Return the first tenders whose call is still to be mailed, by number. O(limit)."""
        return self._facts.all(_TO_MAIL, limit)


BIDS = fact_table(
    "bids",
    Bid,
    "number",
    UniqueConstraint("tender", "box"),
    Index(None, "tender", "number"),
    Index(None, "box", "number"),
    *no_less(1, "terms_least", "terms_most"),
    *no_less(0, "terms_fixed"),
    refers("tender", "tenders.number"),
    refers("person", "persons.number"),
    in_lists={"terms_tiers": no_less(0, "price") + no_less(1, "quantity")},
)
_B = BIDS.table.c
_OF_TENDER = Query(BIDS.select().where(_B.tender == bindparam("tender")).order_by(_B.number), ("tender",))
_OF_BIDDER = Query(BIDS.select().where(_B.tender == bindparam("tender"), _B.box == bindparam("box")), ("tender", "box"))
_OF_MEMBER = Query(
    BIDS.select()
    .where(_B.box == bindparam("box"), _B.number < bindparam("before"))
    .order_by(_B.number.desc())
    .limit(_limit),
    ("box", "before", "limit"),
)


class SqlBids:
    """Bids by number, by tender, and by bidder, who has one in each: the database refuses a second."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[OfferNumber, Bid] = SqlFacts(session, BIDS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def of_tender(self, tender: TenderNumber) -> Sequence[Bid]:
        """Return the bids of a tender, also withdrawn ones, by number. O(their number)."""
        return self._facts.all(_OF_TENDER, tender)

    def of_bidder(self, tender: TenderNumber, box: BoxNumber) -> Bid | None:
        """Return a bidder's bid in a tender, withdrawn or not. O(log n)."""
        return self._facts.one(_OF_BIDDER, tender, box)

    def of_member(self, box: BoxNumber, before: OfferNumber | None, limit: int) -> Sequence[Bid]:
        """Return a member's bids with numbers below ``before``, newest first. O(log n + limit)."""
        return self._facts.all(_OF_MEMBER, box, _LAST if before is None else before, limit)


ORDERS = fact_table(
    "orders",
    Order,
    "number",
    Index(None, "tender", "number"),
    Index(None, "seller", "number"),
    *no_less(0, "price", "share", "units", "open", "confirmed"),
    *no_less(1, "least"),
    refers("tender", "tenders.number"),
    refers("bid", "bids.number"),
    refers("item", "items.number"),
    in_lists={"services": no_less(0, "service_fixed", "service_each")},
)
_O = ORDERS.table.c
_ORDERS_OF_TENDER = Query(ORDERS.select().where(_O.tender == bindparam("tender")).order_by(_O.number), ("tender",))
_OF_SELLER = Query(
    ORDERS.select()
    .where(_O.seller == bindparam("seller"), _O.number < bindparam("before"))
    .order_by(_O.number.desc())
    .limit(_limit),
    ("seller", "before", "limit"),
)
_ORDER_ENDS = deadlines(ORDERS, "with_deadlines", _O.deadline, _O.number, where=_O.deadline.is_not(None))


class SqlOrders:
    """Orders by number, by tender, by seller, and by deadline."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[OrderNumber, Order] = SqlFacts(session, ORDERS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def of_tender(self, tender: TenderNumber) -> Sequence[Order]:
        """Return the orders of a tender, by number. O(their number)."""
        return self._facts.all(_ORDERS_OF_TENDER, tender)

    def of_seller(self, box: BoxNumber, before: OrderNumber | None, limit: int) -> Sequence[Order]:
        """Return a seller's orders with numbers below ``before``, newest first. O(log n + limit)."""
        return self._facts.all(_OF_SELLER, box, _LAST if before is None else before, limit)

    def due(self, now: datetime, limit: int) -> Sequence[Order]:
        """Return the first orders whose deadline is not after ``now``, by (deadline, number). O(log n + limit)."""
        return self._facts.all(_ORDER_ENDS.due, now, limit)

    def next_due(self) -> datetime | None:
        """Return the earliest deadline. O(log n)."""
        return first_instant(self._session, _ORDER_ENDS.earliest)


CONTRACTORS = fact_table("contractors", Contractor, ("trade", "box"))
_C = CONTRACTORS.table.c
_OF_TRADE = Query(
    CONTRACTORS.select()
    .where(_C.trade == bindparam("trade"), _C.box > bindparam("after"))
    .order_by(_C.box)
    .limit(_limit),
    ("trade", "after", "limit"),
)


class SqlContractors:
    """Carriers and payment providers by member and trade."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[tuple[Trade, BoxNumber], Contractor] = SqlFacts(session, CONTRACTORS)
        self.add, self.replace, self.remove = self._facts.add, self._facts.replace, self._facts.remove

    def get(self, key: tuple[BoxNumber, Trade]) -> Contractor | None:
        """Return a member in a trade."""
        box, trade = key
        return self._facts.get((trade, box))

    def of_trade(self, trade: Trade, after: BoxNumber, limit: int) -> Sequence[Contractor]:
        """Return the contractors of a trade with boxes above ``after``, by box. O(log n + limit)."""
        return self._facts.all(_OF_TRADE, trade, after, limit)


STANDING_TERMS = fact_table(
    "standing_terms",
    StandingTerms,
    ("trade", "category", "zone", "currency"),
    *no_less(0, "service_fixed", "service_each"),
    refers("tender", "tenders.number"),
    in_lists={"earlier": no_less(0, "service_fixed", "service_each")},
)
"""Standing terms by trade, category, zone and currency, in a table that needs no other way to find them."""
