"""Members and persons in memory."""

from collections.abc import Sequence
from operator import attrgetter

from sortedcontainers import SortedList

from brokerage.adapters.memory.facts import MemoryFacts, MemoryRecords
from brokerage.adapters.memory.session import Session
from brokerage.records.members import Fingerprint, Member, Person
from brokerage.records.numbers import BoxNumber, PersonNumber

__all__ = ["MemoryMembers", "MemoryPersons"]


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


class MemoryPersons:
    """Persons by number, and their fingerprints by digest."""

    def __init__(self, session: Session) -> None:
        facts: MemoryFacts[PersonNumber, Person] = MemoryFacts(session, attrgetter("number"))
        self.add, self.get, self.replace = facts.add, facts.get, facts.replace
        fingerprints: MemoryRecords[str, Fingerprint] = MemoryRecords(session, attrgetter("digest"))
        self.add_fingerprint, self.fingerprint = fingerprints.add, fingerprints.get
