"""A throw-away SQLite store, the part with tenders, bids, orders, contractors and standing terms."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from brokerage.records.contractors import Contractor, StandingTerms, Trade
from brokerage.records.numbers import BoxNumber, ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.orders import Order
from brokerage.records.tenders import Bid, ItemSupply, OrderService, Tender, TenderState
from sqlite_spike_books import Session, Table, instant
from sqlite_spike_people import first_time

__all__ = [
    "TENDERING_SCHEMA",
    "SqliteBids",
    "SqliteContractors",
    "SqliteOrders",
    "SqliteStandingTerms",
    "SqliteTenders",
]

_REST = "version INTEGER NOT NULL, fact TEXT NOT NULL"
_GREATEST = (1 << 63) - 1
_LIVE = (TenderState.CALLED, TenderState.AWARDING)
TENDERING_SCHEMA = f"""
CREATE TABLE tenders (
    number INTEGER PRIMARY KEY, trade TEXT NOT NULL, live INTEGER NOT NULL, item INTEGER, served INTEGER,
    deadline INTEGER, mailing INTEGER NOT NULL, {_REST}
) STRICT;
CREATE INDEX tender_trades ON tenders (trade, number) WHERE live = 1;
CREATE INDEX tender_items ON tenders (item, number) WHERE live = 1;
CREATE INDEX tender_orders ON tenders (served, number) WHERE served IS NOT NULL;
CREATE INDEX tender_deadlines ON tenders (deadline, number) WHERE deadline IS NOT NULL;
CREATE INDEX tender_mailing ON tenders (mailing, number) WHERE mailing = 1;
CREATE TABLE bids (number INTEGER PRIMARY KEY, tender INTEGER NOT NULL, box INTEGER NOT NULL, {_REST}) STRICT;
CREATE UNIQUE INDEX bid_bidders ON bids (tender, box);
CREATE INDEX bid_tenders ON bids (tender, number);
CREATE INDEX bid_boxes ON bids (box, number);
CREATE TABLE orders (
    number INTEGER PRIMARY KEY, tender INTEGER NOT NULL, seller INTEGER NOT NULL, deadline INTEGER, {_REST}
) STRICT;
CREATE INDEX order_tenders ON orders (tender, number);
CREATE INDEX order_sellers ON orders (seller, number);
CREATE INDEX order_deadlines ON orders (deadline, number) WHERE deadline IS NOT NULL;
CREATE TABLE contractors (trade TEXT, box INTEGER, {_REST}, PRIMARY KEY (trade, box)) STRICT;
CREATE TABLE standing_terms (
    trade TEXT, category TEXT, zone TEXT, currency TEXT, {_REST}, PRIMARY KEY (trade, category, zone, currency)
) STRICT;
"""


class SqliteTenders:
    """Tenders by number, by trade, item and order, by deadline, and those that are still to be mailed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: Table[TenderNumber, Tender] = Table(session, "tenders", Tender, ["number"], _columns_of_tender)
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def called(self, trade: Trade, before: TenderNumber | None, limit: int) -> Sequence[Tender]:
        """Return the live tenders of a trade, newest first."""
        rest = "WHERE trade = ? AND live = 1 AND number < ? ORDER BY number DESC LIMIT ?"
        return self._table.select(rest, trade.value, _below(before), limit)

    def latest(self, before: TenderNumber | None, limit: int) -> Sequence[Tender]:
        """Return tenders newest first."""
        return self._table.select("WHERE number < ? ORDER BY number DESC LIMIT ?", _below(before), limit)

    def of_item(self, item: ItemNumber) -> Sequence[Tender]:
        """Return the live tenders on an item's supply, by number."""
        return self._table.select("WHERE item = ? AND live = 1 ORDER BY number", item)

    def of_order(self, order: OrderNumber) -> Sequence[Tender]:
        """Return the tenders on services to an order, by number."""
        return self._table.select("WHERE served = ? ORDER BY number", order)

    def due(self, now: datetime, limit: int) -> Sequence[Tender]:
        """Return the first tenders whose deadline has come, by (deadline, number)."""
        return self._table.select("WHERE deadline <= ? ORDER BY deadline, number LIMIT ?", instant(now), limit)

    def next_due(self) -> datetime | None:
        """Return the earliest deadline."""
        return first_time(self._session.rows("SELECT min(deadline) FROM tenders WHERE deadline IS NOT NULL"))

    def to_mail(self, limit: int) -> Sequence[Tender]:
        """Return the first tenders whose call is still to be mailed, by number."""
        return self._table.select("WHERE mailing = 1 ORDER BY number LIMIT ?", limit)


