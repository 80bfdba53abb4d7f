"""A throw-away SQLite store, the lower half: a session, a table of facts, and the offers with their books.

Every query is a range of an index, and goes on behind the last key it saw; none has an OFFSET.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from attrs import evolve
from cattrs import Converter

from brokerage.adapters.memory.books import instant_of, time_of
from brokerage.adapters.wire import read, write
from brokerage.errors import Conflict, DuplicateFact
from brokerage.ports import Ladder, Position
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.records.offers import WAITING, Offer, PurchaseOffer, SaleOffer, Standing

__all__ = ["OFFER_SCHEMA", "Session", "SqliteOffers", "Table", "instant"]

_Key = TypeVar("_Key")
_Fact = TypeVar("_Fact")

_CHUNK = 32
_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1

_IN_BOOK = "state = 'open' AND visible = 1"
_SALE, _PURCHASE = f"side = 'sale' AND {_IN_BOOK}", f"side = 'purchase' AND {_IN_BOOK}"

OFFER_SCHEMA = f"""
CREATE TABLE offers (
    number INTEGER PRIMARY KEY, version INTEGER NOT NULL, side TEXT NOT NULL, box INTEGER NOT NULL,
    category TEXT NOT NULL, currency TEXT NOT NULL, ladder TEXT, price INTEGER NOT NULL, arrival INTEGER NOT NULL,
    time_limit INTEGER, state TEXT NOT NULL, visible INTEGER NOT NULL DEFAULT 0, told INTEGER NOT NULL DEFAULT 0,
    seen INTEGER NOT NULL DEFAULT 0, filed INTEGER NOT NULL, deal INTEGER, fact TEXT NOT NULL
) STRICT;
CREATE INDEX offer_boxes ON offers (box, number) WHERE filed = 0;
CREATE INDEX offer_waiting ON offers (arrival, number) WHERE state = 'open' AND visible = 0;
CREATE INDEX offer_limits ON offers (time_limit, number) WHERE state = 'open';
CREATE INDEX offer_unfinished ON offers (category) WHERE state <> 'closed';
CREATE INDEX offer_ladders ON offers (category, currency, ladder, price, number) WHERE {_SALE};
CREATE INDEX offer_purchases ON offers (category, currency, price, number) WHERE {_PURCHASE};
CREATE INDEX offer_untold_sales ON offers (category, currency, price, number) WHERE {_SALE} AND told = 0;
CREATE INDEX offer_untold_purchases ON offers (category, currency, price, number) WHERE {_PURCHASE} AND told = 0;
CREATE INDEX offer_unsold ON offers (category, number) WHERE {_SALE};
CREATE INDEX offer_listed ON offers (category, number) WHERE side = 'sale' AND filed = 0;
CREATE TABLE lost_sales (
    category TEXT, currency TEXT, deal INTEGER, min_price INTEGER NOT NULL, sale INTEGER NOT NULL,
    PRIMARY KEY (category, currency, deal)
) STRICT, WITHOUT ROWID;
"""


def instant(time: datetime | None) -> int | None:
    """A time as whole microseconds, which sort as times do."""
    return None if time is None else instant_of(time)


class Session:
    """One connection, used by one thread at a time, and the transaction that is open on it."""

    def __init__(self, path: str, converter: Converter, schema: str, patience: float) -> None:
        self.lock = threading.RLock()
        self.converter = converter
        self.connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode = WAL")
        if not self.rows("SELECT 1 FROM sqlite_schema LIMIT 1"):
            self.connection.executescript(schema)

    def rows(self, query: str, *arguments: Any) -> list[Any]:
        """Answer a query. A number beyond 64 bits finds what the last one that fits would find."""
        fitting = [max(_LEAST, min(each, _GREATEST)) if type(each) is int else each for each in arguments]
        return self.connection.execute(query, fitting).fetchall()

    def change(self, statement: str, *arguments: Any) -> int:
        """Execute a statement, and return how many rows it changed."""
        return self.connection.execute(statement, arguments).rowcount

    def text(self, fact: object, kind: Any) -> str:
        """A fact as JSON text."""
        return json.dumps(write(self.converter, fact, kind), separators=(",", ":"))

    def fact(self, text: str, kind: Any) -> Any:
        """The fact of a JSON text."""
        return read(self.converter, json.loads(text), kind)

    @contextmanager
    def transaction(self, begin: str, commits: bool) -> Iterator[None]:
        """A transaction of its own; somebody else's being in the way is a ``Conflict``."""
        try:
            self.connection.execute(begin)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            raise Conflict("store") from error
        try:
            yield
            if commits:
                self.connection.execute("COMMIT")
        finally:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the open transaction that is undone by itself if it fails."""
        self.connection.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK TO part")
            raise
        finally:
            self.connection.execute("RELEASE part")


class Table(Generic[_Key, _Fact]):
    """Facts of one kind: a column for each part of the key, for what is searched by, the version, and the JSON text.

    Args:
        session: the connection.
        name: of the table.
        kind: what the facts are read as.
        key: the columns that are the key.
        columns: a fact's columns by name, those of the key among them.
    """

    def __init__(
        self,
        session: Session,
        name: str,
        kind: Any,
        key: Sequence[str],
        columns: Callable[[_Fact], Mapping[str, Any]],
    ) -> None:
        self._session = session
        self._name = name
        self._kind = kind
        self._columns = columns
        self._key = key
        self._where = " AND ".join(f"{column} = ?" for column in key)

    def add(self, fact: _Fact) -> None:
        """Keep a new fact; raises ``DuplicateFact`` if its key is taken."""
        row = self._row(fact)
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        try:
            self._session.change(f"INSERT INTO {self._name} ({columns}) VALUES ({marks})", *row.values())
        except sqlite3.IntegrityError as error:
            key = self._key_of(fact)
            raise DuplicateFact(key if len(key) > 1 else key[0]) from error

    def get(self, key: _Key) -> _Fact | None:
        """Return the fact of a key."""
        found = self.select(f"WHERE {self._where}", *(key if isinstance(key, tuple) else (key,)))
        return found[0] if found else None

    def replace(self, old: _Fact, new: _Fact) -> None:
        """Put ``new`` in the place of ``old``; raises ``Conflict`` unless the stored version is ``old``'s."""
        row = self._row(new)
        changes = ", ".join(f"{column} = ?" for column in row)
        self._swap(f"UPDATE {self._name} SET {changes}", old, *row.values())

    def remove(self, old: _Fact) -> None:
        """Remove a fact; raises ``Conflict`` unless the stored version is ``old``'s."""
        self._swap(f"DELETE FROM {self._name}", old)

    def check(self, fact: _Fact) -> None:
        """Raise ``Conflict`` unless the stored version is the given one's; nobody else writes until the commit."""
        query = f"SELECT 1 FROM {self._name} WHERE {self._where} AND version = ?"
        if not self._session.rows(query, *self._key_of(fact), _version(fact)):
            raise Conflict(type(fact).__name__)

    def select(self, rest: str, *arguments: Any) -> list[_Fact]:
        """Return the facts that the rest of a query asks for."""
        found = self._session.rows(f"SELECT fact FROM {self._name} {rest}", *arguments)
        return [self._session.fact(text, self._kind) for (text,) in found]

    def _swap(self, statement: str, old: _Fact, *arguments: Any) -> None:
        compared = (*arguments, *self._key_of(old), _version(old))
        if self._session.change(f"{statement} WHERE {self._where} AND version = ?", *compared) == 0:
            raise Conflict(type(old).__name__)

    def _key_of(self, fact: _Fact) -> tuple[Any, ...]:
        columns = self._columns(fact)
        return tuple(columns[column] for column in self._key)

    def _row(self, fact: _Fact) -> dict[str, Any]:
        text = self._session.text(fact, self._kind)
        return {**self._columns(fact), "version": _version(fact), "fact": text}


