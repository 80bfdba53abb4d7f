"""Bugs that are planted into the SQL store, each in one place, to see the stories and the contracts find them."""

from collections.abc import Callable, Sequence
from typing import Any

from attrs import evolve, frozen

import brokerage.adapters.sql.facts as facts
from brokerage.adapters.sql.facts import SqlFacts
from brokerage.adapters.sql.ledger import SqlLedger
from brokerage.adapters.sql.sessions import Session
from brokerage.testing import Contract, LedgerContract, MembersContract

__all__ = ["IN_CONTRACTS", "IN_STORIES", "BugInSql"]


@frozen
class BugInSql:
    """What is replaced, and by what: ``made`` is given what stood there."""

    name: str
    owner: Any
    attribute: str
    made: Callable[[Any], Any]


def _all_but_the_last(right: Callable[..., None]) -> Callable[..., None]:
    def insert(store: object, part: object, key: object, first: int, listed: Sequence[Any]) -> None:
        right(store, part, key, first, listed[:-1] if len(listed) > 1 else listed)

    return insert


def _nothing_is_cleared(right: Callable[..., None]) -> Callable[..., None]:
    def clear(ledger: SqlLedger) -> None:
        """Keep what the last unit of work had not written."""

    return clear


def _what_was_nothing_stays(right: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda was, now: was is None or right(was, now)


def _committed_instead(right: Callable[[Session], bool]) -> Callable[[Session], bool]:
    def roll_back(session: Session) -> bool:
        if session.connection.in_transaction:
            session.connection.execute("COMMIT")
        return right(session)

    return roll_back


def _whatever_is_there(right: Callable[..., None]) -> Callable[..., None]:
    def replace(kept: SqlFacts[Any, Any], old: Any, new: Any) -> None:
        found = kept.get(tuple(kept._key(kept.row(old))))
        right(kept, old if found is None else evolve(old, version=found.version), new)

    return replace


IN_STORIES = [
    BugInSql("a row of a list is lost", SqlFacts, "_insert", _all_but_the_last),
    BugInSql("a column that held nothing is not written", facts, "_same", _what_was_nothing_stays),
    BugInSql("what failed is committed", Session, "roll_back", _committed_instead),
]
"""Found by stories: each makes what a single broker sees wrong."""

IN_CONTRACTS: list[tuple[BugInSql, type[Contract], str]] = [
    (
        BugInSql("versions are not compared", SqlFacts, "replace", _whatever_is_there),
        MembersContract,
        "test_replacing_an_old_version_is_a_conflict",
    ),
    (
        BugInSql("a balance of an undone unit of work is kept back", SqlLedger, "clear", _nothing_is_cleared),
        LedgerContract,
        "test_a_failed_work_moves_no_balance",
    ),
]
"""Found by a law of the port: only whoever is overtaken, or undone after it has posted, would notice."""
