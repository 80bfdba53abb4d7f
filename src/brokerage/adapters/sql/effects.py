"""What goes out and comes in, in tables: effects, notices, cards' holds, repeated commands, and the broker's secret."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement
from sqlalchemy import Sequence as Numbered
from sqlalchemy.ext.compiler import compiles

from brokerage.adapters.sql.deadlines import deadlines, first_instant
from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import value
from brokerage.adapters.sql.tables import METADATA, fact_table, no_less
from brokerage.adapters.sql.types import TEXT, WHOLE
from brokerage.records.effects import Authorisation, Effect
from brokerage.records.notices import ReceivedNotice
from brokerage.records.requests import Request
from brokerage.records.secrets import Secret

__all__ = ["AUTHORISATIONS", "INBOX", "OUTBOX", "REQUESTS", "SECRETS", "SqlAuthorisations", "SqlOutbox"]


class _NextPlace(ColumnElement[int]):
    """The place of a new effect among all: PostgreSQL counts, SQLite's only writer looks at the last one."""

    inherit_cache = True
    type = WHOLE


@compiles(_NextPlace)
def _counted(element: _NextPlace, compiler: Any, **options: Any) -> str:
    return "nextval('outbox_places')"


@compiles(_NextPlace, "sqlite")
def _behind_the_last(element: _NextPlace, compiler: Any, **options: Any) -> str:
    return "(SELECT coalesce(max(added), 0) + 1 FROM outbox)"


Numbered("outbox_places", metadata=METADATA)
OUTBOX = fact_table(
    "outbox",
    Effect,
    "key",
    *no_less(0, "attempts", "task_units", "task_position"),
    beside=[Column("added", WHOLE, default=_NextPlace(), nullable=False, unique=True)],
)
INBOX = fact_table(
    "inbox",
    ReceivedNotice,
    ("source", "id"),
    *no_less(0, "place", "notice_units"),
    more={
        "source": (TEXT, False, lambda received: received.key[0]),
        "id": (TEXT, False, lambda received: received.key[1]),
    },
)
AUTHORISATIONS = fact_table("authorisations", Authorisation, "key", *no_less(0, "units"))
REQUESTS = fact_table("requests", Request, ("box", "id"))
SECRETS = fact_table("secrets", Secret, "name")
_O, _A = OUTBOX.table.c, AUTHORISATIONS.table.c
_PENDING = deadlines(OUTBOX, "due", _O.due, _O.added, where=value(_O.state, "pending"))
_INTENDED = deadlines(AUTHORISATIONS, "intended", _A.at, _A.key, where=value(_A.state, "intended"), is_before=True)


class SqlOutbox:
    """Effects by key."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[str, Effect] = SqlFacts(session, OUTBOX)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def due(self, now: datetime, limit: int) -> Sequence[Effect]:
        """Return the first pending effects that are due, by (due, order of adding)."""
        return self._facts.all(_PENDING.due, now, limit)

    def next_due(self) -> datetime | None:
        """Return when the first pending effect is due."""
        return first_instant(self._session, _PENDING.earliest)


class SqlAuthorisations:
    """Cards' authorisations by key."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: SqlFacts[str, Authorisation] = SqlFacts(session, AUTHORISATIONS)
        self.add, self.get, self.replace = self._facts.add, self._facts.get, self._facts.replace

    def intended(self, before: datetime, limit: int) -> Sequence[Authorisation]:
        """Return the first that are still only intended and were so before an instant, by time."""
        return self._facts.all(_INTENDED.due, before, limit)

    def next_intended(self) -> datetime | None:
        """Return the time of the earliest that is still only intended."""
        return first_instant(self._session, _INTENDED.earliest)
