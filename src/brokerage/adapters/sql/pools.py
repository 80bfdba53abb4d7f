"""How many units of each item are reserved at each limit: totals that are kept with every change.

What a unit of work adds and takes away is kept back, so that each total is written once, at the end, and two units of
work never wait for each other's totals crosswise.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Column, PrimaryKeyConstraint, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import no_less, plain_table, refers
from brokerage.adapters.sql.types import WHOLE
from brokerage.records.numbers import ItemNumber
from brokerage.records.reservations import Reservation, ReservationState

__all__ = ["POOLS", "SqlPools"]

POOLS = plain_table(
    "pools",
    Column("item", WHOLE, nullable=False),
    Column("max_price", WHOLE, nullable=False),
    Column("units", WHOLE, nullable=False),
    PrimaryKeyConstraint("item", "max_price"),
    *no_less(0, "max_price", "units"),
    refers("item", "items.number"),
)
_P = POOLS.c
_WHERE = (_P.item == bindparam("of"), _P.max_price == bindparam("at"))


def _more(make: Callable[..., sqlite.Insert] | Callable[..., postgresql.Insert]) -> sqlite.Insert | postgresql.Insert:
    new = make(POOLS).values({name: bindparam(name) for name in ("item", "max_price", "units")})
    return new.on_conflict_do_update(
        index_elements=["item", "max_price"], set_={"units": _P.units + new.excluded.units}
    )


_MORE = Query(
    lambda dialect: _more(sqlite.insert if dialect.name == "sqlite" else postgresql.insert),
    ("item", "max_price", "units"),
)
_LESS = Query(
    update(POOLS).where(*_WHERE).values(units=_P.units - bindparam("less", type_=WHOLE)).returning(_P.units),
    ("of", "at", "less"),
)
_NONE_LEFT = Query(delete(POOLS).where(*_WHERE), ("of", "at"))
_OF_ITEM = Query(
    select(_P.max_price, _P.units).where(_P.item == bindparam("item")).order_by(_P.max_price.desc()), ("item",)
)


class SqlPools:
    """The open reservations' units by item and limit: see the module."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._changes: dict[tuple[ItemNumber, int], int] = {}
        session.waiting.insert(0, self)  # an item is less in demand than the ends of the journal and the ledger

    def count(self, old: Reservation | None, new: Reservation | None) -> None:
        """Count a reservation out as it was, and in as it is, if it is open."""
        for one, sign in ((old, -1), (new, 1)):
            if one is not None and one.state is ReservationState.OPEN:
                place = one.item, one.max_price
                self._changes[place] = self._changes.get(place, 0) + sign * one.quantity

    def of_item(self, item: ItemNumber) -> Sequence[tuple[int, int]]:
        """Return an item's (limit, units), the highest limit first. O(different limits)."""
        self.write()
        return self._session.rows(_OF_ITEM, item)

    def clear(self) -> None:
        """A unit of work begins."""
        self._changes = {}

    def mark(self) -> Callable[[], None]:
        """A part of a unit of work begins."""
        before = dict(self._changes)

        def cut() -> None:
            self._changes = before

        return cut

    def write(self) -> None:
        """Write the totals, each once, in the order of items and limits; what nobody reserves any more is no row."""
        changes, self._changes = self._changes, {}
        for (item, price), units in sorted(changes.items()):
            if units > 0:
                self._session.change(_MORE, item, price, units)
            elif units < 0 and self._session.given(_LESS, item, price, -units)[0] == 0:
                self._session.change(_NONE_LEFT, item, price)
