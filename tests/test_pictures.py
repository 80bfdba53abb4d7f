"""The pictures in the documents are what the code says today."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from attrs import evolve
from sqlalchemy import Column, Integer, MetaData, Table

from brokerage import Margin
from brokerage.adapters.sql.tables import METADATA
from brokerage.records.deals import DEAL_MOVES, DealMove, DealState
from brokerage.records.items import ITEM_MOVES
from brokerage.records.offers import OFFER_MOVES, OfferMove, OfferState, Outcome
from brokerage.records.orders import ORDER_MOVES, OrderState
from brokerage.records.reservations import RESERVATION_MOVES, ReservationState
from brokerage.records.tenders import TENDER_MOVES, TenderState
from drawings.layers import contract, layers
from drawings.leaks import RATES, Leak, leak
from drawings.lives import deal_life, item_life, offer_life, order_life, reservation_life, tender_life
from drawings.member_box import box_html, tables_of
from drawings.pictures import DIRECTORY, PICTURES
from drawings.reserving import STEPS, way
from drawings.schema import schema

pytestmark = pytest.mark.once

LISTED = ("bids_", "deals_", "entries_", "orders_", "reservations_", "standing_terms_", "tenders_")
PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def words_in(picture: str) -> list[str]:
    """Return every text of a picture, in the order of drawing."""
    return [element.text or "" for element in ElementTree.fromstring(picture).iter() if element.tag.endswith("}text")]


@pytest.mark.parametrize(("name", "draw"), PICTURES.items(), ids=PICTURES)
def test_pictures_are_current(name: str, draw: Callable[[], str]) -> None:
    """A picture that is kept is the one that would be drawn now; ``make pictures`` draws them anew."""
    assert draw() == (DIRECTORY / name).read_text(encoding="utf-8")


def test_no_picture_is_left_over() -> None:
    """Every picture that is kept has something that draws it."""
    assert sorted(PICTURES) == sorted(path.name for path in DIRECTORY.iterdir())


@pytest.mark.parametrize("move", OFFER_MOVES, ids=str)
def test_every_move_of_an_offer_is_drawn(move: OfferMove) -> None:
    """A move that leaves the table leaves the picture, and so does one whose words change."""
    whole = offer_life(OFFER_MOVES)
    others = tuple(row for row in OFFER_MOVES if row != move)
    reworded = (*others, evolve(move, by="the moon is full"))
    assert move.by in words_in(whole)
    assert move.by not in words_in(offer_life(others))
    assert "the moon is full" in words_in(offer_life(reworded))


@pytest.mark.parametrize("move", DEAL_MOVES, ids=str)
def test_every_move_of_a_deal_is_drawn(move: DealMove) -> None:
    """A move that leaves the table leaves the picture, and its deadline with it."""
    whole = deal_life(DEAL_MOVES)
    without = deal_life(tuple(row for row in DEAL_MOVES if row != move))
    assert whole.count(move.by) > without.count(move.by)
    if move.deadline is not None:
        passed = f"the time for {move.deadline.replace('_', ' ')} is over"
        assert whole.count(passed) > without.count(passed)


def test_a_move_goes_from_its_state_to_its_state() -> None:
    """Where a move leads decides where its arrow ends: another target is another picture."""
    back = DealMove(DealState.DELIVERED, DealState.PAID, "a strange move")
    forth = evolve(back, source=DealState.PAID, target=DealState.DELIVERED)
    assert deal_life((*DEAL_MOVES, back)) != deal_life((*DEAL_MOVES, forth))
    expired = OfferMove(OfferState.AGREED, OfferState.CLOSED, "a strange move", Outcome.EXPIRED)
    assert offer_life((*OFFER_MOVES, expired)) != offer_life((*OFFER_MOVES, evolve(expired, outcome=Outcome.FAILED)))


@pytest.mark.parametrize(
    ("draw", "moves"),
    [
        pytest.param(item_life, ITEM_MOVES, id="item"),
        pytest.param(reservation_life, RESERVATION_MOVES, id="reservation"),
        pytest.param(tender_life, TENDER_MOVES, id="tender"),
        pytest.param(order_life, ORDER_MOVES, id="order"),
    ],
)
def test_every_move_on_the_way_to_a_deal_is_drawn(draw: Callable[..., str], moves: Sequence[Any]) -> None:
    """A move that leaves the table of items, reservations, tenders or orders leaves its picture, words and all."""
    whole = draw(moves)
    for at, move in enumerate(moves):
        others = (*moves[:at], *moves[at + 1 :])
        assert words_in(whole).count(move.by) > words_in(draw(others)).count(move.by)
        assert "the moon is full" in words_in(draw((*others, evolve(move, by="the moon is full"))))


@pytest.mark.parametrize(
    "moves", [RESERVATION_MOVES, TENDER_MOVES, ORDER_MOVES], ids=["reservation", "tender", "order"]
)
def test_the_whole_way_goes_by_the_tables(moves: Sequence[Any]) -> None:
    """Each state in the picture of the whole way follows from the one before by a row of its table."""
    kind = type(moves[0].source)
    states = [state for step in STEPS for state in step.leads_to if isinstance(state, kind)]
    rows = {(row.source, row.target) for row in moves}
    assert [pair for pair in pairwise(states) if pair not in rows] == []
    last = {ReservationState: ReservationState.AGREED, TenderState: TenderState.AWARDED, OrderState: OrderState.MADE}
    assert last[kind] is states[-1]


def test_every_step_of_the_way_is_drawn() -> None:
    """The picture of the whole way has the words of every step."""
    assert {step.words for step in STEPS} - set(words_in(way())) == set()


def test_every_layer_is_drawn() -> None:
    """Each module of the contract stands in the picture of the layers, from the top down."""
    rows = contract(PROJECT)
    modules = [name.strip("() ") for row in rows for name in row.split("|")]
    assert ["Imports go downwards only", *modules] == words_in(layers(rows))


def test_the_box_shows_what_the_library_shows() -> None:
    """The picture of a box holds every cell of the library's own HTML, and no other words."""
    cells = [cell for table in tables_of(box_html()) for row in table for cell in row]
    drawn = words_in((DIRECTORY / "box.svg").read_text(encoding="utf-8"))
    assert sorted(cell for cell in cells if cell) == sorted(cell for cell in drawn if cell)
    assert "Candidate Buyer" in drawn


