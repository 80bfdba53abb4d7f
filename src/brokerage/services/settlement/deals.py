"""How a deal is settled: paid, delivered, completed, or brought to an end in another way (spec A1–A9)."""

from datetime import datetime

from attrs import frozen

from brokerage.errors import InvalidAmount, WrongStep
from brokerage.money import Money, apportion
from brokerage.policy import PayoutOn, Policy
from brokerage.ports import Answer, Transaction
from brokerage.records.categories import Fulfilment
from brokerage.records.deals import Deal, DealState, Payment, Purpose, change
from brokerage.records.effects import CarrierOrder, CarrierRecall, Effect, PayOut
from brokerage.records.events import Actor, Event, EventKind, Role
from brokerage.records.ledger import BANK, Account, Debtor, escrow_of
from brokerage.records.numbers import BoxNumber, DealNumber
from brokerage.services.cases import Cases
from brokerage.services.effects import send
from brokerage.services.inputs import later
from brokerage.services.settlement.bookings import book_commission, book_payment
from brokerage.services.settlement.claims import claim
from brokerage.services.settlement.course import Course
from brokerage.services.settlement.disbursements import Disbursements
from brokerage.services.settlement.disputes import Disputes, is_for_seller, undecided
from brokerage.services.settlement.refunds import Refunds

__all__ = ["Settlement"]


