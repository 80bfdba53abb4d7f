"""The whole way from an item that is not yet on the market to deals, party by party.

Each party is a column, each step an arrow from who acts to who hears of it. At the right stands what the step leads to:
a state of the records, so that a step which the library does not take cannot be drawn.
"""

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from brokerage.records.deals import DealState
from brokerage.records.items import ItemState
from brokerage.records.orders import OrderState
from brokerage.records.reservations import ReservationState
from brokerage.records.tenders import PlaceState, TenderState
from drawings.svg import BROKER, BUYER, ENDED, FAINT, INK, SELLER, SHADE, arrow, box, drawing, line, text

__all__ = ["STEPS", "Step", "way"]

_PARTIES = (("sellers", SELLER), ("broker", BROKER), ("buyers", BUYER), ("carriers, providers", ENDED))
_COLUMN, _ROW, _TOP, _EDGE, _STATES = 216, 40, 74, 16, 230

_SELLERS, _BROKER, _BUYERS, _SERVICES = range(4)


@frozen
class Step:
    """A step of the way: who acts, who hears of it, in which words, what it leads to, and whether time alone does."""

    source: int
    target: int
    words: str
    leads_to: tuple[Enum, ...] = ()
    by_itself: bool = False


STEPS = (
    Step(_SELLERS, _BROKER, "a new item, and its release", (ItemState.ANNOUNCED,)),
    Step(_BROKER, _BUYERS, "news of it"),
    Step(_BUYERS, _BROKER, "how many, at most how much", (ReservationState.OPEN,)),
    Step(_BROKER, _SELLERS, "demand without names; a call", (TenderState.CALLED,)),
    Step(_SELLERS, _BROKER, "prices by quantity: a bid"),
    Step(_BROKER, _BROKER, "opens, judges and ranks the bids", (TenderState.AWARDING,), by_itself=True),
    Step(_BROKER, _SELLERS, "to the first: commission and share", (PlaceState.ASKED,)),
    Step(_SELLERS, _BROKER, "accepts the terms", (PlaceState.ACCEPTED, OrderState.SERVICES, ReservationState.ASKED)),
    Step(_BROKER, _SERVICES, "what is to be moved and settled, by zone"),
    Step(_SERVICES, _BROKER, "terms; the best for the buyers are appointed", (OrderState.BUYERS,)),
    Step(_BROKER, _BUYERS, "price, carriage, fee, total"),
    Step(_BUYERS, _BROKER, "confirm", (ReservationState.CONFIRMED,)),
    Step(_BROKER, _SELLERS, "what is confirmed", (OrderState.SELLER,)),
    Step(
        _SELLERS,
        _BROKER,
        "confirms",
        (OrderState.MADE, ReservationState.AGREED, TenderState.AWARDED),
    ),
    Step(_BROKER, _BUYERS, "a deal for each, settled as any", (DealState.AGREED,)),
)
"""The way on which everything goes well."""

_NAMES = {
    ItemState: "item",
    ReservationState: "reservation",
    TenderState: "tender",
    PlaceState: "place",
    OrderState: "order",
    DealState: "deal",
}


def way() -> str:
    """Draw the way from an announced item to deals, with the states that it leads through."""
    count, width = len(_PARTIES), 2 * _EDGE + _COLUMN * len(_PARTIES) + _STATES
    height = _TOP + _ROW * len(STEPS) + _EDGE
    parts = [line(_middle(at), _TOP - 10, _middle(at), height - _EDGE, stroke=FAINT) for at in range(count)]
    for at, (name, colour) in enumerate(_PARTIES):
        left = _EDGE + _COLUMN * at + 14
        parts.append(box(left, 14, _COLUMN - 28, 48, fill=SHADE, stroke=colour, radius=10))
        parts.append(text(_middle(at), 43, name, anchor="middle", fill=colour, bold=True))
    parts.append(text(_EDGE + _COLUMN * count + 10, 43, "leads to", bold=True))
    for row, step in enumerate(STEPS):
        parts += _step(step, _TOP + _ROW * row + 26)
    return drawing("From a reservation to a deal", width, height, parts)


def _middle(column: int) -> float:
    return _EDGE + _COLUMN * (column + 0.5)


def _step(step: Step, y: float) -> Iterable[str]:
    stroke = BROKER if step.by_itself else INK
    start, end = _middle(step.source), _middle(step.target)
    if step.source == step.target:
        yield box(start - 8, y - 8, 16, 16, fill=SHADE, stroke=stroke, radius=8)
        yield text(start + 16, y + 4, step.words, size=12, fill=stroke, clear=True)
    else:
        yield arrow(start, end, y, stroke=stroke, dashed=step.by_itself)
        yield text(min(start, end) + 8, y - 7, step.words, size=12, fill=stroke, clear=True)
    states = [f"{_NAMES[type(state)]} {state.name}" for state in step.leads_to]
    left = _EDGE + _COLUMN * len(_PARTIES) + 10
    first = y + 4 - 7 * (len(states) - 1)
    for at, words in enumerate(states):
        yield text(left, first + 14 * at, words, size=12)
