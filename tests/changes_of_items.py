"""One change of each kind that can be made to a store's items, reservations, watches, tenders, bids and orders."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from attrs import evolve

from brokerage.errors import DuplicateFact
from brokerage.ports import Series, Transaction
from brokerage.records.contractors import Contractor, Service, StandingTerms, Trade
from brokerage.records.items import Demand, Item, ItemState
from brokerage.records.numbers import (
    Arrival,
    BoxNumber,
    ItemNumber,
    OfferNumber,
    OrderNumber,
    PersonNumber,
    TenderNumber,
)
from brokerage.records.offers import Details
from brokerage.records.orders import Order, OrderState
from brokerage.records.reservations import Reservation, ReservationState
from brokerage.records.tenders import Asked, Bid, BidTerms, ItemSupply, StandingService, Tender, TenderState, Tier
from brokerage.records.watches import Topic, Watch, When
from builders import DAY, START, World

__all__ = ["ITEM_CHANGES", "look_at_items", "populate_items"]

Change = Callable[[Transaction], object]
ANN, BOB = BoxNumber(1), BoxNumber(2)
ITEM, TENDER, ORDER = ItemNumber(1), TenderNumber(1), OrderNumber(1)
FIRST_OFFER = 1000
RESERVATION, BID = OfferNumber(FIRST_OFFER), OfferNumber(FIRST_OFFER + 1)
CARRIERS = StandingService(Trade.CARRIER, "goods", "", "USD", START, START + 30 * DAY)
TERMS_KEY = (Trade.CARRIER, "goods", "", "USD")


def _item(number: int) -> Item:
    change = 100 * number
    return Item(
        ItemNumber(number), ANN, "goods", "New", Details(), "USD", START + number * DAY, START, change, mailing=True
    )


def _reservation(number: int) -> Reservation:
    return Reservation(
        OfferNumber(number),
        BOB,
        PersonNumber(2),
        ITEM,
        "goods",
        "USD",
        number % 7 + 1,
        9000 + number % 2,
        date(2026, 2, 1) + timedelta(days=number % 3),
        START,
        Arrival(number),
    )


def _tender(number: int, asked: Asked = CARRIERS) -> Tender:
    trade = Trade.SELLER if isinstance(asked, ItemSupply) else Trade.CARRIER
    until = START + number * DAY
    return Tender(
        TenderNumber(number),
        asked,
        trade,
        "USD",
        START,
        until,
        (),
        True,
        "lowest price",
        DAY,
        deadline=until,
        mailing=True,
    )


def _bid(number: int, box: BoxNumber) -> Bid:
    terms = BidTerms((Tier(1, 5000),), delivery=date(2026, 3, 1))
    return Bid(OfferNumber(number), TENDER, box, PersonNumber(box), terms, START, Arrival(number))


def _order(number: int) -> Order:
    return Order(
        OrderNumber(number),
        TENDER,
        BID,
        ITEM,
        ANN,
        "USD",
        5000,
        4500,
        Decimal("0.1"),
        1,
        date(2026, 3, 1),
        START,
        3,
        1,
        deadline=START + number * DAY,
    )


def _watch(topic: Topic, category: str, when: When) -> Watch:
    return Watch(BOB, topic, category, when, None if when is When.AT_ONCE else START + DAY, 0)


def populate_items(place: World) -> None:
    """Keep one of each, and demand for it."""

    def work(tx: Transaction) -> None:
        tx.numbers.next(Series.ITEM, 3)
        tx.numbers.next(Series.TENDER, 3)
        tx.numbers.next(Series.ORDER, 2)
        tx.items.add(_item(1))
        tx.demands.add(Demand(ITEM, "goods", 1, 1, 5, mailing=True))
        tx.reservations.add(_reservation(RESERVATION))
        tx.watches.add(_watch(Topic.ITEMS, "goods", When.AT_ONCE))
        tx.watches.add(_watch(Topic.DEMAND, "goods", When.REGULARLY))
        tx.tenders.add(_tender(1, ItemSupply(ITEM)))
        tx.tenders.add(_tender(2))
        tx.bids.add(_bid(BID, ANN))
        tx.orders.add(_order(1))
        tx.contractors.add(Contractor(ANN, Trade.CARRIER, START))
        tx.standing_terms.add(StandingTerms(*TERMS_KEY, Service(ANN, 5), START, START + DAY, TENDER))

    place.store.run(work)


def look_at_items(tx: Transaction) -> list[object]:
    """Return the reservations and bids of numbers that no series has given."""
    numbers = [OfferNumber(number) for number in range(FIRST_OFFER, FIRST_OFFER + 10)]
    return [(tx.reservations.get(number), tx.bids.get(number)) for number in numbers]


def _put(collection: str, key: Any, **changes: Any) -> Change:
    """Replace a fact by a next version, if it is there."""

    def work(tx: Transaction) -> None:
        facts = getattr(tx, collection)
        fact = facts.get(key)
        if fact is not None:
            facts.replace(fact, evolve(fact, version=fact.version + 1, **changes))

    return work


def _remove(collection: str, key: Any) -> Change:
    """Remove a fact, if it is there."""

    def work(tx: Transaction) -> None:
        facts = getattr(tx, collection)
        fact = facts.get(key)
        if fact is not None:
            facts.remove(fact)

    return work


def _bid_again(tx: Transaction) -> None:
    """Try to add a second bid of a bidder, which is refused."""
    try:
        tx.bids.add(_bid(FIRST_OFFER + 9, ANN))
    except DuplicateFact:
        return
    raise AssertionError("a bidder has two bids in a tender")


ITEM_WATCH, DEMAND_WATCH = (BOB, Topic.ITEMS, "goods"), (BOB, Topic.DEMAND, "goods")
ITEM_CHANGES: dict[str, Change] = {
    "items add": lambda tx: tx.items.add(_item(2)),
    "items add one of the manager's": lambda tx: tx.items.add(evolve(_item(3), box=None, category="services")),
    "items move": _put("items", ITEM, release_at=START + 9 * DAY, change=900),
    "items release": _put("items", ITEM, state=ItemState.RELEASED, mailing=False, closing=True),
    "demands add": lambda tx: tx.demands.add(Demand(ItemNumber(2), "goods", 1, 1, 6)),
    "demands replace": _put("demands", ITEM, units=9, change=7, mailing=False),
    "reservations add": lambda tx: tx.reservations.add(_reservation(FIRST_OFFER + 2)),
    "reservations add another": lambda tx: tx.reservations.add(_reservation(FIRST_OFFER + 3)),
    "reservations amend": _put("reservations", RESERVATION, quantity=5, max_price=9001, arrival=Arrival(2000)),
    "reservations ask": _put("reservations", RESERVATION, state=ReservationState.ASKED, order=ORDER),
    "reservations open": _put("reservations", RESERVATION, state=ReservationState.OPEN, order=None, wanted_by=None),
    "reservations file": _put("reservations", RESERVATION, state=ReservationState.CLOSED, filed=True),
    "watches add": lambda tx: tx.watches.add(_watch(Topic.ITEMS, "services", When.REGULARLY)),
    "watches change": _put("watches", ITEM_WATCH, when=When.REGULARLY, due=START),
    "watches postpone": _put("watches", DEMAND_WATCH, due=START + 2 * DAY, seen=7),
    "watches remove": _remove("watches", ITEM_WATCH),
    "watches remove another": _remove("watches", DEMAND_WATCH),
    "tenders add": lambda tx: tx.tenders.add(_tender(3)),
    "tenders judge": _put("tenders", TENDER, state=TenderState.AWARDING, deadline=START + 5 * DAY, mailing=False),
    "tenders end": _put("tenders", TENDER, state=TenderState.FAILED, deadline=None),
    "bids add": lambda tx: tx.bids.add(_bid(FIRST_OFFER + 4, BOB)),
    "bids add again": _bid_again,
    "bids replace": _put("bids", BID, withdrawn=True),
    "orders add": lambda tx: tx.orders.add(_order(2)),
    "orders replace": _put("orders", ORDER, state=OrderState.BUYERS, deadline=START + 7 * DAY),
    "orders end": _put("orders", ORDER, state=OrderState.MADE, deadline=None),
    "contractors add": lambda tx: tx.contractors.add(Contractor(BOB, Trade.PROVIDER, START)),
    "contractors remove": _remove("contractors", (ANN, Trade.CARRIER)),
    "standing_terms replace": _put("standing_terms", TERMS_KEY, service=Service(ANN, 6)),
    "standing_terms remove": _remove("standing_terms", TERMS_KEY),
}
