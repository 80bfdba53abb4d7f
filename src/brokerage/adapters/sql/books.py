"""The table of offers, the indexes that are its books, and what is asked of them.

A book is a partial index: it holds what is open and visible, and nothing else. Whatever is read from one is a range of
it, in its order and up to a limit, which goes on behind the last place; so a page costs O(log n + page) whatever the
size of the book. The conditions of the indexes stand in the questions word for word, which is what lets a database use
them. Ladders are found from one to the next, each by one step down the index.
"""

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any

from cattrs import Converter
from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    select,
    text,
    true,
    tuple_,
    update,
)

from brokerage.adapters.sql.shapes import Shape
from brokerage.adapters.sql.statements import Query, is_one_of, value
from brokerage.adapters.sql.tables import fact_table, index_of_some, insert_all, insert_new, no_less, refers
from brokerage.adapters.sql.types import INSTANT, TEXT, TRUTH, WHOLE
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

CHUNKS = (16, 64)
"""How many offers are read at once: first, and from then on. Each stands in a statement of its own, so that a database
that plans statements in advance knows how few are asked for."""


def _digits(number: Decimal) -> str:
    """Write equal numbers in one way."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(4096)
def ladder_text(terms: Terms, factor: Decimal) -> str:
    """Return the text that sales of equal terms and equal factors share: 0.1 and 0.10 are equal."""
    margin = terms.margin.value if isinstance(terms.margin, Margin) else terms.margin.name
    return json.dumps(
        [_digits(terms.rate), margin, terms.factor.value, terms.rounding.value, _digits(factor)],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def ladder_of(category: str, currency: str, text: str, converter: Converter) -> Ladder:
    """Return the ladder of a text; ``converter`` knows the margin rules."""
    rate, margin, factors, rounding, factor = json.loads(text)
    terms = {"rate": rate, "margin": margin, "factor": factors, "rounding": rounding}
    return Ladder(category, currency, converter.structure(terms, Terms), Decimal(factor))


def _ladder_of_offer(offer: Offer) -> str | None:
    return ladder_text(offer.terms, offer.factor) if isinstance(offer, SaleOffer) else None


_IS_SALE, _IS_PURCHASE = value(Column("side", TEXT), "sale"), value(Column("side", TEXT), "purchase")
_IS_OPEN = value(Column("state", TEXT), OfferState.OPEN.value)
_IS_VISIBLE, _IS_HIDDEN = Column("visible", TRUTH).is_(true()), Column("visible", TRUTH).is_(false())
_IS_UNTOLD, _IS_LISTED = Column("told", TRUTH).is_(false()), Column("filed", TRUTH).is_(false())
_SALES = and_(_IS_SALE, _IS_OPEN, _IS_VISIBLE)
_PURCHASES = and_(_IS_PURCHASE, _IS_OPEN, _IS_VISIBLE)
_ARE_LIMITED = and_(_IS_OPEN, Column("limit", INSTANT).is_not(None))
_ARE_LOST = and_(_IS_SALE, Column("deal", WHOLE).is_not(None))
_ARE_LISTED = and_(_IS_SALE, _IS_LISTED)
_ARE_UNFINISHED = is_one_of(Column("state", TEXT), OfferState.OPEN.value, OfferState.AGREED.value)

OFFERS = fact_table(
    "offers",
    Shape(Offer, "side", {SaleOffer: "sale", PurchaseOffer: "purchase"}),
    "number",
    refers("person", "persons.number"),
    refers("deal", "deals.number"),
    *no_less(0, "min_price", "max_price"),
    CheckConstraint("side IN ('sale', 'purchase')", name="side_is_known"),
    CheckConstraint(
        "CASE side WHEN 'sale' THEN min_price IS NOT NULL AND max_price IS NULL AND ladder IS NOT NULL"
        " ELSE max_price IS NOT NULL AND min_price IS NULL AND ladder IS NULL END",
        name="limit_is_of_its_side",
    ),
    CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name="outcome_is_of_what_is_closed"),
    CheckConstraint("state <> 'agreed' OR deal IS NOT NULL", name="what_is_agreed_has_a_deal"),
    index_of_some("offers_ladders", _SALES, "category", "currency", "ladder", "min_price", "number"),
    index_of_some("offers_purchases", _PURCHASES, "category", "currency", "max_price", "number"),
    index_of_some("offers_untold_sales", and_(_SALES, _IS_UNTOLD), "category", "currency", "min_price", "number"),
    index_of_some(
        "offers_untold_purchases", and_(_PURCHASES, _IS_UNTOLD), "category", "currency", "max_price", "number"
    ),
    index_of_some("offers_waiting", and_(_IS_OPEN, _IS_HIDDEN), "arrival", "number"),
    index_of_some("offers_limits", _ARE_LIMITED, "limit", "number"),
    index_of_some("offers_boxes", _IS_LISTED, "box", "number"),
    index_of_some("offers_unsold", _SALES, "category", "number"),
    index_of_some("offers_listed", _ARE_LISTED, "category", "number"),
    index_of_some("offers_unfinished", _ARE_UNFINISHED, "category"),
    index_of_some("offers_lost", _ARE_LOST, "category", "currency", "deal", "min_price"),
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
STAND = Query(
    update(OFFERS.table)
    .where(
        _O.number == bindparam("of"),
        _O.version == bindparam("old_version"),
        _O.visible == bindparam("old_visible"),
        _O.told == bindparam("old_told"),
        _O.seen_deal == bindparam("old_seen"),
    )
    .values(visible=bindparam("new_visible"), told=bindparam("new_told"), seen_deal=bindparam("new_seen")),
    ("of", "old_version", "old_visible", "old_told", "old_seen", "new_visible", "new_told", "new_seen"),
)
HOLD = Query(text("SELECT pg_advisory_xact_lock(:space, :book)"), ("space", "book"))
"""Of PostgreSQL only: waits until nobody else holds a book."""


def _given(*names: str) -> list[ColumnElement[bool]]:
    return [_O[name] == bindparam(f"its_{name}") for name in names]


def _place(*names: str) -> ColumnElement[Any]:
    return tuple_(*(bindparam(f"after_{name}", type_=WHOLE) for name in names))


def _chunks(
    condition: ColumnElement[bool],
    given: tuple[str, ...],
    limit: str | None,
    order: tuple[str, ...],
    falls: bool = False,
) -> tuple[Query, ...]:
    """Return what reads a book's first offers behind a place, in its order and up to or down to a limit, in two sizes.

    The arguments: what some columns are, the limit of the first column of the order, and the place.
    """
    columns = [_O[name] for name in order]
    here = tuple_(*columns) if len(columns) > 1 else columns[0]
    place = _place(*order) if len(columns) > 1 else bindparam(f"after_{order[0]}", type_=WHOLE)
    conditions = [condition, *_given(*given), here < place if falls else here > place]
    names = [f"its_{name}" for name in given]
    if limit is not None:
        bound = bindparam("bound", type_=WHOLE)
        conditions.append(_O[limit] >= bound if falls else _O[limit] <= bound)
        names.append("bound")
    question = OFFERS.select().where(*conditions).order_by(*(each.desc() if falls else each for each in columns))
    names += [f"after_{name}" for name in order]
    return tuple(Query(question.limit(literal_column(str(size))), tuple(names)) for size in CHUNKS)


_BOOK = ("category", "currency")
LADDER = _chunks(_SALES, (*_BOOK, "ladder"), "min_price", ("min_price", "number"))
PURCHASES = _chunks(_PURCHASES, _BOOK, "max_price", ("max_price", "number"), falls=True)
UNTOLD_SALES = _chunks(and_(_SALES, _IS_UNTOLD), _BOOK, "min_price", ("min_price", "number"))
UNTOLD_PURCHASES = _chunks(and_(_PURCHASES, _IS_UNTOLD), _BOOK, "max_price", ("max_price", "number"), falls=True)
UNSOLD = _chunks(_SALES, ("category",), None, ("number",))
LISTED = _chunks(_ARE_LISTED, ("category",), None, ("number",))
LOST = _chunks(_ARE_LOST, _BOOK, "min_price", ("deal",))

_least = select(func.min(_O.ladder).label("ladder")).where(_SALES, *_given(*_BOOK))
_steps = _least.cte("steps", recursive=True)
_next = _least.where(_O.ladder > _steps.c.ladder).scalar_subquery()
_steps = _steps.union_all(select(_next).where(_steps.c.ladder.is_not(None)))
LADDERS = Query(select(_steps.c.ladder).where(_steps.c.ladder.is_not(None)), ("its_category", "its_currency"))

OF_MEMBER = Query(OFFERS.select().where(_IS_LISTED, _O.box == bindparam("box")).order_by(_O.number), ("box",))
UNFINISHED = Query(
    select(_O.category).where(_ARE_UNFINISHED, _O.category == bindparam("category")).limit(literal_column("1")),
    ("category",),
)
WAITING = Query(
    OFFERS.select().where(_IS_OPEN, _IS_HIDDEN).order_by(_O.arrival, _O.number).limit(bindparam("limit")), ("limit",)
)
DUE = Query(
    OFFERS.select()
    .where(_ARE_LIMITED, _O.limit <= bindparam("now"))
    .order_by(_O.limit, _O.number)
    .limit(bindparam("limit")),
    ("now", "limit"),
)
NEXT_LIMIT = Query(select(_O.limit).where(_ARE_LIMITED).order_by(_O.limit).limit(literal_column("1")), ())
