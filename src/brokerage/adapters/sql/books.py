"""The table of offers, the indexes that are its books, and what is asked of them.

A book is a partial index: it holds what is open and visible, and nothing else. Whatever is read from one is a range of
it, in its order and up to a limit, which goes on behind the last place; so a page costs O(log n + page) whatever the
size of the book. The conditions of the indexes stand in the questions word for word, which is what lets a database use
them. Ladders are found from one to the next, each by one step down the index.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from attrs import frozen
from cattrs import Converter
from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Dialect,
    Index,
    Update,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    select,
    text,
    true,
    tuple_,
    union_all,
    update,
)

from brokerage.adapters.sql.shapes import Shape
from brokerage.adapters.sql.statements import Query, is_one_of, value
from brokerage.adapters.sql.tables import (
    fact_table,
    index_of_named,
    index_of_some,
    insert_all,
    insert_new,
    no_less,
    refers,
)
from brokerage.adapters.sql.types import INSTANT, TEXT, TRUTH, WHOLE, json_text
from brokerage.adapters.wire import read
from brokerage.pricing import Terms
from brokerage.records.offers import Offer, OfferState, PurchaseOffer, SaleOffer
from brokerage.rules import Margin
from brokerage.storage.market import Ladder

__all__ = [
    "CHUNKS",
    "DUE",
    "HOLD",
    "INSERT",
    "INSERT_ALL",
    "LADDER",
    "LADDERS",
    "LISTED",
    "LOST",
    "NEXT_LIMIT",
    "OFFERS",
    "OF_MEMBER",
    "PURCHASES",
    "STAND",
    "STANDING",
    "UNFINISHED",
    "UNSOLD",
    "UNTOLD_PURCHASES",
    "UNTOLD_SALES",
    "WAITING",
    "ladder_of",
    "ladder_text",
]

CHUNKS = (12, 64)
"""How many offers are read at once: at first a page of ten and a glance beyond it, and from then on.

Each stands in a statement of its own, so that a database that plans statements in advance knows how few are asked for.
"""

_Chunks = tuple[Query, Query]


def _digits(number: Decimal) -> str:
    """Write equal numbers in one way."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(4096)
def ladder_text(terms: Terms, factor: Decimal) -> str:
    """Return the text that sales of equal terms and equal factors share: 0.1 and 0.10 are equal."""
    margin = terms.margin.value if isinstance(terms.margin, Margin) else terms.margin.name
    return json_text([_digits(terms.rate), margin, terms.factor.value, terms.rounding.value, _digits(factor)])


def ladder_of(category: str, currency: str, text: str, converter: Converter) -> Ladder:
    """Return the ladder of a text; ``converter`` knows the margin rules."""
    rate, margin, factors, rounding, factor = json.loads(text)
    terms = {"rate": rate, "margin": margin, "factor": factors, "rounding": rounding}
    return Ladder(category, currency, read(converter, terms, Terms), Decimal(factor))


def _ladder_of_offer(offer: Offer) -> str | None:
    return ladder_text(offer.terms, offer.factor) if isinstance(offer, SaleOffer) else None


@frozen(eq=False)
class _Book:
    """An index of the offers that meet a condition: its columns are the keys of whatever reads it, and their order."""

    name: str
    condition: ColumnElement[bool]
    columns: tuple[str, ...]

    def index(self) -> Index:
        """Return the index."""
        return index_of_some(self.name, self.condition, *self.columns)

    def within(self, selection: Any) -> Any:
        """Return what reads this index; SQLite, which would guess, is told to."""
        return selection.where(self.condition).with_hint(OFFERS.table, f"INDEXED BY {self.name}", "sqlite")


_IS_SALE, _IS_PURCHASE = value(Column("side", TEXT), "sale"), value(Column("side", TEXT), "purchase")
_IS_OPEN = value(Column("state", TEXT), OfferState.OPEN.value)
_IS_UNFINISHED = is_one_of(Column("state", TEXT), OfferState.OPEN.value, OfferState.AGREED.value)
_IS_VISIBLE, _IS_HIDDEN = Column("visible", TRUTH).is_(true()), Column("visible", TRUTH).is_(false())
_IS_UNTOLD, _IS_LISTED = Column("told", TRUTH).is_(false()), Column("filed", TRUTH).is_(false())
_SALES = and_(_IS_SALE, _IS_OPEN, _IS_VISIBLE)
_PURCHASES = and_(_IS_PURCHASE, _IS_OPEN, _IS_VISIBLE)
_MARKET = ("category", "currency")