@frozen
class Settlement:
    """Moves deals along their lifecycle, with their money."""

    policy: Policy
    course: Course
    cases: Cases
    disbursements: Disbursements
    refunds: Refunds
    disputes: Disputes

    def payment_deadline(self, now: datetime) -> datetime:
        """Return until when a deal that is agreed now has to be paid."""
        return later(now, self.policy.payment)

    def agree(self, tx: Transaction, deal: Deal, by: BoxNumber, now: datetime) -> Deal:
        """Keep a new deal; one that costs nothing is paid at once. Return it as it then is.

        Its deadline is what :meth:`payment_deadline` says.
        """
        tx.deals.add(deal)
        tx.journal.append(Event(now, by, EventKind.DEAL_AGREED, deal))
        self.course.tell(tx, deal, now)
        return self._paid(tx, deal, now) if not deal.owed else deal

    def receive(self, tx: Transaction, deal: Deal, payment: Payment, now: datetime, source: Account = BANK) -> None:
        """Book a payment for a deal: what is owed is kept, the rest is sent back.

        Nothing revives an ended deal (A1).
        """
        deal = self.overdue(tx, deal, now)
        kept = min(payment.units, deal.owed - deal.received) if deal.state is DealState.AGREED else 0
        book_payment(tx, deal, kept, payment.units - kept, now, source)
        if payment.units > kept:
            self.refunds.send(tx, deal, payment, payment.units - kept, "over", now)
        if kept:
            taken = Payment(payment.key, payment.means, kept)
            deal = self.course.put(tx, deal, change(deal, payments=(*deal.payments, taken)), Role.OUTSIDE, now)
            if deal.received == deal.owed:
                self._paid(tx, deal, now)

    def collected(self, tx: Transaction, deal: Deal, now: datetime) -> Deal:
        """Move a deal on because its goods were collected; raises ``WrongStep`` unless it is paid."""
        deadline = later(now, self.policy.delivery)
        deal = self.course.move(tx, deal, DealState.COLLECTED, Role.OUTSIDE, now, collected_at=now, deadline=deadline)
        return self._pay_seller(tx, deal, now) if self._pays_on(PayoutOn.COLLECTION) else deal

    def delivered(self, tx: Transaction, deal: Deal, by: Actor, now: datetime) -> Deal:
        """Move a deal on because it was delivered or performed: the buyer may inspect until the deadline."""
        deadline = later(now, self.policy.inspection)
        deal = self.course.move(tx, deal, DealState.DELIVERED, by, now, delivered_at=now, deadline=deadline)
        is_early = deal.fulfilment is Fulfilment.PERFORMED and not self._pays_on(PayoutOn.INSPECTION)
        return self._pay_seller(tx, deal, now) if is_early else deal

    def accept(self, tx: Transaction, deal: Deal, by: Actor, now: datetime) -> Deal:
        """End inspection or a dispute for the seller: everyone is paid, and with the last answer it is completed."""
        deal = self.course.put(tx, deal, change(deal, accepted=True, deadline=None), by, now)
        deal = self.disbursements.release(tx, deal, tuple(range(len(deal.charges))), now)
        return self._complete_if_done(tx, deal, now)

    def lapse(self, tx: Transaction, deal: Deal, now: datetime) -> Deal:
        """End a deal that was not paid in time: what came in goes back, and its origin goes on without it (A4)."""
        deal = self.refunds.of_escrow(tx, deal, deal.received, "lapse", now)
        return self.course.end(tx, deal, DealState.LAPSED, Role.BROKER, now)

    def call_off(self, tx: Transaction, deal: Deal, by: BoxNumber, now: datetime) -> Deal:
        """Keep that a party wants to call a deal off; once both do, it is cancelled and paid back (A9).

        Raises:
            WrongStep: the deal is neither agreed nor paid, or is on its way.
        """
        if deal.state not in (DealState.AGREED, DealState.PAID):
            raise WrongStep(deal.number, "called off")
        if by not in deal.wishes:
            deal = self.course.put(tx, deal, change(deal, wishes=(*deal.wishes, by)), by, now)
        if set(deal.wishes) < set(deal.parties):
            return deal
        return self.refund(tx, deal, DealState.CANCELLED, by, "called off", now)

    def send_back(self, tx: Transaction, deal: Deal, now: datetime) -> Deal:
        """Let the carrier bring back what the buyer does not keep (A9).

        Raises:
            WrongStep: the deal is in services, or its goods are not being inspected.
        """
        if deal.state is not DealState.DELIVERED or deal.accepted or deal.fulfilment is not Fulfilment.CARRIER:
            raise WrongStep(deal.number, "sent back")
        deadline = later(now, self.policy.return_time)
        deal = self.course.move(tx, deal, DealState.RETURNING, deal.buyer, now, returning_at=now, deadline=deadline)
        order = CarrierOrder(deal.number, deal.deliver_to, deal.collect_from, _carrier(deal))
        send(tx, f"return:{deal.number}", order, now)
        return deal

    def refund(
        self,
        tx: Transaction,
        deal: Deal,
        state: DealState,
        by: Actor,
        why: str,
        now: datetime,
        debtor: Debtor = Debtor.SELLER,
    ) -> Deal:
        """End a deal by giving the buyer the money back, without the fees earned if it was delivered (A8, A9).

        What escrow lacks, because payees were paid early, is claimed from the seller. Where the carrier owes it, for
        goods that it lost, the seller gets his share all the same.

        Args:
            tx: the unit of work.
            deal: which.
            state: how it ends.
            by: who ends it.
            why: in a word or two, for the case of a claim.
            now: the present instant.
            debtor: who owes what escrow lacks.
        """
        deal = self.disbursements.pull_back(tx, deal, now)
        back = full_refund(deal)
        if debtor is Debtor.CARRIER:
            deal = self.disbursements.release(tx, deal, deal.sellers_charges, now)
        if deal.delivered_at is not None:
            deal = self.disbursements.release(tx, deal, _services(deal), now)
        self._cover(tx, deal, back, debtor, why, now)
        deal = self.refunds.of_escrow(tx, deal, back, "end", now)
        if debtor is not Debtor.CARRIER:
            self.recall(tx, deal, now)
        self.disputes.decided(tx, deal, state.value, now)
        return self.course.end(tx, deal, state, by, now)

    def refund_part(self, tx: Transaction, deal: Deal, units: int, now: datetime) -> Deal:
        """Decide a dispute by giving a part back: seller and broker bear it in proportion, the rest is paid out (A8).

        Raises:
            InvalidAmount: it is not between nothing and what a refund in full would give back.
            WrongStep: the deal is not in dispute.
        """
        undecided(deal)
        most = full_refund(deal)
        if not 0 < units < most:
            limit = f"an amount between nothing and {Money(most, deal.currency)}"
            raise InvalidAmount("amount", units, limit, "refund in full, or release")
        deal = self.disbursements.pull_back(tx, deal, now)
        cuts = _cuts(deal, units)
        paid_early = sum(cuts[at] for at in deal.released)
        deal = self.course.put(tx, deal, change(deal, cuts=cuts), Role.OFFICE, now)
        claim(tx, self.cases, deal, Debtor.SELLER, paid_early, "refunded in part after an early payout", now)
        deal = self.refunds.of_escrow(tx, deal, units, "part", now)
        self.disputes.decided(tx, deal, f"{Money(units, deal.currency)} refunded", now)
        return self.accept(tx, deal, Role.OFFICE, now)

    def decide(self, tx: Transaction, deal: Deal, for_seller: bool, by: Actor, why: str, now: datetime) -> Deal:
        """Decide a dispute for one side: release the money, or refund it; raises ``WrongStep`` if there is none."""
        undecided(deal)
        if not for_seller:
            return self.refund(tx, deal, DealState.REFUNDED, by, why, now)
        self.disputes.decided(tx, deal, f"released: {why}", now)
        return self.accept(tx, deal, by, now)

    def recall(self, tx: Transaction, deal: Deal, now: datetime) -> None:
        """Tell the carrier not to go on with goods that were ordered and not delivered."""
        if deal.fulfilment is Fulfilment.CARRIER and deal.paid_at is not None and deal.delivered_at is None:
            send(tx, f"recall:{deal.number}", CarrierRecall(deal.number), now)

    def overdue(self, tx: Transaction, deal: Deal, now: datetime) -> Deal:
        """Do first what a deal's deadline asks for if it has passed and the sweep has not come by; return the deal."""
        if deal.deadline is None or deal.deadline >= now or deal.state.has_ended:
            return deal
        self.deadline(tx, deal.number, now)
        found = tx.deals.get(deal.number)
        assert found is not None
        return found

    def deadline(self, tx: Transaction, number: DealNumber, now: datetime) -> bool:
        """Do what the deadline of a deal asks for, if it has come, and say whether it had."""
        deal = tx.deals.get(number)
        if deal is None or deal.deadline is None or deal.deadline > now:
            return False
        match deal.state:
            case DealState.AGREED:
                self.lapse(tx, deal, now)
            case DealState.PAID:
                self.refund(tx, deal, DealState.REFUNDED, Role.BROKER, "not collected or performed in time", now)
            case DealState.COLLECTED:
                self.disputes.begin_by_broker(tx, deal, "not delivered in time", now)
            case DealState.DELIVERED:
                self.accept(tx, deal, Role.BROKER, now)
            case DealState.RETURNING:
                self.disputes.begin_by_broker(tx, deal, "not brought back in time", now)
            case DealState.DISPUTED:
                self.decide(tx, deal, is_for_seller(deal), Role.BROKER, "by its deadline", now)
            case _:
                deal = self.course.put(tx, deal, change(deal, deadline=None), Role.BROKER, now)
                self.course.origins[deal.origin].filed(tx, deal, now)
        return True

    def payout_answered(self, tx: Transaction, effect: Effect, answer: Answer, now: datetime) -> None:
        """Book a payout that was made; one that was declined leaves the deal waiting."""
        if isinstance(effect.task, PayOut):
            deal = self.disbursements.answered(tx, effect.task, effect.key, answer, now)
            if deal is None:
                return
            is_news = answer.approved and deal.seller_is_paid and effect.task.position in deal.sellers_charges
            if self._complete_if_done(tx, deal, now) is deal and is_news:
                self.course.tell_seller(tx, deal, now)

    def _pays_on(self, when: PayoutOn) -> bool:
        return self.policy.payout_on is when

    def _pay_seller(self, tx: Transaction, deal: Deal, now: datetime) -> Deal:
        return self.disbursements.release(tx, deal, deal.sellers_charges, now)

    def _paid(self, tx: Transaction, deal: Deal, now: datetime) -> Deal:
        deadline = later(now, self.policy.collection)
        deal = self.course.move(tx, deal, DealState.PAID, Role.OUTSIDE, now, paid_at=now, deadline=deadline)
        if deal.fulfilment is Fulfilment.CARRIER:
            order = CarrierOrder(deal.number, deal.collect_from, deal.deliver_to, _carrier(deal))
            send(tx, f"carrier:{deal.number}", order, now)
            if self._pays_on(PayoutOn.ORDER):
                return self._pay_seller(tx, deal, now)
        return deal

    def _complete_if_done(self, tx: Transaction, deal: Deal, now: datetime) -> Deal:
        is_waiting = deal.state in (DealState.DELIVERED, DealState.DISPUTED) and deal.accepted
        if not is_waiting or not set(deal.payable) <= set(deal.paid_out):
            return deal
        book_commission(tx, deal, deal.commission, now)
        return self.course.end(tx, deal, DealState.COMPLETED, Role.BROKER, now)

    def _cover(self, tx: Transaction, deal: Deal, units: int, debtor: Debtor, why: str, now: datetime) -> None:
        """Claim from a debtor what escrow lacks of an amount that has to leave it."""
        held = -tx.ledger.balance(escrow_of(deal.number), deal.currency)
        claim(tx, self.cases, deal, debtor, max(0, units - held), why, now)


