"""Categories, and what is left over for the rounds that follow, in tables."""

from collections.abc import Sequence

from sqlalchemy import bindparam

from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import fact_table, refers
from brokerage.records.categories import Category
from brokerage.records.checks import Check, Loss
from brokerage.records.numbers import DealNumber

__all__ = ["CATEGORIES", "CHECKS", "LOSSES", "SqlCategories", "SqlChecks", "SqlLosses"]

CATEGORIES = fact_table("categories", Category, "key")
CHECKS = fact_table("checks", Check, ("arrival", "others"), refers("offer", "offers.number"))
LOSSES = fact_table("losses", Loss, "deal", refers("deal", "deals.number"))

_ALL = Query(CATEGORIES.select().order_by(CATEGORIES.table.c.key), ())
_FIRST_CHECKS = Query(
    CHECKS.select().order_by(CHECKS.table.c.arrival, CHECKS.table.c.others).limit(bindparam("limit")), ("limit",)
)
_FIRST_LOSSES = Query(LOSSES.select().order_by(LOSSES.table.c.deal).limit(bindparam("limit")), ("limit",))


class SqlCategories:
    """Categories by key."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[str, Category] = SqlFacts(session, CATEGORIES)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove, self.check = self._facts.remove, self._facts.check

    def all(self) -> Sequence[Category]:
        """Return every category, by key."""
        return self._facts.all(_ALL)


class SqlChecks:
    """Left-over checks, by key."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[tuple[int, bool], Check] = SqlFacts(session, CHECKS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove

    def first(self, limit: int) -> Sequence[Check]:
        """Return the first checks, by key. O(limit)."""
        return self._facts.all(_FIRST_CHECKS, limit)


class SqlLosses:
    """Sales whose losers are still to be told, by deal."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[DealNumber, Loss] = SqlFacts(session, LOSSES)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace
        self.remove = self._facts.remove

    def first(self, limit: int) -> Sequence[Loss]:
        """Return the first losses, by deal. O(limit)."""
        return self._facts.all(_FIRST_LOSSES, limit)
