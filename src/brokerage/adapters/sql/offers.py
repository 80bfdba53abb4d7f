"""Offers in a table, how each stands, and the books made of them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from operator import itemgetter
from typing import Any, cast

from brokerage.adapters.sql.books import (
    CHUNKS,
    DUE,
    HOLD,
    INSERT,
    INSERT_ALL,
    LADDER,
    LADDERS,
    LISTED,
    LOST,
    NEXT_LIMIT,
    OF_MEMBER,
    OFFERS,
    PURCHASES,
    STAND,
    STANDING,
    UNFINISHED,
    UNSOLD,
    UNTOLD_PURCHASES,
    UNTOLD_SALES,
    WAITING,
    ladder_of,
    ladder_text,
)
from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.lost import LostSales
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.types import INSTANT, TRUTH
from brokerage.errors import Conflict, DuplicateFact
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.records.offers import WAITING as NEW
from brokerage.records.offers import Offer, PurchaseOffer, SaleOffer, Standing
from brokerage.storage.market import Ladder, Position

__all__ = ["SqlOffers"]

_LOWEST, _HIGHEST = (-1, 0), ((1 << 63) - 1, 0)
_BOOKS = 7_300  # the locks of books are a space of their own among PostgreSQL's
_BY_MIN_PRICE = itemgetter(OFFERS.names.index("min_price"), OFFERS.names.index("number"))
_BY_MAX_PRICE = itemgetter(OFFERS.names.index("max_price"), OFFERS.names.index("number"))
_BY_NUMBER = itemgetter(slice(OFFERS.names.index("number"), OFFERS.names.index("number") + 1))
_BY_DEAL = itemgetter(slice(OFFERS.names.index("deal"), OFFERS.names.index("deal") + 1))


class SqlOffers:
    """Offers by number; their books are indexes (see :mod:`brokerage.adapters.sql.books`)."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[OfferNumber, Offer] = SqlFacts(session, OFFERS)
        self._lost = LostSales(session)
        self.get = self._facts.get
        self._read: Callable[[Any], Offer] = session.backend.codec(OFFERS.shape).read
        self._write_mark = TRUTH.bind_processor(session.backend.dialect) or bool
        converter = session.backend.converter
        self._ladder: Callable[[str, str, str], Ladder] = lru_cache(4096)(
            lambda category, currency, text: ladder_of(category, currency, text, converter)
        )

    def add(self, fact: Offer, standing: Standing = NEW) -> None:
        """Keep a new offer and how it stands; raises ``DuplicateFact`` if its number is taken."""
        if self._session.change(INSERT, *self._facts.row(fact), *self._marks(standing)) == 0:
            raise DuplicateFact(fact.number)
        self._lose(None, fact)

    def add_all(self, facts: Sequence[Offer], standing: Standing = NEW) -> None:
        """Keep many new offers that stand alike; raises ``DuplicateFact`` if a number is taken."""
        self._facts.add_all(facts, INSERT_ALL, self._marks(standing))
        for fact in facts:
            self._lose(None, fact)

    def replace(self, old: Offer, new: Offer) -> None:
        """Put ``new`` in the place of ``old``; raises ``Conflict`` unless the stored version is ``old``'s."""
        self._facts.replace(old, new)
        self._lose(old, new)

    def hold(self, category: str, currency: str) -> None:
        """Be the only unit of work that shows offers in a book until the commit; SQLite has one writer anyway."""
        self._session.must_write()
        if not self._session.backend.is_sqlite:
            self._session.row(HOLD, _BOOKS, _lock_of(category, currency))

    def standing(self, number: OfferNumber) -> Standing:
        """Return how an offer stands; one that does not exist waits."""
        row = self._session.row(STANDING, number)
        return NEW if row is None else Standing(bool(row[0]), bool(row[1]), DealNumber(row[2]))

    def stand(self, offer: Offer, old: Standing, new: Standing) -> None:
        """Change how an offer stands; raises ``Conflict`` unless it is stored like that and stands as ``old`` says."""
        marks = old.visible, old.told, old.seen_deal, new.visible, new.told, new.seen_deal
        if self._session.change(STAND, offer.number, offer.version, *marks) == 0:
            raise Conflict("Standing")

    def of_member(self, box: BoxNumber) -> Sequence[Offer]:
        """Return a member's offers that are not filed, by number. O(their number)."""
        return self._facts.all(OF_MEMBER, box)

    def has_unfinished(self, category: str) -> bool:
        """Say whether any offer of a category is open or agreed. O(log n)."""
        return self._session.row(UNFINISHED, category) is not None

    def waiting(self, limit: int) -> Sequence[Offer]:
        """Return the first open offers that are not visible, in the order of their arrival numbers."""
        return self._facts.all(WAITING, limit)

    def ladders(self, category: str, currency: str) -> Sequence[Ladder]:
        """Return the ladders that hold a sale, by their texts. O(log n) each."""
        return [self._ladder(category, currency, text) for (text,) in self._session.rows(LADDERS, category, currency)]

    def ladder(self, ladder: Ladder, up_to: int, after: Position | None = None) -> Iterator[SaleOffer]:
        """Yield a ladder's sales with SPmin ≤ ``up_to``, behind ``after``, by (SPmin, number)."""
        which = ladder.category, ladder.currency, ladder_text(ladder.terms, ladder.factor)
        return self._sales(LADDER, (*which, up_to), _BY_MIN_PRICE, after or _LOWEST)

    def purchases(
        self, category: str, currency: str, at_least: int, after: Position | None = None
    ) -> Iterator[PurchaseOffer]:
        """Yield purchases with BPmax ≥ ``at_least``, behind ``after``, by (BPmax, number) from the greatest down."""
        return self._purchases(PURCHASES, (category, currency, at_least), after)

    def untold_sales(
        self, category: str, currency: str, up_to: int, after: Position | None = None
    ) -> Iterator[SaleOffer]:
        """Yield visible open sales that are not told, with SPmin ≤ ``up_to``, by (SPmin, number)."""
        return self._sales(UNTOLD_SALES, (category, currency, up_to), _BY_MIN_PRICE, after or _LOWEST)

    def untold_purchases(
        self, category: str, currency: str, at_least: int, after: Position | None = None
    ) -> Iterator[PurchaseOffer]:
        """Yield visible open purchases that are not told, by (BPmax, number) from the greatest down to ``at_least``."""
        return self._purchases(UNTOLD_PURCHASES, (category, currency, at_least), after)

    def lost_sales(self, category: str, currency: str, after: DealNumber, up_to: int) -> Iterator[SaleOffer]:
        """Yield sales in a deal above ``after`` that have SPmin ≤ ``up_to``, by deal. O(log n) an item.

        Reopened sales are not among them; each may cost a look in vain.
        """
        first: int | None = after + 1
        while first is not None:
            within = category, currency, up_to, self._lost.end_of_block(first)
            yield from self._sales(LOST, within, _BY_DEAL, (first - 1,))
            first = self._lost.next_block(category, currency, first, up_to)

    def unsold(self, category: str, after: OfferNumber) -> Iterator[SaleOffer]:
        """Yield the sales in the books with a number above ``after``, by number."""
        return self._sales(UNSOLD, (category,), _BY_NUMBER, (after,))

    def listed_sales(self, category: str, after: OfferNumber) -> Iterator[SaleOffer]:
        """Yield the sales that are not filed, with a number above ``after``, by number."""
        return self._sales(LISTED, (category,), _BY_NUMBER, (after,))

    def due(self, now: datetime, limit: int) -> Sequence[Offer]:
        """Return the first open offers whose time limit is not after ``now``, by (time limit, number)."""
        return self._facts.all(DUE, now, limit)

    def next_limit(self) -> datetime | None:
        """Return the earliest time limit of an open offer."""
        limit: datetime | None = self._session.value(NEXT_LIMIT, INSTANT)
        return limit

    def _lose(self, old: Offer | None, new: Offer) -> None:
        """Let a sale that comes into a deal be found by it."""
        if new.deal is not None and isinstance(new, SaleOffer) and (old is None or old.deal != new.deal):
            self._lost.add(new)

    def _marks(self, standing: Standing) -> tuple[Any, ...]:
        return self._write_mark(standing.visible), self._write_mark(standing.told), standing.seen_deal

    def _sales(
        self, queries: Sequence[Query], which: tuple[Any, ...], place_of: Callable[[Any], Any], after: tuple[int, ...]
    ) -> Iterator[SaleOffer]:
        return cast("Iterator[SaleOffer]", self._walk(queries, which, place_of, after))

    def _purchases(
        self, queries: Sequence[Query], which: tuple[Any, ...], after: Position | None
    ) -> Iterator[PurchaseOffer]:
        return cast("Iterator[PurchaseOffer]", self._walk(queries, which, _BY_MAX_PRICE, after or _HIGHEST))

    def _walk(
        self, queries: Sequence[Query], which: tuple[Any, ...], place_of: Callable[[Any], Any], after: tuple[int, ...]
    ) -> Iterator[Offer]:
        """Yield the offers behind a place, in chunks that begin small; each goes on behind the last one of the last."""
        at = 0
        while True:
            rows = self._session.rows(queries[at], *which, *after)
            yield from map(self._read, rows)
            if len(rows) < CHUNKS[at]:
                return
            after = place_of(rows[-1])
            at = min(at + 1, len(CHUNKS) - 1)


@lru_cache(1024)
def _lock_of(category: str, currency: str) -> int:
    """Return the number of a book's lock; two books of one number wait for each other and are right nevertheless."""
    digest = blake2b(f"{len(category)} {category} {currency}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big", signed=True)
