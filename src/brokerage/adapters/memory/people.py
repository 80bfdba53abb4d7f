"""Members, their contacts, and persons in memory."""

from bisect import insort
from collections.abc import Sequence
from itertools import islice
from operator import attrgetter

from sortedcontainers import SortedList

from brokerage.adapters.memory.facts import MemoryFacts, MemoryRecords
from brokerage.adapters.memory.session import Session
from brokerage.records.contacts import Contact
from brokerage.records.members import Fingerprint, Member, Person
from brokerage.records.numbers import BoxNumber, ContactNumber, PersonNumber

__all__ = ["MemoryContacts", "MemoryMembers", "MemoryPersons"]

_FIRST = PersonNumber(0)


class MemoryMembers:
    """Members by box, and the boxes of each person."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[BoxNumber, Member] = MemoryFacts(session, attrgetter("box"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._boxes: dict[PersonNumber, SortedList[BoxNumber]] = {}
        self._all: SortedList[BoxNumber] = SortedList()

    def of_person(self, person: PersonNumber) -> Sequence[Member]:
        """Return the members that are one person, by box."""
        with self._session.lock:
            return [self._facts.facts[box] for box in self._boxes.get(person, ())]

    def after(self, box: BoxNumber, limit: int) -> Sequence[Member]:
        """Return the first members with boxes above ``box``, by box. O(log n + limit)."""
        with self._session.lock:
            boxes = self._all.irange(box, inclusive=(False, True))
            return [self._facts.facts[found] for found in islice(boxes, limit)]

    def _index(self, old: Member | None, new: Member | None) -> None:
        if old:
            self._boxes[old.person].remove(old.box)
        if old and not new:
            self._all.remove(old.box)
        if new and not old:
            self._all.add(new.box)
        if new:
            self._boxes.setdefault(new.person, SortedList()).add(new.box)


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
