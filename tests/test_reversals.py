"""Chargebacks and bounces at odd moments, and the claims that follow (spec A7, A8)."""

from datetime import timedelta

import pytest

from brokerage import DeliveryStep
from brokerage.adapters.memory.gateways import Mood
from brokerage.boxes import sellers_deal
from brokerage.policy import Carriage, PayoutOn
from brokerage.records.deals import DealState
from brokerage.records.ledger import SUSPENSE, Debtor, debt_of
from brokerage.records.numbers import CaseNumber
from builders import DAY, Trade, check_books, immediate, trade, world
from deals_under_way import CARD, by_card, carried, completed, completed_by_card, delivered, disputed, early

ONE, TWO = CaseNumber(1), CaseNumber(2)
FAST = Carriage("Fast", "account of Fast", {"USD": "5.00"})


def authorisation(made: Trade) -> str:
    """The key under which the deal's money was authorised."""
    return made.fact.attempts[-1].removeprefix("capture:")


def take_back(made: Trade, amount: str = "92.00", notice: str = "cb-1", currency: str = "USD") -> str:
    """Let the clearing house take money back."""
    key = authorisation(made)
    return made.world.broker.advise_chargeback(key, amount=amount, currency=currency, notice=notice)


def bounce(made: Trade, payout: str = "payout:1:0", amount: str = "88.00", notice: str = "b-1") -> str:
    """Let the bank say that a payout came back."""
    return made.world.broker.advise_bounce(payout, amount=amount, currency="USD", notice=notice)


def debts(made: Trade) -> list[int]:
    """What seller, carrier and buyer owe, in minor units."""
    office = made.world.broker.office
    return [office.balance(debt_of(debtor, made.number), "USD").units for debtor in Debtor]


def suspense(made: Trade) -> str:
    """What is in suspense."""
    return made.world.broker.office.balance(SUSPENSE, "USD").text()


def test_a_second_chargeback_of_one_payment_is_not_believed() -> None:
    """It is booked, for the money is gone, and waits in suspense; the claims stay as they were."""
    made = completed_by_card()
    take_back(made)
    before = debts(made)
    assert take_back(made, notice="cb-2") == "in suspense: more was taken back than was captured"
    assert (debts(made), suspense(made)) == (before, "92.00")
    check_books(made.world)


@pytest.mark.parametrize(("amount", "currency"), [("92.01", "USD"), ("92.00", "EUR")])
def test_a_chargeback_of_more_than_was_captured(amount: str, currency: str) -> None:
    """More than the payment, or another currency, ends no deal: what went out is in suspense."""
    made = by_card()
    assert take_back(made, amount, currency=currency) == "in suspense: more was taken back than was captured"
    assert made.fact.state is DealState.PAID
    check_books(made.world)


def test_a_chargeback_before_the_answer_waits_until_it_can_be_believed() -> None:
    """While nobody knows whether the card was charged, the notice waits; the manager takes it again later."""
    place = world()
    place.cards.temper.expect(Mood.WELL, Mood.SLOW)
    made = by_card(place)
    assert take_back(made) == "not believed: the payment has no answer yet"
    assert place.broker.office.cases.take_again(ONE) == "not believed: the payment has no answer yet"
    place.wait(timedelta(hours=1))
    assert place.broker.office.cases.take_again(ONE) == "charged back from deal 1"
    assert made.fact.state is DealState.CHARGED_BACK
    assert list(place.broker.office.cases.open()) == []
    check_books(place)


def test_a_chargeback_after_a_refund_in_part_is_owed_by_both() -> None:
    """The buyer owes what came back twice, the broker gives up its commission, the seller owes what he was paid."""
    made = carried(by_card(), DeliveryStep.COLLECTED, DeliveryStep.DELIVERED)
    disputed(made, "bob", "ann")
    made.world.broker.office.cases.refund(made.number, "23.00")
    take_back(made)
    assert debts(made) == [6600, 0, 2300]
    assert made.world.broker.office.balance(debt_of(Debtor.SELLER, made.number), "USD").text() == "66.00"
    check_books(made.world)


def test_a_chargeback_in_part_sends_the_rest_back_too() -> None:
    """The deal is over: what escrow still holds goes back by the way it came."""
    made = by_card()
    take_back(made, "30.00")
    assert [task.units for task in made.world.cards.refunded] == [6200]
    assert made.fact.refunded == 6200
    check_books(made.world)


def test_a_second_chargeback_in_part_is_the_buyers_debt() -> None:
    """What was taken back first ended the deal and sent the rest back; the rest taken back too, the buyer has twice."""
    made = by_card()
    take_back(made, "30.00")
    assert take_back(made, "62.00", "cb-2") == "charged back from deal 1"
    assert (debts(made), suspense(made)) == ([0, 0, 6200], "0.00")
    assert take_back(made, "0.01", "cb-3") == "in suspense: more was taken back than was captured"
    check_books(made.world)


def test_a_chargeback_takes_what_a_payout_left_behind() -> None:
    """A payout that failed and waits is taken back first, so the seller owes nothing for what he never got."""
    made = completed_by_card()
    bounce(made)
    take_back(made)
    assert debts(made) == [0, 0, 0]
    assert list(made.world.broker.office.cases.open()) == []
    check_books(made.world)


def test_a_refund_takes_what_a_payout_left_behind() -> None:
    """A seller whose early payout came back owes nothing when the goods are returned."""
    made = delivered(early())
    bounce(made)
    made.bob.claims.send_back(made.number)
    carried(made, DeliveryStep.RETURNED)
    assert (debts(made), sellers_deal(made.fact, None).share.units) == ([0, 0, 0], 0)
    check_books(made.world)


