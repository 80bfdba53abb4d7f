"""Members, those who have left, their contacts, and persons in memory."""

from bisect import insort
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from operator import attrgetter

from sortedcontainers import SortedList

from brokerage.adapters.memory.books import DueQueue, instant_of, time_of
from brokerage.adapters.memory.facts import MemoryFacts, MemoryRecords
from brokerage.adapters.memory.session import Session
from brokerage.records.contacts import Contact
from brokerage.records.members import Fingerprint, FormerMember, Member, Person, SignInTries
from brokerage.records.numbers import BoxNumber, ContactNumber, PersonNumber
from brokerage.records.withdrawals import WithdrawalReason

__all__ = [
    "MemoryContacts",
    "MemoryFormerMembers",
    "MemoryMembers",
    "MemoryPersons",
    "MemoryReasons",
    "MemoryTries",
]


class _Boxes:
    """The boxes of each person, in order."""

    def __init__(self) -> None:
        self._boxes: dict[PersonNumber, SortedList[BoxNumber]] = {}

    def of(self, person: PersonNumber) -> Sequence[BoxNumber]:
        return self._boxes.get(person, ())

    def index(self, old: Member | FormerMember | None, new: Member | FormerMember | None) -> None:
        if old:
            self._boxes[old.person].remove(old.box)
        if new:
            self._boxes.setdefault(new.person, SortedList()).add(new.box)


_FIRST = PersonNumber(0)


