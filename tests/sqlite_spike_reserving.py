"""A throw-away SQLite store, the part with items, the demand for them, reservations and watches."""

from collections.abc import Sequence
from datetime import date, datetime

from brokerage.records.items import Demand, Item
from brokerage.records.numbers import Arrival, BoxNumber, ItemNumber, OfferNumber, OrderNumber
from brokerage.records.reservations import Reservation
from brokerage.records.watches import Topic, Watch, When
from sqlite_spike_books import Session, Table, instant
from sqlite_spike_people import first_time

__all__ = ["RESERVING_SCHEMA", "SqliteDemands", "SqliteItems", "SqliteReservations", "SqliteWatches"]

_REST = "version INTEGER NOT NULL, fact TEXT NOT NULL"
_GREATEST = (1 << 63) - 1
RESERVING_SCHEMA = f"""
CREATE TABLE items (
    number INTEGER PRIMARY KEY, box INTEGER, category TEXT NOT NULL, state TEXT NOT NULL, release INTEGER NOT NULL,
    change INTEGER NOT NULL, mailing INTEGER NOT NULL, closing INTEGER NOT NULL, {_REST}
) STRICT;
CREATE INDEX item_boxes ON items (box, number);
CREATE INDEX item_categories ON items (category, number) WHERE state = 'announced';
CREATE INDEX item_changes ON items (category, change, number);
CREATE INDEX item_releases ON items (release, number) WHERE state = 'announced';
CREATE INDEX item_mailing ON items (mailing, number) WHERE mailing = 1;
CREATE INDEX item_closing ON items (closing, number) WHERE closing = 1;
CREATE TABLE demands (
    item INTEGER PRIMARY KEY, category TEXT NOT NULL, change INTEGER NOT NULL, mailing INTEGER NOT NULL, {_REST}
) STRICT;
CREATE INDEX demand_changes ON demands (category, change, item);
CREATE INDEX demand_mailing ON demands (mailing, item) WHERE mailing = 1;
CREATE TABLE reservations (
    number INTEGER PRIMARY KEY, box INTEGER NOT NULL, item INTEGER NOT NULL, category TEXT NOT NULL,
    state TEXT NOT NULL, arrival INTEGER NOT NULL, price INTEGER NOT NULL, units INTEGER NOT NULL, wanted INTEGER,
    of_order INTEGER, filed INTEGER NOT NULL, {_REST}
) STRICT;
CREATE INDEX reservation_boxes ON reservations (box, number);
CREATE INDEX reservation_unfiled ON reservations (box, number) WHERE filed = 0;
CREATE INDEX reservation_orders ON reservations (of_order, number);
CREATE INDEX reservation_arrivals ON reservations (item, arrival, number) WHERE state = 'open';
CREATE INDEX reservation_pools ON reservations (item, price, units) WHERE state = 'open';
CREATE INDEX reservation_days ON reservations (wanted, number) WHERE state = 'open';
CREATE INDEX reservation_unfinished ON reservations (category) WHERE state <> 'closed';
CREATE TABLE watches (
    box INTEGER, topic TEXT, category TEXT, at_once INTEGER NOT NULL, due INTEGER, {_REST},
    PRIMARY KEY (box, topic, category)
) STRICT;
CREATE INDEX watch_categories ON watches (topic, category, box);
CREATE INDEX watch_at_once ON watches (topic, category, box) WHERE at_once = 1;
CREATE INDEX watch_due ON watches (due, box, topic, category);
"""


