"""Items, the demand for them, reservations and watches in memory (spec N1, N2)."""

from collections.abc import Sequence
from datetime import date, datetime
from operator import attrgetter

from sortedcontainers import SortedDict

from brokerage.adapters.memory.books import instant_of, number_of, pack, time_of
from brokerage.adapters.memory.facts import MemoryFacts
from brokerage.adapters.memory.lists import GroupedLists
from brokerage.adapters.memory.session import Session
from brokerage.records.items import Demand, Item, ItemState
from brokerage.records.numbers import Arrival, BoxNumber, ItemNumber, OfferNumber, OrderNumber
from brokerage.records.reservations import Reservation, ReservationState
from brokerage.records.watches import Topic, Watch, When

__all__ = ["MemoryDemands", "MemoryItems", "MemoryReservations", "MemoryWatches"]

_ALL = None
"""The group of a list that has only one."""
_MANY = 1 << 62


class MemoryItems:
    """Items by number, and in lists: announced ones, those of a member, by change, by release, and those to be mailed.

    Adding and replacing cost O(log n).
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[ItemNumber, Item] = MemoryFacts(session, attrgetter("number"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._numbers: GroupedLists[Item, None, ItemNumber] = GroupedLists(lambda item: (_ALL, item.number))
        self._announced: GroupedLists[Item, None, ItemNumber] = GroupedLists(
            lambda item: (_ALL, item.number) if _is_announced(item) else None
        )
        self._by_category: GroupedLists[Item, str, ItemNumber] = GroupedLists(
            lambda item: (item.category, item.number) if _is_announced(item) else None
        )
        self._by_member: GroupedLists[Item, BoxNumber, ItemNumber] = GroupedLists(
            lambda item: None if item.box is None else (item.box, item.number)
        )
        self._changes: GroupedLists[Item, str, int] = GroupedLists(
            lambda item: (item.category, pack(item.change, item.number))
        )
        self._releases: GroupedLists[Item, None, tuple[datetime, int]] = GroupedLists(
            lambda item: (_ALL, (item.release_at, item.number)) if _is_announced(item) else None
        )
        self._to_mail: GroupedLists[Item, None, ItemNumber] = GroupedLists(
            lambda item: (_ALL, item.number) if item.mailing else None
        )
        self._to_close: GroupedLists[Item, None, ItemNumber] = GroupedLists(
            lambda item: (_ALL, item.number) if item.closing else None
        )

    def announced(self, category: str | None, before: ItemNumber | None, limit: int) -> Sequence[Item]:
        """Return announced items with numbers below ``before``, newest first. O(log n + limit)."""
        with self._session.lock:
            if category is None:
                return self._items(self._announced.newest(_ALL, before, limit))
            return self._items(self._by_category.newest(category, before, limit))

    def latest(self, before: ItemNumber | None, limit: int) -> Sequence[Item]:
        """Return items in whatever state with numbers below ``before``, newest first. O(log n + limit)."""
        with self._session.lock:
            return self._items(self._numbers.newest(_ALL, before, limit))

    def of_member(self, box: BoxNumber, before: ItemNumber | None, limit: int) -> Sequence[Item]:
        """Return the items that a member registered, with numbers below ``before``, newest first. O(log n + limit)."""
        with self._session.lock:
            return self._items(self._by_member.newest(box, before, limit))

    def changed(self, category: str, after: int, limit: int) -> Sequence[Item]:
        """Return items of a category in whatever state whose change is above ``after``, by change. O(log n + limit)."""
        with self._session.lock:
            entries = self._changes.first(category, pack(after + 1, 0), limit)
            return [self._facts.facts[ItemNumber(number_of(entry))] for entry in entries]

    def due(self, now: datetime, limit: int) -> Sequence[Item]:
        """Return the first announced items that are released not after ``now``. O(log n + limit)."""
        with self._session.lock:
            entries = self._releases.until(_ALL, (now, 1 << 62), limit)
            return [self._facts.facts[ItemNumber(number)] for _, number in entries]

    def next_release(self) -> datetime | None:
        """Return the earliest release of an announced item. O(1)."""
        with self._session.lock:
            entry = self._releases.least(_ALL)
            return None if entry is None else entry[0]

    def to_mail(self, limit: int) -> Sequence[Item]:
        """Return the first items whose change is still to be mailed, by number. O(limit)."""
        with self._session.lock:
            return self._items(self._to_mail.first(_ALL, None, limit))

    def to_close(self, limit: int) -> Sequence[Item]:
        """Return the first items whose open reservations are still to be ended, by number. O(limit)."""
        with self._session.lock:
            return self._items(self._to_close.first(_ALL, None, limit))

    def _items(self, numbers: Sequence[ItemNumber]) -> Sequence[Item]:
        return [self._facts.facts[number] for number in numbers]

    def _index(self, old: Item | None, new: Item | None) -> None:
        self._numbers.move(old, new)
        self._announced.move(old, new)
        self._by_category.move(old, new)
        self._by_member.move(old, new)
        self._changes.move(old, new)
        self._releases.move(old, new)
        self._to_mail.move(old, new)
        self._to_close.move(old, new)


def _is_announced(item: Item) -> bool:
    return item.state is ItemState.ANNOUNCED


class MemoryDemands:
    """Demands by item, by change, and those to be mailed. Adding and replacing cost O(log n)."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[ItemNumber, Demand] = MemoryFacts(session, attrgetter("item"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._changes: GroupedLists[Demand, str, int] = GroupedLists(
            lambda demand: (demand.category, pack(demand.change, demand.item))
        )
        self._to_mail: GroupedLists[Demand, None, ItemNumber] = GroupedLists(
            lambda demand: (_ALL, demand.item) if demand.mailing else None
        )

    def changed(self, category: str, after: int, limit: int) -> Sequence[Demand]:
        """Return demands of a category whose change is above ``after``, by change. O(log n + limit)."""
        with self._session.lock:
            entries = self._changes.first(category, pack(after + 1, 0), limit)
            return [self._facts.facts[ItemNumber(number_of(entry))] for entry in entries]

    def to_mail(self, limit: int) -> Sequence[Demand]:
        """Return the first demands whose change is still to be mailed, by item. O(limit)."""
        with self._session.lock:
            return [self._facts.facts[item] for item in self._to_mail.first(_ALL, None, limit)]

    def _index(self, old: Demand | None, new: Demand | None) -> None:
        self._changes.move(old, new)
        self._to_mail.move(old, new)


