"""Members, their contacts, and persons in memory."""

from bisect import insort
from collections.abc import Sequence
from operator import attrgetter

from sortedcontainers import SortedList

from brokerage.adapters.memory.facts import MemoryFacts, MemoryRecords
from brokerage.adapters.memory.session import Session
from brokerage.records.contacts import Contact
from brokerage.records.members import Fingerprint, Member, Person
from brokerage.records.numbers import BoxNumber, ContactNumber, PersonNumber

__all__ = ["MemoryContacts", "MemoryMembers", "MemoryPersons"]


class MemoryMembers:
    """Members by box, and the boxes of each person."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: MemoryFacts[BoxNumber, Member] = MemoryFacts(session, attrgetter("box"), self._index)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self._boxes: dict[PersonNumber, SortedList[BoxNumber]] = {}

    def of_person(self, person: PersonNumber) -> Sequence[Member]:
        """Return the members that are one person, by box."""
        with self._session.lock:
            return [self._facts.facts[box] for box in self._boxes.get(person, ())]

    def _index(self, old: Member | None, new: Member | None) -> None:
        if old:
            self._boxes[old.person].remove(old.box)
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
    """Persons by number, and their fingerprints by digest."""

    def __init__(self, session: Session) -> None:
        facts: MemoryFacts[PersonNumber, Person] = MemoryFacts(session, attrgetter("number"))
        self.add, self.get, self.replace = facts.add, facts.get, facts.replace
        fingerprints: MemoryRecords[str, Fingerprint] = MemoryRecords(session, attrgetter("digest"))
        self.add_fingerprint, self.fingerprint = fingerprints.add, fingerprints.get
