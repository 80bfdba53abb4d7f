"""What the facts of a suite refer to: persons, contacts, deals and the like, laid before the suite's own facts.

A store may refuse a fact that refers to what is not there. So each suite of a store lays the ground of its facts in a
new store, with the functions of this module: they take numbers, and leave alone what is there already.
"""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from brokerage.errors import DuplicateFact
from brokerage.ports import Records, Series, Store, Transaction
from brokerage.pricing import Terms
from brokerage.records.categories import Fulfilment
from brokerage.records.contacts import Contact
from brokerage.records.contractors import Trade
from brokerage.records.deals import Deal, DealOrigin, DealState
from brokerage.records.effects import Effect, EffectState, Mail
from brokerage.records.items import Item, ItemState
from brokerage.records.members import Person
from brokerage.records.numbers import (
    Arrival,
    BoxNumber,
    ContactNumber,
    DealNumber,
    ItemNumber,
    OfferNumber,
    OrderNumber,
    PersonNumber,
    TenderNumber,
)
from brokerage.records.offers import NO_DETAILS, OfferState, Outcome, SaleOffer
from brokerage.records.orders import Order, OrderState
from brokerage.records.tenders import Bid, BidTerms, ItemSupply, Tender, TenderState, Tier
from brokerage.testing.contracts.laws import Contract

__all__ = [
    "GroundedContract",
    "bids",
    "contacts",
    "deals",
    "effects",
    "items",
    "offers",
    "orders",
    "persons",
    "tenders",
]

_EARLY = datetime(2025, 1, 5, 12, tzinfo=UTC)
_NOBODY = BoxNumber(2**52)
_ABOVE = 2**52
"""What deals are made of, and arrivals: far from the numbers that the facts of suites have."""

_Fact = TypeVar("_Fact")


class GroundedContract(Contract):
    """Laws of a store in which stands already what the facts of the laws refer to."""

    def ground(self, tx: Transaction) -> None:
        """Lay what the suite's facts refer to; nothing, where they refer to nothing."""

    def prepare(self, adapter: Any) -> None:
        """Lay the ground in a new store."""
        store: Store = adapter
        store.run(self.ground)

    @pytest.fixture(autouse=True)
    def _prepared(self, store: Store) -> None:
        self.prepare(store)


def persons(tx: Transaction, *numbers: int) -> None:
    """Lay persons, none of them joined to another."""
    for number in map(PersonNumber, numbers):
        _lay(tx.persons, Person(number))


def contacts(tx: Transaction, *numbers: int) -> None:
    """Lay contacts of parties without a box."""
    for number in map(ContactNumber, numbers):
        _lay(tx.contacts, Contact(number, None, "Name", "Address", "1", "m@example", "bank", _EARLY))


def deals(tx: Transaction, *numbers: int) -> None:
    """Lay completed deals of members whom no suite asks for, and the contacts that they name."""
    for number in map(DealNumber, numbers):
        contacts(tx, number)
        deal = Deal(
            number,
            DealOrigin.MARKET,
            OfferNumber(_ABOVE + 2 * number),
            OfferNumber(_ABOVE + 2 * number + 1),
            _NOBODY,
            BoxNumber(_NOBODY + 1),
            "category",
            "USD",
            0,
            0,
            0,
            0,
            (),
            Fulfilment.CARRIER,
            ContactNumber(number),
            ContactNumber(number),
            f"ground {number}",
            "Thing",
            NO_DETAILS,
            _EARLY,
            state=DealState.COMPLETED,
            ended_at=_EARLY,
        )
        _lay(tx.deals, deal)


def offers(tx: Transaction, *numbers: int) -> None:
    """Lay sales that were cancelled, of person 1."""
    persons(tx, 1)
    for number in map(OfferNumber, numbers):
        missing = number - tx.numbers.last(Series.OFFER)
        if missing > 0:
            tx.numbers.next(Series.OFFER, missing)
        with suppress(DuplicateFact):
            offer = SaleOffer(
                number,
                _NOBODY,
                PersonNumber(1),
                "category",
                "USD",
                "Thing",
                0,
                None,
                Terms(Decimal("0.1")),
                Decimal(1),
                _EARLY,
                Arrival(_ABOVE + number),
                _EARLY,
                filed=True,
                state=OfferState.CLOSED,
                outcome=Outcome.CANCELLED,
            )
            tx.offers.add(offer)


def effects(tx: Transaction, *keys: str) -> None:
    """Lay mails to the manager that were sent."""
    for key in keys:
        _lay(tx.outbox, Effect(key, Mail(None, None, "Subject", "Body"), _EARLY, state=EffectState.DONE))


def items(tx: Transaction, *numbers: int) -> None:
    """Lay items that the manager registered and withdrew."""
    for number in map(ItemNumber, numbers):
        item = Item(
            number,
            None,
            "category",
            "Thing",
            NO_DETAILS,
            "USD",
            _EARLY,
            _EARLY,
            -number,
            ItemState.WITHDRAWN,
        )
        _lay(tx.items, item)


def tenders(tx: Transaction, *numbers: int) -> None:
    """Lay calls for sellers that were withdrawn, each for the item of its number, and those items."""
    for number in map(TenderNumber, numbers):
        items(tx, number)
        tender = Tender(
            number,
            ItemSupply(ItemNumber(number)),
            Trade.SELLER,
            "USD",
            _EARLY,
            _EARLY,
            (),
            False,
            "judge",
            timedelta(hours=1),
            state=TenderState.WITHDRAWN,
        )
        _lay(tx.tenders, tender)


def bids(tx: Transaction, *numbers: int, tender: int | None = None) -> None:
    """Lay bids of person 1 that were withdrawn, in a tender or each in the tender of its number, and those tenders."""
    persons(tx, 1)
    for number in map(OfferNumber, numbers):
        call = TenderNumber(number if tender is None else tender)
        tenders(tx, call)
        terms = BidTerms((Tier(1, 1),), delivery=date(2025, 2, 1))
        box, arrival = BoxNumber(_NOBODY + number), Arrival(_ABOVE + number)
        _lay(tx.bids, Bid(number, call, box, PersonNumber(1), terms, _EARLY, arrival, withdrawn=True))


def orders(tx: Transaction, *numbers: int) -> None:
    """Lay orders that fell, each for the bid and the item of its number, and those."""
    for number in map(OrderNumber, numbers):
        bids(tx, number)
        order = Order(
            number,
            TenderNumber(number),
            OfferNumber(number),
            ItemNumber(number),
            _NOBODY,
            "USD",
            0,
            0,
            Decimal(0),
            1,
            date(2025, 2, 1),
            _EARLY,
            0,
            0,
            state=OrderState.FALLEN,
        )
        _lay(tx.orders, order)


def _lay(collection: Records[Any, _Fact], fact: _Fact) -> None:
    with suppress(DuplicateFact):
        collection.add(fact)
