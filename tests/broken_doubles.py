"""How a double breaks a law: the real adapter with some of its methods done wrongly, and all others as they are."""

from collections.abc import Callable
from typing import Any

from attrs import define, field, frozen

from brokerage.adapters.memory import MemoryStore
from brokerage.testing import Contract

__all__ = ["Altered", "AlteredStore", "Broken", "Changes", "Memory", "WrongCollection", "altered_store", "broken"]

Changes = dict[str, Any]


class Altered:
    """An adapter with some of its methods replaced."""

    def __init__(self, inner: Any, changes: dict[str, Any]) -> None:
        self._inner = inner
        self._changes = changes

    def __getattr__(self, name: str) -> Any:
        return self._changes.get(name) or getattr(self._inner, name)


@frozen
class Broken:
    """A law, and how adapters are made that break it and nothing else of their contract."""

    contract: type[Contract]
    law: str
    make: Callable[[], Any]

    def __str__(self) -> str:
        return f"{self.contract.__name__}-{self.law}"


def broken(contract: type[Contract], law: str, make: Callable[[], Any]) -> Broken:
    """Return a double for a law that is named without its first word."""
    return Broken(contract, f"test_{law}", make)


@define
class Memory:
    """What a double remembers of a collection, over all units of work, also those that failed."""

    added: dict[Any, Any] = field(factory=dict)
    removed: dict[Any, Any] = field(factory=dict)
    replaced: dict[Any, tuple[Any, Any]] = field(factory=dict)
    other: dict[Any, Any] = field(factory=dict)

    def now(self, collection: Any) -> list[Any]:
        """Return what was ever added, as it is now, without what is gone."""
        found = (collection.get(key) for key in sorted(self.added))
        return [fact for fact in found if fact is not None]


WrongCollection = Callable[[Any, Memory, Memory], Changes]
"""Given a collection, what is remembered for good, and what of this unit of work: what is done wrongly."""


class AlteredStore:
    """The store in memory with one collection that does some things wrongly."""

    def __init__(self, collection: str, key: Callable[[Any], Any], wrong: WrongCollection) -> None:
        self._inner = MemoryStore()
        self._collection = collection
        self._key = key
        self._wrong = wrong
        self._memory = Memory()

    def run(self, work: Callable[[Any], Any]) -> Any:
        """Run a unit of work on the wrong collection."""
        return self._inner.run(lambda tx: work(self._altered(tx)))

    def read(self, work: Callable[[Any], Any]) -> Any:
        """Read the wrong collection."""
        return self._inner.read(lambda tx: work(self._altered(tx)))

    def _altered(self, tx: Any) -> Any:
        collection, now = getattr(tx, self._collection), Memory()
        remembering = Altered(collection, self._remembering(collection, now))
        return Altered(tx, {self._collection: Altered(remembering, self._wrong(remembering, self._memory, now))})

    def _remembering(self, collection: Any, now: Memory) -> Changes:
        """Do what the collection does, and remember it."""
        memories = (self._memory, now)

        def add(fact: Any, *rest: Any) -> Any:
            result = collection.add(fact, *rest)
            for memory in memories:
                memory.added.setdefault(self._key(fact), fact)
            return result

        def add_all(facts: Any, *rest: Any) -> None:
            collection.add_all(facts, *rest)
            for memory in memories:
                memory.added.update({self._key(fact): fact for fact in facts})

        def replace(old: Any, new: Any) -> None:
            collection.replace(old, new)
            for memory in memories:
                memory.replaced[self._key(old)] = (old, new)

        def remove(old: Any) -> None:
            collection.remove(old)
            for memory in memories:
                memory.removed[self._key(old)] = old

        return {"add": add, "add_all": add_all, "replace": replace, "remove": remove}


def altered_store(collection: str, key: Callable[[Any], Any], wrong: WrongCollection) -> Callable[[], Any]:
    """Return what makes such stores."""
    return lambda: AlteredStore(collection, key, wrong)
