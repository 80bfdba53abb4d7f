"""The pauses of the throw-away SQLite store."""

from collections.abc import Sequence
from datetime import datetime

from brokerage.records.numbers import PersonNumber
from brokerage.records.pauses import Pause
from sqlite_spike_books import Session, Table, instant
from sqlite_spike_people import first_time

__all__ = ["PAUSES_SCHEMA", "SqlitePauses"]

PAUSES_SCHEMA = """
CREATE TABLE pauses (
    person INTEGER, category TEXT, until INTEGER NOT NULL, version INTEGER NOT NULL, fact TEXT NOT NULL,
    PRIMARY KEY (person, category)
) STRICT;
CREATE INDEX pause_ends ON pauses (until, person, category);
"""


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
        return first_time(self._session.rows("SELECT min(until) FROM pauses"))