def shown_on_paper(min_price: int, max_price: int, rate: Decimal, rule: Margin) -> int:
    """The buying price as the equations say it, half-even, without the library's arithmetic."""
    middle, spread = Fraction(min_price + max_price, 2), Fraction(max_price - min_price)
    margin = (spread if rule is Margin.ON_SPREAD else middle) * Fraction(rate)
    return round(middle + min(margin, spread / 2))


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("rule", [Margin.ON_SPREAD, Margin.ON_PRICE])
def test_leaks_are_counted_rightly(rate: Decimal, rule: Margin) -> None:
    """What stays possible for a buyer is every limit that the equations give the same price, and no other."""
    price = shown_on_paper(8000, 10_000, rate, rule)
    possible = [limit for limit in range(10_001) if shown_on_paper(limit, 10_000, rate, rule) == price]
    assert Leak(price, possible[0], possible[-1], len(possible)) == leak(8000, 10_000, rate, rule)


def test_every_table_is_drawn_with_what_it_refers_to() -> None:
    """A reference that leaves the schema leaves the picture; a table in no area cannot be drawn."""
    whole = words_in(schema(METADATA))
    assert [name for name in METADATA.tables if name not in whole and not name.startswith(LISTED)] == []
    other = MetaData()
    for table in METADATA.tables.values():
        table.to_metadata(other)
    Table("more", other, Column("number", Integer, primary_key=True))
    with pytest.raises(ValueError, match="more"):
        schema(other)


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=str)
def test_what_a_table_refers_to_is_drawn(table: Table) -> None:
    """Whatever a fact refers to stands on its card; the lists of a fact refer to that alone, and stand there."""
    referred = sorted({key.referred_table.name for key in table.foreign_key_constraints})
    if referred and not table.name.startswith(LISTED):
        assert f"→ {', '.join(referred)}" in words_in(schema(METADATA))
