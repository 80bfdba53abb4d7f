"""A throw-away SQLite store, the counting: running totals, and how far periodic work has come."""

from collections.abc import Sequence

from brokerage.records.numbers import BoxNumber
from brokerage.records.tallies import Progress, Tally, TallyKey
from sqlite_spike_books import Session, Table

__all__ = ["TALLY_SCHEMA", "SqliteTallies", "progress"]

TALLY_SCHEMA = """
CREATE TABLE tallies (
    box INTEGER, category TEXT, currency TEXT, version INTEGER NOT NULL, fact TEXT NOT NULL,
    PRIMARY KEY (box, category, currency)
) STRICT;
CREATE INDEX tally_categories ON tallies (category, box, currency);
CREATE TABLE progress (name TEXT PRIMARY KEY, version INTEGER NOT NULL, fact TEXT NOT NULL) STRICT;
"""


class SqliteTallies:
    """Running totals by member and by category."""

    def __init__(self, session: Session) -> None:
        self._table: Table[TallyKey, Tally] = Table(
            session,
            "tallies",
            Tally,
            ["box", "category", "currency"],
            lambda tally: {"box": tally.box, "category": tally.category, "currency": tally.currency},
        )
        self.add, self.get, self.replace = self._table.add, self._table.get, self._table.replace

    def of_member(self, box: BoxNumber) -> Sequence[Tally]:
        return self._table.select("WHERE box = ? ORDER BY category, currency", box)

    def of_category(self, category: str, after: tuple[BoxNumber, str] | None, limit: int) -> Sequence[Tally]:
        place = (-1, "") if after is None else after
        rest = "WHERE category = ? AND (box, currency) > (?, ?) ORDER BY box, currency LIMIT ?"
        return self._table.select(rest, category, *place, limit)


def progress(session: Session) -> Table[str, Progress]:
    """Return the table of how far each piece of periodic work has come."""
    return Table(session, "progress", Progress, ["name"], lambda fact: {"name": fact.name})
