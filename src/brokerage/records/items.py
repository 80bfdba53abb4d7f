"""Items that are not yet on the market, and the demand that is reserved for each (spec N1, N2)."""

from datetime import datetime
from enum import Enum
from typing import Any

from attrs import frozen

from brokerage.errors import ItemNotOpen
from brokerage.records.numbers import BoxNumber, ItemNumber
from brokerage.records.offers import Details
from brokerage.records.versions import next_version

__all__ = ["ITEM_MOVES", "Demand", "Item", "ItemMove", "ItemState", "announced", "is_announced", "move_item"]

_NO_BOX = BoxNumber(0)


class ItemState(Enum):
    """Where an item is in its life."""

    ANNOUNCED = "announced"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


@frozen
class ItemMove:
    """One row of the item's lifecycle."""

    source: ItemState
    target: ItemState
    by: str


ITEM_MOVES = (
    ItemMove(ItemState.ANNOUNCED, ItemState.RELEASED, "its release date comes"),
    ItemMove(ItemState.ANNOUNCED, ItemState.WITHDRAWN, "whoever registered it, or the manager, takes it back"),
)
"""Every move that an item can make."""

_TARGETS = frozenset((row.source, row.target) for row in ITEM_MOVES)


@frozen
class Item:
    """An item that can be reserved until it comes on the market.

    Args:
        number: what it is called by.
        box: the seller who registered it; ``None``: the manager.
        category: the code of its category.
        name: what it is.
        details: what else is told of it.
        currency: in which it is reserved, tendered and paid.
        release_at: when it comes on the market; it may move while the item is announced.
        registered_at: when it was registered.
        change: rises with every change that is news, over all items.
        state: where it is in its life.
        mailing: whether its last change is still to be mailed to those who want to hear of it at once.
        mailed: the box up to which it was mailed.
        closing: whether its open reservations are still to be ended: it can be had no more by reserving it.
        version: rises with each change.
    """

    number: ItemNumber
    box: BoxNumber | None
    category: str
    name: str
    details: Details
    currency: str
    release_at: datetime
    registered_at: datetime
    change: int
    state: ItemState = ItemState.ANNOUNCED
    mailing: bool = False
    mailed: BoxNumber = _NO_BOX
    closing: bool = False
    version: int = 0

    def changed(self, **changes: Any) -> "Item":
        """Return the next version of an item that stays in its state."""
        return next_version(self, **changes)


def is_announced(item: Item, now: datetime) -> bool:
    """Say whether an item can still be reserved: whoever asks after its release date need not wait for a sweep."""
    return item.state is ItemState.ANNOUNCED and now < item.release_at


def announced(item: Item, now: datetime) -> Item:
    """Return an item that can still be reserved; raises ``ItemNotOpen`` for any other."""
    if not is_announced(item, now):
        raise ItemNotOpen(item.number)
    return item


def move_item(item: Item, target: ItemState, **changes: Any) -> Item:
    """Take an item along one row of the table; raises ``ItemNotOpen`` where the table has no such row."""
    if (item.state, target) not in _TARGETS:
        raise ItemNotOpen(item.number)
    return next_version(item, state=target, **changes)


@frozen
class Demand:
    """The open reservations of an item, in total: the record that guards them, replaced with each change of theirs.

    Args:
        item: the item.
        category: the code of its category.
        reservations: how many stand open.
        units: how many units they want.
        change: rises with every change of any item's demand.
        mailing: whether the last change is still to be mailed to those who want to hear of it at once.
        mailed: the box up to which it was mailed.
        version: rises with each change.
    """

    item: ItemNumber
    category: str
    reservations: int
    units: int
    change: int
    mailing: bool = False
    mailed: BoxNumber = _NO_BOX
    version: int = 0

    def changed(self, **changes: Any) -> "Demand":
        """Return the next version."""
        return next_version(self, **changes)
