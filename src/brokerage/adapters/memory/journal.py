"""The journal and the outbox in memory."""

from collections.abc import Sequence
from datetime import datetime
from itertools import repeat
from operator import attrgetter

from sortedcontainers import SortedList

from brokerage.adapters.memory.facts import MemoryFacts
from brokerage.adapters.memory.session import Session
from brokerage.records.effects import Effect, EffectState
from brokerage.records.events import Actor, Event, EventKind, Fact

__all__ = ["MemoryJournal", "MemoryOutbox"]


class MemoryJournal:
    """Events in order.

    They are kept in columns, so that an event adds nothing to what the garbage collector walks.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._times: list[datetime] = []
        self._actors: list[Actor] = []
        self._kinds: list[EventKind] = []
        self._facts: list[Fact] = []

    def append(self, event: Event) -> None:
        """Append an event. O(1)."""
        self._session.write()
        self._session.to_undo(self._cut, len(self._times))
        self._times.append(event.at)
        self._actors.append(event.by)
        self._kinds.append(event.kind)
        self._facts.append(event.fact)

    def append_all(self, at: datetime, by: Actor, kind: EventKind, facts: Sequence[Fact]) -> None:
        """Append an event of one kind for each of many facts, in their order."""
        self._session.write()
        self._session.to_undo(self._cut, len(self._times))
        self._times.extend(repeat(at, len(facts)))
        self._actors.extend(repeat(by, len(facts)))
        self._kinds.extend(repeat(kind, len(facts)))
        self._facts.extend(facts)

    def last(self) -> int:
        """Return the position of the last event, 0 before the first."""
        with self._session.lock:
            return len(self._times)

    def read(self, after: int, limit: int) -> Sequence[tuple[int, Event]]:
        """Return the first events behind a position, each with its own. O(limit)."""
        with self._session.lock:
            part = slice(after, after + limit)
            rows = zip(self._times[part], self._actors[part], self._kinds[part], self._facts[part], strict=True)
            return [(after + at, Event(*row)) for at, row in enumerate(rows, start=1)]

    def _cut(self, length: int) -> None:
        del self._times[length:], self._actors[length:], self._kinds[length:], self._facts[length:]


class MemoryOutbox:
    """Effects by key, and the pending ones by when they are due."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[str, Effect] = MemoryFacts(session, attrgetter("key"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._pending: SortedList[tuple[datetime, int, str]] = SortedList()
        self._orders: dict[str, int] = {}
        self._count = 0

    def due(self, now: datetime, limit: int) -> Sequence[Effect]:
        """Return the first pending effects that are due, by (due, order of adding)."""
        with self._session.lock:
            last = self._pending.bisect_left((now, 1 << 62, ""))
            return [self._facts.facts[key] for _, _, key in self._pending[: min(limit, last)]]

    def next_due(self) -> datetime | None:
        """Return when the first pending effect is due. O(1)."""
        with self._session.lock:
            return self._pending[0][0] if self._pending else None

    def _index(self, old: Effect | None, new: Effect | None) -> None:
        if old and old.state is EffectState.PENDING:
            self._pending.remove((old.due, self._orders[old.key], old.key))
        if old is None and new:
            self._count += 1
            self._orders[new.key] = self._count
        if new and new.state is EffectState.PENDING:
            self._pending.add((new.due, self._orders[new.key], new.key))