class MemoryMembers:
    """Members by box, the boxes of each person, and members by how long they were quiet or told of it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[BoxNumber, Member] = MemoryFacts(session, attrgetter("box"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove
        self._all: SortedList[BoxNumber] = SortedList()
        self._boxes = _Boxes()
        self._quiet = DueQueue(lambda box: self._point(box, is_told=False))
        self._told = DueQueue(lambda box: self._point(box, is_told=True))

    def of_person(self, person: PersonNumber) -> Sequence[Member]:
        """Return the members that are one person, by box."""
        with self._session.lock:
            return [self._facts.facts[box] for box in self._boxes.of(person)]

    def quiet(self, before: datetime, limit: int) -> Sequence[Member]:
        """Return the first members who were quiet since ``before`` or longer and were not told. O(k log n)."""
        return self._first(self._quiet, before, limit)

    def next_quiet(self) -> datetime | None:
        """Return since when the first of them was quiet. O(log n) amortised."""
        return self._next(self._quiet)

    def told(self, before: datetime, limit: int) -> Sequence[Member]:
        """Return the first members who were told at ``before`` or earlier. O(k log n)."""
        return self._first(self._told, before, limit)

    def next_told(self) -> datetime | None:
        """Return when the first of them was told. O(log n) amortised."""
        return self._next(self._told)

    def _first(self, queue: DueQueue, before: datetime, limit: int) -> Sequence[Member]:
        with self._session.lock:
            return [self._facts.facts[BoxNumber(box)] for box in queue.due(instant_of(before), limit)]

    def _next(self, queue: DueQueue) -> datetime | None:
        with self._session.lock:
            instant = queue.next()
        return None if instant is None else time_of(instant)

    def _point(self, box: int, is_told: bool) -> int | None:
        member = self._facts.facts.get(BoxNumber(box))
        if member is None or (member.told_at is not None) != is_told:
            return None
        return instant_of(_mark(member))

    def after(self, box: BoxNumber, limit: int) -> Sequence[Member]:
        """Return the first members with boxes above ``box``, by box. O(log n + limit)."""
        with self._session.lock:
            boxes = self._all.irange(box, inclusive=(False, True))
            return [self._facts.facts[found] for found in islice(boxes, limit)]

    def _index(self, old: Member | None, new: Member | None) -> None:
        if old and not new:
            self._all.remove(old.box)
        if new and not old:
            self._all.add(new.box)
        self._boxes.index(old, new)
        if new is not None and (old is None or (old.told_at, _mark(old)) != (new.told_at, _mark(new))):
            (self._quiet if new.told_at is None else self._told).push(instant_of(_mark(new)), new.box)


def _mark(member: Member) -> datetime:
    """When the member was told or, before that, since when he or she was quiet."""
    return member.told_at or member.quiet_since or member.since


class MemoryFormerMembers:
    """Former members by box, and the boxes of each person."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._boxes = _Boxes()
        self._facts: MemoryFacts[BoxNumber, FormerMember] = MemoryFacts(session, attrgetter("box"), self._boxes.index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def of_person(self, person: PersonNumber) -> Sequence[FormerMember]:
        """Return the former members that were one person, by box."""
        with self._session.lock:
            return [self._facts.facts[box] for box in self._boxes.of(person)]


class MemoryContacts:
    """Contacts by number, and the numbers of each box."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[ContactNumber, Contact] = MemoryFacts(session, attrgetter("number"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._boxes: dict[BoxNumber, list[ContactNumber]] = {}

    def of_box(self, box: BoxNumber) -> Sequence[Contact]:
        """Return the contacts that a box had and has, by number."""
        with self._session.lock:
            return [self._facts.facts[number] for number in self._boxes.get(box, ())]

    def _index(self, old: Contact | None, new: Contact | None) -> None:
        if old and old.box is not None and (new is None or new.box != old.box):
            self._boxes[old.box].remove(old.number)
        if new and new.box is not None and (old is None or old.box != new.box):
            insort(self._boxes.setdefault(new.box, []), new.number)


class MemoryPersons:
    """Persons by number, those who filed complaints by how many, and fingerprints by digest."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[PersonNumber, Person] = MemoryFacts(session, attrgetter("number"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._filed: SortedList[tuple[int, PersonNumber]] = SortedList()
        fingerprints: MemoryRecords[str, Fingerprint] = MemoryRecords(session, attrgetter("digest"))
        self.add_fingerprint, self.fingerprint = fingerprints.add, fingerprints.get

    def who_filed(self, at_least: int, after: tuple[int, PersonNumber] | None, limit: int) -> Sequence[Person]:
        """Return the persons who filed so many complaints or more, most first, then by number. O(log n + limit)."""
        first = None if after is None else (-after[0], after[1])
        with self._session.lock:
            found = islice(self._filed.irange(first, (1 - at_least, _FIRST), inclusive=(False, False)), limit)
            return [self._facts.facts[number] for _, number in found]

    def _index(self, old: Person | None, new: Person | None) -> None:
        was, is_now = _place(old), _place(new)
        if was == is_now:
            return
        if was is not None:
            self._filed.remove(was)
        if is_now is not None:
            self._filed.add(is_now)


def _place(person: Person | None) -> tuple[int, PersonNumber] | None:
    if person is None or not person.filed or person.joined_into is not None:
        return None
    return -person.filed, person.number


class MemoryTries:
    """Failures to sign in by box, and by when they are to be forgotten."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[BoxNumber, SignInTries] = MemoryFacts(session, attrgetter("box"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove
        self._due: SortedList[tuple[datetime, BoxNumber]] = SortedList()

    def due(self, now: datetime, limit: int) -> Sequence[SignInTries]:
        """Return the first that are to be forgotten by ``now``, by (when, box). O(k + log n)."""
        with self._session.lock:
            found = []
            for at, box in self._due[:limit]:
                if at > now:
                    break
                found.append(self._facts.facts[box])
            return found

    def next_due(self) -> datetime | None:
        """Return when the first is to be forgotten."""
        with self._session.lock:
            return self._due[0][0] if self._due else None

    def _index(self, old: SignInTries | None, new: SignInTries | None) -> None:
        if old:
            self._due.remove((old.forget_at, old.box))
        if new:
            self._due.add((new.forget_at, new.box))


class MemoryReasons:
    """Reasons for withdrawal by key."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[str, WithdrawalReason] = MemoryFacts(session, attrgetter("key"))
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove

    def all(self) -> Sequence[WithdrawalReason]:
        """Return every reason, by key."""
        with self._session.lock:
            return [self._facts.facts[key] for key in sorted(self._facts.facts)]
