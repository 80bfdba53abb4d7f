"""The journal in a table.

Each event has a copy of its fact, because the fact's own table keeps its last version only.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, get_args

from cattrs import Converter
from sqlalchemy import Column, PrimaryKeyConstraint, bindparam, func, select

from brokerage.adapters.sql.numbers import take_positions
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import insert_all, plain_table
from brokerage.adapters.sql.types import DOCUMENT, INSTANT, TEXT, WHOLE, json_text
from brokerage.adapters.wire import read, write
from brokerage.records.events import Actor, Event, EventKind, Fact, Role
from brokerage.records.numbers import BoxNumber

__all__ = ["JOURNAL", "SqlJournal"]

JOURNAL = plain_table(
    "journal",
    Column("position", WHOLE, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("by", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("fact_type", TEXT, nullable=False),
    Column("fact", DOCUMENT, nullable=False),
    PrimaryKeyConstraint("position"),
)
_INSERT = insert_all(JOURNAL)
_LAST = Query(select(func.coalesce(func.max(JOURNAL.c.position), 0)), ())
_READ = Query(
    select(*JOURNAL.columns)
    .where(JOURNAL.c.position > bindparam("after"))
    .order_by(JOURNAL.c.position)
    .limit(bindparam("limit")),
    ("after", "limit"),
)
_TYPES = {kind.__name__: kind for kind in get_args(Fact)}


class SqlJournal:
    """Events in the order of the commits: they get their positions when everything else is written."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._converter: Converter = session.backend.converter
        self._waiting: list[tuple[Any, ...]] = []
        dialect = session.backend.dialect
        self._write_time = INSTANT.bind_processor(dialect)
        self._read_time = INSTANT.result_processor(dialect, None)
        session.waiting.append(self)

    def append(self, event: Event) -> None:
        """Append an event."""
        self.append_all(event.at, event.by, event.kind, [event.fact])

    def append_all(self, at: datetime, by: Actor, kind: EventKind, facts: Sequence[Fact]) -> None:
        """Append an event of one kind for each of many facts, in their order."""
        self._session.must_write()
        time: Any = at if self._write_time is None else self._write_time(at)
        actor = by.value if isinstance(by, Role) else str(by)
        self._waiting += [
            (time, actor, kind.value, type(fact).__name__, json_text(write(self._converter, fact))) for fact in facts
        ]

    def last(self) -> int:
        """Return the position of the last event, 0 before the first."""
        self.write()
        return int(self._session.row(_LAST)[0])

    def read(self, after: int, limit: int) -> Sequence[tuple[int, Event]]:
        """Return the first events behind a position, each with its own."""
        self.write()
        return [self._event(row) for row in self._session.rows(_READ, after, limit)]

    def clear(self) -> None:
        """A unit of work begins."""
        self._waiting = []

    def mark(self) -> Callable[[], None]:
        """A part of a unit of work begins."""
        before = list(self._waiting)

        def cut() -> None:
            self._waiting = before

        return cut

    def write(self) -> None:
        """Give the events their positions, and write them."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            first = take_positions(self._session, len(waiting))
            self._session.insert_all(_INSERT, [(place, *row) for place, row in enumerate(waiting, start=first)])

    def _event(self, row: tuple[Any, ...]) -> tuple[int, Event]:
        position, at, by, kind, fact_type, fact = row
        time = at if self._read_time is None else self._read_time(at)
        actor: Actor = BoxNumber(int(by)) if by.isdecimal() else Role(by)
        return position, Event(time, actor, EventKind(kind), read(self._converter, json.loads(fact), _TYPES[fact_type]))