def _version(fact: object) -> int:
    return getattr(fact, "version", 0)


class SqliteOffers:
    """Offers by number; what the books are made of stands in columns, and the books are indexes of them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: Table[OfferNumber, Offer] = Table(session, "offers", Offer, ["number"], self._columns)
        self.get = self._table.get

    def add(self, fact: Offer, standing: Standing = WAITING) -> None:
        """Keep a new offer and how it stands."""
        self._table.add(fact)
        self._mark(fact, standing)
        self._log_loss(None, fact)

    def add_all(self, facts: Sequence[Offer], standing: Standing = WAITING) -> None:
        """Keep many new offers."""
        for fact in facts:
            self.add(fact, standing)

    def standing(self, number: OfferNumber) -> Standing:
        """Return how an offer stands."""
        rows = self._session.rows("SELECT visible, told, seen FROM offers WHERE number = ?", number)
        return Standing(bool(rows[0][0]), bool(rows[0][1]), DealNumber(rows[0][2])) if rows else WAITING

    def hold(self, category: str, currency: str) -> None:
        """Do nothing: there is one writer at a time, and it sees whatever was committed before it began."""

    def stand(self, offer: Offer, old: Standing, new: Standing) -> None:
        """Change how an offer stands; raises ``Conflict`` unless it is stored so and stands as ``old`` says."""
        self._table.check(offer)
        if self.standing(offer.number) != old:
            raise Conflict("Standing")
        self._mark(offer, new)

    def _mark(self, offer: Offer, standing: Standing) -> None:
        statement = "UPDATE offers SET visible = ?, told = ?, seen = ? WHERE number = ?"
        self._session.change(statement, standing.visible, standing.told, standing.seen_deal, offer.number)

    def replace(self, old: Offer, new: Offer) -> None:
        """Put a new version in the place of the old one."""
        self._table.replace(old, new)
        self._log_loss(old, new)

    def of_member(self, box: BoxNumber) -> Sequence[Offer]:
        """Return a member's offers that are not filed, by number."""
        return self._table.select("WHERE box = ? AND filed = 0 ORDER BY number", box)

    def has_unfinished(self, category: str) -> bool:
        """Say whether any offer of a category is open or agreed. O(log n)."""
        query = "SELECT EXISTS (SELECT 1 FROM offers WHERE category = ? AND state <> 'closed')"
        return bool(self._session.rows(query, category)[0][0])

    def waiting(self, limit: int) -> Sequence[Offer]:
        """Return the first open offers that are not visible, by arrival."""
        return self._table.select("WHERE state = 'open' AND visible = 0 ORDER BY arrival, number LIMIT ?", limit)

    def ladders(self, category: str, currency: str) -> Sequence[Ladder]:
        """Return the ladders that hold a sale, by their text: from one to the next in O(log n)."""
        query = f"SELECT min(ladder) FROM offers WHERE {_SALE} AND category = ? AND currency = ? AND ladder > ?"
        found: list[Ladder] = []
        text = ""
        while text := self._session.rows(query, category, currency, text)[0][0]:
            found.append(self._session.fact(text, Ladder))
        return found

    def ladder(self, ladder: Ladder, up_to: int, after: Position | None = None) -> Iterator[SaleOffer]:
        """Yield a ladder's sales by (SPmin, number)."""
        where = f"{_SALE} AND category = ? AND currency = ? AND ladder = ?"
        return self._rising(where, (ladder.category, ladder.currency, self._ladder_text(ladder)), up_to, after)

    def purchases(
        self, category: str, currency: str, at_least: int, after: Position | None = None
    ) -> Iterator[PurchaseOffer]:
        """Yield purchases by (BPmax, number) from the greatest down."""
        return self._falling(_PURCHASE, (category, currency), at_least, after)

    def untold_sales(
        self, category: str, currency: str, up_to: int, after: Position | None = None
    ) -> Iterator[SaleOffer]:
        """Yield sales that are not told by (SPmin, number)."""
        where = f"{_SALE} AND told = 0 AND category = ? AND currency = ?"
        return self._rising(where, (category, currency), up_to, after)

    def untold_purchases(
        self, category: str, currency: str, at_least: int, after: Position | None = None
    ) -> Iterator[PurchaseOffer]:
        """Yield purchases that are not told by (BPmax, number) from the greatest down."""
        return self._falling(f"{_PURCHASE} AND told = 0", (category, currency), at_least, after)

    def lost_sales(self, category: str, currency: str, after: DealNumber, up_to: int) -> Iterator[SaleOffer]:
        """Yield lost sales by deal. Those above ``up_to`` are passed over one by one, within the key of the table."""
        query = (
            "SELECT deal, sale FROM lost_sales WHERE category = ? AND currency = ? AND deal > ? AND min_price <= ?"
            " ORDER BY deal LIMIT ?"
        )
        while rows := self._session.rows(query, category, currency, after, up_to, _CHUNK):
            for deal, number in rows:
                after = deal
                sale = self.get(number)
                assert isinstance(sale, SaleOffer)
                yield sale

    def unsold(self, category: str, after: OfferNumber) -> Iterator[SaleOffer]:
        """Yield the sales in the books by number."""
        return self._by_number(_SALE, category, after)

    def listed_sales(self, category: str, after: OfferNumber) -> Iterator[SaleOffer]:
        """Yield the sales that are not filed by number."""
        return self._by_number("side = 'sale' AND filed = 0", category, after)

    def due(self, now: datetime, limit: int) -> Sequence[Offer]:
        """Return the first open offers whose time limit is not after ``now``."""
        rest = "WHERE state = 'open' AND time_limit <= ? ORDER BY time_limit, number LIMIT ?"
        return self._table.select(rest, instant(now), limit)

    def next_limit(self) -> datetime | None:
        """Return the earliest time limit of an open offer."""
        first = self._session.rows("SELECT min(time_limit) FROM offers WHERE state = 'open'")[0][0]
        return None if first is None else time_of(first)

    def _rising(
        self, where: str, arguments: tuple[Any, ...], up_to: int, after: Position | None
    ) -> Iterator[SaleOffer]:
        rest = f"WHERE {where} AND price <= ? AND (price, number) > (?, ?) ORDER BY price, number LIMIT ?"
        while offers := self._table.select(rest, *arguments, up_to, *(after or (_LEAST, 0)), _CHUNK):
            for offer in offers:
                assert isinstance(offer, SaleOffer)
                after = offer.min_price, offer.number
                yield offer

    def _falling(
        self, where: str, arguments: tuple[Any, ...], at_least: int, after: Position | None
    ) -> Iterator[PurchaseOffer]:
        where += " AND category = ? AND currency = ? AND price >= ? AND (price, number) < (?, ?)"
        rest = f"WHERE {where} ORDER BY price DESC, number DESC LIMIT ?"
        while offers := self._table.select(rest, *arguments, at_least, *(after or (_GREATEST, 0)), _CHUNK):
            for offer in offers:
                assert isinstance(offer, PurchaseOffer)
                after = offer.max_price, offer.number
                yield offer

    def _by_number(self, where: str, category: str, after: OfferNumber) -> Iterator[SaleOffer]:
        rest = f"WHERE {where} AND category = ? AND number > ? ORDER BY number LIMIT ?"
        while offers := self._table.select(rest, category, after, _CHUNK):
            for offer in offers:
                assert isinstance(offer, SaleOffer)
                after = offer.number
                yield offer

    def _log_loss(self, old: Offer | None, new: Offer) -> None:
        """Keep the log of sales that went into a deal; one that opens again is lost no more."""
        if not isinstance(new, SaleOffer) or new.deal == (old.deal if old else None):
            return
        if old and old.deal:
            place = (old.category, old.currency, old.deal)
            self._session.change("DELETE FROM lost_sales WHERE category = ? AND currency = ? AND deal = ?", *place)
        if new.deal:
            loss = (new.category, new.currency, new.deal, new.min_price, new.number)
            self._session.change("INSERT OR REPLACE INTO lost_sales VALUES (?, ?, ?, ?, ?)", *loss)

    def _columns(self, offer: Offer) -> Mapping[str, Any]:
        ladder = None
        if isinstance(offer, SaleOffer):
            ladder = self._ladder_text(Ladder(offer.category, offer.currency, offer.terms, offer.factor))
        return {
            "number": offer.number,
            "side": "sale" if ladder else "purchase",
            "box": offer.box,
            "category": offer.category,
            "currency": offer.currency,
            "ladder": ladder,
            "price": offer.min_price if isinstance(offer, SaleOffer) else offer.max_price,
            "arrival": offer.arrival,
            "time_limit": instant(offer.limit),
            "state": offer.state.value,
            "filed": offer.filed,
            "deal": offer.deal,
        }

    def _ladder_text(self, ladder: Ladder) -> str:
        """One text for equal ladders: 0.1 and 0.10 are one rate."""
        terms = evolve(ladder.terms, rate=_shortest(ladder.terms.rate))
        return self._session.text(evolve(ladder, terms=terms, factor=_shortest(ladder.factor)), Ladder)


def _shortest(value: Decimal) -> Decimal:
    return Decimal(f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else value)
