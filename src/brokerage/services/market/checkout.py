"""Deciding and paying, with the clearing house asked outside any unit of work (spec S4)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import InvalidChoice, NotPayable, UnknownDeal, UnknownMember
from brokerage.ports import Store, Transaction
from brokerage.records.deals import Deal, DealState
from brokerage.records.numbers import BoxNumber
from brokerage.services.market.decisions import AccountCharge, BankTransfer, Card, Decision, Decisions, PayBy
from brokerage.services.market.reading import own_deal
from brokerage.services.settlement import CardPayments, Payments
from brokerage.services.settlement.attempts import is_being_paid

__all__ = ["Checkout"]


@frozen
class Checkout:
    """Where a buyer decides and pays."""

    store: Store
    decisions: Decisions
    payments: Payments
    cards: CardPayments

    def decide(self, box: BoxNumber, decision: Decision, mark: str, now: datetime, request_id: str | None) -> Deal:
        """Decide, paying in the way that the decision names.

        Raises:
            NotAllowed: as :meth:`Decisions.candidate` says; also ``PaymentDeclined``.
            NoAnswer: the clearing house did not answer; there is no deal, and whatever it held is let go.
        """
        pay_by = _way_to_pay(decision.pay_by)
        if isinstance(pay_by, Card):
            return self._decide_by_card(box, decision, pay_by, mark, now, request_id)

        def work(tx: Transaction) -> Deal:
            repeated = self.decisions.repeated(tx, box, decision, request_id)
            if repeated is not None:
                return repeated
            deal = self.decisions.decide(tx, box, decision, mark, now, request_id)
            if isinstance(pay_by, AccountCharge) and deal.owed:
                return self._charge(tx, box, deal, now)
            return deal

        return self.store.run(work)

    def pay(self, box: BoxNumber, number: object, pay_by: PayBy, mark: str, now: datetime) -> Deal:
        """Pay what a deal still costs, later than the decision; while an attempt is under way nothing is done.

        Raises:
            UnknownDeal: the member has bought nothing under that number.
            NotPayable: the deal is not waiting for a payment.
            PaymentDeclined: the card or the account said no.
        """
        pay_by = _way_to_pay(pay_by)
        if isinstance(pay_by, Card):
            return self._pay_by_card(box, number, pay_by, mark, now)

        def work(tx: Transaction) -> Deal:
            deal = self._payable(tx, box, number, now)
            charges = isinstance(pay_by, AccountCharge) and not is_being_paid(tx, deal)
            return self._charge(tx, box, deal, now) if charges else deal

        return self.store.run(work)

    def _decide_by_card(
        self, box: BoxNumber, decision: Decision, card: Card, mark: str, now: datetime, request_id: str | None
    ) -> Deal:
        def look(tx: Transaction) -> Deal | tuple[int, str]:
            repeated = self.decisions.repeated(tx, box, decision, request_id)
            if repeated is not None:
                return repeated
            purchase, candidate = self.decisions.candidate(tx, box, decision, now)
            return candidate.total, purchase.currency

        seen = self.store.read(look)
        if isinstance(seen, Deal):
            return seen
        key = f"decide:{box}:{mark}"

        def work(tx: Transaction) -> Deal:
            repeated = self.decisions.repeated(tx, box, decision, request_id)
            if repeated is not None:  # the same request was faster
                self.cards.drop(tx, key, now)
                return repeated
            deal = self.decisions.decide(tx, box, decision, mark, now, request_id)
            return self.cards.use(tx, key, deal, now) if deal.owed else deal

        if not seen[0]:
            return self.store.run(work)
        return self.cards.with_authorisation(key, box, card.token, *seen, now, work)

    def _pay_by_card(self, box: BoxNumber, number: object, card: Card, mark: str, now: datetime) -> Deal:
        deal = self.store.read(lambda tx: self._unpaid(tx, box, number, now))
        if isinstance(deal, Deal):
            return deal
        key = f"pay:{box}:{mark}"

        def work(tx: Transaction) -> Deal:
            current = self._payable(tx, box, number, now)
            if is_being_paid(tx, current):  # another attempt was faster
                self.cards.drop(tx, key, now)
                return current
            return self.cards.use(tx, key, current, now)

        return self.cards.with_authorisation(key, box, card.token, *deal, now, work)

    def _unpaid(self, tx: Transaction, box: BoxNumber, number: object, now: datetime) -> Deal | tuple[int, str]:
        """Return what is still to pay, or the deal as it is while an attempt is under way."""
        deal = self._payable(tx, box, number, now)
        return deal if is_being_paid(tx, deal) else (deal.owed - deal.received, deal.currency)

    def _payable(self, tx: Transaction, box: BoxNumber, number: object, now: datetime) -> Deal:
        deal = own_deal(tx, box, number)
        if deal.buyer != box:
            raise UnknownDeal(number)
        if deal.state is not DealState.AGREED or deal.deadline is None or deal.deadline < now:
            raise NotPayable(number)
        return deal

    def _charge(self, tx: Transaction, box: BoxNumber, deal: Deal, now: datetime) -> Deal:
        member = tx.members.get(box)
        if member is None:
            raise UnknownMember(box)
        return self.payments.charge(tx, deal, member, now)


def _way_to_pay(pay_by: object) -> PayBy:
    if isinstance(pay_by, BankTransfer | Card | AccountCharge):
        return pay_by
    raise InvalidChoice("pay_by", pay_by, "a way to pay", "pass BankTransfer(), Card(token) or AccountCharge()")
