"""A few facts for the tests of the SQL store's ground, and what they come to."""

from datetime import UTC, datetime
from typing import Any

from brokerage.adapters.sql import SqlStore
from brokerage.ports import Series, Store, Transaction
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.ledger import BANK, REVENUE, Entry, Posting
from brokerage.records.members import Person
from brokerage.records.numbers import EntryNumber, PersonNumber

__all__ = ["NOW", "driver", "kept", "post"]

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def post(tx: Transaction, units: int = 5) -> int:
    """Keep a person, an entry and an event, all of one number; return it."""
    number = tx.numbers.next(Series.ENTRY)
    tx.persons.add(Person(PersonNumber(number)))
    entry = Entry(EntryNumber(number), NOW, None, "fee", (Posting(BANK, "USD", units), Posting(REVENUE, "USD", -units)))
    tx.ledger.add(entry)
    tx.journal.append(Event(NOW, Role.BROKER, EventKind.ENTRY_POSTED, entry))
    return number


def kept(store: Store) -> tuple[int, int, int]:
    """Return how many entries and events are kept, and the balance of the bank: each ``post`` adds (1, 1, 5)."""

    def counted(tx: Transaction) -> tuple[int, int, int]:
        entries = tx.ledger.entries(EntryNumber(0), 1000)
        assert all(tx.persons.get(PersonNumber(entry.number)) is not None for entry in entries)
        return len(entries), len(tx.journal.read(0, 1000)), tx.ledger.balance(BANK, "USD")

    return store.read(counted)


def driver(store: SqlStore) -> Any:
    """Return the driver's connection of a store that has one only and is at rest."""
    with store._engine.connect() as connection:
        return connection.connection.driver_connection
