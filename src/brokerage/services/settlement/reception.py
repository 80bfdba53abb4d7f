"""Notices are taken once each; those that cannot be believed wait in quarantine for the manager (spec A1, A7)."""

from collections.abc import Callable
from datetime import datetime

from attrs import asdict, frozen

from brokerage.errors import InvalidText
from brokerage.ports import Transaction
from brokerage.records.cases import Case, CaseKind
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.notices import Notice, ReceivedNotice
from brokerage.services.cases import Cases
from brokerage.texts import can_be_kept

__all__ = ["Believed", "Doubt", "Reception"]


@frozen
class Doubt:
    """Why a notice cannot be believed."""

    reason: str


Believed = Callable[[], str | Doubt]
"""Does what a notice asks for and says in a few words what became of it; or changes nothing and says why not."""

_SECOND = Doubt("another notice came under this id before")


@frozen
class Reception:
    """Keeps every notice with what became of it, each once, whatever it says."""

    cases: Cases

    def take(self, tx: Transaction, notice: Notice, now: datetime, believe: Believed) -> str:
        """Take a notice; return in a few words what became of it, the same however often it comes.

        Another notice under an id that came before is never believed by itself.

        Raises:
            InvalidText: one of its texts cannot be kept.
        """
        _check_texts(notice)
        received = ReceivedNotice(notice, now, "")
        while (known := tx.inbox.get(received.key)) is not None:
            if known.notice == notice:
                return known.result
            received = ReceivedNotice(notice, now, "", received.place + 1)
        result = believe() if received.place == 0 else _SECOND
        if isinstance(result, Doubt):
            self._quarantine(tx, notice, result.reason, now)
            result = f"not believed: {result.reason}"
        kept = ReceivedNotice(notice, now, result, received.place)
        tx.inbox.add(kept)
        tx.journal.append(Event(now, Role.OUTSIDE, EventKind.NOTICE_RECEIVED, kept))
        return result

    def take_again(self, tx: Transaction, case: Case, now: datetime, believe: Believed) -> str:
        """Take a notice out of quarantine if it can be believed by now; return what became of it."""
        result = believe()
        if isinstance(result, Doubt):
            return f"not believed: {result.reason}"
        self.cases.close(tx, case, result, Role.OFFICE, now)
        return result

    def _quarantine(self, tx: Transaction, notice: Notice, reason: str, now: datetime) -> None:
        deal = getattr(notice, "deal", None)
        known = None if deal is None or tx.deals.get(deal) is None else deal
        self.cases.open(tx, now, CaseKind.QUARANTINE, reason, deal=known, notice=notice)


def _check_texts(notice: Notice) -> None:
    for name, value in asdict(notice, recurse=False).items():
        if isinstance(value, str) and not can_be_kept(value):
            raise InvalidText(name, value, "text without NUL and lone surrogates", "report it without them")
