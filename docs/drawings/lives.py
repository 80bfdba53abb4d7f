"""The lives of offers, deals and all that leads to them, drawn from the tables that the library itself goes by.

A state is a column, a move a row: an arrow from the state that it leaves to the one that it leads to, in the words of
the table. Where a deadline leads somewhere by itself, the arrow is dashed.
"""

from collections.abc import Iterable, Sequence
from enum import Enum

from attrs import frozen

from brokerage.records.deals import DealMove, DealState
from brokerage.records.items import ItemMove, ItemState
from brokerage.records.offers import OfferMove, OfferState, Outcome
from brokerage.records.orders import OrderMove, OrderState
from brokerage.records.reservations import ReservationMove, ReservationState
from brokerage.records.tenders import TenderMove, TenderState
from drawings.svg import BROKER, BUYER, ENDED, FAINT, INK, SHADE, arrow, box, drawing, line, text, width_of

__all__ = ["deal_life", "item_life", "offer_life", "order_life", "reservation_life", "tender_life"]

_COLUMN, _ROW, _TOP, _EDGE = 122, 34, 74, 16


@frozen
class _Step:
    """An arrow: between which columns, in which words, and whether time alone leads there."""

    source: int
    target: int
    words: str
    by_itself: bool = False


def offer_life(moves: Sequence[OfferMove]) -> str:
    """Draw the life of an offer from its table; a closed offer has a column for each outcome."""
    return _by_outcome("The life of an offer", OfferState.OPEN, OfferState.CLOSED, "accepted", moves)


def reservation_life(moves: Sequence[ReservationMove]) -> str:
    """Draw the life of a reservation from its table; a closed one has a column for each outcome."""
    states = ReservationState
    return _by_outcome("The life of a reservation", states.OPEN, states.CLOSED, "a buyer reserves", moves)


def deal_life(moves: Sequence[DealMove]) -> str:
    """Draw the life of a deal from its table, with what happens when a deadline passes."""
    return _by_deadline("The life of a deal", DealState.AGREED, "a buyer decides", moves)


def order_life(moves: Sequence[OrderMove]) -> str:
    """Draw the life of an order from its table, with what happens when a deadline passes."""
    return _by_deadline("The life of an order", OrderState.SERVICES, "a selected seller accepts the terms", moves)


def tender_life(moves: Sequence[TenderMove]) -> str:
    """Draw the life of a tender from its table; what happens at a deadline, whoever acts or not, is dashed."""
    states = list(TenderState)
    steps = [_Step(-1, states.index(TenderState.CALLED), "the manager calls for bids, or an order asks for services")]
    steps += [
        _Step(states.index(move.source), states.index(move.target), move.by, by_itself=move.deadline is not None)
        for move in moves
    ]
    return _chart("The life of a tender", [(state.name, "") for state in states], steps)


def item_life(moves: Sequence[ItemMove]) -> str:
    """Draw the life of an item from its table; its release date comes by itself."""
    states = list(ItemState)
    steps = [_Step(-1, states.index(ItemState.ANNOUNCED), "a seller or the manager registers it")]
    steps += [
        _Step(
            states.index(move.source), states.index(move.target), move.by, by_itself=move.target is ItemState.RELEASED
        )
        for move in moves
    ]
    return _chart("The life of an item", [(state.name, "") for state in states], steps)


def _by_outcome(
    title: str, begins: Enum, closed: Enum, how: str, moves: Sequence[OfferMove] | Sequence[ReservationMove]
) -> str:
    states: list[tuple[Enum, Outcome | None]] = [
        *((state, None) for state in type(begins) if state is not closed),
        *((closed, outcome) for outcome in Outcome),
    ]
    ends: list[tuple[tuple[Enum, Outcome | None], tuple[Enum, Outcome | None]]] = [
        ((move.source, None), (move.target, move.outcome)) for move in moves
    ]
    used = {(begins, None), *(state for pair in ends for state in pair)}
    states = [state for state in states if state in used]
    names = [(state.name, "" if outcome is None else outcome.value) for state, outcome in states]
    steps = [
        _Step(states.index(source), states.index(target), words)
        for words, (source, target) in zip([move.by for move in moves], ends, strict=True)
    ]
    return _chart(title, names, [_Step(-1, states.index((begins, None)), how), *steps])


def _by_deadline(title: str, begins: Enum, how: str, moves: Sequence[DealMove] | Sequence[OrderMove]) -> str:
    used: set[Enum | None] = {begins}
    for move in moves:
        used |= {move.source, move.target, move.otherwise}
    states: list[Enum] = [state for state in type(begins) if state in used]
    steps = [_Step(-1, states.index(begins), how)]
    for move in moves:
        steps.append(_Step(states.index(move.source), states.index(move.target), move.by))
        if move.otherwise is not None and move.deadline is not None:
            words = f"the time for {move.deadline.replace('_', ' ')} is over"
            steps.append(_Step(states.index(move.source), states.index(move.otherwise), words, by_itself=True))
    return _chart(title, [(state.name, "") for state in states], steps)


def _chart(title: str, names: Sequence[tuple[str, str]], steps: Sequence[_Step]) -> str:
    width, height = 2 * _EDGE + _COLUMN * len(names), _TOP + _ROW * len(steps) + _EDGE
    lasting = {step.source for step in steps}
    parts = [line(_middle(at), _TOP - 10, _middle(at), height - _EDGE, stroke=FAINT) for at in range(len(names))]
    for at, (name, outcome) in enumerate(names):
        parts += _state(at, name, outcome, has_ended=at not in lasting)
    for row, step in enumerate(steps):
        parts += _arrow(step, _TOP + _ROW * row + 24, width)
    return drawing(title, width, height, parts)


def _middle(column: int) -> float:
    return _EDGE + _COLUMN * (column + 0.5)


def _state(column: int, name: str, outcome: str, *, has_ended: bool) -> Iterable[str]:
    left, colour = _EDGE + _COLUMN * column + 8, ENDED if has_ended else BUYER
    yield box(left, 14, _COLUMN - 16, 48, fill=SHADE, stroke=colour, radius=10)
    yield text(_middle(column), 35 if outcome else 43, name, anchor="middle", fill=colour, bold=True)
    if outcome:
        yield text(_middle(column), 53, outcome, anchor="middle", fill=colour)


def _arrow(step: _Step, y: float, width: float) -> Iterable[str]:
    start = _EDGE if step.source < 0 else _middle(step.source)
    end = _middle(step.target)
    stroke = BROKER if step.by_itself else INK
    yield arrow(start, end, y, stroke=stroke, dashed=step.by_itself)
    left, room = min(start, end) + 8, width_of(step.words, 12)
    if left + room > width - _EDGE:
        left = width - _EDGE - room
    yield text(left, y - 7, step.words, size=12, fill=stroke, clear=True)