def test_a_bounce_before_the_answer() -> None:
    """A payout that came back before anybody knew that it was made has been made, and waits to be repeated."""
    made = delivered()
    made.world.bank.temper.expect(Mood.SLOW)
    made.bob.confirm(made.number)
    assert bounce(made) == "payout of deal 1 bounced"
    assert made.fact.state is DealState.COMPLETED
    assert made.fact.failed == (0,)
    made.world.wait(timedelta(hours=1))
    check_books(made.world)


@pytest.mark.parametrize("amount", ["88.00", "87.99"])
def test_a_payout_comes_back_once(amount: str) -> None:
    """A second return of the same payout, or one of another amount, is money that nobody knows."""
    made = completed()
    if amount == "88.00":
        bounce(made)
        made.world.broker.office.cases.repeat(ONE)
    assert bounce(made, amount=amount, notice="b-2").startswith("in suspense: ")
    assert suspense(made) == f"-{amount}"
    check_books(made.world)


def test_a_return_of_what_was_never_paid_out() -> None:
    """A payout that was declined cannot come back."""
    made = delivered()
    made.world.bank.temper.expect(Mood.DECLINING)
    made.bob.confirm(made.number)
    assert bounce(made) == "in suspense: the payout came back before"
    check_books(made.world)


def test_the_carriers_payout_is_not_set_off_against_the_sellers_debt() -> None:
    """What comes back from the carrier waits for the carrier, whatever the seller owes."""
    place = world(immediate(carriage=FAST))
    made = trade(place, CARD)
    carried(made, DeliveryStep.COLLECTED, DeliveryStep.DELIVERED)
    made.bob.confirm(made.number)
    take_back(made, "97.00")
    before = debts(made)
    assert bounce(made, "payout:1:2", "5.00") == "payout of deal 1 bounced"
    assert debts(made) == before
    assert made.fact.failed == (2,)
    check_books(place)


def test_carriage_that_was_performed_is_paid() -> None:
    """Goods that are returned were carried: the carrier gets its fee, the buyer the price back."""
    place = world(immediate(carriage=FAST))
    made = trade(place)
    made.transfer("97.00")
    carried(made, DeliveryStep.COLLECTED, DeliveryStep.DELIVERED)
    made.bob.claims.send_back(made.number)
    carried(made, DeliveryStep.RETURNED)
    assert [(paid.bank_account, paid.units) for paid in place.bank.paid] == [("account of Fast", 500)]
    assert [task.units for task in place.bank.refunded] == [9200]
    check_books(place)


def test_a_claim_is_paid_as_far_as_the_money_goes() -> None:
    """Less than is owed leaves the rest of the claim open; more than is owed leaves the rest in suspense."""
    made = completed_by_card()
    take_back(made)
    cases = made.world.broker.office.cases
    made.transfer("30.00", "t-1", reference="a part")
    assert str(cases.pay_claim(TWO, ONE).amount) == "58.00 USD"
    made.transfer("60.00", "t-2", reference="the rest")
    assert cases.pay_claim(CaseNumber(3), ONE).outcome == "paid"
    assert [str(case.amount) for case in cases.open()] == ["2.00 USD"]
    assert debts(made) == [0, 0, 0]
    check_books(made.world)


def test_a_payout_that_comes_back_pays_a_debt_as_far_as_it_goes() -> None:
    """A seller who owes a part of what came back is still owed the rest, and it waits to be paid."""
    made = disputed(delivered(early()), "bob", "ann")
    made.world.broker.office.cases.refund(made.number, "23.00")
    assert debts(made) == [2200, 0, 0]
    assert bounce(made) == "payout of deal 1 bounced"
    assert debts(made) == [0, 0, 0]
    [waits] = made.world.broker.office.cases.open()
    assert str(waits.amount) == "66.00 USD"
    made.world.broker.office.cases.repeat(waits.number)
    assert [paid.units for paid in made.world.bank.paid] == [8800, 6600]
    check_books(made.world)


def test_a_debt_above_what_comes_back_stays_in_part() -> None:
    """The seller owes the carriage too: his share sets off as much as it is, and the case says what is left."""
    made = trade(world(immediate(carriage=FAST)), CARD)
    carried(made, DeliveryStep.COLLECTED, DeliveryStep.DELIVERED)
    made.bob.confirm(made.number)
    take_back(made, "97.00")
    bounce(made)
    [claim] = made.world.broker.office.cases.open()
    assert (str(claim.amount), debts(made)) == ("5.00 USD", [500, 0, 0])
    check_books(made.world)


def test_early_payouts_are_at_most_one() -> None:
    """Paid when the carrier is ordered, the seller is not paid again when inspection is over."""
    made = completed(world(immediate(payout_on=PayoutOn.ORDER)))
    made.world.wait(3 * DAY)
    assert [paid.units for paid in made.world.bank.paid] == [8800]


def test_the_seller_is_told_of_payouts() -> None:
    """Each status that a seller reads was mailed: an early payout, its return, and the one after that."""
    place = world(immediate(payout_on=PayoutOn.ORDER))
    made = trade(place)
    made.ann.account.choose_mail(deals=True)
    made.transfer("92.00")
    bounce(made)
    place.broker.office.cases.repeat(ONE)
    told = [letter.subject.partition(": ")[2] for letter in place.mailbox.sent if letter.subject.startswith("Deal 1")]
    assert told == ["Transaction Settled", "Paid", "Transaction Settled", "Paid"]