class MemoryReservations:
    """Reservations by number, in lists, and the open ones of each item pooled by limit.

    Lists hold packed integers, and pools nothing but numbers: what is reserved adds little to what the garbage
    collector walks. Adding and replacing cost O(log n).
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[OfferNumber, Reservation] = MemoryFacts(session, attrgetter("number"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._open: GroupedLists[Reservation, ItemNumber, int] = GroupedLists(
            lambda one: (one.item, pack(one.arrival, one.number)) if _is_open(one) else None
        )
        self._by_order: GroupedLists[Reservation, OrderNumber, OfferNumber] = GroupedLists(
            lambda one: None if one.order is None else (one.order, one.number)
        )
        self._unfiled: GroupedLists[Reservation, BoxNumber, OfferNumber] = GroupedLists(
            lambda one: None if one.filed else (one.box, one.number)
        )
        self._by_member: GroupedLists[Reservation, BoxNumber, OfferNumber] = GroupedLists(
            lambda one: (one.box, one.number)
        )
        self._days: GroupedLists[Reservation, None, int] = GroupedLists(_wanted)
        self._days_of_items: GroupedLists[Reservation, ItemNumber, int] = GroupedLists(_wanted_of_item)
        self._unfinished: GroupedLists[Reservation, str, OfferNumber] = GroupedLists(
            lambda one: None if one.state is ReservationState.CLOSED else (one.category, one.number)
        )
        self._pools: dict[ItemNumber, SortedDict[int, int]] = {}

    def open_of(self, item: ItemNumber, after: Arrival | None, limit: int) -> Sequence[Reservation]:
        """Return an item's open reservations whose arrival is above ``after``, by arrival. O(log n + limit)."""
        with self._session.lock:
            above = None if after is None else pack(after + 1, 0)
            return [self._facts.facts[OfferNumber(number_of(at))] for at in self._open.first(item, above, limit)]

    def pooled(self, item: ItemNumber) -> Sequence[tuple[int, int]]:
        """Return how many units of an item are reserved at each limit: (limit, units), the highest limit first.

        O(different limits).
        """
        with self._session.lock:
            pool = self._pools.get(item)
            return [] if pool is None else list(pool.items())[::-1]

    def of_order(self, order: OrderNumber, after: OfferNumber | None, limit: int) -> Sequence[Reservation]:
        """Return the reservations that name an order, with numbers above ``after``, by number. O(log n + limit)."""
        with self._session.lock:
            return self._reservations(self._by_order.first(order, after, limit))

    def of_member(self, box: BoxNumber) -> Sequence[Reservation]:
        """Return a member's reservations that are not filed, by number. O(their number)."""
        with self._session.lock:
            return self._reservations(self._unfiled.all(box))

    def listed(self, box: BoxNumber, before: OfferNumber | None, limit: int) -> Sequence[Reservation]:
        """Return a member's reservations with numbers below ``before``, newest first. O(log n + limit)."""
        with self._session.lock:
            return self._reservations(self._by_member.newest(box, before, limit))

    def wanted_before(self, day: date, limit: int) -> Sequence[Reservation]:
        """Return the first open reservations wanted by a day before ``day``, by (day, number). O(log n + limit)."""
        with self._session.lock:
            entries = self._days.until(_ALL, pack(day.toordinal(), 0), limit)
            return [self._facts.facts[OfferNumber(number_of(entry))] for entry in entries]

    def past_of(self, item: ItemNumber, day: date) -> Sequence[Reservation]:
        """Return an item's open reservations wanted by a day before ``day``. O(log n + their number)."""
        with self._session.lock:
            entries = self._days_of_items.until(item, pack(day.toordinal(), 0), _MANY)
            return [self._facts.facts[OfferNumber(number_of(entry))] for entry in entries]

    def next_wanted(self) -> date | None:
        """Return the earliest day by which an open reservation is wanted. O(1)."""
        with self._session.lock:
            entry = self._days.least(_ALL)
            return None if entry is None else self._facts.facts[OfferNumber(number_of(entry))].wanted_by

    def has_unfinished(self, category: str) -> bool:
        """Say whether any reservation in a category has not ended. O(1)."""
        with self._session.lock:
            return self._unfinished.least(category) is not None

    def _reservations(self, numbers: Sequence[OfferNumber]) -> Sequence[Reservation]:
        return [self._facts.facts[number] for number in numbers]

    def _index(self, old: Reservation | None, new: Reservation | None) -> None:
        self._open.move(old, new)
        self._by_order.move(old, new)
        self._unfiled.move(old, new)
        self._by_member.move(old, new)
        self._days.move(old, new)
        self._days_of_items.move(old, new)
        self._unfinished.move(old, new)
        if old is not None and _is_open(old):
            self._pool(old.item, old.max_price, -old.quantity)
        if new is not None and _is_open(new):
            self._pool(new.item, new.max_price, new.quantity)

    def _pool(self, item: ItemNumber, price: int, units: int) -> None:
        """Count units in or out at a limit; a limit or an item at which nothing is left is forgotten. O(log n)."""
        pool = self._pools.setdefault(item, SortedDict())
        left = pool.get(price, 0) + units
        if left:
            pool[price] = left
            return
        del pool[price]
        if not pool:
            del self._pools[item]


