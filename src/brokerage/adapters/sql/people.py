"""Members, those who have left, and the persons behind them, in tables."""

from collections.abc import Sequence

from sqlalchemy import ForeignKeyConstraint, Index, bindparam

from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import fact_table
from brokerage.records.members import Member, Person
from brokerage.records.numbers import BoxNumber, PersonNumber

__all__ = ["MEMBERS", "PERSONS", "SqlMembers"]

PERSONS = fact_table("persons", Person, "number")
MEMBERS = fact_table(
    "members",
    Member,
    "box",
    Index(None, "person", "box"),
    ForeignKeyConstraint(["person"], ["persons.number"], deferrable=True, initially="DEFERRED"),
)
_M = MEMBERS.table.c
_OF_PERSON = Query(MEMBERS.select().where(_M.person == bindparam("person")).order_by(_M.box), ("person",))


class SqlMembers:
    """Members by box."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[BoxNumber, Member] = SqlFacts(session, MEMBERS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove

    def of_person(self, person: PersonNumber) -> Sequence[Member]:
        """Return the members that are one person, by box."""
        return self._facts.all(_OF_PERSON, person)