_LADDERS = _Book("offers_ladders", _SALES, (*_MARKET, "ladder", "min_price", "number"))
_PURCHASE_BOOK = _Book("offers_purchases", _PURCHASES, (*_MARKET, "max_price", "number"))
_UNTOLD_SALES = _Book("offers_untold_sales", and_(_SALES, _IS_UNTOLD), (*_MARKET, "min_price", "number"))
_UNTOLD_PURCHASES = _Book("offers_untold_purchases", and_(_PURCHASES, _IS_UNTOLD), (*_MARKET, "max_price", "number"))
_ARRIVALS = _Book("offers_waiting", and_(_IS_OPEN, _IS_HIDDEN), ("arrival", "number"))
_LIMITS = _Book("offers_limits", and_(_IS_OPEN, Column("limit", INSTANT).is_not(None)), ("limit", "number"))
_BOXES = _Book("offers_boxes", _IS_LISTED, ("box", "number"))
_UNSOLD = _Book("offers_unsold", _SALES, ("category", "number"))
_LISTED = _Book("offers_listed", and_(_IS_SALE, _IS_LISTED), ("category", "number"))
_UNFINISHED = _Book("offers_unfinished", _IS_UNFINISHED, ("category", "number"))
_LOST = _Book("offers_lost", and_(_IS_SALE, Column("deal", WHOLE).is_not(None)), (*_MARKET, "deal", "min_price"))
_BOOKS = (
    _LADDERS,
    _PURCHASE_BOOK,
    _UNTOLD_SALES,
    _UNTOLD_PURCHASES,
    _ARRIVALS,
    _LIMITS,
    _BOXES,
    _UNSOLD,
    _LISTED,
    _UNFINISHED,
    _LOST,
)

OFFERS = fact_table(
    "offers",
    Shape(Offer, "side", {SaleOffer: "sale", PurchaseOffer: "purchase"}),
    "number",
    refers("person", "persons.number"),
    refers("deal", "deals.number"),
    index_of_named("offers", "deal"),
    *no_less(0, "min_price", "max_price"),
    CheckConstraint("side IN ('sale', 'purchase')", name="side_is_known"),
    CheckConstraint(
        "CASE side WHEN 'sale' THEN min_price IS NOT NULL AND max_price IS NULL AND ladder IS NOT NULL"
        " ELSE max_price IS NOT NULL AND min_price IS NULL AND ladder IS NULL END",
        name="limit_is_of_its_side",
    ),
    CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name="outcome_is_of_what_is_closed"),
    CheckConstraint("state <> 'agreed' OR deal IS NOT NULL", name="what_is_agreed_has_a_deal"),
    *(book.index() for book in _BOOKS),
    more={"ladder": (TEXT, True, _ladder_of_offer)},
    beside=[
        Column("visible", TRUTH, nullable=False),
        Column("told", TRUTH, nullable=False),
        Column("seen_deal", WHOLE, nullable=False),
    ],
)
_O = OFFERS.table.c
_STORED = (*OFFERS.names, "visible", "told", "seen_deal")
INSERT = insert_new(OFFERS.table, _STORED)
INSERT_ALL = insert_all(OFFERS.table, _STORED)
STANDING = Query(select(_O.visible, _O.told, _O.seen_deal).where(_O.number == bindparam("number")), ("number",))


def _stand(dialect: Dialect) -> Update:
    """Nobody waits for an offer that somebody else is changing: that would be a conflict anyway.

    A round marks offers in the order of their limits, and a decision changes a sale and then a purchase: if both
    waited, they could wait for each other.
    """
    as_before = (
        _O.number == bindparam("of"),
        _O.version == bindparam("old_version"),
        _O.visible == bindparam("old_visible"),
        _O.told == bindparam("old_told"),
        _O.seen_deal == bindparam("old_seen"),
    )
    changed = update(OFFERS.table).values(
        visible=bindparam("new_visible"), told=bindparam("new_told"), seen_deal=bindparam("new_seen")
    )
    if dialect.name == "sqlite":
        return changed.where(*as_before)
    free = select(_O.number).where(*as_before).with_for_update(key_share=True, skip_locked=True)
    return changed.where(_O.number == free.scalar_subquery())


STAND = Query(
    _stand, ("of", "old_version", "old_visible", "old_told", "old_seen", "new_visible", "new_told", "new_seen")
)
HOLD = Query(text("SELECT pg_advisory_xact_lock(:space, :book)"), ("space", "book"))
"""Of PostgreSQL only: waits until nobody else holds a book."""


def _given(*names: str) -> list[ColumnElement[bool]]:
    return [_O[name] == bindparam(f"its_{name}") for name in names]


def _behind(column: Column[Any], falls: bool = False) -> ColumnElement[bool]:
    place = bindparam(f"after_{column.name}", type_=WHOLE)
    return column < place if falls else column > place


