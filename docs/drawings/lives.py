"""The lives of an offer and of a deal, drawn from the tables that the library itself goes by.

A state is a column, a move a row: an arrow from the state that it leaves to the one that it leads to, in the words of
the table. Where a deadline leads somewhere by itself, a dashed arrow follows.
"""

from collections.abc import Iterable, Sequence

from attrs import frozen

from brokerage.records.deals import DealMove, DealState
from brokerage.records.offers import OfferMove, OfferState, Outcome
from drawings.svg import BROKER, BUYER, ENDED, FAINT, INK, SHADE, arrow, box, drawing, line, text, width_of

__all__ = ["deal_life", "offer_life"]

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
    states: list[tuple[OfferState, Outcome | None]] = [
        *((state, None) for state in OfferState if state is not OfferState.CLOSED),
        *((OfferState.CLOSED, outcome) for outcome in Outcome),
    ]
    ends = [((move.source, None), (move.target, move.outcome)) for move in moves]
    used = {(OfferState.OPEN, None), *(state for pair in ends for state in pair)}
    states = [state for state in states if state in used]
    names = [(state.name, "" if outcome is None else outcome.value) for state, outcome in states]
    steps = [
        _Step(states.index(source), states.index(target), move.by)
        for move, (source, target) in zip(moves, ends, strict=True)
    ]
    first = _Step(-1, states.index((OfferState.OPEN, None)), "accepted")
    return _chart("The life of an offer", names, [first, *steps])


def deal_life(moves: Sequence[DealMove]) -> str:
    """Draw the life of a deal from its table, with what happens when a deadline passes."""
    used = {DealState.AGREED, *(state for move in moves for state in (move.source, move.target, move.otherwise))}
    states = [state for state in DealState if state in used]
    steps = [_Step(-1, states.index(DealState.AGREED), "a buyer decides")]
    for move in moves:
        steps.append(_Step(states.index(move.source), states.index(move.target), move.by))
        if move.otherwise is not None and move.deadline is not None:
            words = f"the time for {move.deadline.replace('_', ' ')} is over"
            steps.append(_Step(states.index(move.source), states.index(move.otherwise), words, by_itself=True))
    return _chart("The life of a deal", [(state.name, "") for state in states], steps)


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
