"""What every collection of facts is: kept by key, and replaced by comparison of versions."""

from enum import Enum
from typing import Protocol, TypeVar

__all__ = ["Facts", "Numbers", "Records", "RemovableFacts", "Series"]

_Key = TypeVar("_Key", contravariant=True)
_Fact = TypeVar("_Fact")


class Series(Enum):
    """The series of numbers that a store gives out; each rises, and may have gaps."""

    BOX = "box"
    PERSON = "person"
    CONTACT = "contact"
    OFFER = "offer"
    ARRIVAL = "arrival"
    DEAL = "deal"
    ENTRY = "entry"
    TELLING = "telling"
    COMPLAINT = "complaint"
    NEWS = "news"
    CASE = "case"
    ITEM = "item"
    ITEM_CHANGE = "item change"
    TENDER = "tender"
    ORDER = "order"

    __hash__ = object.__hash__


class Numbers(Protocol):
    """Rising numbers. Those of deals, of news and of items' changes rise in the order of the commits."""

    def next(self, series: Series, count: int = 1) -> int:
        """Return the first of ``count`` consecutive numbers, all greater than any that this series has given.

        The first of all is 1.
        """

    def last(self, series: Series) -> int:
        """Return the last number given, 0 before the first."""


class Records(Protocol[_Key, _Fact]):
    """Facts of one kind by key that never change."""

    def add(self, fact: _Fact) -> None:
        """Keep a new fact; raises ``DuplicateFact`` if its key is taken."""

    def get(self, key: _Key) -> _Fact | None:
        """Return the fact of a key as it is now."""


class Facts(Records[_Key, _Fact], Protocol[_Key, _Fact]):
    """Facts of one kind by key, replaced by comparison of their versions."""

    def replace(self, old: _Fact, new: _Fact) -> None:
        """Put ``new`` in the place of ``old``; raises ``Conflict`` unless the stored version is ``old``'s."""


class RemovableFacts(Facts[_Key, _Fact], Protocol[_Key, _Fact]):
    """Facts of one kind by key that can also be removed."""

    def remove(self, old: _Fact) -> None:
        """Remove a fact; raises ``Conflict`` unless the stored version is ``old``'s."""
