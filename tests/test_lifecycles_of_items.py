"""The tables of the lives of items, reservations, tenders and orders, and the functions that lead along them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from attrs import evolve, frozen

from brokerage.errors import BrokerageError, ItemNotOpen, NotReservable, TenderNotOpen, WrongOrderStep
from brokerage.records.contractors import Trade
from brokerage.records.items import ITEM_MOVES, Item, ItemState, announced, is_announced, move_item
from brokerage.records.numbers import (
    Arrival,
    BoxNumber,
    DealNumber,
    ItemNumber,
    OfferNumber,
    OrderNumber,
    PersonNumber,
    TenderNumber,
)
from brokerage.records.offers import NO_DETAILS, Outcome
from brokerage.records.orders import ORDER_MOVES, Order, OrderState, move_order
from brokerage.records.reservations import RESERVATION_MOVES, Reservation, ReservationState, move_reservation
from brokerage.records.tenders import (
    TENDER_MOVES,
    ItemSupply,
    Place,
    PlaceState,
    Tender,
    TenderState,
    move_tender,
)
from builders import DAY, START

ITEM = Item(ItemNumber(3), BoxNumber(1), "goods", "Pixel 12", NO_DETAILS, "USD", START + DAY, START, 7, version=4)
RESERVATION = Reservation(
    OfferNumber(5),
    BoxNumber(2),
    PersonNumber(2),
    ItemNumber(3),
    "goods",
    "USD",
    3,
    100,
    date(2026, 12, 24),
    START,
    Arrival(6),
    version=4,
)
TENDER = Tender(
    TenderNumber(7),
    ItemSupply(ItemNumber(3)),
    Trade.SELLER,
    "USD",
    START,
    START + DAY,
    (),
    True,
    "lowest price",
    DAY,
    deadline=START + DAY,
    version=4,
)
ORDER = Order(
    OrderNumber(9),
    TenderNumber(7),
    OfferNumber(8),
    ItemNumber(3),
    BoxNumber(1),
    "USD",
    90,
    81,
    Decimal("0.1"),
    2,
    date(2026, 12, 20),
    START,
    3,
    1,
    version=4,
)

ITEMS_LIVES = [
    # from, to: as the table of lifecycles has them
    ("announced", "released"),
    ("announced", "withdrawn"),
]
RESERVATIONS_LIVES = [
    # from, to, outcome
    ("open", "asked", None),
    ("open", "closed", "cancelled"),
    ("open", "closed", "expired"),
    ("asked", "confirmed", None),
    ("asked", "closed", "cancelled"),
    ("asked", "closed", "expired"),
    ("asked", "open", None),
    ("confirmed", "closed", "cancelled"),
    ("confirmed", "open", None),
    ("confirmed", "agreed", None),
    ("agreed", "closed", "completed"),
    ("agreed", "closed", "cancelled"),
    ("agreed", "closed", "failed"),
]
TENDERS_LIVES = [
    # from, to, by which deadline
    ("called", "awarding", "bids_until"),
    ("called", "failed", "bids_until"),
    ("called", "withdrawn", None),
    ("awarding", "awarded", "answer"),
    ("awarding", "failed", "answer"),
]
ORDERS_LIVES = [
    # from, to, deadline, where it leads after that
    ("services", "buyers", None, None),
    ("services", "fallen", None, None),
    ("buyers", "seller", "confirmation", "fallen"),
    ("buyers", "fallen", None, None),
    ("seller", "made", None, None),
    ("seller", "fallen", "confirmation", "fallen"),
]


@frozen
class Life:
    """A thing that has a life: its first version, its states, its moves, and what is raised of any other."""

    name: str
    thing: Any
    states: type[Enum]
    move: Callable[..., Any]
    moves: Sequence[tuple[str, str, str | None]]
    error: type[BrokerageError]

    def __str__(self) -> str:
        return self.name

    def every_move(self) -> list[tuple[Any, Any, Outcome | None]]:
        """Return all moves that can be thought of: between any two states, with any outcome that the thing can have."""
        outcomes = [None, *Outcome] if self.name == "reservation" else [None]
        return [(source, target, outcome) for source in self.states for target in self.states for outcome in outcomes]

    def go(self, source: Any, target: Any, outcome: Outcome | None, **changes: Any) -> Any:
        """Make a move."""
        arguments = (target,) if outcome is None else (target, outcome)
        return self.move(evolve(self.thing, state=source), *arguments, **changes)

    def has(self, source: Any, target: Any, outcome: Outcome | None) -> bool:
        """Say whether the table that is written here has a move."""
        return (source.value, target.value, outcome and outcome.value) in self.moves


LIVES = [
    Life("item", ITEM, ItemState, move_item, [(*row, None) for row in ITEMS_LIVES], ItemNotOpen),
    Life("reservation", RESERVATION, ReservationState, move_reservation, RESERVATIONS_LIVES, NotReservable),
    Life("tender", TENDER, TenderState, move_tender, [(*row[:2], None) for row in TENDERS_LIVES], TenderNotOpen),
    Life("order", ORDER, OrderState, move_order, [(*row[:2], None) for row in ORDERS_LIVES], WrongOrderStep),
]


def value_of(member: Enum | None) -> Any:
    """Return a member's value."""
    return None if member is None else member.value


