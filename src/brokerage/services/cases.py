"""Cases are opened when something has to wait for the manager, and closed with what became of it (spec A1, A7, A8)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import UnknownCase
from brokerage.mails import case_opened
from brokerage.policy import Policy
from brokerage.ports import Series, Transaction
from brokerage.records.cases import Case, CaseKind, closed
from brokerage.records.effects import Effect
from brokerage.records.events import Event, EventKind, Role
from brokerage.records.ledger import Debtor
from brokerage.records.notices import Notice
from brokerage.records.numbers import CaseNumber, DealNumber
from brokerage.services.effects import send
from brokerage.services.inputs import whole_number

__all__ = ["Cases"]


@frozen
class Cases:
    """Opens and closes cases, and tells the manager of new ones where the policy says to whom."""

    policy: Policy

    def open(
        self,
        tx: Transaction,
        now: datetime,
        kind: CaseKind,
        reason: str,
        *,
        deal: DealNumber | None = None,
        notice: Notice | None = None,
        effect: str | None = None,
        debtor: Debtor | None = None,
        units: int = 0,
        currency: str = "",
    ) -> Case:
        """Open a case; the arguments are its fields."""
        number = CaseNumber(tx.numbers.next(Series.CASE))
        case = Case(number, kind, now, reason, deal, notice, effect, debtor, units, currency)
        tx.cases.add(case)
        tx.journal.append(Event(now, Role.BROKER, EventKind.CASE_OPENED, case))
        if self.policy.manager_email is not None:
            send(tx, f"mail:case:{number}", case_opened(case), now)
        return case

    def change(self, tx: Transaction, case: Case, new: Case, by: Role, now: datetime) -> Case:
        """Put a case in the place of its former self."""
        tx.cases.replace(case, new)
        kind = EventKind.CASE_CHANGED if new.closed_at is None else EventKind.CASE_CLOSED
        tx.journal.append(Event(now, by, kind, new))
        return new

    def close(self, tx: Transaction, case: Case, outcome: str, by: Role, now: datetime) -> Case:
        """Close a case with what became of it."""
        return self.change(tx, case, closed(case, now, outcome), by, now)

    def close_of_deal(
        self, tx: Transaction, deal: DealNumber, kind: CaseKind, outcome: str, now: datetime, key: str | None = None
    ) -> None:
        """Close the open cases of a deal and a kind; with a key, only those about the effect of that key."""
        for case in tx.cases.of_deal(deal):
            if case.closed_at is None and case.kind is kind and key in (None, case.effect):
                self.close(tx, case, outcome, Role.BROKER, now)

    def find(self, tx: Transaction, number: object, *kinds: CaseKind, field: str = "case") -> Case:
        """Return an open case of one of some kinds; ``field`` is what its number was given as.

        Raises:
            UnknownCase: there is none under that number, it is closed, or it is of another kind.
        """
        found = whole_number(number)
        case = None if found is None else tx.cases.get(CaseNumber(found))
        if case is None or case.closed_at is not None or case.kind not in kinds:
            raise UnknownCase(number, field)
        return case

    def unanswered(self, tx: Transaction, effect: Effect, now: datetime) -> CaseNumber | None:
        """Open a case for an effect that was tried in vain often enough; return its number once there is one."""
        if effect.case is not None or effect.attempts + 1 < self.policy.tries_before_case:
            return effect.case
        reason = f"no answer after {effect.attempts + 1} tries"
        deal = getattr(effect.task, "deal", None)
        return self.open(tx, now, CaseKind.EFFECT, reason, deal=deal, effect=effect.key).number

    def answered(self, tx: Transaction, effect: Effect, now: datetime) -> None:
        """Close the case of an effect that has got its answer after all."""
        case = None if effect.case is None else tx.cases.get(effect.case)
        if case is not None and case.closed_at is None:
            self.close(tx, case, "answered", Role.BROKER, now)
