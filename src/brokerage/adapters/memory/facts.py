"""Facts in a dictionary.

Kept, replaced by comparison of versions, indexed, and put back when a unit of work fails.
"""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from brokerage.adapters.memory.session import Session
from brokerage.errors import Conflict, DuplicateFact

__all__ = ["MemoryFacts", "MemoryRecords"]


class _Versioned(Protocol):
    @property
    def version(self) -> int: ...


_Key = TypeVar("_Key")
_Any = TypeVar("_Any")
_Fact = TypeVar("_Fact", bound=_Versioned)


class MemoryRecords(Generic[_Key, _Any]):
    """Facts of one kind that never change."""

    def __init__(self, session: Session, key: Callable[[_Any], _Key]) -> None:
        self._session = session
        self._key = key
        self._records: dict[_Key, _Any] = {}

    def add(self, fact: _Any) -> None:
        """Keep a new fact. O(1)."""
        self._session.write()
        key = self._key(fact)
        if key in self._records:
            raise DuplicateFact(key)
        self._records[key] = fact
        self._session.to_undo(self._records.__delitem__, key)

    def get(self, key: _Key) -> _Any | None:
        """Return a fact. O(1)."""
        with self._session.lock:
            return self._records.get(key)


class MemoryFacts(Generic[_Key, _Fact]):
    """Facts of one kind; ``index(old, new)``, if any, is told of every change.

    It gets ``None`` for what was or is not there.
    """

    def __init__(
        self,
        session: Session,
        key: Callable[[_Fact], _Key],
        index: Callable[[_Fact | None, _Fact | None], None] | None = None,
    ) -> None:
        self._session = session
        self._key = key
        self._index = index
        self.facts: dict[_Key, _Fact] = {}

    def add(self, fact: _Fact) -> None:
        """Keep a new fact; raises ``DuplicateFact`` if its key is taken."""
        self._session.write()
        key = self._key(fact)
        if key in self.facts:
            raise DuplicateFact(key)
        self._put(key, None, fact)

    def get(self, key: _Key) -> _Fact | None:
        """Return the fact of a key."""
        with self._session.lock:
            return self.facts.get(key)

    def replace(self, old: _Fact, new: _Fact) -> None:
        """Put ``new`` in the place of ``old``; raises ``Conflict`` unless the stored version is ``old``'s."""
        self._session.write()
        key = self._key(old)
        stored = self.facts.get(key)
        if stored is None or stored.version != old.version:
            raise Conflict(type(old).__name__)
        if self._index is None:
            self.facts[key] = new
            self._session.to_undo(self.facts.__setitem__, key, stored)
        else:
            self._put(key, stored, new)

    def remove(self, old: _Fact) -> None:
        """Remove a fact; raises ``Conflict`` unless the stored version is ``old``'s."""
        self._put(self._key(old), self.check(old), None)

    def check(self, fact: _Fact) -> _Fact:
        """Become the writer and return the stored fact; raises ``Conflict`` unless its version is the given one's."""
        self._session.write()
        stored = self.facts.get(self._key(fact))
        if stored is None or stored.version != fact.version:
            raise Conflict(type(fact).__name__)
        return stored

    def _put(self, key: _Key, old: _Fact | None, new: _Fact | None) -> None:
        self._restore(key, old, new)
        self._session.to_undo(self._restore, key, new, old)

    def _restore(self, key: _Key, old: _Fact | None, new: _Fact | None) -> None:
        if new is None:
            del self.facts[key]
        else:
            self.facts[key] = new
        if self._index is not None:
            self._index(old, new)