def test_the_tables() -> None:
    """Each table has these rows and no other, and says of each who or what makes the move."""
    assert [(row.source.value, row.target.value) for row in ITEM_MOVES] == ITEMS_LIVES
    assert [
        (row.source.value, row.target.value, value_of(row.outcome)) for row in RESERVATION_MOVES
    ] == RESERVATIONS_LIVES
    assert [(row.source.value, row.target.value, row.deadline) for row in TENDER_MOVES] == TENDERS_LIVES
    assert [
        (row.source.value, row.target.value, row.deadline, value_of(row.otherwise)) for row in ORDER_MOVES
    ] == ORDERS_LIVES
    assert all(row.by for table in (ITEM_MOVES, RESERVATION_MOVES, TENDER_MOVES, ORDER_MOVES) for row in table)


@pytest.mark.parametrize("life", LIVES, ids=str)
def test_every_row_leads_on(life: Life) -> None:
    """Each row leads from its state to its target with its outcome, changes what is said, and makes a version."""
    walked = [step for step in life.every_move() if life.has(*step)]
    assert len(walked) == len(life.moves)
    for source, target, outcome in walked:
        expected = {"state": target, "version": 5}
        if life.name == "reservation":
            expected["outcome"] = outcome
        assert evolve(life.thing, **expected) == life.go(source, target, outcome)


@pytest.mark.parametrize("life", LIVES, ids=str)
def test_no_other_move(life: Life) -> None:
    """Between any other two states, or to another outcome, a move is refused with the number; nothing is changed."""
    others = [step for step in life.every_move() if not life.has(*step)]
    assert len(others) > len(life.moves)
    for source, target, outcome in others:
        with pytest.raises(life.error) as refused:
            life.go(source, target, outcome)
        assert life.thing.number == refused.value.value


def test_what_a_refused_step_says() -> None:
    """The error of a reservation and of an order names the state that could not be reached."""
    with pytest.raises(NotReservable) as refused:
        move_reservation(RESERVATION, ReservationState.AGREED)
    assert refused.value.step == "agreed"
    with pytest.raises(WrongOrderStep) as wrong:
        move_order(ORDER, OrderState.MADE)
    assert wrong.value.step == "made"


@pytest.mark.parametrize("life", LIVES, ids=str)
def test_a_life_goes_on_from_where_it_began_and_ends(life: Life) -> None:
    """Every state but the first is led to, and from every state there is a way to one that nothing leads out of."""
    states = {state.value for state in life.states}
    sources, targets = {row[0] for row in life.moves}, {row[1] for row in life.moves}
    assert {life.thing.state.value} >= states - targets
    ending = states - sources
    assert ending
    for _ in states:
        ending |= {source for source, target, _ in life.moves if target in ending}
    assert states == ending


def test_a_move_can_change_more() -> None:
    """What a move is told changes with the state, and all else stays."""
    assert evolve(ITEM, state=ItemState.RELEASED, change=8, version=5) == move_item(ITEM, ItemState.RELEASED, change=8)
    asked = move_reservation(RESERVATION, ReservationState.ASKED, order=ORDER.number)
    assert evolve(RESERVATION, state=ReservationState.ASKED, order=ORDER.number, version=5) == asked
    confirmed = move_reservation(asked, ReservationState.CONFIRMED)
    agreed = move_reservation(confirmed, ReservationState.AGREED, deal=DealNumber(1))
    closed = move_reservation(agreed, ReservationState.CLOSED, Outcome.COMPLETED)
    assert (closed.order, closed.deal, closed.outcome, closed.version) == (ORDER.number, 1, Outcome.COMPLETED, 8)
    failed = move_tender(TENDER, TenderState.FAILED, deadline=None, outcome="nobody bid")
    assert evolve(TENDER, state=TenderState.FAILED, deadline=None, outcome="nobody bid", version=5) == failed
    asking = move_order(ORDER, OrderState.BUYERS, deadline=START + DAY)
    assert evolve(ORDER, state=OrderState.BUYERS, deadline=START + DAY, version=5) == asking


@pytest.mark.parametrize("thing", [ITEM, RESERVATION, TENDER, ORDER], ids=lambda thing: type(thing).__name__)
def test_a_change_keeps_the_state(thing: Any) -> None:
    """A change that is no move keeps the state and makes a version."""
    assert evolve(thing, currency="EUR", version=5) == thing.changed(currency="EUR")


def test_an_item_is_announced_until_its_release() -> None:
    """An item can be reserved only before its release, whether or not a sweep has come by, and never afterwards."""
    before = ITEM.release_at - timedelta.resolution
    assert [is_announced(ITEM, before), is_announced(ITEM, ITEM.release_at)] == [True, False]
    assert announced(ITEM, before) == ITEM
    for item, now in (
        (ITEM, ITEM.release_at),
        (evolve(ITEM, state=ItemState.RELEASED), before),
        (evolve(ITEM, state=ItemState.WITHDRAWN), before),
    ):
        with pytest.raises(ItemNotOpen) as refused:
            announced(item, now)
        assert refused.value.value == 3


def test_the_place_that_is_asked() -> None:
    """The question of a tender is the one place that is asked; a place is put where its rank says."""
    states = (PlaceState.DECLINED, PlaceState.ASKED, PlaceState.WAITING)
    places = tuple(
        Place(rank, OfferNumber(rank), BoxNumber(rank), 10, 2, 20, "so", state=state)
        for rank, state in enumerate(states, start=1)
    )
    awarding = evolve(TENDER, state=TenderState.AWARDING, places=places)
    assert (TENDER.question, awarding.question) == (None, places[1])
    silent = evolve(places[1], state=PlaceState.SILENT)
    placed = awarding.placed(silent, deadline=None)
    assert evolve(awarding, places=(places[0], silent, places[2]), deadline=None, version=5) == placed
    assert placed.question is None
    first, last = evolve(places[0], remark="first"), evolve(places[2], remark="last")
    assert (first, *places[1:]) == awarding.placed(first).places
    assert (*places[:2], last) == awarding.placed(last).places
