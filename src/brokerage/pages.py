"""Pages of long lists, and the opaque marks by which the next one is asked for."""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Generic, TypeVar, overload

from attrs import frozen

from brokerage.errors import InvalidCursor

__all__ = ["Page", "read_cursor", "write_cursor"]

_Item = TypeVar("_Item")


@frozen
class Page(Generic[_Item]):
    """One page of a list. ``next`` is the mark to pass as ``after`` for the page that follows, or ``None`` at the end.

    ``may_be_more`` says that reading stopped at the policy's bound before the page was full; going on from ``next``
    continues.
    """

    items: tuple[_Item, ...]
    next: str | None = None
    may_be_more: bool = False

    def __iter__(self) -> Iterator[_Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, at: int) -> _Item: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[_Item, ...]: ...
    def __getitem__(self, at: int | slice) -> _Item | tuple[_Item, ...]:
        return self.items[at]


def write_cursor(kind: str, *position: int) -> str:
    """Return an opaque page mark. It holds numbers that its reader has been shown, and nothing else."""
    return base64.urlsafe_b64encode(json.dumps([kind, *position]).encode()).decode()


def read_cursor(kind: str, cursor: str, length: int) -> tuple[int, ...]:
    """Return the numbers in a page mark.

    Raises :class:`InvalidCursor` for one that another list gave, or that none did.
    """
    try:
        found, *position = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        found, position = None, []
    if found != kind or len(position) != length or not all(type(number) is int for number in position):
        raise InvalidCursor("after", cursor, "a mark that this list gave", "pass the `next` of the page before")
    return tuple(position)
