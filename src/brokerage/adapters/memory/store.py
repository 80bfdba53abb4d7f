"""The reference store: everything in memory, with real transactions."""

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import repeat
from operator import attrgetter
from threading import get_ident
from typing import TypeVar

from sortedcontainers import SortedList

from brokerage.adapters.memory.books import DueQueue, instant_of, time_of
from brokerage.adapters.memory.facts import MemoryFacts, MemoryRecords
from brokerage.adapters.memory.ledger import MemoryLedger
from brokerage.adapters.memory.offers import MemoryOffers
from brokerage.adapters.memory.session import Session
from brokerage.errors import Conflict, DuplicateFact, TooManyConflicts
from brokerage.ports import Series, Transaction
from brokerage.records.categories import Category
from brokerage.records.checks import Check
from brokerage.records.deals import Deal
from brokerage.records.effects import Authorisation, AuthorisationState, Effect, EffectState
from brokerage.records.events import Actor, Event, EventKind, Fact
from brokerage.records.members import Activity, Credentials, Fingerprint, Member, Person
from brokerage.records.notices import NoticeKey, ReceivedNotice
from brokerage.records.numbers import BoxNumber, DealNumber, PersonNumber
from brokerage.records.requests import Request

__all__ = ["MemoryStore"]

_Result = TypeVar("_Result")


class _Numbers:
    """Rising numbers, without gaps."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._last = dict.fromkeys(Series, 0)

    def next(self, series: Series, count: int = 1) -> int:
        self._session.write()
        last = self._last[series]
        self._session.to_undo(self._last.__setitem__, series, last)
        self._last[series] = last + count
        return last + 1

    def last(self, series: Series) -> int:
        with self._session.lock:
            return self._last[series]


class _Members:
    """Members by box, and the boxes of each person."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[BoxNumber, Member] = MemoryFacts(session, attrgetter("box"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._boxes: dict[PersonNumber, SortedList[BoxNumber]] = {}

    def of_person(self, person: PersonNumber) -> Sequence[Member]:
        with self._session.lock:
            return [self._facts.facts[box] for box in self._boxes.get(person, ())]

    def _index(self, old: Member | None, new: Member | None) -> None:
        if old:
            self._boxes[old.person].remove(old.box)
        if new:
            self._boxes.setdefault(new.person, SortedList()).add(new.box)


class _Persons:
    """Persons by number, and their fingerprints by digest."""

    def __init__(self, session: Session) -> None:
        facts: MemoryFacts[PersonNumber, Person] = MemoryFacts(session, attrgetter("number"))
        self.add, self.get, self.replace = facts.add, facts.get, facts.replace
        fingerprints: MemoryRecords[str, Fingerprint] = MemoryRecords(session, attrgetter("digest"))
        self.add_fingerprint, self.fingerprint = fingerprints.add, fingerprints.get


class _Categories:
    """Categories by key."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[str, Category] = MemoryFacts(session, attrgetter("key"))
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove, self.check = self._facts.remove, self._facts.check

    def all(self) -> Sequence[Category]:
        with self._session.lock:
            return [self._facts.facts[key] for key in sorted(self._facts.facts)]


class _Checks:
    """Left-over checks, by key."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[tuple[int, bool], Check] = MemoryFacts(session, attrgetter("key"), self._index)
        self._keys: SortedList[tuple[int, bool]] = SortedList()
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove

    def first(self, limit: int) -> Sequence[Check]:
        with self._session.lock:
            return [self._facts.facts[key] for key in self._keys[:limit]]

    def _index(self, old: Check | None, new: Check | None) -> None:
        if old:
            self._keys.remove(old.key)
        if new:
            self._keys.add(new.key)


class _Deals:
    """Deals by number, by reference, by member, and by deadline."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[DealNumber, Deal] = MemoryFacts(session, attrgetter("number"), self._index)
        self.get, self.replace = self._facts.get, self._facts.replace
        self._references: dict[str, DealNumber] = {}
        self._boxes: dict[BoxNumber, list[DealNumber]] = {}
        self._deadlines = DueQueue(self._deadline_of)

    def add(self, fact: Deal) -> None:
        self._session.write()
        if fact.reference in self._references:
            raise DuplicateFact(fact.reference)
        self._facts.add(fact)

    def by_reference(self, reference: str) -> Deal | None:
        with self._session.lock:
            number = self._references.get(reference)
            return None if number is None else self._facts.facts[number]

    def of_member(self, box: BoxNumber, before: DealNumber | None, limit: int) -> Sequence[Deal]:
        with self._session.lock:
            numbers = self._boxes.get(box, [])
            end = len(numbers) if before is None else bisect_left(numbers, before)
            return [self._facts.facts[number] for number in numbers[max(0, end - limit) : end][::-1]]

    def due(self, now: datetime, limit: int) -> Sequence[Deal]:
        with self._session.lock:
            return [self._facts.facts[DealNumber(number)] for number in self._deadlines.due(instant_of(now), limit)]

    def next_deadline(self) -> datetime | None:
        with self._session.lock:
            deadline = self._deadlines.next()
        return None if deadline is None else time_of(deadline)

    def _deadline_of(self, number: int) -> int | None:
        deal = self._facts.facts.get(DealNumber(number))
        return instant_of(deal.deadline) if deal and deal.deadline else None

    def _index(self, old: Deal | None, new: Deal | None) -> None:
        if old is None and new is not None:
            self._references[new.reference] = new.number
            for box in {new.seller, new.buyer}:
                insort(self._boxes.setdefault(box, []), new.number)
        if new is None and old is not None:
            del self._references[old.reference]
            for box in {old.seller, old.buyer}:
                del self._boxes[box][bisect_left(self._boxes[box], old.number)]
        if new is not None and new.deadline and (old is None or old.deadline != new.deadline):
            self._deadlines.push(instant_of(new.deadline), new.number)


class _Authorisations:
    """Cards' authorisations by key, and those only intended by time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[str, Authorisation] = MemoryFacts(session, attrgetter("key"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._intended: SortedList[tuple[datetime, str]] = SortedList()

    def intended(self, before: datetime, limit: int) -> Sequence[Authorisation]:
        with self._session.lock:
            early = self._intended[: min(limit, self._intended.bisect_left((before, "")))]
            return [self._facts.facts[key] for _, key in early]

    def next_intended(self) -> datetime | None:
        with self._session.lock:
            return self._intended[0][0] if self._intended else None

    def _index(self, old: Authorisation | None, new: Authorisation | None) -> None:
        if old and old.state is AuthorisationState.INTENDED:
            self._intended.remove((old.at, old.key))
        if new and new.state is AuthorisationState.INTENDED:
            self._intended.add((new.at, new.key))


