"""Cases and statements in the throw-away SQLite store."""

from collections.abc import Sequence

from brokerage.records.cases import Case, CaseKind
from brokerage.records.numbers import CaseNumber, DealNumber
from brokerage.records.statements import Statement
from sqlite_spike_books import Session, Table

__all__ = ["SqliteCases", "SqliteStatements"]


class SqliteCases:
    """Cases by number, open ones by kind, and by deal."""

    def __init__(self, session: Session) -> None:
        self._table: Table[CaseNumber, Case] = Table(
            session,
            "cases",
            Case,
            ["number"],
            lambda case: {
                "number": case.number,
                "kind": case.kind.value,
                "deal": case.deal,
                "closed": int(case.closed_at is not None),
            },
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def open_ones(self, kind: CaseKind | None, after: CaseNumber, limit: int) -> Sequence[Case]:
        """Return the first open cases with numbers above ``after``, of one kind or of any."""
        rest = "WHERE closed = 0 AND number > ? AND (? IS NULL OR kind = ?) ORDER BY number LIMIT ?"
        word = None if kind is None else kind.value
        return self._table.select(rest, after, word, word, limit)

    def of_deal(self, deal: DealNumber) -> Sequence[Case]:
        """Return the cases about a deal, by number."""
        return self._table.select("WHERE deal = ? ORDER BY number", deal)


class SqliteStatements:
    """Statements by deal and place."""

    def __init__(self, session: Session) -> None:
        self._table: Table[tuple[DealNumber, int], Statement] = Table(
            session, "statements", Statement, ["deal", "place"], lambda one: {"deal": one.deal, "place": one.place}
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def of_deal(self, deal: DealNumber) -> Sequence[Statement]:
        """Return the statements about a deal, by place."""
        return self._table.select("WHERE deal = ? ORDER BY place", deal)
