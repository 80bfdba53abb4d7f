"""Complaints and news in tables."""

from collections.abc import Sequence

from sqlalchemy import (
    Column,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    select,
    true,
)

from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.merging import newest_of
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import fact_table, index_of_some, insert_all, no_less, plain_table, refers
from brokerage.adapters.sql.types import TRUTH, WHOLE
from brokerage.records.complaints import Complaint
from brokerage.records.news import News
from brokerage.records.numbers import BoxNumber, ComplaintNumber, DealNumber, NewsNumber

__all__ = ["COMPLAINTS", "NEWS", "NEWS_OF_BOXES", "SqlComplaints", "SqlNews"]

COMPLAINTS = fact_table(
    "complaints",
    Complaint,
    "number",
    Index(None, "deal", "number"),
    Index(None, "respondent", "number"),
    Index(None, "complainant", "number"),
    UniqueConstraint("complainant", "deal"),
    refers("deal", "deals.number"),
    *no_less(0, "points"),
)
_C = COMPLAINTS.table.c
_OF_DEAL = Query(COMPLAINTS.select().where(_C.deal == bindparam("of")).order_by(_C.number), ("of",))
_OF_MEMBER = newest_of(
    (
        COMPLAINTS.select().where(_C.respondent == bindparam("box"), _C.number < bindparam("before")),
        COMPLAINTS.select().where(
            _C.complainant == bindparam("box"), _C.respondent != bindparam("box"), _C.number < bindparam("before")
        ),
    ),
    ("box", "before"),
)

NEWS = fact_table("news", News, "number", more={"is_for_many": (TRUTH, False, lambda item: not item.boxes)})
NEWS_OF_BOXES = plain_table(
    "news_of_boxes",
    Column("box", WHOLE, nullable=False),
    Column("number", WHOLE, nullable=False),
    PrimaryKeyConstraint("box", "number"),
    refers("number", "news.number"),
)
"""Which items of news go to a box alone or with some others, unless they were withdrawn."""
_N, _B = NEWS.table.c, NEWS_OF_BOXES.c
_FOR_MANY = and_(_N.is_for_many.is_(true()), _N.withdrawn.is_not(true()))
_TO_BE_MAILED = _N.mailing.is_(true())
index_of_some("news_for_many", _FOR_MANY, _N.number)
index_of_some("news_to_mail", _TO_BE_MAILED, _N.number)
_LATEST = Query(
    NEWS.select().where(_N.number < bindparam("before")).order_by(_N.number.desc()).limit(bindparam("limit")),
    ("before", "limit"),
)
_FOR_BOX = newest_of(
    (
        NEWS.select().where(_FOR_MANY, _N.number < bindparam("before")),
        select(_B.number, *(_N[part.name] for part in NEWS.shape.columns[1:]))
        .join_from(NEWS_OF_BOXES, NEWS.table, _N.number == _B.number)
        .where(_B.box == bindparam("box"), _B.number < bindparam("before")),
    ),
    ("box", "before"),
)
_TO_MAIL = Query(NEWS.select().where(_TO_BE_MAILED).order_by(_N.number).limit(bindparam("limit")), ("limit",))
_LIST = insert_all(NEWS_OF_BOXES)
_UNLIST = Query(
    delete(NEWS_OF_BOXES).where(_B.box == bindparam("box"), _B.number == bindparam("number")), ("box", "number")
)
_ABOVE_ALL = (1 << 63) - 1


class SqlComplaints:
    """Complaints by number."""

    def __init__(self, session: Session) -> None:
        self._facts: SqlFacts[ComplaintNumber, Complaint] = SqlFacts(session, COMPLAINTS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def of_deal(self, deal: DealNumber) -> Sequence[Complaint]:
        """Return the complaints of a deal, by number. O(their number)."""
        return self._facts.all(_OF_DEAL, deal)

    def of_member(self, box: BoxNumber, before: ComplaintNumber | None, limit: int) -> Sequence[Complaint]:
        """Return complaints by and about a member with numbers below ``before``, newest first. O(log n + limit)."""
        return self._facts.all(_OF_MEMBER, box, _ABOVE_ALL if before is None else before, limit)


class SqlNews:
    """Items of news by number."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[NewsNumber, News] = SqlFacts(session, NEWS)
        self.get = self._facts.get

    def add(self, fact: News) -> None:
        """Keep a new item; raises ``DuplicateFact`` if its number is taken."""
        self._facts.add(fact)
        if not fact.withdrawn:
            self._list(fact)

    def replace(self, old: News, new: News) -> None:
        """Put ``new`` in the place of ``old``; raises ``Conflict`` unless the stored version is ``old``'s."""
        self._facts.replace(old, new)
        if new.withdrawn and not old.withdrawn:
            for box in new.boxes:
                self._session.change(_UNLIST, box, new.number)
        if old.withdrawn and not new.withdrawn:
            self._list(new)

    def latest(self, before: NewsNumber | None, limit: int) -> Sequence[News]:
        """Return items with numbers below ``before``, newest first, also those that were withdrawn."""
        return self._facts.all(_LATEST, _ABOVE_ALL if before is None else before, limit)

    def for_box(self, box: BoxNumber, before: NewsNumber | None, limit: int) -> Sequence[News]:
        """Return what may go to a box: items with numbers below ``before``, newest first. O(log n + limit)."""
        return self._facts.all(_FOR_BOX, box, _ABOVE_ALL if before is None else before, limit)

    def to_mail(self, limit: int) -> Sequence[News]:
        """Return the first items that are still to be mailed, by number. O(limit)."""
        return self._facts.all(_TO_MAIL, limit)

    def _list(self, item: News) -> None:
        if item.boxes:
            self._session.insert_all(_LIST, [(box, item.number) for box in item.boxes])
