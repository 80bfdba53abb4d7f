"""The ledger in memory: entries in order, and what they leave on each account."""

from collections.abc import Sequence

from sortedcontainers import SortedDict

from brokerage.adapters.memory.session import Session
from brokerage.errors import DuplicateFact
from brokerage.records.ledger import Account, Entry
from brokerage.records.numbers import EntryNumber

__all__ = ["MemoryLedger"]


class MemoryLedger:
    """Entries by number, and the balance of each account, kept with every entry."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._entries: SortedDict[EntryNumber, Entry] = SortedDict()
        self._balances: dict[tuple[Account, str], int] = {}

    def add(self, fact: Entry) -> None:
        """Keep a new entry; raises ``DuplicateFact`` if its number is taken. O(log n)."""
        self._session.write()
        if fact.number in self._entries:
            raise DuplicateFact(fact.number)
        self._entries[fact.number] = fact
        self._post(fact, 1)
        self._session.to_undo(self._remove, fact)

    def balance(self, account: Account, currency: str) -> int:
        """Return the sum of an account's postings in a currency, in minor units. O(1)."""
        with self._session.lock:
            return self._balances.get((account, currency), 0)

    def entries(self, after: EntryNumber, limit: int) -> Sequence[Entry]:
        """Return up to ``limit`` entries with a number above ``after``, by number."""
        with self._session.lock:
            numbers = self._entries.irange(after, inclusive=(False, True))
            return [self._entries[number] for _, number in zip(range(limit), numbers, strict=False)]

    def _remove(self, entry: Entry) -> None:
        del self._entries[entry.number]
        self._post(entry, -1)

    def _post(self, entry: Entry, sign: int) -> None:
        for posting in entry.postings:
            key = (posting.account, posting.currency)
            self._balances[key] = self._balances.get(key, 0) + sign * posting.units
