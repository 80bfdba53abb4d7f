"""A throw-away SQLite store, its people: members, their contacts, persons, and how long these have to wait."""

from collections.abc import Sequence
from datetime import datetime

from brokerage.adapters.memory.books import time_of
from brokerage.records.contacts import Contact
from brokerage.records.members import Fingerprint, Member, Person
from brokerage.records.numbers import BoxNumber, ContactNumber, PersonNumber
from brokerage.records.pauses import Pause
from sqlite_spike_books import Session, Table, instant

__all__ = ["SqliteContacts", "SqliteMembers", "SqlitePauses", "SqlitePersons"]


class SqliteMembers:
    """Members by box, and by person."""

    def __init__(self, session: Session) -> None:
        self._table: Table[BoxNumber, Member] = Table(
            session, "members", Member, ["box"], lambda member: {"box": member.box, "person": member.person}
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def of_person(self, person: PersonNumber) -> Sequence[Member]:
        return self._table.select("WHERE person = ? ORDER BY box", person)


class SqliteContacts:
    """Contacts by number, and by box."""

    def __init__(self, session: Session) -> None:
        self._table: Table[ContactNumber, Contact] = Table(
            session, "contacts", Contact, ["number"], lambda contact: {"number": contact.number, "box": contact.box}
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def of_box(self, box: BoxNumber) -> Sequence[Contact]:
        return self._table.select("WHERE box = ? ORDER BY number", box)


class SqlitePersons:
    """Persons by number, and their fingerprints by digest."""

    def __init__(self, session: Session) -> None:
        persons: Table[PersonNumber, Person] = Table(
            session, "persons", Person, ["number"], lambda person: {"number": person.number}
        )
        self.add, self.get, self.replace = persons.add, persons.get, persons.replace
        fingerprints: Table[str, Fingerprint] = Table(
            session, "fingerprints", Fingerprint, ["digest"], lambda fingerprint: {"digest": fingerprint.digest}
        )
        self.add_fingerprint, self.fingerprint = fingerprints.add, fingerprints.get


class SqlitePauses:
    """Pauses by person and category, and by their ends."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: Table[tuple[PersonNumber, str], Pause] = Table(
            session,
            "pauses",
            Pause,
            ["person", "category"],
            lambda fact: {"person": fact.person, "category": fact.category, "until": instant(fact.until)},
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace
        self.remove = self._table.remove

    def of_person(self, person: PersonNumber) -> Sequence[Pause]:
        return self._table.select("WHERE person = ? ORDER BY category", person)

    def due(self, now: datetime, limit: int) -> Sequence[Pause]:
        rest = "WHERE until <= ? ORDER BY until, person, category LIMIT ?"
        return self._table.select(rest, instant(now), limit)

    def next_end(self) -> datetime | None:
        first = self._session.rows("SELECT min(until) FROM pauses")[0][0]
        return None if first is None else time_of(first)