class _Journal:
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
        self._session.write()
        self._session.to_undo(self._cut, len(self._times))
        self._times.append(event.at)
        self._actors.append(event.by)
        self._kinds.append(event.kind)
        self._facts.append(event.fact)

    def append_all(self, at: datetime, by: Actor, kind: EventKind, facts: Sequence[Fact]) -> None:
        self._session.write()
        self._session.to_undo(self._cut, len(self._times))
        self._times.extend(repeat(at, len(facts)))
        self._actors.extend(repeat(by, len(facts)))
        self._kinds.extend(repeat(kind, len(facts)))
        self._facts.extend(facts)

    def last(self) -> int:
        with self._session.lock:
            return len(self._times)

    def read(self, after: int, limit: int) -> Sequence[tuple[int, Event]]:
        with self._session.lock:
            part = slice(after, after + limit)
            rows = zip(self._times[part], self._actors[part], self._kinds[part], self._facts[part], strict=True)
            return [(after + at, Event(*row)) for at, row in enumerate(rows, start=1)]

    def _cut(self, length: int) -> None:
        del self._times[length:], self._actors[length:], self._kinds[length:], self._facts[length:]


class _Outbox:
    """Effects by key, and the pending ones by when they are due."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[str, Effect] = MemoryFacts(session, attrgetter("key"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._pending: SortedList[tuple[datetime, int, str]] = SortedList()
        self._orders: dict[str, int] = {}
        self._count = 0

    def due(self, now: datetime, limit: int) -> Sequence[Effect]:
        with self._session.lock:
            last = self._pending.bisect_left((now, 1 << 62, ""))
            return [self._facts.facts[key] for _, _, key in self._pending[: min(limit, last)]]

    def next_due(self) -> datetime | None:
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


class _MemoryTransaction:
    """The store's collections, as a unit of work sees them."""

    def __init__(self, session: Session) -> None:
        self.numbers = _Numbers(session)
        self.members = _Members(session)
        self.activities: MemoryFacts[BoxNumber, Activity] = MemoryFacts(session, attrgetter("box"))
        self.credentials: MemoryFacts[BoxNumber, Credentials] = MemoryFacts(session, attrgetter("box"))
        self.persons = _Persons(session)
        self.categories = _Categories(session)
        self.offers = MemoryOffers(session)
        self.checks = _Checks(session)
        self.deals = _Deals(session)
        self.authorisations = _Authorisations(session)
        self.ledger = MemoryLedger(session)
        self.journal = _Journal(session)
        self.outbox = _Outbox(session)
        self.inbox: MemoryRecords[NoticeKey, ReceivedNotice] = MemoryRecords(session, attrgetter("key"))
        self.requests: MemoryRecords[tuple[BoxNumber, str], Request] = MemoryRecords(session, attrgetter("box", "id"))


class MemoryStore:
    """A store in memory, for one process and any number of threads. It lives as long as the object.

    Units of work read what is committed until they write, and are alone from then on; one that fails leaves nothing
    behind, and one whose facts changed under it is called again.

    Args:
        attempts: how often a unit of work is called before ``TooManyConflicts``.
    """

    def __init__(self, attempts: int = 20) -> None:
        self._attempts = attempts
        self._session = Session()
        self._transaction: Transaction = _MemoryTransaction(self._session)

    def run(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction, commit what it wrote, and return its result."""
        session, thread, duplicate = self._session, get_ident(), False
        if thread in session.inside:
            return self._inner(work)
        session.inside.add(thread)
        try:
            for _ in range(self._attempts):
                try:
                    return work(self._transaction)
                except BaseException as error:
                    session.undo(0)
                    is_new = isinstance(error, DuplicateFact) and not duplicate
                    if not is_new and not isinstance(error, Conflict):
                        raise
                    duplicate |= is_new
                finally:
                    session.end()
        finally:
            session.inside.discard(thread)
        raise TooManyConflicts(self._attempts)

    def read(self, work: Callable[[Transaction], _Result]) -> _Result:
        """Call ``work`` with a transaction that sees one state of the store throughout."""
        return self._session.read(work, self._transaction)

    def _inner(self, work: Callable[[Transaction], _Result]) -> _Result:
        mark = self._session.mark()
        try:
            return work(self._transaction)
        except BaseException:
            self._session.undo(mark)
            raise
