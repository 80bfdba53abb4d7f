"""The ledger in tables: entries with their postings, and the balance of each account.

Balances are written at the end of a unit of work and in the order of the accounts, because the bank's is everybody's.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

from sqlalchemy import Column, Dialect, PrimaryKeyConstraint, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import fact_table, index_of_named, plain_table, refers
from brokerage.adapters.sql.types import TEXT, WHOLE
from brokerage.records.ledger import Account, Entry
from brokerage.records.numbers import EntryNumber

__all__ = ["BALANCES", "ENTRIES", "SqlLedger"]

ENTRIES = fact_table("entries", Entry, "number", refers("deal", "deals.number"), index_of_named("entries", "deal"))
_E = ENTRIES.table.c
BALANCES = plain_table(
    "balances",
    Column("account", TEXT, nullable=False),
    Column("currency", TEXT, nullable=False),
    Column("units", WHOLE, nullable=False),
    PrimaryKeyConstraint("account", "currency"),
)
_AFTER = Query(
    ENTRIES.select().where(_E.number > bindparam("after")).order_by(_E.number).limit(bindparam("limit")),
    ("after", "limit"),
)
_BALANCE = Query(
    select(BALANCES.c.units).where(
        BALANCES.c.account == bindparam("account"), BALANCES.c.currency == bindparam("currency")
    ),
    ("account", "currency"),
)


def _added(dialect: Dialect) -> sqlite.Insert | postgresql.Insert:
    make = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    new = make(BALANCES).values({column.name: bindparam(column.name) for column in BALANCES.columns})
    return new.on_conflict_do_update(
        index_elements=["account", "currency"], set_={"units": BALANCES.c.units + new.excluded.units}
    )


_ADD = Query(_added, ("account", "currency", "units"))


class SqlLedger:
    """Entries in order, and the balance of each account."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._entries: SqlFacts[EntryNumber, Entry] = SqlFacts(session, ENTRIES)
        self._waiting: list[tuple[str, str, int]] = []
        session.waiting.append(self)

    def add(self, fact: Entry) -> None:
        """Append an entry; raises ``DuplicateFact`` if its number is taken."""
        self._entries.add(fact)
        self._waiting += [(str(each.account), each.currency, each.units) for each in fact.postings]

    def balance(self, account: Account, currency: str) -> int:
        """Return the sum of an account's postings in minor units. O(1)."""
        row = self._session.row(_BALANCE, str(account), currency)
        waiting = sum(units for *of, units in self._waiting if of == [str(account), currency])
        return waiting if row is None else int(row[0]) + waiting

    def entries(self, after: EntryNumber, limit: int) -> Sequence[Entry]:
        """Return the first entries with numbers above ``after``."""
        return self._entries.all(_AFTER, after, limit)

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
        """Add what was posted to the balances."""
        if not self._waiting:
            return
        added: defaultdict[tuple[str, str], int] = defaultdict(int)
        for account, currency, units in self._waiting:
            added[account, currency] += units
        self._waiting = []
        for (account, currency), units in sorted(added.items()):
            self._session.change(_ADD, account, currency, units)
