"""The master file of reasons for withdrawal, which counts how often each was given (spec K2, M3)."""

from datetime import datetime

from attrs import frozen

from brokerage.accounts import ReasonView, reason_view
from brokerage.errors import ReasonExists, UnknownReason
from brokerage.headings import REASONS, WITHDRAWAL_REASONS
from brokerage.pages import Listing
from brokerage.policy import Policy
from brokerage.ports import Transaction
from brokerage.records.categories import category_key
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.versions import next_version
from brokerage.records.withdrawals import DORMANT, WithdrawalReason, dormant_reason
from brokerage.services.inputs import text

__all__ = ["Reasons"]


@frozen
class Reasons:
    """Adds, corrects and deletes reasons. Codes that differ at most by case or compatibility form are one."""

    policy: Policy

    def add(self, tx: Transaction, code: str, words: str, now: datetime) -> WithdrawalReason:
        """Add a reason, or offer a deleted one again with its count.

        Raises:
            InvalidText: a text is blank or too long.
            ReasonExists: the code is taken, or the broker's own.
        """
        reason = WithdrawalReason(self._key(code), code, text(words, "text", self.policy.name_length))
        known = tx.reasons.get(reason.key)
        if reason.key == DORMANT or (known is not None and known.is_offered):
            raise ReasonExists(code)
        if known is None:
            tx.reasons.add(reason)
        else:
            reason = next_version(known, text=reason.text, is_offered=True)
            tx.reasons.replace(known, reason)
        tx.journal.append(Event(now, Role.OFFICE, EventKind.REASON_ADDED, reason))
        return reason

    def correct(self, tx: Transaction, code: str, words: str, now: datetime) -> WithdrawalReason:
        """Correct the text of a reason.

        Raises:
            InvalidText: a text is blank or too long.
            UnknownReason: there is no such reason.
        """
        reason = self._find(tx, code)
        new = next_version(reason, text=text(words, "text", self.policy.name_length))
        tx.reasons.replace(reason, new)
        tx.journal.append(Event(now, Role.OFFICE, EventKind.REASON_CORRECTED, new))
        return new

    def delete(self, tx: Transaction, code: str, now: datetime) -> None:
        """Delete a reason; one that was given before is offered no more, and keeps its place in the analysis.

        Raises:
            UnknownReason: there is no such reason.
        """
        reason = self._find(tx, code)
        if not reason.is_offered:
            raise UnknownReason(code)
        if reason.withdrawals:
            gone = next_version(reason, is_offered=False)
            tx.reasons.replace(reason, gone)
        else:
            gone = reason
            tx.reasons.remove(reason)
        tx.journal.append(Event(now, Role.OFFICE, EventKind.REASON_DELETED, gone))

    def all(self, tx: Transaction) -> Listing[WithdrawalReason]:
        """Return every reason with how many left for it. O(number of reasons): running counts, no scan."""
        return Listing(tx.reasons.all(), WITHDRAWAL_REASONS)

    def choices(self, tx: Transaction) -> Listing[ReasonView]:
        """Return the reasons that a member may give."""
        return Listing([reason_view(reason) for reason in tx.reasons.all() if reason.is_offered], REASONS)

    def offered(self, tx: Transaction, code: object) -> WithdrawalReason:
        """Return a reason that a member may give; raises :class:`UnknownReason` for any other."""
        reason = self._find(tx, code)
        if not reason.is_offered:
            raise UnknownReason(code)
        return reason

    def dormant(self, tx: Transaction) -> WithdrawalReason:
        """Return the broker's own reason."""
        reason = tx.reasons.get(DORMANT)
        if reason is None:
            reason = dormant_reason()
            tx.reasons.add(reason)
        return reason

    def give(self, tx: Transaction, reason: WithdrawalReason, now: datetime) -> WithdrawalReason:
        """Count that somebody left for a reason."""
        new = next_version(reason, withdrawals=reason.withdrawals + 1)
        tx.reasons.replace(reason, new)
        tx.journal.append(Event(now, Role.BROKER, EventKind.REASON_GIVEN, new))
        return new

    def _key(self, code: object) -> str:
        return category_key(text(code, "reason", self.policy.name_length))

    def _find(self, tx: Transaction, code: object) -> WithdrawalReason:
        reason = tx.reasons.get(self._key(code))
        if reason is None:
            raise UnknownReason(code)
        return reason
