"""When facts come up: an index by an instant, and what asks for those that are due and for the first of them."""

from datetime import datetime
from typing import Any

from attrs import frozen
from sqlalchemy import ColumnElement, Index, and_, bindparam, select

from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import FactTable
from brokerage.adapters.sql.types import INSTANT

__all__ = ["Deadlines", "deadlines", "first_instant"]


@frozen(eq=False)
class Deadlines:
    """What is asked of facts that come up at an instant.

    ``due`` takes an instant and a limit, and gives the first facts until then; ``earliest`` gives the first instant.
    """

    due: Query
    earliest: Query


def deadlines(
    table: FactTable,
    name: str,
    at: ColumnElement[datetime],
    *then: ColumnElement[Any],
    where: ColumnElement[bool] | None = None,
    is_before: bool = False,
) -> Deadlines:
    """Give a table an index by an instant, and return what asks for the facts in its order.

    Args:
        table: of the facts.
        name: of the index, behind the table's.
        at: when a fact comes up.
        then: the order of those of one instant.
        where: which facts come up at all.
        is_before: whether a fact of the very instant that is asked for is left out.
    """
    Index(f"{table.table.name}_{name}", at, *then, sqlite_where=where, postgresql_where=where)
    now = bindparam("now", type_=INSTANT)
    reached = at < now if is_before else at <= now
    belongs = and_(reached, where) if where is not None else reached
    due = table.select().where(belongs).order_by(at, *then).limit(bindparam("limit"))
    first = select(at).order_by(at, *then).limit(1)
    return Deadlines(
        Query(due, ("now", "limit")),
        Query(first if where is None else first.where(where), ()),
    )


def first_instant(session: Session, query: Query) -> datetime | None:
    """Return the instant that a query finds, ``None`` where it finds none."""
    found: datetime | None = session.value(query, INSTANT)
    return found
