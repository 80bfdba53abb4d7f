"""Categories and offers with their books, as a store keeps them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from attrs import frozen

from brokerage.making import quickly_made
from brokerage.pricing import Terms
from brokerage.records.categories import Category
from brokerage.records.checks import Check, Loss
from brokerage.records.numbers import BoxNumber, DealNumber, OfferNumber
from brokerage.records.offers import WAITING, Offer, PurchaseOffer, SaleOffer, Standing
from brokerage.storage.facts import Facts

__all__ = ["Categories", "Checks", "Ladder", "Losses", "Offers", "Position"]

Position = tuple[int, int]
"""A place in a book: (limit in minor units, offer number)."""


@quickly_made
@frozen
class Ladder:
    """What the sales of one ladder share.

    Along it, the buying price for any one purchase rises with SPmin (spec P11).
    """

    category: str
    currency: str
    terms: Terms
    factor: Decimal


class Categories(Facts[str, Category], Protocol):
    """Categories by key."""

    def remove(self, old: Category) -> None:
        """Remove a category; raises ``Conflict`` unless the stored version is ``old``'s."""

    def check(self, fact: Category) -> object:
        """Make the transaction depend on a category; what is returned does not matter.

        Raises ``Conflict`` unless the stored version is this one's until it commits.
        """

    def all(self) -> Sequence[Category]:
        """Return every category, by key."""


class Offers(Protocol):
    """Offers by number, how each stands, and the books made of the visible open ones.

    Keeping and replacing an offer, or changing how it stands, keeps its places in the books, in O(log n). Iterators
    are read lazily and cost O(log n) to start and O(1) amortised an item; nothing may be written while one is read.
    An offer is in the books while its state is OPEN and it is visible; passing its time limit does not take it out.
    Its number is one that this store's series has given.
    """

    def add(self, fact: Offer, standing: Standing = WAITING) -> None:
        """Keep a new offer and how it stands; raises ``DuplicateFact`` if its number is taken."""

    def add_all(self, facts: Sequence[Offer], standing: Standing = WAITING) -> None:
        """Keep many new offers that stand alike; raises ``DuplicateFact`` if a number is taken."""

    def get(self, key: OfferNumber) -> Offer | None:
        """Return the offer of a number as it is now."""

    def replace(self, old: Offer, new: Offer) -> None:
        """Put ``new`` in the place of ``old``; it stands as before.

        Raises ``Conflict`` unless the stored version is ``old``'s.
        """

    def standing(self, number: OfferNumber) -> Standing:
        """Return how an offer stands; one that does not exist waits."""

    def hold(self, category: str, currency: str) -> None:
        """Be the only unit of work that shows offers in a book, that of a category and a currency, until the commit.

        Whoever holds it next sees what this one committed; so of two offers that are shown at the same time, one finds
        the other. Whoever holds several books takes them in the order of (category, currency). O(1), and it waits for
        the unit of work that holds the book.
        """

    def stand(self, offer: Offer, old: Standing, new: Standing) -> None:
        """Change how an offer stands, and not its version.

        Raises ``Conflict`` unless the stored version is the offer's and it stands as ``old`` says.
        """

    def of_member(self, box: BoxNumber) -> Sequence[Offer]:
        """Return a member's offers that are not filed, by number. O(their number)."""

    def has_unfinished(self, category: str) -> bool:
        """Say whether any offer of a category is open or agreed. O(log n)."""

    def waiting(self, limit: int) -> Sequence[Offer]:
        """Return the first open offers that are not visible, in the order of their arrival numbers."""

    def ladders(self, category: str, currency: str) -> Sequence[Ladder]:
        """Return the ladders that hold a sale, in any order that stays the same."""

    def ladder(self, ladder: Ladder, up_to: int, after: Position | None = None) -> Iterator[SaleOffer]:
        """Yield a ladder's sales with SPmin ≤ ``up_to``, behind ``after``, by (SPmin, number)."""

    def purchases(
        self, category: str, currency: str, at_least: int, after: Position | None = None
    ) -> Iterator[PurchaseOffer]:
        """Yield purchases with BPmax ≥ ``at_least``, behind ``after``, by (BPmax, number) from the greatest down."""

    def untold_sales(
        self, category: str, currency: str, up_to: int, after: Position | None = None
    ) -> Iterator[SaleOffer]:
        """Yield visible open sales that are not told, with SPmin ≤ ``up_to``, by (SPmin, number)."""

    def untold_purchases(
        self, category: str, currency: str, at_least: int, after: Position | None = None
    ) -> Iterator[PurchaseOffer]:
        """Yield visible open purchases that are not told, by (BPmax, number) from the greatest down to ``at_least``."""

    def lost_sales(self, category: str, currency: str, after: DealNumber, up_to: int) -> Iterator[SaleOffer]:
        """Yield sales in a deal above ``after`` that have SPmin ≤ ``up_to``, by deal. O(log n) an item.

        Reopened sales are not among them.
        """

    def unsold(self, category: str, after: OfferNumber) -> Iterator[SaleOffer]:
        """Yield the sales in the books with a number above ``after``, by number."""

    def listed_sales(self, category: str, after: OfferNumber) -> Iterator[SaleOffer]:
        """Yield the sales that are not filed, with a number above ``after``, by number."""

    def due(self, now: datetime, limit: int) -> Sequence[Offer]:
        """Return the first open offers whose time limit is not after ``now``, by (time limit, number)."""

    def next_limit(self) -> datetime | None:
        """Return the earliest time limit of an open offer."""


class Checks(Facts[tuple[int, bool], Check], Protocol):
    """Checks that are left over from an arrival."""

    def remove(self, old: Check) -> None:
        """Remove a check; raises ``Conflict`` unless the stored version is ``old``'s."""

    def first(self, limit: int) -> Sequence[Check]:
        """Return the first checks, by key."""


class Losses(Facts[DealNumber, Loss], Protocol):
    """Sales whose losers are still to be told by e-mail."""

    def remove(self, old: Loss) -> None:
        """Remove a loss; raises ``Conflict`` unless the stored version is ``old``'s."""

    def first(self, limit: int) -> Sequence[Loss]:
        """Return the first losses, by deal."""
