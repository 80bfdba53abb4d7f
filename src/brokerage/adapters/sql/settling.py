"""Deals, the cases about them, and what their parties have said, in tables."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, bindparam

from brokerage.adapters.sql.deadlines import deadlines, first_instant
from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.merging import newest_of
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query, literal, value
from brokerage.adapters.sql.tables import fact_table, index_of_named, index_of_some, no_less, refers
from brokerage.records.cases import Case, CaseKind
from brokerage.records.deals import Deal
from brokerage.records.numbers import BoxNumber, CaseNumber, DealNumber
from brokerage.records.statements import Statement

__all__ = ["CASES", "DEALS", "STATEMENTS", "SqlCases", "SqlDeals", "SqlStatements"]

DEALS = fact_table(
    "deals",
    Deal,
    "number",
    Index(None, "seller", "number"),
    Index(None, "buyer", "number"),
    UniqueConstraint("reference"),
    UniqueConstraint("purchase"),  # it ends with its deal, whatever became of that
    refers("collect_from", "contacts.number"),
    refers("deliver_to", "contacts.number"),
    CheckConstraint(
        "min_price <= selling_price AND selling_price <= buying_price AND buying_price <= max_price",
        name="prices_are_in_order",
    ),
    *no_less(0, "min_price", "refunded"),
    *no_less(1, "quantity"),
    in_lists={each: no_less(0, "units") for each in ("charges", "payments", "charged_back")},
)
_D = DEALS.table.c
_SELLS = value(_D.origin, "market") & (_D.state != literal("lapsed"))
index_of_some("deals_of_sales", _SELLS, _D.sale, unique=True)
"""A sale makes one deal; the market opens it again if the deal lapses, and a bid makes a deal for each reservation."""
_BY_REFERENCE = Query(DEALS.select().where(_D.reference == bindparam("reference")), ("reference",))
_OF_MEMBER = newest_of(
    (
        DEALS.select().where(_D.seller == bindparam("box"), _D.number < bindparam("before")),
        DEALS.select().where(
            _D.buyer == bindparam("box"), _D.seller != bindparam("box"), _D.number < bindparam("before")
        ),
    ),
    ("box", "before"),
)
_DUE = deadlines(DEALS, "due", _D.deadline, _D.number, where=_D.deadline.is_not(None))

CASES = fact_table(
    "cases",
    Case,
    "number",
    Index(None, "deal", "number"),
    refers("deal", "deals.number"),
    refers("effect", "outbox.key"),
    index_of_named("cases", "effect"),
    *no_less(0, "notice_units"),
)
_C = CASES.table.c
_OPEN = _C.closed_at.is_(None)
index_of_some("cases_open", _OPEN, _C.number)
index_of_some("cases_open_by_kind", _OPEN, _C.kind, _C.number)
_CASES_OF_DEAL = Query(CASES.select().where(_C.deal == bindparam("of")).order_by(_C.number), ("of",))
_OPEN_ONES = Query(
    CASES.select().where(_OPEN, _C.number > bindparam("after")).order_by(_C.number).limit(bindparam("limit")),
    ("after", "limit"),
)
_OPEN_OF_KIND = Query(
    CASES.select()
    .where(_OPEN, _C.kind == bindparam("of"), _C.number > bindparam("after"))
    .order_by(_C.number)
    .limit(bindparam("limit")),
    ("of", "after", "limit"),
)

STATEMENTS = fact_table(
    "statements", Statement, ("deal", "place"), refers("deal", "deals.number"), *no_less(1, "place")
)
_S = STATEMENTS.table.c
_SAID = Query(STATEMENTS.select().where(_S.deal == bindparam("of")).order_by(_S.place), ("of",))
_ABOVE_ALL = (1 << 63) - 1


class SqlDeals:
    """Deals by number."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[DealNumber, Deal] = SqlFacts(session, DEALS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def by_reference(self, reference: str) -> Deal | None:
        """Return the deal that is paid under a reference."""
        return self._facts.one(_BY_REFERENCE, reference)

    def of_member(self, box: BoxNumber, before: DealNumber | None, limit: int) -> Sequence[Deal]:
        """Return a member's deals with numbers below ``before``, newest first."""
        return self._facts.all(_OF_MEMBER, box, _ABOVE_ALL if before is None else before, limit)

    def due(self, now: datetime, limit: int) -> Sequence[Deal]:
        """Return the first deals whose deadline is not after ``now``, by (deadline, number)."""
        return self._facts.all(_DUE.due, now, limit)

    def next_deadline(self) -> datetime | None:
        """Return the earliest deadline."""
        return first_instant(self._session, _DUE.earliest)


class SqlCases:
    """Cases by number."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[CaseNumber, Case] = SqlFacts(session, CASES)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def open_ones(self, kind: CaseKind | None, after: CaseNumber, limit: int) -> Sequence[Case]:
        """Return the first open cases with numbers above ``after``, of one kind or (``None``) of any."""
        if kind is None:
            return self._facts.all(_OPEN_ONES, after, limit)
        return self._facts.all(_OPEN_OF_KIND, kind, after, limit)

    def of_deal(self, deal: DealNumber) -> Sequence[Case]:
        """Return the cases about a deal, also closed ones, by number."""
        return self._facts.all(_CASES_OF_DEAL, deal)


class SqlStatements:
    """What parties have said, by deal and place."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[tuple[DealNumber, int], Statement] = SqlFacts(session, STATEMENTS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def of_deal(self, deal: DealNumber) -> Sequence[Statement]:
        """Return the statements about a deal, by place."""
        return self._facts.all(_SAID, deal)
