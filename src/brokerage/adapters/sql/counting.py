"""Running totals, and how far periodic work has come, in tables."""

from collections.abc import Sequence

from sqlalchemy import Index, bindparam, tuple_

from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import fact_table, no_less
from brokerage.adapters.sql.types import TEXT, WHOLE
from brokerage.records.numbers import BoxNumber
from brokerage.records.tallies import Progress, Tally, TallyKey

__all__ = ["PROGRESS", "TALLIES", "SqlTallies"]

TALLIES = fact_table(
    "tallies",
    Tally,
    ("box", "category", "currency"),
    Index(None, "category", "box", "currency"),
    *no_less(0, "offered", "sold", "unsold", "wanted", "bought", "unmet", "sold_units", "bought_units"),
)
PROGRESS = fact_table("progress", Progress, "name", *no_less(0, "position"))
_T = TALLIES.table.c
_OF_MEMBER = Query(TALLIES.select().where(_T.box == bindparam("of")).order_by(_T.category, _T.currency), ("of",))
_OF_CATEGORY = Query(
    TALLIES.select()
    .where(
        _T.category == bindparam("of"),
        tuple_(_T.box, _T.currency) > tuple_(bindparam("box", type_=WHOLE), bindparam("currency", type_=TEXT)),
    )
    .order_by(_T.box, _T.currency)
    .limit(bindparam("limit")),
    ("of", "box", "currency", "limit"),
)
_BEFORE_ALL = BoxNumber(-1), ""


class SqlTallies:
    """Running totals by box, category and currency."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[TallyKey, Tally] = SqlFacts(session, TALLIES)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def of_member(self, box: BoxNumber) -> Sequence[Tally]:
        """Return the tallies of a box, by category and currency. O(their number)."""
        return self._facts.all(_OF_MEMBER, box)

    def of_category(self, category: str, after: tuple[BoxNumber, str] | None, limit: int) -> Sequence[Tally]:
        """Return the first tallies of a category behind a (box, currency), in that order. O(log n + limit)."""
        return self._facts.all(_OF_CATEGORY, category, *(after or _BEFORE_ALL), limit)
