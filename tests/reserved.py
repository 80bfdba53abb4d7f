"""What the tests of items and reservations share: a seller, two buyers, and an item that is not yet on the market."""

from datetime import date, datetime
from typing import Any

from attrs import frozen

from brokerage import MemberDesk
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.items import Demand, Item
from brokerage.records.numbers import ItemNumber, OfferNumber, OrderNumber
from brokerage.records.reservations import Reservation
from brokerage.services.reserving.pool import take
from builders import DAY, World, immediate, world

__all__ = ["Announced", "announced", "letters", "taken"]


@frozen
class Announced:
    """Sue has registered an item, and Bob and Cy could reserve it."""

    place: World
    sue: MemberDesk
    bob: MemberDesk
    cy: MemberDesk
    item: ItemNumber

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.place.clock.now()

    @property
    def today(self) -> date:
        """The present day, in UTC."""
        return self.now.date()

    @property
    def office(self) -> Any:
        """The office, whose arguments a test may get wrong."""
        return self.place.broker.office

    @property
    def fact(self) -> Item:
        """The stored fact of the item."""
        found = self.place.read(lambda tx: tx.items.get(self.item))
        assert found is not None
        return found

    @property
    def demand(self) -> Demand:
        """The guarded record of what is reserved of it."""
        found = self.place.read(lambda tx: tx.demands.get(self.item))
        assert found is not None
        return found

    def reserve(self, desk: MemberDesk, quantity: int = 1, max_price: Any = "10.00", **given: Any) -> OfferNumber:
        """Reserve some of it."""
        return desk.buyer.reserve(self.item, quantity=quantity, max_price=max_price, **given)

    def reservation(self, number: OfferNumber) -> Reservation:
        """Return the stored fact of a reservation."""
        found = self.place.read(lambda tx: tx.reservations.get(number))
        assert found is not None
        return found

    def pool(self) -> list[tuple[str, int, int]]:
        """Return the demand as sellers see it: price, units at it, units at it or more."""
        return [(row.price.text(), row.units, row.units_or_more) for row in self.sue.seller.demand(self.item).rows]

    def open_offers(self, desk: MemberDesk) -> int:
        """Return how much a member has open."""
        activity = self.place.read(lambda tx: tx.activities.get(desk.number))
        assert activity is not None
        return activity.open_offers


def announced(policy: Policy | None = None) -> Announced:
    """Return an item in the category "goods" that is released in thirty days."""
    place = world(immediate() if policy is None else policy)
    sue, bob, cy = (place.join(name) for name in ("Sue", "Bob", "Cy"))
    release = place.clock.now() + 30 * DAY
    item = sue.seller.offer_item("goods", "Pad", currency="USD", release_at=release, description="Thin.")
    return Announced(place, sue, bob, cy, item)


def letters(place: World, *words: str) -> list[tuple[int | None, str]]:
    """Return to whom letters went whose subject has certain words, and their bodies."""
    return [(letter.box, letter.body) for letter in place.mailbox.sent if all(w in letter.subject for w in words)]


def taken(scene: Announced, *numbers: OfferNumber) -> tuple[Reservation, ...]:
    """Take reservations out of the pool, for an order that there is not."""

    def work(tx: Transaction) -> tuple[Reservation, ...]:
        found = [scene.reservation(number) for number in numbers]
        return take(tx, found, OrderNumber(1), scene.now)

    return scene.place.store.run(work)
