"""Pages of long lists, how they show themselves, and the opaque marks by which the next one is asked for."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

from attrs import field, frozen

from brokerage.errors import InvalidCursor
from brokerage.making import quickly_made
from brokerage.tables import Shown, Table, joined

__all__ = ["Listing", "Page", "PageMarks"]

_Item = TypeVar("_Item", bound=Shown)
_SEAL = 32
_NO_HEADINGS = Table("Nothing", ())


@quickly_made
@frozen(repr=False)
class Page(Shown, Generic[_Item]):
    """One page of a list. ``next`` is the mark to pass as ``after`` for the page that follows, or ``None`` at the end.

    ``may_be_more`` says that reading stopped at the policy's bound before the page was full; going on from ``next``
    continues. ``headings`` is the empty table that the items are rows of.
    """

    items: tuple[_Item, ...]
    next: str | None = None
    may_be_more: bool = False
    headings: Table = field(default=_NO_HEADINGS, kw_only=True, eq=False)

    def table(self) -> Table:
        """Return the items as one table."""
        return joined(self.headings, (item.table() for item in self.items))

    def __repr__(self) -> str:
        rest = "" if self.next is None else "\n… and there is a next page: pass page.next as after"
        return repr(self.table()) + rest

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


@frozen(repr=False)
class Listing(Shown, Sequence[_Item]):
    """A list of things that shows itself as one table; ``headings`` is the empty table that they are rows of."""

    items: tuple[_Item, ...] = field(converter=tuple)
    headings: Table = field(eq=False)

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, at: int) -> _Item: ...
    @overload
    def __getitem__(self, at: slice) -> "Listing[_Item]": ...
    def __getitem__(self, at: int | slice) -> "_Item | Listing[_Item]":
        return Listing(self.items[at], self.headings) if isinstance(at, slice) else self.items[at]

    def table(self) -> Table:
        """Return the things as one table."""
        return joined(self.headings, (item.table() for item in self.items))

    def __repr__(self) -> str:
        return repr(self.table())


def _unbound(position: tuple[int, ...]) -> int:
    return 0


@frozen
class PageMarks:
    """Writes and reads the marks of one broker.

    A mark holds the number of the last thing shown (where reading stopped at the policy's bound, of the last one
    looked at, which everybody can see among what is unsold), and a seal made with the broker's secret: nobody can
    make one up to ask about any other place.
    """

    secret: bytes
    _key: bytes = field(init=False, repr=False)

    @_key.default
    def _(self) -> bytes:
        return hashlib.blake2b(self.secret).digest()

    def write(self, kind: str, *position: int, bound: int = 0) -> str:
        """Return the mark of a position; ``bound`` is sealed in, and must be the same when the mark is read."""
        plain = ",".join((kind, *map(str, position)))
        return base64.urlsafe_b64encode(f"{self._seal(plain, bound)}{plain}".encode()).decode()

    def read(
        self, kind: str, mark: str, length: int, bound: Callable[[tuple[int, ...]], int] = _unbound
    ) -> tuple[int, ...]:
        """Return the position in a mark.

        Args:
            kind: the list that it must belong to.
            mark: what a page gave as ``next``.
            length: how many numbers a position has.
            bound: tells what must have been sealed in with a position.

        Raises:
            InvalidCursor: another list gave it, nobody did, or what was sealed in has changed.
        """
        try:
            text = base64.urlsafe_b64decode(mark.encode()).decode()
            seal, plain = text[:_SEAL], text[_SEAL:]
            found, *numbers = plain.split(",")
            position = tuple(map(int, numbers))
        except (ValueError, TypeError, AttributeError):
            raise _refused(mark) from None
        if (
            found != kind
            or len(position) != length
            or not hmac.compare_digest(seal.encode(), self._seal(plain, bound(position)).encode())
        ):
            raise _refused(mark)
        return position

    def _seal(self, plain: str, bound: int) -> str:
        """A keyed BLAKE2, which every full page has: it takes a third of the time of an HMAC."""
        return hashlib.blake2b(f"mark:{bound}:{plain}".encode(), key=self._key, digest_size=_SEAL // 2).hexdigest()


def _refused(mark: object) -> InvalidCursor:
    return InvalidCursor("after", mark, "a mark that this list gave and that still stands", "start from the first page")
