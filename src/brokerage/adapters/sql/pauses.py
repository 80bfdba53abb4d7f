"""Pauses of persons in a table."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam

from brokerage.adapters.sql.deadlines import deadlines, first_instant
from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import fact_table, refers
from brokerage.records.numbers import PersonNumber
from brokerage.records.pauses import Pause

__all__ = ["PAUSES", "SqlPauses"]

PAUSES = fact_table("pauses", Pause, ("person", "category"), refers("person", "persons.number"))
_P = PAUSES.table.c
_OF_PERSON = Query(PAUSES.select().where(_P.person == bindparam("of")).order_by(_P.category), ("of",))
_ENDS = deadlines(PAUSES, "ends", _P.until, _P.person, _P.category)


class SqlPauses:
    """Pauses by person and category."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[tuple[PersonNumber, str], Pause] = SqlFacts(session, PAUSES)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove

    def of_person(self, person: PersonNumber) -> Sequence[Pause]:
        """Return a person's pauses, by category."""
        return self._facts.all(_OF_PERSON, person)

    def due(self, now: datetime, limit: int) -> Sequence[Pause]:
        """Return the first pauses that end not after ``now``, by (end, person, category)."""
        return self._facts.all(_ENDS.due, now, limit)

    def next_end(self) -> datetime | None:
        """Return the earliest end."""
        return first_instant(self._session, _ENDS.earliest)
