"""Notices are kept once each, with what became of them (spec A1, A7)."""

from datetime import datetime

from brokerage.ports import Transaction
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.notices import Notice, ReceivedNotice

__all__ = ["keep_notice", "known_notice"]


def known_notice(tx: Transaction, notice: Notice, now: datetime) -> str | None:
    """Return what became of a notice that came before, ``None`` if it is new.

    Another notice under the same id changes nothing and is kept in the journal.
    """
    fresh = ReceivedNotice(notice, now, "not believed: another notice came under this id before")
    known = tx.inbox.get(fresh.key)
    if known is None or known.notice == notice:
        return None if known is None else known.result
    tx.journal.append(Event(now, Role.OUTSIDE, EventKind.NOTICE_RECEIVED, fresh))
    return fresh.result


def keep_notice(tx: Transaction, notice: Notice, result: str, now: datetime) -> str:
    """Keep a notice with what became of it; return that."""
    kept = ReceivedNotice(notice, now, result)
    tx.inbox.add(kept)
    tx.journal.append(Event(now, Role.OUTSIDE, EventKind.NOTICE_RECEIVED, kept))
    return result
