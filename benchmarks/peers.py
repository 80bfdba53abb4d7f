"""Order books of other people, as far as their interfaces reach: insert, the best ten, remove.

They match at once where prices cross, so every sale is offered far above every purchase: an insert is then a plain
insert. Making the order that an interface wants belongs to it, for the order is what the book keeps; the engine and
the floor begin with the same plain values. Order books know no members, no texts, no lists and no journal, and nobody
is told of anything.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from random import Random
from typing import Any, Protocol

from attrs import frozen

from benchmarks.markets import Timed
from benchmarks.runs import BLOCKS, Step, cost_of
from benchmarks.timing import collector_off, resident_bytes, seconds
from benchmarks.work import CATEGORIES, Offered, Work

__all__ = ["PEERS", "Peer", "PeerKind", "measure_peer"]

_APART = 10**7
_PAGE = 10
_BUDGET = 45.0
_CHUNKS = 50
_START = datetime(2026, 1, 1)


class Peer(Protocol):
    """An order book. Orders are numbered from 0 in the order in which they are inserted."""

    def insert(self, rows: Sequence[Offered]) -> Timed:
        """Insert orders one by one."""

    def page(self, category: str) -> Timed | None:
        """Read the ten best sales of a category; ``None`` where the interface has no way to."""

    def remove(self, orders: Sequence[int]) -> Timed:
        """Remove orders one by one."""


def _price(row: Offered) -> int:
    return row.price + _APART if row.is_sale else row.price


class PyOrderBook:
    """pyorderbook: heaps of price levels, each a dictionary of orders under random ids."""

    def __init__(self) -> None:
        self._package = import_module("pyorderbook")
        self._book = self._package.Book()
        self._orders: list[Any] = []

    def insert(self, rows: Sequence[Offered]) -> Timed:
        """Match orders that cross nothing."""
        ask, bid, match, keep = self._package.ask, self._package.bid, self._book.match, self._orders.append
        given = [(ask if row.is_sale else bid, row.category, _price(row)) for row in rows]

        def run() -> None:
            for make, category, price in given:
                order = make(category, price, 1)
                match(order)
                keep(order)

        return run

    def page(self, category: str) -> Timed | None:
        """There is no way to read a book in the order of its prices."""
        return None

    def remove(self, orders: Sequence[int]) -> Timed:
        """Cancel orders."""
        return _for_each(self._book.cancel, [self._orders[at] for at in orders])


class AkhilOrderBook:
    """akhil4n-orderbook: sorted price levels, each an ordered dictionary; one book for each category."""

    def __init__(self) -> None:
        self._package = import_module("orderbook")
        self._books = {category: self._package.OrderBook() for category in CATEGORIES}
        self._orders: list[tuple[str, str]] = []

    def insert(self, rows: Sequence[Offered]) -> Timed:
        """Add limit orders."""
        make, side, books, keep = self._package.Order, self._package.OrderSide, self._books, self._orders.append
        given = [(row.category, side.ASK if row.is_sale else side.BID, Decimal(_price(row))) for row in rows]

        def run() -> None:
            for category, which, price in given:
                order = make(which, price, 1)
                books[category].add_limit_order(order)
                keep((category, order.order_id))

        return run

    def page(self, category: str) -> Timed | None:
        """Walk over the sorted levels of the asks."""
        asks = self._books[category].asks
        return lambda: list(islice((order for level in asks.values() for order in level.queue.values()), _PAGE))

    def remove(self, orders: Sequence[int]) -> Timed:
        """Cancel orders."""
        found = [self._orders[at] for at in orders]
        return _calls([(self._books[category].cancel_order, number) for category, number in found])


class LightMatching:
    """lightmatchingengine: a dictionary of price levels, whose least or greatest price every insert looks for."""

    def __init__(self) -> None:
        self._package = import_module("lightmatchingengine.lightmatchingengine")
        self._engine = self._package.LightMatchingEngine()
        self._categories: list[str] = []

    def insert(self, rows: Sequence[Offered]) -> Timed:
        """Add orders."""
        side, add = self._package.Side, self._engine.add_order
        made = [(row.category, _price(row), 1, side.SELL if row.is_sale else side.BUY) for row in rows]
        self._categories += [row.category for row in rows]

        def run() -> None:
            for order in made:
                add(*order)

        return run

    def page(self, category: str) -> Timed | None:
        """There is no way to read a book in the order of its prices."""
        return None

    def remove(self, orders: Sequence[int]) -> Timed:
        """Cancel orders."""
        cancel, found = self._engine.cancel_order, [(at + 1, self._categories[at]) for at in orders]

        def run() -> None:
            for number, category in found:
                cancel(number, category)

        return run


class OrderMatching:
    """order-matching: dictionaries of price levels and of expiration times; its book alone.

    Placing through its engine looks through the whole book for the order's id each time.
    """

    def __init__(self) -> None:
        self._make = import_module("order_matching.order").LimitOrder
        self._side = import_module("order_matching.enums").Side
        book = import_module("order_matching.order_book").OrderBook
        self._books = {category: book() for category in CATEGORIES}
        self._orders: list[tuple[str, Any]] = []

    def insert(self, rows: Sequence[Offered]) -> Timed:
        """Append orders, each with a time limit of its own."""
        make, side, books, keep = self._make, self._side, self._books, self._orders.append
        first = len(self._orders)
        given = [
            (
                row.category,
                side.SELL if row.is_sale else side.BUY,
                float(_price(row)),
                str(number),
                str(row.box),
                _START + timedelta(days=180, microseconds=number),
            )
            for number, row in enumerate(rows, start=first)
        ]

        def run() -> None:
            for category, which, price, number, box, limit in given:
                order = make(
                    side=which,
                    price=price,
                    size=1.0,
                    timestamp=_START,
                    order_id=number,
                    trader_id=box,
                    expiration=limit,
                )
                books[category].append(order)
                keep((category, order))

        return run

    def page(self, category: str) -> Timed | None:
        """Sort all price levels and take the first ten."""
        book = self._books[category]
        return lambda: book.asks_depth[:_PAGE]

    def remove(self, orders: Sequence[int]) -> Timed:
        """Remove orders."""
        found = [self._orders[at] for at in orders]
        return _calls([(self._books[category].remove, order) for category, order in found])


class SQLite:
    """sqlite3 in memory: one table, and an index by category, side and price."""

    def __init__(self) -> None:
        self._database = sqlite3.connect(":memory:", isolation_level=None)
        self._database.execute(
            "CREATE TABLE offers"
            " (number INTEGER PRIMARY KEY, box INT, category TEXT, is_sale INT, name TEXT, price INT)"
        )
        self._database.execute("CREATE INDEX book ON offers (category, is_sale, price, number)")
        self._count = 0

    def __del__(self) -> None:
        self._database.close()

    def insert(self, rows: Sequence[Offered]) -> Timed:
        """Insert rows, each in a transaction of its own."""
        made = [
            (self._count + at, row.box, row.category, row.is_sale, row.name, _price(row)) for at, row in enumerate(rows)
        ]
        self._count += len(rows)
        execute = self._database.execute

        def run() -> None:
            for row in made:
                execute("INSERT INTO offers VALUES (?, ?, ?, ?, ?, ?)", row)

        return run

    def page(self, category: str) -> Timed | None:
        """Select in the order of the index."""
        execute = self._database.execute
        return lambda: execute(
            "SELECT number, name, price FROM offers WHERE category = ? AND is_sale = 1 AND price <= ?"
            " ORDER BY price, number LIMIT 10",
            (category, 2 * _APART),
        ).fetchall()

    def remove(self, orders: Sequence[int]) -> Timed:
        """Delete rows."""
        execute, found = self._database.execute, [(number,) for number in orders]

        def run() -> None:
            for number in found:
                execute("DELETE FROM offers WHERE number = ?", number)

        return run


@frozen
class PeerKind:
    """A peer, how it is made, and the package that it comes in; ``None``: the standard library."""

    make: Callable[[], Peer]
    distribution: str | None

    @property
    def version(self) -> str | None:
        """Its version, ``None`` where it is not installed."""
        if self.distribution is None:
            return sqlite3.sqlite_version
        try:
            return version(self.distribution)
        except PackageNotFoundError:
            return None


PEERS = {
    "pyorderbook": PeerKind(PyOrderBook, "pyorderbook"),
    "akhil4n-orderbook": PeerKind(AkhilOrderBook, "akhil4n-orderbook"),
    "lightmatchingengine": PeerKind(LightMatching, "lightmatchingengine"),
    "order-matching": PeerKind(OrderMatching, "order-matching"),
    "sqlite3": PeerKind(SQLite, None),
}
"""Every peer by name."""


def measure_peer(peer: Peer, work: Work, budget: float = _BUDGET) -> Iterator[Step]:
    """Insert the work into a peer and measure inserting, reading and removing, as far as they exist.

    Args:
        peer: an empty one.
        work: what it is given.
        budget: seconds after which inserting stops, and the figures are those of the smaller book.
    """
    before = resident_bytes()
    costs: list[float] = []
    done, spent = 0, 0.0
    for chunk in range(1, _CHUNKS + 1):
        calls = range(done // work.rows, work.calls * chunk // _CHUNKS)
        if not calls:
            continue
        with collector_off():
            rows = [row for number in calls for row in work.call(number)]
            prepared = peer.insert(rows)
            done += len(rows)
        took = seconds(prepared)
        spent += took
        costs.append(took / len(rows) * 1e6)
        if spent > budget:
            break
    for cost in costs[len(costs) // 2 :]:
        yield "insert", cost
    yield "memory", (resident_bytes() - before) / done
    yield "offers", float(done)
    pages = [page for category in CATEGORIES if (page := peer.page(category)) is not None]
    for _ in range(BLOCKS if pages else 0):
        yield "page", cost_of(lambda: [page() for page in pages], len(pages))
    picked = Random(work.seed).sample(range(done), BLOCKS * min(200, done // (2 * BLOCKS)))
    size = len(picked) // BLOCKS
    for block in range(BLOCKS):
        yield "remove", cost_of(peer.remove(picked[block * size : (block + 1) * size]), size)


def _for_each(call: Callable[[Any], object], arguments: Sequence[Any]) -> Timed:
    def run() -> None:
        for argument in arguments:
            call(argument)

    return run


def _calls(made: Sequence[tuple[Callable[[Any], object], Any]]) -> Timed:
    def run() -> None:
        for call, argument in made:
            call(argument)

    return run
