"""The people of the throw-away SQLite store: members past and present, their contacts, persons, reasons and tries."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from brokerage.adapters.memory.books import time_of
from brokerage.records.contacts import Contact
from brokerage.records.members import Fingerprint, FormerMember, Member, Person, SignInTries
from brokerage.records.numbers import BoxNumber, ContactNumber, PersonNumber
from brokerage.records.withdrawals import WithdrawalReason
from sqlite_spike_books import Session, Table, instant

__all__ = [
    "PEOPLE_SCHEMA",
    "SqliteContacts",
    "SqliteFormerMembers",
    "SqliteMembers",
    "SqlitePersons",
    "SqliteReasons",
    "SqliteTries",
    "first_time",
]

_REST = "version INTEGER NOT NULL, fact TEXT NOT NULL"
PEOPLE_SCHEMA = f"""
CREATE TABLE members (
    box INTEGER PRIMARY KEY, person INTEGER NOT NULL, quiet INTEGER, told INTEGER, {_REST}
) STRICT;
CREATE INDEX member_persons ON members (person, box);
CREATE INDEX members_quiet ON members (quiet, box) WHERE quiet IS NOT NULL;
CREATE INDEX members_told ON members (told, box) WHERE told IS NOT NULL;
CREATE TABLE former (box INTEGER PRIMARY KEY, person INTEGER NOT NULL, {_REST}) STRICT;
CREATE INDEX former_persons ON former (person, box);
CREATE TABLE contacts (number INTEGER PRIMARY KEY, box INTEGER, {_REST}) STRICT;
CREATE INDEX contact_boxes ON contacts (box, number);
CREATE TABLE persons (number INTEGER PRIMARY KEY, filed INTEGER NOT NULL, {_REST}) STRICT;
CREATE INDEX person_filed ON persons (filed, number) WHERE filed < 0;
CREATE TABLE fingerprints (digest TEXT PRIMARY KEY, {_REST}) STRICT;
CREATE TABLE tries (box INTEGER PRIMARY KEY, forget INTEGER NOT NULL, {_REST}) STRICT;
CREATE INDEX tries_forget ON tries (forget, box);
CREATE TABLE reasons (key TEXT PRIMARY KEY, {_REST}) STRICT;
"""


def first_time(rows: Sequence[tuple[int | None]]) -> datetime | None:
    """Return the time in the only column of the only row."""
    first = rows[0][0]
    return None if first is None else time_of(first)


def _columns_of_member(member: Member) -> Mapping[str, Any]:
    quiet = instant(member.quiet_since or member.since) if member.told_at is None else None
    return {"box": member.box, "person": member.person, "quiet": quiet, "told": instant(member.told_at)}


class SqliteMembers:
    """Members by box, and by person."""

    def __init__(self, session: Session) -> None:
        self._table: Table[BoxNumber, Member] = Table(session, "members", Member, ["box"], _columns_of_member)
        self._session = session
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace
        self.remove = self._table.remove

    def of_person(self, person: PersonNumber) -> Sequence[Member]:
        return self._table.select("WHERE person = ? ORDER BY box", person)

    def after(self, box: BoxNumber, limit: int) -> Sequence[Member]:
        return self._table.select("WHERE box > ? ORDER BY box LIMIT ?", box, limit)

    def quiet(self, before: datetime, limit: int) -> Sequence[Member]:
        return self._table.select("WHERE quiet <= ? ORDER BY quiet, box LIMIT ?", instant(before), limit)

    def next_quiet(self) -> datetime | None:
        return first_time(self._session.rows("SELECT min(quiet) FROM members WHERE quiet IS NOT NULL"))

    def told(self, before: datetime, limit: int) -> Sequence[Member]:
        return self._table.select("WHERE told <= ? ORDER BY told, box LIMIT ?", instant(before), limit)

    def next_told(self) -> datetime | None:
        return first_time(self._session.rows("SELECT min(told) FROM members WHERE told IS NOT NULL"))


class SqliteFormerMembers:
    """Former members by box, and by person."""

    def __init__(self, session: Session) -> None:
        self._table: Table[BoxNumber, FormerMember] = Table(
            session, "former", FormerMember, ["box"], lambda former: {"box": former.box, "person": former.person}
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def of_person(self, person: PersonNumber) -> Sequence[FormerMember]:
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
        self._table: Table[PersonNumber, Person] = Table(
            session,
            "persons",
            Person,
            ["number"],
            lambda person: {"number": person.number, "filed": 0 if person.joined_into else -person.filed},
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace
        fingerprints: Table[str, Fingerprint] = Table(
            session, "fingerprints", Fingerprint, ["digest"], lambda fingerprint: {"digest": fingerprint.digest}
        )
        self.add_fingerprint, self.fingerprint = fingerprints.add, fingerprints.get

    def who_filed(self, at_least: int, after: tuple[int, PersonNumber] | None, limit: int) -> Sequence[Person]:
        first = (-(1 << 62), 0) if after is None else (-after[0], after[1])
        rest = "WHERE filed < 0 AND filed <= ? AND (filed, number) > (?, ?) ORDER BY filed, number LIMIT ?"
        return self._table.select(rest, -at_least, *first, limit)


class SqliteTries:
    """Failures to sign in by box, and by when they are to be forgotten."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: Table[BoxNumber, SignInTries] = Table(
            session,
            "tries",
            SignInTries,
            ["box"],
            lambda tries: {"box": tries.box, "forget": instant(tries.forget_at)},
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace
        self.remove = self._table.remove

    def due(self, now: datetime, limit: int) -> Sequence[SignInTries]:
        return self._table.select("WHERE forget <= ? ORDER BY forget, box LIMIT ?", instant(now), limit)

    def next_due(self) -> datetime | None:
        return first_time(self._session.rows("SELECT min(forget) FROM tries"))


class SqliteReasons:
    """Reasons for withdrawal by key."""

    def __init__(self, session: Session) -> None:
        self._table: Table[str, WithdrawalReason] = Table(
            session, "reasons", WithdrawalReason, ["key"], lambda reason: {"key": reason.key}
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace
        self.remove = self._table.remove

    def all(self) -> Sequence[WithdrawalReason]:
        return self._table.select("ORDER BY key")
