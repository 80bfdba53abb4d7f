"""A throw-away SQLite store, the part with persons."""

from collections.abc import Sequence

from brokerage.records.members import Fingerprint, Person
from brokerage.records.numbers import PersonNumber
from sqlite_spike_books import Session, Table

__all__ = ["SqlitePersons"]


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
        """Return the persons who filed so many complaints or more, most first."""
        first = (-(1 << 62), 0) if after is None else (-after[0], after[1])
        rest = "WHERE filed < 0 AND filed <= ? AND (filed, number) > (?, ?) ORDER BY filed, number LIMIT ?"
        return self._table.select(rest, -at_least, *first, limit)