class SqliteItems:
    """Items by number, and by all that they are looked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: Table[ItemNumber, Item] = Table(
            session,
            "items",
            Item,
            ["number"],
            lambda item: {
                "number": item.number,
                "box": item.box,
                "category": item.category,
                "state": item.state.value,
                "release": instant(item.release_at),
                "change": item.change,
                "mailing": int(item.mailing),
                "closing": int(item.closing),
            },
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def announced(self, category: str | None, before: ItemNumber | None, limit: int) -> Sequence[Item]:
        first = _GREATEST if before is None else before
        if category is None:
            return self._table.select(
                "WHERE state = 'announced' AND number < ? ORDER BY number DESC LIMIT ?", first, limit
            )
        rest = "WHERE category = ? AND state = 'announced' AND number < ? ORDER BY number DESC LIMIT ?"
        return self._table.select(rest, category, first, limit)

    def latest(self, before: ItemNumber | None, limit: int) -> Sequence[Item]:
        rest = "WHERE number < ? ORDER BY number DESC LIMIT ?"
        return self._table.select(rest, _GREATEST if before is None else before, limit)

    def of_member(self, box: BoxNumber, before: ItemNumber | None, limit: int) -> Sequence[Item]:
        rest = "WHERE box = ? AND number < ? ORDER BY number DESC LIMIT ?"
        return self._table.select(rest, box, _GREATEST if before is None else before, limit)

    def changed(self, category: str, after: int, limit: int) -> Sequence[Item]:
        rest = "WHERE category = ? AND change > ? ORDER BY change, number LIMIT ?"
        return self._table.select(rest, category, after, limit)

    def due(self, now: datetime, limit: int) -> Sequence[Item]:
        rest = "WHERE state = 'announced' AND release <= ? ORDER BY release, number LIMIT ?"
        return self._table.select(rest, instant(now), limit)

    def next_release(self) -> datetime | None:
        return first_time(self._session.rows("SELECT min(release) FROM items WHERE state = 'announced'"))

    def to_mail(self, limit: int) -> Sequence[Item]:
        return self._table.select("WHERE mailing = 1 ORDER BY number LIMIT ?", limit)

    def to_close(self, limit: int) -> Sequence[Item]:
        return self._table.select("WHERE closing = 1 ORDER BY number LIMIT ?", limit)


class SqliteDemands:
    """Demands by item, by change, and those to be mailed."""

    def __init__(self, session: Session) -> None:
        self._table: Table[ItemNumber, Demand] = Table(
            session,
            "demands",
            Demand,
            ["item"],
            lambda demand: {
                "item": demand.item,
                "category": demand.category,
                "change": demand.change,
                "mailing": int(demand.mailing),
            },
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def changed(self, category: str, after: int, limit: int) -> Sequence[Demand]:
        rest = "WHERE category = ? AND change > ? ORDER BY change, item LIMIT ?"
        return self._table.select(rest, category, after, limit)

    def to_mail(self, limit: int) -> Sequence[Demand]:
        return self._table.select("WHERE mailing = 1 ORDER BY item LIMIT ?", limit)


class SqliteReservations:
    """Reservations by number, and by all that they are looked for; an item's pool is summed up when it is asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: Table[OfferNumber, Reservation] = Table(
            session,
            "reservations",
            Reservation,
            ["number"],
            lambda one: {
                "number": one.number,
                "box": one.box,
                "item": one.item,
                "category": one.category,
                "state": one.state.value,
                "arrival": one.arrival,
                "price": one.max_price,
                "units": one.quantity,
                "wanted": None if one.wanted_by is None else one.wanted_by.toordinal(),
                "of_order": one.order,
                "filed": int(one.filed),
            },
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def open_of(self, item: ItemNumber, after: Arrival | None, limit: int) -> Sequence[Reservation]:
        rest = "WHERE item = ? AND state = 'open' AND arrival > ? ORDER BY arrival, number LIMIT ?"
        return self._table.select(rest, item, -1 if after is None else after, limit)

    def pooled(self, item: ItemNumber) -> Sequence[tuple[int, int]]:
        query = (
            "SELECT price, sum(units) FROM reservations WHERE item = ? AND state = 'open'"
            " GROUP BY price ORDER BY price DESC"
        )
        return self._session.rows(query, item)

    def of_order(self, order: OrderNumber, after: OfferNumber | None, limit: int) -> Sequence[Reservation]:
        rest = "WHERE of_order = ? AND number > ? ORDER BY number LIMIT ?"
        return self._table.select(rest, order, -1 if after is None else after, limit)

    def of_member(self, box: BoxNumber) -> Sequence[Reservation]:
        return self._table.select("WHERE box = ? AND filed = 0 ORDER BY number", box)

    def listed(self, box: BoxNumber, before: OfferNumber | None, limit: int) -> Sequence[Reservation]:
        rest = "WHERE box = ? AND number < ? ORDER BY number DESC LIMIT ?"
        return self._table.select(rest, box, _GREATEST if before is None else before, limit)

    def wanted_before(self, day: date, limit: int) -> Sequence[Reservation]:
        rest = "WHERE state = 'open' AND wanted < ? ORDER BY wanted, number LIMIT ?"
        return self._table.select(rest, day.toordinal(), limit)

    def past_of(self, item: ItemNumber, day: date) -> Sequence[Reservation]:
        rest = "WHERE item = ? AND state = 'open' AND wanted < ? ORDER BY wanted, number"
        return self._table.select(rest, item, day.toordinal())

    def next_wanted(self) -> date | None:
        query = "SELECT min(wanted) FROM reservations WHERE state = 'open' AND wanted IS NOT NULL"
        [(day,)] = self._session.rows(query)
        return None if day is None else date.fromordinal(day)

    def has_unfinished(self, category: str) -> bool:
        query = "SELECT 1 FROM reservations WHERE category = ? AND state <> 'closed' LIMIT 1"
        return bool(self._session.rows(query, category))


class SqliteWatches:
    """Watches by member, topic and category, and those that are due."""

    def __init__(self, session: Session) -> None:
        self._session = session
        table: Table[tuple[BoxNumber, str, str], Watch] = Table(
            session,
            "watches",
            Watch,
            ["box", "topic", "category"],
            lambda watch: {
                "box": watch.box,
                "topic": watch.topic.value,
                "category": watch.category,
                "at_once": int(watch.when is When.AT_ONCE),
                "due": instant(watch.due),
            },
        )
        self._table = table
        self.add, self.replace, self.remove = table.add, table.replace, table.remove

    def get(self, key: tuple[BoxNumber, Topic, str]) -> Watch | None:
        box, topic, category = key
        return self._table.get((box, topic.value, category))

    def of_member(self, box: BoxNumber) -> Sequence[Watch]:
        return self._table.select("WHERE box = ? ORDER BY topic, category", box)

    def at_once(self, topic: Topic, category: str, after: BoxNumber, limit: int) -> Sequence[Watch]:
        rest = "WHERE topic = ? AND category = ? AND at_once = 1 AND box > ? ORDER BY box LIMIT ?"
        return self._table.select(rest, topic.value, category, after, limit)

    def watching(self, topic: Topic, category: str, after: BoxNumber, limit: int) -> Sequence[Watch]:
        rest = "WHERE topic = ? AND category = ? AND box > ? ORDER BY box LIMIT ?"
        return self._table.select(rest, topic.value, category, after, limit)

    def due(self, now: datetime, limit: int) -> Sequence[Watch]:
        rest = "WHERE due <= ? ORDER BY due, box, topic, category LIMIT ?"
        return self._table.select(rest, instant(now), limit)

    def next_due(self) -> datetime | None:
        return first_time(self._session.rows("SELECT min(due) FROM watches WHERE due IS NOT NULL"))
