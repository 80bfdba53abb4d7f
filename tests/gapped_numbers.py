"""A store in memory that gives out numbers as PostgreSQL does: whoever fails keeps what was given out."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from broken_doubles import Altered
from brokerage.adapters.memory import MemoryStore
from brokerage.adapters.sql.numbers import ORDERED
from brokerage.ports import Series

__all__ = ["GappedStore"]


class GappedStore:
    """The store in memory, used by one thread, whose numbers have gaps."""

    def __init__(self) -> None:
        self._inner = MemoryStore()
        self._given: Counter[Series] = Counter()
        self._committed: dict[Series, int] = {}
        self._own: dict[Series, int] = {}
        self._is_inside = False

    def run(self, work: Callable[[Any], Any]) -> Any:
        """Run a unit of work."""
        before, outermost = dict(self._own), not self._is_inside

        def begun(tx: Any) -> Any:
            self._own = dict(before)
            return work(self._altered(tx))

        self._is_inside = True
        try:
            result = self._inner.run(begun)
            if outermost:
                self._committed |= self._own
            else:
                before = self._own
            return result
        finally:
            self._is_inside = not outermost
            self._own = {} if outermost else before

    def read(self, work: Callable[[Any], Any]) -> Any:
        """Read."""
        return self._inner.read(lambda tx: work(self._altered(tx)))

    def _altered(self, tx: Any) -> Any:
        return Altered(tx, {"numbers": Altered(tx.numbers, {"next": self._next, "last": self._last})})

    def _next(self, series: Series, count: int = 1) -> int:
        if series in ORDERED:  # given in turns, and given again if the work fails
            first = max(self._committed.get(series, 0), self._own.get(series, 0)) + 1
            self._own[series] = first + count - 1
            return first
        first = self._given[series] + 1
        self._given[series] += count
        return first

    def _last(self, series: Series) -> int:
        if series in ORDERED:
            return self._own.get(series, self._committed.get(series, 0))
        return self._given[series]
