"""What waits for the manager: quarantine, suspense, disputes, claims, and what failed outside (spec A1, A7, A8)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from brokerage.headings import CASES
from brokerage.house import House
from brokerage.money import Amount, minor_units
from brokerage.pages import Listing
from brokerage.ports import Transaction
from brokerage.records.cases import Case, CaseKind
from brokerage.records.deals import Deal
from brokerage.records.events import Role
from brokerage.records.numbers import CaseNumber, DealNumber
from brokerage.records.statements import Statement
from brokerage.services.inputs import choice, page_size, position, text

__all__ = ["DealCases"]

_Result = TypeVar("_Result")


class DealCases:
    """Where the manager works on what went wrong. What it shows is not for members.

    Get it as the office's ``cases``.
    """

    def __init__(self, house: House) -> None:
        self._house = house

    def open(
        self, kind: CaseKind | None = None, *, after: CaseNumber | None = None, size: int | None = None
    ) -> Listing[Case]:
        """Return a page of the cases that wait, which shows itself as a table; the oldest first. O(log n + page).

        Args:
            kind: only those of a kind; ``None``: all.
            after: the number of the last case that was read, ``None`` to begin.
            size: how many, 10 as the policy says.

        Raises:
            InvalidChoice: an argument is not of the right kind or range.
        """
        if kind is not None:
            choice(kind, "kind", CaseKind)
        length, start = (
            page_size(size, self._house.policy),
            CaseNumber(position(0 if after is None else after, "after")),
        )
        return Listing(self._house.store.read(lambda tx: tx.cases.open_ones(kind, start, length)), CASES)

    def of_deal(self, deal: DealNumber) -> Listing[Case]:
        """Return the cases about a deal, also closed ones; raises ``UnknownDeal`` if there is no such deal."""
        work = self._house.casework
        return Listing(self._house.store.read(lambda tx: tx.cases.of_deal(work.deal(tx, deal).number)), CASES)

    def statements(self, deal: DealNumber) -> Sequence[Statement]:
        """Return what the parties of a dispute said, in order; raises ``UnknownDeal`` if there is no such deal."""
        work = self._house.casework
        return self._house.store.read(lambda tx: tx.statements.of_deal(work.deal(tx, deal).number))

    def refund(self, deal: DealNumber, amount: Amount | None = None) -> Deal:
        """Decide a dispute for the buyer: refund in full, or a part (spec A8).

        A part is borne by seller and broker in proportion to the selling price and the commission, and the rest is
        paid out. What the seller was paid early and has to give back is claimed from him.

        Args:
            deal: the deal's number; it is in dispute.
            amount: the part, an amount of the deal's currency; ``None``: everything, of delivered goods without the
                carriage.

        Returns:
            The deal as it then is.

        Raises:
            UnknownDeal: there is no such deal.
            WrongStep: it is in no dispute, or that was decided.
            InvalidAmount: the part is nothing, or not less than a refund in full.
        """

        def step(tx: Transaction, found: Deal, now: datetime) -> Deal:
            settlement = self._house.settlement
            if amount is None:
                return settlement.decide(tx, found, False, Role.OFFICE, "the manager", now)
            return settlement.refund_part(tx, found, minor_units(amount, found.currency, "amount"), now)

        return self._decide(deal, step)

    def release(self, deal: DealNumber) -> Deal:
        """Decide a dispute for the seller: everyone is paid out, and the deal is completed (spec A8).

        Args:
            deal: the deal's number; it is in dispute.

        Returns:
            The deal as it then is.

        Raises:
            UnknownDeal: there is no such deal.
            WrongStep: it is in no dispute, or that was decided.
        """
        return self._decide(
            deal,
            lambda tx, found, now: self._house.settlement.decide(tx, found, True, Role.OFFICE, "the manager", now),
        )

    def take_again(self, case: CaseNumber) -> str:
        """Take a notice out of quarantine if it can be believed by now (spec A7).

        Args:
            case: the number of its case.

        Returns:
            In a few words what became of it; while it cannot be believed, the case stays open.

        Raises:
            UnknownCase: no notice waits under that number.
        """
        return self._work(lambda tx, now: self._house.casework.take_again(tx, case, now))

    def dismiss(self, case: CaseNumber, why: str) -> Case:
        """Close a case without doing more: a notice not to be believed, an order that was declined, a tender in vain.

        Args:
            case: the case's number.
            why: the reason, up to 200 characters as the policy says; it is kept.

        Raises:
            UnknownCase: no such case waits, or money in it has to go somewhere.
            InvalidText: the reason is blank or too long.
        """
        reason = text(why, "why", self._house.policy.name_length)
        return self._work(lambda tx, now: self._house.casework.dismiss(tx, case, reason, now))

    def repeat(self, case: CaseNumber) -> Case:
        """Try again what was declined outside: a payout, a refund, a carrier's order.

        A payout goes into the payee's account as it is by now.

        Args:
            case: the case's number.

        Raises:
            UnknownCase: no such case waits, or an answer is still awaited.
        """
        return self._work(lambda tx, now: self._house.casework.repeat(tx, case, now))

    def assign(self, case: CaseNumber, deal: DealNumber) -> Case:
        """Give money in suspense to the deal that it was paid for (spec A1).

        It is taken as a payment of now: what the deal does not need is sent back.

        Args:
            case: the case's number.
            deal: the deal's number.

        Raises:
            UnknownCase: no money waits under that number.
            UnknownDeal: there is no such deal.
            InvalidChoice: the deal is in another currency.
        """
        return self._work(lambda tx, now: self._house.casework.assign(tx, case, deal, now))

    def send_back(self, case: CaseNumber) -> Case:
        """Send money in suspense back to where it came from.

        Args:
            case: the case's number.

        Raises:
            UnknownCase: no money waits under that number.
        """
        return self._work(lambda tx, now: self._house.casework.send_back(tx, case, now))

    def pay_claim(self, case: CaseNumber, claim: CaseNumber) -> Case:
        """Use money in suspense to pay what a party owes, as far as it goes; what is over stays in suspense.

        Args:
            case: the number of the money's case.
            claim: the number of the claim's case.

        Returns:
            The case of the claim, closed if it is paid.

        Raises:
            UnknownCase: no money waits under the one number, or no claim under the other.
            InvalidChoice: they are in different currencies.
        """
        return self._work(lambda tx, now: self._house.casework.pay_claim(tx, case, claim, now))

    def write_off(self, case: CaseNumber, why: str) -> Case:
        """Let the broker bear what nobody will pay, or keep what nobody can be paid: its revenue changes by it.

        Args:
            case: the number of a claim, of money that went out without being known of, or of a payout that failed and
                whose payee was forgotten.
            why: the reason, up to 200 characters as the policy says; it is kept.

        Raises:
            UnknownCase: no such case waits.
            InvalidText: the reason is blank or too long.
        """
        reason = text(why, "why", self._house.policy.name_length)
        return self._work(lambda tx, now: self._house.casework.write_off(tx, case, reason, now))

    def _decide(self, number: object, step: Callable[[Transaction, Deal, datetime], Deal]) -> Deal:
        """Take a step of a deal, after what its deadline asks for; return the deal as it is after it."""
        house = self._house
        done = house.take_step(lambda tx: house.casework.deal(tx, number), step)
        return house.store.read(lambda tx: house.casework.deal(tx, done))

    def _work(self, work: Callable[[Transaction, datetime], _Result]) -> _Result:
        house, now = self._house, self._house.clock.now()
        return house.commit(lambda tx: work(tx, now))
