"""What the SQL store says to its database, on a tape: recorded while the engine works, played by the bare driver."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from attrs import define, field

from brokerage.adapters.sql.sessions import _FEW, Session
from brokerage.adapters.sql.statements import Query

__all__ = ["Tape", "play", "recorded"]

_Entry = tuple[str, Any]


@define
class Tape:
    """Statements in their order, each with its arguments, or with the rows that it inserts.

    ``entries`` holds (text, arguments); of inserts of many rows, ``rows`` holds the rows under the entry's place, and
    the text is the driver's statement, or the beginning of a ``COPY``.
    """

    entries: list[_Entry] = field(factory=list)
    rows: dict[int, Sequence[tuple[Any, ...]]] = field(factory=dict)

    def inserts(self) -> "Tape":
        """Return what inserts many rows, and what begins and commits around it."""
        kept, begun = Tape(), 0
        for place, (text, arguments) in enumerate(self.entries):
            if place in self.rows:
                kept.rows[len(kept.entries)] = self.rows[place]
            elif text.startswith("BEGIN"):
                begun = len(kept.entries)
            elif text == "ROLLBACK" or (text == "COMMIT" and begun == len(kept.entries) - 1):
                del kept.entries[begun:]
                continue
            elif text != "COMMIT":
                continue
            kept.entries.append((text, arguments))
        return kept

    def count(self) -> int:
        """Return how many rows are inserted that way."""
        return sum(len(rows) for rows in self.rows.values())


@contextmanager
def recorded() -> Iterator[Callable[[], Tape]]:
    """Record what every session of this process says; the function that is given takes the tape out."""
    tape = Tape()
    kept = {name: getattr(Session, name) for name in ("_execute", "insert_all", "commit", "roll_back")}

    def execute(self: Session, text: str, arguments: Sequence[Any]) -> Any:
        tape.entries.append((text, arguments))
        return kept["_execute"](self, text, arguments)

    def insert_all(self: Session, query: Query, rows: Sequence[tuple[Any, ...]]) -> None:
        tape.rows[len(tape.entries)] = rows
        copied = not self.backend.is_sqlite and len(rows) > _FEW
        tape.entries.append((self.copying(query) if copied else self.backend.compiled(query).text, None))
        kept["insert_all"](self, query, rows)

    def commit(self: Session) -> None:
        kept["commit"](self)
        tape.entries.append(("COMMIT", ()))

    def roll_back(self: Session) -> bool:
        if self._is_open:
            tape.entries.append(("ROLLBACK", ()))
        return bool(kept["roll_back"](self))

    def taken() -> Tape:
        made = Tape(list(tape.entries), dict(tape.rows))
        tape.entries.clear()
        tape.rows.clear()
        return made

    for name, method in (
        ("_execute", execute),
        ("insert_all", insert_all),
        ("commit", commit),
        ("roll_back", roll_back),
    ):
        setattr(Session, name, method)
    try:
        yield taken
    finally:
        for name, method in kept.items():
            setattr(Session, name, method)


def play(tape: Tape, connection: Any) -> None:
    """Say the same to a database as the bare driver does it, and read every answer."""
    execute = connection.execute
    for place, (text, arguments) in enumerate(tape.entries):
        rows = tape.rows.get(place)
        if rows is None:
            answer = execute(text, arguments)
            if answer.description is not None:
                answer.fetchall()
        elif text.startswith("COPY"):
            with connection.cursor().copy(text) as copying:
                for row in rows:
                    copying.write_row(row)
        elif hasattr(connection, "executemany"):
            connection.executemany(text, rows)
        else:
            connection.cursor().executemany(text, rows)
