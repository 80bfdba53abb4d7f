"""Rising numbers.

SQLite has one writer, and so a row for each series. In PostgreSQL nobody waits for another one's commit to get a
number: each series is a sequence, which has gaps. Only those numbers that rise in the order of the commits have a row
there too: whoever takes one has it for himself until the commit. To be overtaken and begin again would cost more.
"""

from sqlalchemy import Column, PrimaryKeyConstraint, Sequence, bindparam, select, text, update
from sqlalchemy.dialects import sqlite

from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import METADATA, plain_table
from brokerage.adapters.sql.types import TEXT, WHOLE
from brokerage.ports import Series

__all__ = ["JOURNAL", "NUMBERS", "ORDERED", "SqlNumbers", "take_positions"]

ORDERED = frozenset((Series.DEAL, Series.NEWS, Series.ITEM_CHANGE))
"""The series whose numbers rise in the order of the commits."""

JOURNAL = "journal"
"""Under this name stands the last position of the journal."""

NUMBERS = plain_table(
    "numbers", Column("series", TEXT), Column("last", WHOLE, nullable=False), PrimaryKeyConstraint("series")
)


def _sequence(series: Series) -> str:
    return f"numbers_{series.name.lower()}"


for _series in Series:
    if _series not in ORDERED:
        Sequence(_sequence(_series), metadata=METADATA)

_new = sqlite.insert(NUMBERS).values(series=bindparam("series", type_=TEXT), last=bindparam("count", type_=WHOLE))
_COUNT = Query(
    _new.on_conflict_do_update(index_elements=["series"], set_={"last": NUMBERS.c.last + _new.excluded.last}).returning(
        NUMBERS.c.last
    ),
    ("series", "count"),
)
_LAST = Query(select(NUMBERS.c.last).where(NUMBERS.c.series == bindparam("series")), ("series",))
_IN_TURNS = Query(
    update(NUMBERS)
    .where(NUMBERS.c.series == bindparam("of"))
    .values(last=NUMBERS.c.last + bindparam("count", type_=WHOLE))
    .returning(NUMBERS.c.last),
    ("of", "count"),
)
_MANY = {
    series: Query(
        # One statement holds the lock for a moment, so that the numbers follow each other.
        text(
            f"SELECT first, setval('{_sequence(series)}', first + :more), pg_advisory_unlock({place})"
            f" FROM (SELECT pg_advisory_lock({place}), nextval('{_sequence(series)}') AS first OFFSET 0) AS taken"
        ),
        ("more",),
    )
    for place, series in enumerate(Series, start=7_301)
    if series not in ORDERED
}
_GIVEN = {
    series: Query(text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {_sequence(series)}"), ())
    for series in Series
    if series not in ORDERED
}


class SqlNumbers:
    """Rising numbers: see the module."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def next(self, series: Series, count: int = 1) -> int:
        """Return the first of ``count`` consecutive numbers."""
        if self._session.backend.is_sqlite:
            return int(self._session.given(_COUNT, series.value, count)[0]) - count + 1
        if series in ORDERED:
            return int(self._session.given(_IN_TURNS, series.value, count)[0]) - count + 1
        return int(self._session.given(_MANY[series], count - 1)[0])

    def last(self, series: Series) -> int:
        """Return the last number given; of those that rise with the commits, the last committed, or one of its own."""
        if not self._session.backend.is_sqlite and series not in ORDERED:
            return int(self._session.row(_GIVEN[series])[0])
        row = self._session.row(_LAST, series.value)
        return 0 if row is None else int(row[0])


def take_positions(session: Session, count: int) -> int:
    """Return the first of some positions of the journal; nobody else gets any before the commit."""
    if session.backend.is_sqlite:
        return int(session.given(_COUNT, JOURNAL, count)[0]) - count + 1
    return int(session.given(_IN_TURNS, JOURNAL, count)[0]) - count + 1
