"""A throw-away SQLite store, the part with complaints, news and lost sales."""

from collections.abc import Sequence

from brokerage.records.checks import Loss
from brokerage.records.complaints import Complaint
from brokerage.records.news import News
from brokerage.records.numbers import BoxNumber, ComplaintNumber, DealNumber, NewsNumber
from sqlite_spike_books import Session, Table, instant

__all__ = ["MESSAGES_SCHEMA", "SqliteComplaints", "SqliteLosses", "SqliteNews"]

_REST = "version INTEGER NOT NULL, fact TEXT NOT NULL"
_GREATEST = (1 << 63) - 1
_EVERYBODY = 0
MESSAGES_SCHEMA = f"""
CREATE TABLE losses (deal INTEGER PRIMARY KEY, since INTEGER NOT NULL, {_REST}) STRICT;
CREATE TABLE complaints (number INTEGER PRIMARY KEY, deal INTEGER, complainant INTEGER, {_REST}) STRICT;
CREATE UNIQUE INDEX complaint_deals ON complaints (deal, complainant);
CREATE INDEX complaint_numbers ON complaints (deal, number);
CREATE TABLE complaint_parties (box INTEGER, complaint INTEGER, PRIMARY KEY (box, complaint)) STRICT, WITHOUT ROWID;
CREATE TABLE news (number INTEGER PRIMARY KEY, mailing INTEGER NOT NULL, {_REST}) STRICT;
CREATE INDEX news_mailing ON news (mailing, number) WHERE mailing = 1;
CREATE TABLE readers (box INTEGER, news INTEGER, PRIMARY KEY (box, news)) STRICT, WITHOUT ROWID;
"""


class SqliteLosses:
    """Lost sales whose losers are to be told, by deal."""

    def __init__(self, session: Session) -> None:
        self._table: Table[DealNumber, Loss] = Table(
            session, "losses", Loss, ["deal"], lambda loss: {"deal": loss.deal, "since": instant(loss.since)}
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace
        self.remove = self._table.remove

    def first(self, limit: int) -> Sequence[Loss]:
        """Return the first losses, by deal."""
        return self._table.select("ORDER BY deal LIMIT ?", limit)


class SqliteComplaints:
    """Complaints by number, by deal, and by member."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: Table[ComplaintNumber, Complaint] = Table(
            session,
            "complaints",
            Complaint,
            ["number"],
            lambda fact: {"number": fact.number, "deal": fact.deal, "complainant": fact.complainant},
        )
        self.get, self.replace = self._table.get, self._table.replace

    def add(self, fact: Complaint) -> None:
        """Keep a new complaint; raises ``DuplicateFact`` if it is a party's second of a deal."""
        self._table.add(fact)
        for box in {fact.respondent, fact.complainant} - {None}:
            self._session.change("INSERT INTO complaint_parties VALUES (?, ?)", box, fact.number)

    def of_deal(self, deal: DealNumber) -> Sequence[Complaint]:
        """Return the complaints of a deal, by number."""
        return self._table.select("WHERE deal = ? ORDER BY number", deal)

    def of_member(self, box: BoxNumber, before: ComplaintNumber | None, limit: int) -> Sequence[Complaint]:
        """Return complaints by and about a member, newest first."""
        query = (
            "SELECT complaint FROM complaint_parties WHERE box = ? AND complaint < ? ORDER BY complaint DESC LIMIT ?"
        )
        rows = self._session.rows(query, box, _GREATEST if before is None else before, limit)
        found = (self.get(number) for (number,) in rows)
        return [complaint for complaint in found if complaint is not None]


class SqliteNews:
    """Items of news by number; whom one is for stands in rows of its own, which go when it is withdrawn."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table: Table[NewsNumber, News] = Table(
            session, "news", News, ["number"], lambda item: {"number": item.number, "mailing": int(item.mailing)}
        )
        self.get = self._table.get

    def add(self, fact: News) -> None:
        """Keep a new item."""
        self._table.add(fact)
        if not fact.withdrawn:
            for box in fact.boxes or (_EVERYBODY,):
                self._session.change("INSERT INTO readers VALUES (?, ?)", box, fact.number)

    def replace(self, old: News, new: News) -> None:
        """Put a new version in the place of the old one."""
        self._table.replace(old, new)
        if new.withdrawn:
            for box in new.boxes or (_EVERYBODY,):
                self._session.change("DELETE FROM readers WHERE box = ? AND news = ?", box, new.number)

    def latest(self, before: NewsNumber | None, limit: int) -> Sequence[News]:
        """Return items newest first."""
        return self._table.select(
            "WHERE number < ? ORDER BY number DESC LIMIT ?", _GREATEST if before is None else before, limit
        )

    def for_box(self, box: BoxNumber, before: NewsNumber | None, limit: int) -> Sequence[News]:
        """Return what may go to a box, newest first."""
        query = "SELECT news FROM readers WHERE box = ? AND news < ? ORDER BY news DESC LIMIT ?"
        numbers: list[NewsNumber] = []
        for reader in (_EVERYBODY, box):
            rows = self._session.rows(query, reader, _GREATEST if before is None else before, limit)
            numbers += [number for (number,) in rows]
        found = (self.get(number) for number in sorted(numbers, reverse=True)[:limit])
        return [item for item in found if item is not None]

    def to_mail(self, limit: int) -> Sequence[News]:
        """Return the first items that are still to be mailed, by number."""
        return self._table.select("WHERE mailing = 1 ORDER BY number LIMIT ?", limit)
