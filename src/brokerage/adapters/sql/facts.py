"""Collections of facts in a table: kept by key, and replaced by comparison of versions."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Generic, TypeVar

from brokerage.adapters.sql.failures import Collision
from brokerage.adapters.sql.sessions import Session
from brokerage.adapters.sql.statements import Query
from brokerage.adapters.sql.tables import FactTable, ListTable
from brokerage.errors import DuplicateFact

__all__ = ["SqlFacts"]

_Key = TypeVar("_Key")
_Fact = TypeVar("_Fact")


class SqlFacts(Generic[_Key, _Fact]):
    """Facts of one kind; whatever the port asks beyond their keys is for the collection that holds this one."""

    def __init__(self, session: Session, table: FactTable) -> None:
        self._session = session
        self._table = table
        self._codec = session.backend.codec(table.shape)
        self._more = tuple(table.more.values())

    def add(self, fact: _Fact) -> None:
        """Keep a new fact; raises ``DuplicateFact`` if its key is taken, or whatever else there is once only."""
        row = self.row(fact)
        if self._session.change(self._table.insert, *row) == 0:
            key = self._key(row)
            raise DuplicateFact(key if len(key) > 1 else key[0])
        for part, listed in zip(self._table.lists, self._codec.lists(fact), strict=True):
            self._insert(part, self._key(row), 0, listed)

    def add_all(self, facts: Sequence[_Fact], beside: Query | None = None, values: tuple[Any, ...] = ()) -> None:
        """Keep many new facts at once: as ``add`` of each, but all or none are kept.

        Args:
            facts: new ones, without lists.
            beside: what inserts them with columns beside their own, and ``values`` for these.
        """
        rows = [self.row(fact) + values for fact in facts]
        with self._session.savepoint():
            self._session.insert_all(beside or self._table.insert_all, rows)

    def get(self, key: _Key) -> _Fact | None:
        """Return the fact of a key."""
        return self.one(self._table.get, *(key if isinstance(key, tuple) else (key,)))

    def replace(self, old: _Fact, new: _Fact) -> None:
        """Put ``new`` in the place of ``old``; raises ``Conflict`` unless the stored version is ``old``'s."""
        before, after = self.row(old), self.row(new)
        changed = tuple([at for at, (was, now) in enumerate(zip(before, after, strict=True)) if not _same(was, now)])
        statement = self._session.backend.update(self._table, changed or (0,))
        values = [after[at] for at in changed or (0,)]
        if self._session.change(statement, *values, *self._compared(before)) == 0:
            raise Collision(type(old).__name__, self._key(before))
        if self._table.lists:
            self._replace_lists(old, new, self._key(before))

    def remove(self, old: _Fact) -> None:
        """Remove a fact; raises ``Conflict`` unless the stored version is ``old``'s."""
        row = self.row(old)
        if self._session.change(self._table.delete, *self._compared(row)) == 0:
            raise Collision(type(old).__name__, self._key(row))

    def check(self, fact: _Fact) -> None:
        """Raise ``Conflict`` unless the stored version is the given one's, and stays so until the commit."""
        row = self.row(fact)
        if self._session.row(self._table.check, *self._compared(row)) is None:
            raise Collision(type(fact).__name__, self._key(row))

    def one(self, query: Query, *arguments: Any) -> _Fact | None:
        """Return the first fact that a query finds."""
        row = self._session.row(query, *arguments)
        if row is None:
            return None
        if not self._table.lists:
            return self._read(row)
        key = [row[at] for at in self._table.key_places]
        return self._read(row, [self._listed(part, key) for part in self._table.lists])

    def all(self, query: Query, *arguments: Any) -> list[_Fact]:
        """Return the facts that a query finds."""
        rows = self._session.rows(query, *arguments)
        if not self._table.lists or not rows:
            return [self._read(row) for row in rows]
        if len(self._table.key) > 1:
            keys = [[row[at] for at in self._table.key_places] for row in rows]
            lists = [[self._listed(part, key) for part in self._table.lists] for key in keys]
        else:
            place = self._table.key_places[0]
            owners = [row[place] for row in rows]
            listed = [self._listed_of_many(part, owners) for part in self._table.lists]
            lists = [[each.get(owner, ()) for each in listed] for owner in owners]
        return [self._read(row, each) for row, each in zip(rows, lists, strict=True)]

    def read(self, rows: Iterable[Any]) -> Iterable[_Fact]:
        """Read rows one by one, of facts without lists."""
        return map(self._codec.read, rows)

    def row(self, fact: _Fact) -> tuple[Any, ...]:
        """Return a fact's row."""
        row = self._codec.write(fact)
        return (*row, *[of(fact) for of in self._more]) if self._more else row

    def _read(self, *parts: Any) -> _Fact:
        fact: _Fact = self._codec.read(*parts)
        return fact

    def _key(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple([row[at] for at in self._table.key_places])

    def _compared(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple([row[at] for at in self._table.compared_places])

    def _insert(self, part: ListTable, key: tuple[Any, ...], first: int, listed: Sequence[Any]) -> None:
        if listed:
            write = self._session.backend.codec(part.parts.shape).write
            rows = [(*key, place, *write(each)) for place, each in enumerate(listed, start=first)]
            self._session.insert_all(part.insert, rows)

    def _replace_lists(self, old: _Fact, new: _Fact, key: tuple[Any, ...]) -> None:
        for part, was, now in zip(self._table.lists, self._codec.lists(old), self._codec.lists(new), strict=True):
            kept = len(was) if now[: len(was)] == was else 0
            if kept == 0 and was:
                self._session.change(part.delete, *key)
            self._insert(part, key, kept, now[kept:])

    def _listed(self, part: ListTable, key: Sequence[Any]) -> tuple[Any, ...]:
        read, width = self._session.backend.codec(part.parts.shape).read, len(part.owner) + 1
        return tuple([read(row[width:]) for row in self._session.rows(part.of_one, *key)])

    def _listed_of_many(self, part: ListTable, owners: list[Any]) -> Mapping[Any, tuple[Any, ...]]:
        read = self._session.backend.codec(part.parts.shape).read
        found: dict[Any, list[Any]] = {}
        keys: Any = str(owners) if self._session.backend.is_sqlite else owners
        for row in self._session.rows(part.of_many, keys):
            found.setdefault(row[0], []).append(read(row[2:]))
        return {owner: tuple(listed) for owner, listed in found.items()}


def _same(was: Any, now: Any) -> bool:
    """Say whether two values of a column are written alike: 0.1 and 0.10 are not."""
    return was == now and (type(was) is not Decimal or str(was) == str(now))
