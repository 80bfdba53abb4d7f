"""Sale and purchase offers: what they hold, and the table of their lifecycle (spec O1–O8).

An offer is a frozen fact; every change makes the next version of it. The lifecycle is the table :data:`OFFER_MOVES`,
and the functions below it are the only way along it.
"""

import re
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from attrs import frozen

from brokerage.errors import NotCancelable, NotOpen
from brokerage.making import quickly_made
from brokerage.pricing import Terms
from brokerage.records.numbers import Arrival, BoxNumber, DealNumber, OfferNumber, PersonNumber
from brokerage.records.versions import next_version

__all__ = [
    "NO_DEAL",
    "NO_DETAILS",
    "OFFER_MOVES",
    "WAITING",
    "Details",
    "Offer",
    "OfferMove",
    "OfferState",
    "Outcome",
    "PurchaseOffer",
    "Requirements",
    "SaleOffer",
    "Standing",
    "agree",
    "amend",
    "cancel",
    "close",
    "expire",
    "file_away",
    "is_open",
    "look",
    "of_person",
    "reopen",
    "show",
    "tell",
    "words_of",
]

NO_DEAL = DealNumber(0)
"""Before the first deal."""


class OfferState(Enum):
    """Where an offer is in its life."""

    OPEN = "open"
    AGREED = "agreed"
    CLOSED = "closed"


class Outcome(Enum):
    """How a closed offer ended."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"


@frozen
class OfferMove:
    """One row of the offer's lifecycle."""

    source: OfferState
    target: OfferState
    by: str
    outcome: Outcome | None = None


OFFER_MOVES = (
    OfferMove(OfferState.OPEN, OfferState.AGREED, "a buyer decides"),
    OfferMove(OfferState.OPEN, OfferState.CLOSED, "its member cancels", Outcome.CANCELLED),
    OfferMove(OfferState.OPEN, OfferState.CLOSED, "its time limit comes", Outcome.EXPIRED),
    OfferMove(OfferState.AGREED, OfferState.OPEN, "the deal lapses (a sale)"),
    OfferMove(OfferState.AGREED, OfferState.CLOSED, "the deal lapses or ends otherwise", Outcome.FAILED),
    OfferMove(OfferState.AGREED, OfferState.CLOSED, "both sides call the deal off", Outcome.CANCELLED),
    OfferMove(OfferState.AGREED, OfferState.CLOSED, "the deal is completed", Outcome.COMPLETED),
)
"""Every move that an offer can make."""

_TARGETS = frozenset((move.source, move.target, move.outcome) for move in OFFER_MOVES)


@frozen
class Details:
    """What a seller tells of a commodity beside its name (spec O1).

    Photographs are opaque references, never opened.
    """

    description: str = ""
    age: str = ""
    model: str = ""
    photographs: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()


NO_DETAILS = Details()
"""Nothing told."""

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text: case-folded, split at everything that is neither letter nor digit (spec O2).

    >>> sorted(words_of("Pixel-7, as NEW"))
    ['7', 'as', 'new', 'pixel']
    """
    return frozenset(_WORD.findall(text.casefold()))


@frozen
class Requirements:
    """What a commodity must be to suit a purchase (spec O2).

    ``attributes`` holds (name, possible values): a missing attribute is unmet. ``words`` must all occur in the name.
    """

    attributes: tuple[tuple[str, frozenset[str]], ...] = ()
    words: frozenset[str] = frozenset()

    def met_by(self, sale: "SaleOffer") -> bool:
        """Say whether a sale's commodity meets every requirement."""
        if self.words and not self.words <= words_of(sale.name):
            return False
        given = dict(sale.details.attributes)
        return all(given.get(name) in values for name, values in self.attributes)


@quickly_made
@frozen(weakref_slot=False)
class SaleOffer:
    """A seller's offer (spec O1).

    ``min_price`` is SPmin in minor units; ``terms`` and ``factor`` are frozen with it (spec P8). ``limit`` is when it
    stops being open (``None``: never). ``arrival`` and ``arrived_at`` say when it last became open, was amended or
    opened again. ``filed`` offers have left the box. ``changes`` counts amendments. How it stands in the market is no
    part of it: see :class:`Standing`.
    """

    number: OfferNumber
    box: BoxNumber
    person: PersonNumber
    category: str
    currency: str
    name: str
    min_price: int
    limit: datetime | None
    terms: Terms
    factor: Decimal
    offered_at: datetime
    arrival: Arrival
    arrived_at: datetime
    details: Details = NO_DETAILS
    filed: bool = False
    state: OfferState = OfferState.OPEN
    outcome: Outcome | None = None
    deal: DealNumber | None = None
    changes: int = 0
    version: int = 0


