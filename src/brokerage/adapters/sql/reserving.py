"""Items, the demand for them, reservations and watches, in tables."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Column, Index, bindparam, false, literal_column, select, true

from brokerage.adapters.sql.deadlines import deadlines, first_instant
from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.pools import SqlPools
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query, literal, value
from brokerage.adapters.sql.tables import fact_table, index_of_named, index_of_some, no_less, refers
from brokerage.adapters.sql.types import DAY, TEXT, TRUTH, WHOLE
from brokerage.records.items import Demand, Item, ItemState
from brokerage.records.numbers import Arrival, BoxNumber, ItemNumber, OfferNumber, OrderNumber
from brokerage.records.reservations import Reservation, ReservationState
from brokerage.records.watches import Topic, Watch, When

__all__ = ["DEMANDS", "ITEMS", "RESERVATIONS", "WATCHES", "SqlDemands", "SqlItems", "SqlReservations", "SqlWatches"]

_LAST = (1 << 63) - 1
_ANNOUNCED = value(Column("state", TEXT), ItemState.ANNOUNCED.value)
_OPEN = value(Column("state", TEXT), ReservationState.OPEN.value)
_UNFINISHED = Column("state", TEXT) != literal(ReservationState.CLOSED.value)
_UNFILED = Column("filed", TRUTH).is_(false())
_MAILING, _CLOSING = Column("mailing", TRUTH).is_(true()), Column("closing", TRUTH).is_(true())
_AT_ONCE = value(Column("when", TEXT), When.AT_ONCE.value)

ITEMS = fact_table(
    "items",
    Item,
    "number",
    Index(None, "box", "number"),
    Index(None, "category", "change", "number"),
    index_of_some("items_announced", _ANNOUNCED, "number"),
    index_of_some("items_announced_in_category", _ANNOUNCED, "category", "number"),
    index_of_some("items_to_mail", _MAILING, "number"),
    index_of_some("items_to_close", _CLOSING, "number"),
)
_I = ITEMS.table.c
_limit = bindparam("limit", type_=WHOLE)
_NEWEST_ITEMS = ITEMS.select().where(_I.number < bindparam("before")).order_by(_I.number.desc()).limit(_limit)
_ITEMS_ANNOUNCED = Query(_NEWEST_ITEMS.where(_ANNOUNCED), ("before", "limit"))
_ITEMS_OF_CATEGORY = Query(
    _NEWEST_ITEMS.where(_ANNOUNCED, _I.category == bindparam("category")), ("category", "before", "limit")
)
_ITEMS_LATEST = Query(_NEWEST_ITEMS, ("before", "limit"))
_ITEMS_OF_MEMBER = Query(_NEWEST_ITEMS.where(_I.box == bindparam("box")), ("box", "before", "limit"))
_ITEMS_CHANGED = Query(
    ITEMS.select()
    .where(_I.category == bindparam("category"), _I.change > bindparam("after"))
    .order_by(_I.change, _I.number)
    .limit(_limit),
    ("category", "after", "limit"),
)
_RELEASES = deadlines(ITEMS, "to_release", _I.release_at, _I.number, where=_ANNOUNCED)
_ITEMS_TO_MAIL = Query(ITEMS.select().where(_MAILING).order_by(_I.number).limit(_limit), ("limit",))
_ITEMS_TO_CLOSE = Query(ITEMS.select().where(_CLOSING).order_by(_I.number).limit(_limit), ("limit",))


class SqlItems:
    """Items by number, and by all that they are looked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[ItemNumber, Item] = SqlFacts(session, ITEMS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def announced(self, category: str | None, before: ItemNumber | None, limit: int) -> Sequence[Item]:
        """Return announced items with numbers below ``before``, newest first. O(log n + limit)."""
        first = _LAST if before is None else before
        if category is None:
            return self._facts.all(_ITEMS_ANNOUNCED, first, limit)
        return self._facts.all(_ITEMS_OF_CATEGORY, category, first, limit)

    def latest(self, before: ItemNumber | None, limit: int) -> Sequence[Item]:
        """Return items in whatever state with numbers below ``before``, newest first. O(log n + limit)."""
        return self._facts.all(_ITEMS_LATEST, _LAST if before is None else before, limit)

    def of_member(self, box: BoxNumber, before: ItemNumber | None, limit: int) -> Sequence[Item]:
        """Return the items that a member registered, with numbers below ``before``, newest first. O(log n + limit)."""
        return self._facts.all(_ITEMS_OF_MEMBER, box, _LAST if before is None else before, limit)

    def changed(self, category: str, after: int, limit: int) -> Sequence[Item]:
        """Return items of a category in whatever state whose change is above ``after``, by change. O(log n + limit)."""
        return self._facts.all(_ITEMS_CHANGED, category, after, limit)

    def due(self, now: datetime, limit: int) -> Sequence[Item]:
        """Return the first announced items that are released not after ``now``. O(log n + limit)."""
        return self._facts.all(_RELEASES.due, now, limit)

    def next_release(self) -> datetime | None:
        """Return the earliest release of an announced item. O(log n)."""
        return first_instant(self._session, _RELEASES.earliest)

    def to_mail(self, limit: int) -> Sequence[Item]:
        """Return the first items whose change is still to be mailed, by number. O(limit)."""
        return self._facts.all(_ITEMS_TO_MAIL, limit)

    def to_close(self, limit: int) -> Sequence[Item]:
        """Return the first items whose open reservations are still to be ended, by number. O(limit)."""
        return self._facts.all(_ITEMS_TO_CLOSE, limit)


DEMANDS = fact_table(
    "demands",
    Demand,
    "item",
    Index(None, "category", "change", "item"),
    index_of_some("demands_to_mail", _MAILING, "item"),
    *no_less(0, "reservations", "units"),
    refers("item", "items.number"),
)
_D = DEMANDS.table.c
_DEMANDS_CHANGED = Query(
    DEMANDS.select()
    .where(_D.category == bindparam("category"), _D.change > bindparam("after"))
    .order_by(_D.change, _D.item)
    .limit(_limit),
    ("category", "after", "limit"),
)
_DEMANDS_TO_MAIL = Query(DEMANDS.select().where(_MAILING).order_by(_D.item).limit(_limit), ("limit",))


class SqlDemands:
    """Demands by item, by change, and those to be mailed."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[ItemNumber, Demand] = SqlFacts(session, DEMANDS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def changed(self, category: str, after: int, limit: int) -> Sequence[Demand]:
        """Return demands of a category whose change is above ``after``, by change. O(log n + limit)."""
        return self._facts.all(_DEMANDS_CHANGED, category, after, limit)

    def to_mail(self, limit: int) -> Sequence[Demand]:
        """Return the first demands whose change is still to be mailed, by item. O(limit)."""
        return self._facts.all(_DEMANDS_TO_MAIL, limit)


RESERVATIONS = fact_table(
    "reservations",
    Reservation,
    "number",
    Index(None, "box", "number"),
    Index(None, "order", "number"),
    index_of_some("reservations_unfiled", _UNFILED, "box", "number"),
    index_of_some("reservations_open", _OPEN, "item", "arrival", "number"),
    index_of_some("reservations_wanted", _OPEN, "wanted_by", "number"),
    index_of_some("reservations_wanted_of_item", _OPEN, "item", "wanted_by", "number"),
    index_of_some("reservations_unfinished", _UNFINISHED, "category"),
    *no_less(1, "quantity"),
    *no_less(0, "max_price"),
    refers("person", "persons.number"),
    refers("item", "items.number"),
    refers("order", "orders.number"),
    refers("deal", "deals.number"),
    index_of_named("reservations", "deal"),
    refers("deliver_to", "contacts.number"),
    in_lists={"fees": no_less(0, "units")},
)
_R = RESERVATIONS.table.c
_RESERVATIONS = RESERVATIONS.select()
_OPEN_OF = Query(
    _RESERVATIONS.where(_OPEN, _R.item == bindparam("item"), _R.arrival > bindparam("after"))
    .order_by(_R.arrival, _R.number)
    .limit(_limit),
    ("item", "after", "limit"),
)
_OF_ORDER = Query(
    _RESERVATIONS.where(_R.order == bindparam("order"), _R.number > bindparam("after"))
    .order_by(_R.number)
    .limit(_limit),
    ("order", "after", "limit"),
)
_OF_MEMBER = Query(_RESERVATIONS.where(_UNFILED, _R.box == bindparam("box")).order_by(_R.number), ("box",))
_LISTED = Query(
    _RESERVATIONS.where(_R.box == bindparam("box"), _R.number < bindparam("before"))
    .order_by(_R.number.desc())
    .limit(_limit),
    ("box", "before", "limit"),
)
_WANTED = Query(
    _RESERVATIONS.where(_OPEN, _R.wanted_by < bindparam("day")).order_by(_R.wanted_by, _R.number).limit(_limit),
    ("day", "limit"),
)
_PAST_OF = Query(
    _RESERVATIONS.where(_OPEN, _R.item == bindparam("item"), _R.wanted_by < bindparam("day")).order_by(
        _R.wanted_by, _R.number
    ),
    ("item", "day"),
)
_NEXT_WANTED = Query(
    select(_R.wanted_by).where(_OPEN, _R.wanted_by.is_not(None)).order_by(_R.wanted_by).limit(literal_column("1")), ()
)
_HAS_UNFINISHED = Query(
    select(_R.category).where(_UNFINISHED, _R.category == bindparam("category")).limit(literal_column("1")),
    ("category",),
)


class SqlReservations:
    """Reservations by number, and by all that they are looked for; the open ones are pooled as they change."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[OfferNumber, Reservation] = SqlFacts(session, RESERVATIONS)
        self._pools = SqlPools(session)
        self.get, self.pooled = self._facts.get, self._pools.of_item

    def add(self, fact: Reservation) -> None:
        """Keep a new reservation; raises ``DuplicateFact`` if its number is taken. O(log n)."""
        self._facts.add(fact)
        self._pools.count(None, fact)

    def replace(self, old: Reservation, new: Reservation) -> None:
        """Put ``new`` in the place of ``old``; raises ``Conflict`` unless the stored version is ``old``'s. O(log n)."""
        self._facts.replace(old, new)
        self._pools.count(old, new)

    def open_of(self, item: ItemNumber, after: Arrival | None, limit: int) -> Sequence[Reservation]:
        """Return an item's open reservations whose arrival is above ``after``, by arrival. O(log n + limit)."""
        return self._facts.all(_OPEN_OF, item, -1 if after is None else after, limit)

    def of_order(self, order: OrderNumber, after: OfferNumber | None, limit: int) -> Sequence[Reservation]:
        """Return the reservations that name an order, with numbers above ``after``, by number. O(log n + limit)."""
        return self._facts.all(_OF_ORDER, order, -1 if after is None else after, limit)

    def of_member(self, box: BoxNumber) -> Sequence[Reservation]:
        """Return a member's reservations that are not filed, by number. O(their number)."""
        return self._facts.all(_OF_MEMBER, box)

    def listed(self, box: BoxNumber, before: OfferNumber | None, limit: int) -> Sequence[Reservation]:
        """Return a member's reservations with numbers below ``before``, newest first. O(log n + limit)."""
        return self._facts.all(_LISTED, box, _LAST if before is None else before, limit)

    def wanted_before(self, day: date, limit: int) -> Sequence[Reservation]:
        """Return the first open reservations wanted by a day before ``day``, by (day, number). O(log n + limit)."""
        return self._facts.all(_WANTED, day, limit)

    def past_of(self, item: ItemNumber, day: date) -> Sequence[Reservation]:
        """Return an item's open reservations wanted by a day before ``day``. O(log n + their number)."""
        return self._facts.all(_PAST_OF, item, day)

    def next_wanted(self) -> date | None:
        """Return the earliest day by which an open reservation is wanted. O(log n)."""
        found: date | None = self._session.value(_NEXT_WANTED, DAY)
        return found

    def has_unfinished(self, category: str) -> bool:
        """Say whether any reservation in a category has not ended. O(log n)."""
        return self._session.row(_HAS_UNFINISHED, category) is not None


WATCHES = fact_table(
    "watches",
    Watch,
    ("box", "topic", "category"),
    Index(None, "topic", "category", "box"),
    index_of_some("watches_at_once", _AT_ONCE, "topic", "category", "box"),
    *no_less(0, "seen"),
)
_W = WATCHES.table.c
_WATCHES = WATCHES.select()
_WATCHES_OF_MEMBER = Query(_WATCHES.where(_W.box == bindparam("box")).order_by(_W.topic, _W.category), ("box",))
_WATCHING = (
    _WATCHES.where(_W.topic == bindparam("topic"), _W.category == bindparam("category"), _W.box > bindparam("after"))
    .order_by(_W.box)
    .limit(_limit)
)
_PLACE = ("topic", "category", "after", "limit")
_WATCHING_AT_ONCE, _WATCHING_AT_ALL = Query(_WATCHING.where(_AT_ONCE), _PLACE), Query(_WATCHING, _PLACE)
_DIGESTS = deadlines(WATCHES, "with_digests", _W.due, _W.box, _W.topic, _W.category, where=_W.due.is_not(None))


class SqlWatches:
    """Watches by member, topic and category, those of each topic and category, and those due."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[tuple[BoxNumber, Topic, str], Watch] = SqlFacts(session, WATCHES)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove

    def of_member(self, box: BoxNumber) -> Sequence[Watch]:
        """Return what a member wants to hear of, by (topic's value, category). O(their number)."""
        return self._facts.all(_WATCHES_OF_MEMBER, box)

    def at_once(self, topic: Topic, category: str, after: BoxNumber, limit: int) -> Sequence[Watch]:
        """Return who wants to hear at once, with boxes above ``after``, by box. O(log n + limit)."""
        return self._facts.all(_WATCHING_AT_ONCE, topic, category, after, limit)

    def watching(self, topic: Topic, category: str, after: BoxNumber, limit: int) -> Sequence[Watch]:
        """Return who wants to hear at once or regularly, with boxes above ``after``, by box. O(log n + limit)."""
        return self._facts.all(_WATCHING_AT_ALL, topic, category, after, limit)

    def due(self, now: datetime, limit: int) -> Sequence[Watch]:
        """Return the first whose digest is due not after ``now``. O(log n + limit)."""
        return self._facts.all(_DIGESTS.due, now, limit)

    def next_due(self) -> datetime | None:
        """Return the earliest instant at which a digest is due. O(log n)."""
        return first_instant(self._session, _DIGESTS.earliest)