def _is_open(reservation: Reservation) -> bool:
    return reservation.state is ReservationState.OPEN


def _wanted(reservation: Reservation) -> tuple[None, int] | None:
    if reservation.wanted_by is None or not _is_open(reservation):
        return None
    return _ALL, pack(reservation.wanted_by.toordinal(), reservation.number)


def _wanted_of_item(reservation: Reservation) -> tuple[ItemNumber, int] | None:
    place = _wanted(reservation)
    return None if place is None else (reservation.item, place[1])


class MemoryWatches:
    """Watches by member, topic and category, those of each topic and category, and those due.

    Adding, replacing and removing cost O(log n).
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[tuple[BoxNumber, Topic, str], Watch] = MemoryFacts(
            session, attrgetter("box", "topic", "category"), self._index
        )
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove
        self._by_member: GroupedLists[Watch, BoxNumber, tuple[str, str]] = GroupedLists(
            lambda watch: (watch.box, (watch.topic.value, watch.category))
        )
        self._at_once: GroupedLists[Watch, tuple[Topic, str], BoxNumber] = GroupedLists(
            lambda watch: ((watch.topic, watch.category), watch.box) if watch.when is When.AT_ONCE else None
        )
        self._watching: GroupedLists[Watch, tuple[Topic, str], BoxNumber] = GroupedLists(
            lambda watch: ((watch.topic, watch.category), watch.box)
        )
        self._due: GroupedLists[Watch, None, tuple[int, BoxNumber, str, str]] = GroupedLists(
            lambda watch: (
                None
                if watch.due is None
                else (_ALL, (instant_of(watch.due), watch.box, watch.topic.value, watch.category))
            )
        )

    def of_member(self, box: BoxNumber) -> Sequence[Watch]:
        """Return what a member wants to hear of, by (topic's value, category). O(their number)."""
        with self._session.lock:
            return [self._facts.facts[box, Topic(topic), category] for topic, category in self._by_member.all(box)]

    def at_once(self, topic: Topic, category: str, after: BoxNumber, limit: int) -> Sequence[Watch]:
        """Return who wants to hear at once, with boxes above ``after``, by box. O(log n + limit)."""
        with self._session.lock:
            boxes = self._at_once.first((topic, category), after, limit)
            return [self._facts.facts[box, topic, category] for box in boxes]

    def watching(self, topic: Topic, category: str, after: BoxNumber, limit: int) -> Sequence[Watch]:
        """Return who wants to hear at once or regularly, with boxes above ``after``, by box. O(log n + limit)."""
        with self._session.lock:
            boxes = self._watching.first((topic, category), after, limit)
            return [self._facts.facts[box, topic, category] for box in boxes]

    def due(self, now: datetime, limit: int) -> Sequence[Watch]:
        """Return the first whose digest is due not after ``now``. O(log n + limit)."""
        with self._session.lock:
            entries = self._due.until(_ALL, (instant_of(now) + 1, BoxNumber(0), "", ""), limit)
            return [self._facts.facts[box, Topic(topic), category] for _, box, topic, category in entries]

    def next_due(self) -> datetime | None:
        """Return the earliest instant at which a digest is due. O(1)."""
        with self._session.lock:
            entry = self._due.least(_ALL)
            return None if entry is None else time_of(entry[0])

    def _index(self, old: Watch | None, new: Watch | None) -> None:
        self._by_member.move(old, new)
        self._at_once.move(old, new)
        self._watching.move(old, new)
        self._due.move(old, new)
