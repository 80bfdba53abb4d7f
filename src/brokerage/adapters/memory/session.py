"""One writer at a time: the lock and the undo list behind the in-memory store's units of work."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from brokerage.errors import StoreError

__all__ = ["Session"]

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")


class Session:
    """Holds the store's lock from a unit of work's first write to its end, and undoes what it wrote if it fails.

    Until its first write a unit of work reads what others have committed, so two of them interleave freely; from then
    on nobody else reads or writes. A unit of work inside another one, in the same thread, is part of it.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._writer: int | None = None
        self._is_read_only = False
        self._depths = threading.local()
        self._undo: list[tuple[Callable[..., None], tuple[Any, ...]]] = []

    def enter(self) -> bool:
        """Begin a unit of work; return whether it is the outermost one of this thread."""
        depth: int = getattr(self._depths, "now", 0)
        self._depths.now = depth + 1
        return depth == 0

    def leave(self) -> None:
        """End what :meth:`enter` began."""
        self._depths.now -= 1

    def read(self, work: Callable[[_Argument], _Result], argument: _Argument) -> _Result:
        """Call something while others cannot write, nor this thread unless it is the writer already."""
        with self.lock:
            before, self._is_read_only = self._is_read_only, self._writer is None
            try:
                return work(argument)
            finally:
                self._is_read_only = before

    def is_writing(self) -> bool:
        """Say whether this thread is the writer."""
        return self._writer == threading.get_ident()

    def write(self) -> None:
        """Become the writer, if this thread is not it already."""
        thread = threading.get_ident()
        if self._writer != thread:
            self.lock.acquire()
            if self._is_read_only:
                self.lock.release()
                raise StoreError("transaction", "a write", "reading only", "write in Store.run")
            self._writer = thread

    def to_undo(self, undo: Callable[..., None], *arguments: Any) -> None:
        """Remember how to undo the change just made."""
        self._undo.append((undo, arguments))

    def mark(self) -> int:
        """Return the point to which a unit of work that begins now would have to be undone."""
        return len(self._undo) if self.is_writing() else 0

    def undo(self, mark: int) -> None:
        """Undo every change made since a mark, the last one first."""
        if self.is_writing():
            while len(self._undo) > mark:
                undo, arguments = self._undo.pop()
                undo(*arguments)

    def end(self) -> None:
        """Let others read and write again; what was written stays."""
        if self.is_writing():
            self._undo.clear()
            self._writer = None
            self.lock.release()