class SqliteBids:
    """Bids by number, by tender and by bidder; an index refuses a bidder's second one."""

    def __init__(self, session: Session) -> None:
        self._table: Table[OfferNumber, Bid] = Table(
            session, "bids", Bid, ["number"], lambda bid: {"number": bid.number, "tender": bid.tender, "box": bid.box}
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def of_tender(self, tender: TenderNumber) -> Sequence[Bid]:
        """Return the bids of a tender, by number."""
        return self._table.select("WHERE tender = ? ORDER BY number", tender)

    def of_bidder(self, tender: TenderNumber, box: BoxNumber) -> Bid | None:
        """Return a bidder's bid in a tender."""
        found = self._table.select("WHERE tender = ? AND box = ?", tender, box)
        return found[0] if found else None

    def of_member(self, box: BoxNumber, before: OfferNumber | None, limit: int) -> Sequence[Bid]:
        """Return a member's bids, newest first."""
        rest = "WHERE box = ? AND number < ? ORDER BY number DESC LIMIT ?"
        return self._table.select(rest, box, _below(before), limit)


class SqliteOrders:
    """Orders by number, by tender, by seller, and by deadline."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: Table[OrderNumber, Order] = Table(
            session,
            "orders",
            Order,
            ["number"],
            lambda order: {
                "number": order.number,
                "tender": order.tender,
                "seller": order.seller,
                "deadline": instant(order.deadline),
            },
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def of_tender(self, tender: TenderNumber) -> Sequence[Order]:
        """Return the orders of a tender, by number."""
        return self._table.select("WHERE tender = ? ORDER BY number", tender)

    def of_seller(self, box: BoxNumber, before: OrderNumber | None, limit: int) -> Sequence[Order]:
        """Return a seller's orders, newest first."""
        rest = "WHERE seller = ? AND number < ? ORDER BY number DESC LIMIT ?"
        return self._table.select(rest, box, _below(before), limit)

    def due(self, now: datetime, limit: int) -> Sequence[Order]:
        """Return the first orders whose deadline has come, by (deadline, number)."""
        return self._table.select("WHERE deadline <= ? ORDER BY deadline, number LIMIT ?", instant(now), limit)

    def next_due(self) -> datetime | None:
        """Return the earliest deadline."""
        return first_time(self._session.rows("SELECT min(deadline) FROM orders WHERE deadline IS NOT NULL"))


class SqliteContractors:
    """Carriers and payment providers by member and trade."""

    def __init__(self, session: Session) -> None:
        self._table: Table[tuple[int, str], Contractor] = Table(
            session, "contractors", Contractor, ["box", "trade"], lambda one: {"box": one.box, "trade": one.trade.value}
        )
        self.add, self.replace, self.remove = self._table.add, self._table.replace, self._table.remove

    def get(self, key: tuple[BoxNumber, Trade]) -> Contractor | None:
        """Return a member in a trade."""
        box, trade = key
        return self._table.get((box, trade.value))

    def of_trade(self, trade: Trade, after: BoxNumber, limit: int) -> Sequence[Contractor]:
        """Return the contractors of a trade, by box."""
        return self._table.select("WHERE trade = ? AND box > ? ORDER BY box LIMIT ?", trade.value, after, limit)


class SqliteStandingTerms:
    """Standing terms by trade, category, zone and currency."""

    def __init__(self, session: Session) -> None:
        self._table: Table[tuple[str, ...], StandingTerms] = Table(
            session,
            "standing_terms",
            StandingTerms,
            ["trade", "category", "zone", "currency"],
            lambda terms: {
                "trade": terms.trade.value,
                "category": terms.category,
                "zone": terms.zone,
                "currency": terms.currency,
            },
        )
        self.add, self.replace, self.remove = self._table.add, self._table.replace, self._table.remove

    def get(self, key: tuple[Trade, str, str, str]) -> StandingTerms | None:
        """Return the terms of a key."""
        trade, *rest = key
        return self._table.get((trade.value, *rest))


def _columns_of_tender(tender: Tender) -> Mapping[str, Any]:
    return {
        "number": tender.number,
        "trade": tender.trade.value,
        "live": int(tender.state in _LIVE),
        "item": tender.asked.item if isinstance(tender.asked, ItemSupply) else None,
        "served": tender.asked.order if isinstance(tender.asked, OrderService) else None,
        "deadline": instant(tender.deadline),
        "mailing": int(tender.mailing),
    }


def _below(number: int | None) -> int:
    return _GREATEST if number is None else number