@quickly_made
@frozen(weakref_slot=False)
class PurchaseOffer:
    """A buyer's offer (spec O2). ``max_price`` is BPmax in minor units; ``name`` is for its owner's own use.

    The other fields are those of :class:`SaleOffer`.
    """

    number: OfferNumber
    box: BoxNumber
    person: PersonNumber
    category: str
    currency: str
    max_price: int
    limit: datetime | None
    factor: Decimal
    offered_at: datetime
    arrival: Arrival
    arrived_at: datetime
    name: str = ""
    requirements: Requirements | None = None
    filed: bool = False
    state: OfferState = OfferState.OPEN
    outcome: Outcome | None = None
    deal: DealNumber | None = None
    changes: int = 0
    version: int = 0


Offer = SaleOffer | PurchaseOffer


@quickly_made
@frozen
class Standing:
    """How an offer stands in the market: marks that the store keeps beside it, and that make no new version of it.

    Args:
        visible: whether it stands in the book; otherwise it waits for the next round.
        told: whether its member was told of a candidate and has not looked since (spec X4).
        seen_deal: the last deal made before its member last looked: sales that a purchase lost since then count as
            "Purchase Failed" (spec B4).
    """

    visible: bool = False
    told: bool = False
    seen_deal: DealNumber = NO_DEAL


WAITING = Standing()
"""How an offer stands before its first round, and after it was amended or opened again."""


def show(standing: Standing, last_deal: DealNumber) -> Standing:
    """Return how an offer stands that is in the book from now on; no sale before ``last_deal`` counts as lost."""
    return Standing(True, standing.told, last_deal)


def tell(standing: Standing) -> Standing:
    """Return how an offer stands whose member was told of a candidate."""
    return Standing(standing.visible, True, standing.seen_deal)


def look(standing: Standing, last_deal: DealNumber) -> Standing:
    """Return how an offer stands at which its member has looked.

    It is to be told of again, and its losses are acknowledged (spec B2, B4).
    """
    return Standing(standing.visible, False, last_deal)


def is_open(offer: Offer, now: datetime) -> bool:
    """Say whether an offer is open at an instant: only while ``now`` is before its limit (spec T1)."""
    return offer.state is OfferState.OPEN and (offer.limit is None or now < offer.limit)


_OfferType = TypeVar("_OfferType", bound=SaleOffer | PurchaseOffer)


def _move(offer: _OfferType, target: OfferState, outcome: Outcome | None = None, **changes: Any) -> _OfferType:
    """Take an offer along one row of the table, or refuse with :class:`NotOpen`."""
    if (offer.state, target, outcome) not in _TARGETS:
        raise NotOpen(offer.number)
    return next_version(offer, state=target, outcome=outcome, **changes)


def agree(offer: _OfferType, deal: DealNumber) -> _OfferType:
    """Return the offer as part of a deal."""
    return _move(offer, OfferState.AGREED, deal=deal)


def cancel(offer: _OfferType) -> _OfferType:
    """Return the offer as cancelled by its member; raises :class:`NotCancelable` once it has a deal or has ended."""
    if offer.state is not OfferState.OPEN:
        raise NotCancelable(offer.number)
    return _move(offer, OfferState.CLOSED, Outcome.CANCELLED, filed=True)


def expire(offer: _OfferType) -> _OfferType:
    """Return the offer as ended by its time limit."""
    return _move(offer, OfferState.CLOSED, Outcome.EXPIRED, filed=True)


def reopen(sale: SaleOffer, arrival: Arrival, now: datetime) -> SaleOffer:
    """Return a sale whose deal lapsed: open again, with a new arrival (spec A4)."""
    return _move(sale, OfferState.OPEN, arrival=arrival, arrived_at=now, deal=None)


def close(offer: _OfferType, outcome: Outcome) -> _OfferType:
    """Return the offer as closed with the outcome of its deal."""
    return _move(offer, OfferState.CLOSED, outcome)


def file_away(offer: _OfferType) -> _OfferType:
    """Return a closed offer as gone from its member's box (spec T2)."""
    return next_version(offer, filed=True)


def of_person(offer: _OfferType, person: PersonNumber) -> _OfferType:
    """Return the offer as another person's, of whom its member turned out to be one (spec M9)."""
    return next_version(offer, person=person)


def amend(offer: _OfferType, arrival: Arrival, now: datetime, **changes: Any) -> _OfferType:
    """Return the offer with some of its content changed: same number, new arrival (spec O8)."""
    return next_version(offer, arrival=arrival, arrived_at=now, changes=offer.changes + 1, **changes)