def _ordered(
    book: _Book, conditions: Sequence[ColumnElement[bool]], order: Sequence[Column[Any]], falls: bool, size: int
) -> Any:
    columns = [column.desc() if falls else column for column in order]
    return book.within(OFFERS.select()).where(*conditions).order_by(*columns).limit(literal_column(str(size)))


def _by(book: _Book, order: str, limit: str | None = None) -> _Chunks:
    """Return what reads a list from behind a place on, by one column: all, or up to an end what is within a limit."""
    given = book.columns[: book.columns.index(order)]
    names = [f"its_{name}" for name in given]
    bounds = []
    if limit is not None:
        bounds += [_O[limit] <= bindparam("bound", type_=WHOLE), _O[order] < bindparam("end", type_=WHOLE)]
        names += ["bound", "end"]
    names.append(f"after_{order}")
    columns = [_O[name] for name in (*given, order)]

    def one(dialect: Dialect, size: int) -> Any:
        if dialect.name == "sqlite":
            return _ordered(book, [*_given(*given), *bounds, _behind(_O[order])], columns, False, size)
        # PostgreSQL would go along the key of the table where it expects what it looks for to be frequent.
        its = [bindparam(f"its_{name}", type_=_O[name].type) for name in given]
        place = tuple_(*its, bindparam(f"after_{order}", type_=WHOLE))
        within = tuple_(*columns[:-1]) <= tuple_(*its) if len(its) > 1 else columns[0] <= its[0]
        return _ordered(book, [tuple_(*columns) > place, within, *bounds], columns, False, size)

    first, others = (Query(partial(one, size=size), tuple(names)) for size in CHUNKS)
    return first, others


def _by_limit(book: _Book, falls: bool = False) -> _Chunks:
    """Return what reads a book from behind a place to a limit, by limit and number: up, or down from the greatest."""
    *given, limit, _ = book.columns
    price, order, bound = _O[limit], (_O[limit], _O.number), bindparam("bound", type_=WHOLE)
    after = bindparam(f"after_{limit}", type_=WHOLE)
    within = [*_given(*given), price >= bound if falls else price <= bound]

    def one(dialect: Dialect, size: int) -> Any:
        if dialect.name != "sqlite":
            here, place = tuple_(*order), tuple_(after, bindparam("after_number", type_=WHOLE))
            return _ordered(book, [*within, here < place if falls else here > place], order, falls, size)
        # SQLite compares no pair with a number that is its row's: it would begin with the first of all of one limit.
        is_within = after >= bound if falls else after <= bound
        same = [*_given(*given), is_within, price == after, _behind(_O.number, falls)]
        rest = [*within, _behind(price, falls)]
        parts = (_ordered(book, conditions, order, falls, size).subquery() for conditions in (same, rest))
        return union_all(*(select(part) for part in parts)).limit(literal_column(str(size)))

    names = (*(f"its_{name}" for name in given), "bound", f"after_{limit}", "after_number")
    first, others = (Query(partial(one, size=size), names) for size in CHUNKS)
    return first, others


LADDER = _by_limit(_LADDERS)
PURCHASES = _by_limit(_PURCHASE_BOOK, falls=True)
UNTOLD_SALES = _by_limit(_UNTOLD_SALES)
UNTOLD_PURCHASES = _by_limit(_UNTOLD_PURCHASES, falls=True)
UNSOLD = _by(_UNSOLD, "number")
LISTED = _by(_LISTED, "number")
LOST = _by(_LOST, "deal", limit="min_price")

_least = _LADDERS.within(select(func.min(_O.ladder).label("ladder"))).where(*_given(*_MARKET))
_steps = _least.cte("steps", recursive=True)
_next = _least.where(_O.ladder > _steps.c.ladder).scalar_subquery()
_steps = _steps.union_all(select(_next).where(_steps.c.ladder.is_not(None)))
LADDERS = Query(select(_steps.c.ladder).where(_steps.c.ladder.is_not(None)), ("its_category", "its_currency"))

_one: ColumnElement[int] = literal_column("1")
_limit = bindparam("limit", type_=WHOLE)
_limited = _LIMITS.within(OFFERS.select()).where(_O.limit <= bindparam("now")).order_by(_O.limit, _O.number)
OF_MEMBER = Query(_BOXES.within(OFFERS.select()).where(_O.box == bindparam("box")).order_by(_O.number), ("box",))
_unfinished = _UNFINISHED.within(select(_O.number)).where(*_given("category")).order_by(_O.number)
UNFINISHED = Query(_unfinished.limit(_one), ("its_category",))
WAITING = Query(_ARRIVALS.within(OFFERS.select()).order_by(_O.arrival, _O.number).limit(_limit), ("limit",))
DUE = Query(_limited.limit(_limit), ("now", "limit"))
NEXT_LIMIT = Query(_LIMITS.within(select(_O.limit)).order_by(_O.limit).limit(_one), ())