def full_refund(deal: Deal) -> int:
    """Return what a buyer gets back of a deal that is refunded in full, in minor units.

    Everything that came in; of what was delivered without the carriage and the payment fee, which are earned by then.
    """
    earned = sum(deal.share(at) for at in _services(deal)) if deal.delivered_at is not None else 0
    return deal.received - earned


def _carrier(deal: Deal) -> BoxNumber | None:
    """Return the box of the member who is charged for with the carriage, if one is."""
    return next((deal.charges[at].payee.box for at in deal.charges_for(Purpose.CARRIAGE)), None)


def _services(deal: Deal) -> tuple[int, ...]:
    """Return the positions of the fees of those who carry and settle a deal: delivery earns them."""
    return deal.charges_for(Purpose.CARRIAGE, Purpose.PAYMENT_FEE)


def _cuts(deal: Deal, units: int) -> tuple[int, ...]:
    """Return what a partial refund takes from each charge: first in proportion from all but the services' fees."""
    services = set(_services(deal))
    price = [0 if at in services else charge.units for at, charge in enumerate(deal.charges)]
    fees = [charge.units if at in services else 0 for at, charge in enumerate(deal.charges)]
    of_price = min(units, sum(price))
    taken = apportion(of_price, price), apportion(units - of_price, fees)
    return tuple(one + other for one, other in zip(*taken, strict=True))
