"""Tenders to test with: a broker with carriers and bystanders, calls for carriage, and calls for an item's supply."""

from datetime import date, timedelta
from typing import Any

from attrs import frozen

from brokerage import MemberDesk
from brokerage.ports import Store
from brokerage.records.contractors import Trade
from brokerage.records.events import Event
from brokerage.records.numbers import BoxNumber, ItemNumber, TenderNumber
from brokerage.records.tenders import Bid, Place, PlaceState, Tender
from builders import DAY, MANY, World, immediate, world

__all__ = ["DELIVERY", "HOUR", "Calls", "calls"]

HOUR = timedelta(hours=1)
DELIVERY = date(2026, 3, 1)
"""A day on which a seller can deliver."""


@frozen
class Calls:
    """A broker at which Ann, Bob, Cyd and Dan are registered as carriers, and Eve and Fay as nothing."""

    world: World
    ann: MemberDesk
    bob: MemberDesk
    cyd: MemberDesk
    dan: MemberDesk
    eve: MemberDesk
    fay: MemberDesk

    @property
    def office(self) -> Any:
        """The manager's office."""
        return self.world.broker.office

    @property
    def carriers(self) -> tuple[MemberDesk, ...]:
        """The desks of the carriers, by box."""
        return self.ann, self.bob, self.cyd, self.dan

    def carriage(self, **changes: Any) -> TenderNumber:
        """Call for standing terms of carriage of goods; bids can be made for a day and are answered within another."""
        now = self.world.clock.now()
        given: dict[str, Any] = {
            "currency": "USD",
            "until": now + 60 * DAY,
            "amount": "100.00",
            "bids_until": now + DAY,
            "answer": DAY,
        }
        row = self.office.tenders.call_service(Trade.CARRIER, "goods", **{**given, **changes})
        number: TenderNumber = row.number
        return number

    def item(self, **changes: Any) -> ItemNumber:
        """Register an item that comes on the market in 90 days."""
        now = self.world.clock.now()
        given: dict[str, Any] = {"currency": "USD", "release_at": now + 90 * DAY}
        number: ItemNumber = self.office.items.register("goods", "Lamp", **{**given, **changes})
        return number

    def supply(self, item: ItemNumber, **changes: Any) -> TenderNumber:
        """Call for what is reserved of an item; bids can be made for a day."""
        given: dict[str, Any] = {"bids_until": self.world.clock.now() + DAY}
        number: TenderNumber = self.office.tenders.call_supply(item, **{**given, **changes}).number
        return number

    def fees(self, tender: TenderNumber, *fees: str) -> None:
        """Let the carriers bid, one fee a deal each, in their order."""
        for desk, fee in zip(self.carriers, fees, strict=False):
            desk.carrier.bid(tender, fixed=fee)

    def tender(self, number: TenderNumber) -> Tender:
        """Return the stored fact of a tender."""
        found = self.world.read(lambda tx: tx.tenders.get(number))
        assert found is not None
        return found

    def states(self, number: TenderNumber) -> list[tuple[int, PlaceState]]:
        """Return whose the places of a tender are and how they stand, best first."""
        return [(place.box, place.state) for place in self.tender(number).places]

    def place(self, number: TenderNumber, desk: MemberDesk) -> Place:
        """Return somebody's place in a ranking."""
        return next(place for place in self.tender(number).places if place.box == desk.number)

    def bid(self, number: TenderNumber, desk: MemberDesk) -> Bid:
        """Return the stored fact of somebody's bid."""
        found = self.world.read(lambda tx: tx.bids.of_bidder(number, desk.number))
        assert found is not None
        return found

    def events(self) -> list[Event]:
        """Return every event of the journal."""
        return [event for _, event in self.world.read(lambda tx: tx.journal.read(0, MANY))]

    def mails(self, desk: MemberDesk) -> list[tuple[str, str]]:
        """Return the mails that somebody got about tenders, as subject and body."""
        sent = self.world.mailbox.sent
        words = "bid", "call"
        return [
            (mail.subject, mail.body)
            for mail in sent
            if mail.box == desk.number and any(word in mail.subject.casefold() for word in words)
        ]


def calls(store: Store | None = None, **choices: Any) -> Calls:
    """Return the broker; ``choices`` are of its policy."""
    place = world(immediate(**choices), store=store)
    desks = [place.join(name) for name in ("Ann", "Bob", "Cyd", "Dan", "Eve", "Fay")]
    for desk in desks[:4]:
        place.broker.office.contractors.register(BoxNumber(desk.number), Trade.CARRIER)
    return Calls(place, *desks)
