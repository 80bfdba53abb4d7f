"""Items, reservations and what members want to hear of them, as a store keeps them (spec N1, N2)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from brokerage.records.items import Demand, Item
from brokerage.records.numbers import Arrival, BoxNumber, ItemNumber, OfferNumber, OrderNumber
from brokerage.records.reservations import Reservation
from brokerage.records.watches import Topic, Watch
from brokerage.storage.facts import Facts, RemovableFacts

__all__ = ["Demands", "Items", "Reservations", "Watches"]


class Items(Facts[ItemNumber, Item], Protocol):
    """Items by number, whose category and registering member never change."""

    def announced(self, category: str | None, before: ItemNumber | None, limit: int) -> Sequence[Item]:
        """Return announced items with numbers below ``before``, newest first. O(log n + limit).

        Args:
            category: the code of theirs; ``None``: of every category.
            before: ``None``: from the newest.
            limit: at most how many.
        """

    def latest(self, before: ItemNumber | None, limit: int) -> Sequence[Item]:
        """Return items in whatever state with numbers below ``before``, newest first. O(log n + limit)."""

    def of_member(self, box: BoxNumber, before: ItemNumber | None, limit: int) -> Sequence[Item]:
        """Return the items that a member registered, with numbers below ``before``, newest first. O(log n + limit)."""

    def changed(self, category: str, after: int, limit: int) -> Sequence[Item]:
        """Return items of a category in whatever state whose change is above ``after``, by change. O(log n + limit)."""

    def due(self, now: datetime, limit: int) -> Sequence[Item]:
        """Return the first announced items that are released not after ``now``, by (release, number)."""

    def next_release(self) -> datetime | None:
        """Return the earliest release of an announced item."""

    def to_mail(self, limit: int) -> Sequence[Item]:
        """Return the first items whose change is still to be mailed, by number. O(limit)."""

    def to_close(self, limit: int) -> Sequence[Item]:
        """Return the first items whose open reservations are still to be ended, by number. O(limit)."""


class Demands(Facts[ItemNumber, Demand], Protocol):
    """The guarded totals of what is reserved, by item, whose category never changes."""

    def changed(self, category: str, after: int, limit: int) -> Sequence[Demand]:
        """Return demands of a category whose change is above ``after``, by change. O(log n + limit)."""

    def to_mail(self, limit: int) -> Sequence[Demand]:
        """Return the first demands whose change is still to be mailed, by item. O(limit)."""


class Reservations(Facts[OfferNumber, Reservation], Protocol):
    """Reservations by number, whose member, item and currency never change."""

    def open_of(self, item: ItemNumber, after: Arrival | None, limit: int) -> Sequence[Reservation]:
        """Return an item's open reservations whose arrival is above ``after``, by arrival. O(log n + limit)."""

    def pooled(self, item: ItemNumber) -> Sequence[tuple[int, int]]:
        """Return how many units of an item are reserved at each limit: (limit, units), the highest limit first.

        Only open reservations count. O(different limits); keeping it costs O(log n) a change.
        """

    def of_order(self, order: OrderNumber, after: OfferNumber | None, limit: int) -> Sequence[Reservation]:
        """Return the reservations that name an order, with numbers above ``after``, by number. O(log n + limit)."""

    def of_member(self, box: BoxNumber) -> Sequence[Reservation]:
        """Return a member's reservations that are not filed, by number. O(their number)."""

    def listed(self, box: BoxNumber, before: OfferNumber | None, limit: int) -> Sequence[Reservation]:
        """Return a member's reservations, also filed ones, with numbers below ``before``, newest first.

        O(log n + limit).
        """

    def wanted_before(self, day: date, limit: int) -> Sequence[Reservation]:
        """Return the first open reservations wanted by a day before ``day``, by (day, number). O(limit)."""

    def past_of(self, item: ItemNumber, day: date) -> Sequence[Reservation]:
        """Return an item's open reservations wanted by a day before ``day``, by (day, number).

        O(log n + their number).
        """

    def next_wanted(self) -> date | None:
        """Return the earliest day by which an open reservation is wanted."""

    def has_unfinished(self, category: str) -> bool:
        """Say whether any reservation in a category has not ended. O(log n)."""


class Watches(RemovableFacts[tuple[BoxNumber, Topic, str], Watch], Protocol):
    """What members want to hear of, by (member, topic, category)."""

    def of_member(self, box: BoxNumber) -> Sequence[Watch]:
        """Return what a member wants to hear of, by (topic's value, category). O(their number)."""

    def at_once(self, topic: Topic, category: str, after: BoxNumber, limit: int) -> Sequence[Watch]:
        """Return who wants to hear at once, with boxes above ``after``, by box. O(log n + limit)."""

    def watching(self, topic: Topic, category: str, after: BoxNumber, limit: int) -> Sequence[Watch]:
        """Return who wants to hear at once or regularly, with boxes above ``after``, by box. O(log n + limit)."""

    def due(self, now: datetime, limit: int) -> Sequence[Watch]:
        """Return the first whose digest is due not after ``now``, by (due, box, topic's value, category)."""

    def next_due(self) -> datetime | None:
        """Return the earliest instant at which a digest is due."""
