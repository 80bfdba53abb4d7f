"""What the broker needs of a store: units of work, and the collections of facts that one sees.

A fact is replaced by comparison: ``replace(old, new)`` succeeds only while the stored version is ``old``'s, so a lost
update cannot happen in any store.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Protocol, TypeVar

from attrs import frozen

from brokerage.making import quickly_made
from brokerage.pricing import Terms
from brokerage.records.categories import Category
from brokerage.records.checks import Check
from brokerage.records.deals import Deal
from brokerage.records.effects import Authorisation, Effect
from brokerage.records.events import Actor, Event, EventKind, Fact
from brokerage.records.ledger import Account, Entry
from brokerage.records.members import Activity, Credentials, Fingerprint, Member, Person
from brokerage.records.notices import NoticeKey, ReceivedNotice
from brokerage.records.numbers import BoxNumber, DealNumber, EntryNumber, OfferNumber, PersonNumber
from brokerage.records.offers import WAITING, Offer, PurchaseOffer, SaleOffer, Standing
from brokerage.records.requests import Request

__all__ = [
    "Authorisations",
    "Categories",
    "Checks",
    "Deals",
    "Facts",
    "Journal",
    "Ladder",
    "Ledger",
    "Members",
    "Numbers",
    "Offers",
    "Outbox",
    "Persons",
    "Position",
    "Records",
    "Series",
    "Store",
    "Transaction",
]

_Result = TypeVar("_Result")
_Key = TypeVar("_Key", contravariant=True)
_Fact = TypeVar("_Fact")

Position = tuple[int, int]
"""A place in a book: (limit in minor units, offer number)."""


class Series(Enum):
    """The series of numbers that a store gives out; each rises, and may have gaps."""

    BOX = "box"
    PERSON = "person"
    OFFER = "offer"
    ARRIVAL = "arrival"
    DEAL = "deal"
    ENTRY = "entry"
    TELLING = "telling"

    __hash__ = object.__hash__


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


class Numbers(Protocol):
    """Rising numbers. Those of deals rise in the order of the commits."""

    def next(self, series: Series, count: int = 1) -> int:
        """Return the first of ``count`` consecutive numbers, all greater than any that this series has given.

        The first of all is 1.
        """

    def last(self, series: Series) -> int:
        """Return the last number given, 0 before the first."""


class Records(Protocol[_Key, _Fact]):
    """Facts of one kind by key that never change."""

    def add(self, fact: _Fact) -> None:
        """Keep a new fact; raises ``DuplicateFact`` if its key is taken."""

    def get(self, key: _Key) -> _Fact | None:
        """Return the fact of a key as it is now."""


class Facts(Records[_Key, _Fact], Protocol[_Key, _Fact]):
    """Facts of one kind by key, replaced by comparison of their versions."""

    def replace(self, old: _Fact, new: _Fact) -> None:
        """Put ``new`` in the place of ``old``; raises ``Conflict`` unless the stored version is ``old``'s."""


class Members(Facts[BoxNumber, Member], Protocol):
    """Members by box."""

    def of_person(self, person: PersonNumber) -> Sequence[Member]:
        """Return the members that are one person, by box."""


class Persons(Facts[PersonNumber, Person], Protocol):
    """Persons by number, and what they were recognised by."""

    def add_fingerprint(self, fingerprint: Fingerprint) -> None:
        """Keep a fingerprint; raises ``DuplicateFact`` if the digest is known."""

    def fingerprint(self, digest: str) -> Fingerprint | None:
        """Return the fingerprint with a digest."""


class Categories(Facts[str, Category], Protocol):
    """Categories by key."""

    def remove(self, old: Category) -> None:
        """Remove a category; raises ``Conflict`` unless the stored version is ``old``'s."""

    def check(self, fact: Category) -> None:
        """Make the transaction depend on a category.

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


class Deals(Facts[DealNumber, Deal], Protocol):
    """Deals by number."""

    def by_reference(self, reference: str) -> Deal | None:
        """Return the deal that is paid under a reference."""

    def of_member(self, box: BoxNumber, before: DealNumber | None, limit: int) -> Sequence[Deal]:
        """Return a member's deals with numbers below ``before``, newest first."""

    def due(self, now: datetime, limit: int) -> Sequence[Deal]:
        """Return the first deals whose deadline is not after ``now``, by (deadline, number)."""

    def next_deadline(self) -> datetime | None:
        """Return the earliest deadline."""


class Authorisations(Facts[str, Authorisation], Protocol):
    """Cards' authorisations by key."""

    def intended(self, before: datetime, limit: int) -> Sequence[Authorisation]:
        """Return the first that are still only intended and were so before an instant, by time."""

    def next_intended(self) -> datetime | None:
        """Return the time of the earliest that is still only intended."""


class Ledger(Protocol):
    """The double-entry ledger: entries are added and never changed."""

    def add(self, fact: Entry) -> None:
        """Append an entry; raises ``DuplicateFact`` if its number is taken."""

    def balance(self, account: Account, currency: str) -> int:
        """Return the sum of an account's postings in minor units. O(1)."""

    def entries(self, after: EntryNumber, limit: int) -> Sequence[Entry]:
        """Return the first entries with numbers above ``after``."""


class Journal(Protocol):
    """Every change; positions rise in the order of the commits."""

    def append(self, event: Event) -> None:
        """Append an event. O(1)."""

    def append_all(self, at: datetime, by: Actor, kind: EventKind, facts: Sequence[Fact]) -> None:
        """Append an event of one kind for each of many facts, in their order."""

    def last(self) -> int:
        """Return the position of the last event, 0 before the first."""

    def read(self, after: int, limit: int) -> Sequence[tuple[int, Event]]:
        """Return the first events behind a position, each with its own; the first position is 1."""


class Outbox(Facts[str, Effect], Protocol):
    """Effects by key."""

    def due(self, now: datetime, limit: int) -> Sequence[Effect]:
        """Return the first pending effects that are due, by (due, order of adding)."""

    def next_due(self) -> datetime | None:
        """Return when the first pending effect is due."""


class Transaction(Protocol):
    """Everything that is remembered, within one unit of work. It sees its own changes."""

    @property
    def numbers(self) -> Numbers: ...
    @property
    def members(self) -> Members: ...
    @property
    def activities(self) -> Facts[BoxNumber, Activity]: ...
    @property
    def credentials(self) -> Facts[BoxNumber, Credentials]: ...
    @property
    def persons(self) -> Persons: ...
    @property
    def categories(self) -> Categories: ...
    @property
    def offers(self) -> Offers: ...
    @property
    def checks(self) -> Checks: ...
    @property
    def deals(self) -> Deals: ...
    @property
    def authorisations(self) -> Authorisations: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def inbox(self) -> Records[NoticeKey, ReceivedNotice]: ...
    @property
    def requests(self) -> Records[tuple[BoxNumber, str], Request]: ...


class Store(Protocol):
    """Where facts are kept."""

    def run(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction, commit what it wrote, and return its result.

        On a ``Conflict`` the work is undone and called again, a bounded number of times; then ``TooManyConflicts`` is
        raised. A ``DuplicateFact`` may come of a race too: the work is called once more, and the second one passes on.
        Any other exception undoes the work and passes on. A work inside another one is part of it: only the outermost
        is committed or called again. Works touch nothing but the transaction, and use iterators up within themselves.
        """

    def read(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction that sees one state of the store throughout and writes nothing."""
