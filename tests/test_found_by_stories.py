"""What simulated stories found, each as a test of its own."""

import pytest

from brokerage import Card, DeliveryStep, Money
from brokerage.adapters.memory import PretendCardHouse
from brokerage.errors import UnknownCase
from brokerage.policy import PayoutOn
from brokerage.ports import Answer
from brokerage.records.deals import DealState
from brokerage.records.effects import Capture
from brokerage.records.ledger import REVENUE
from builders import immediate, trade, world


class DecliningHouse(PretendCardHouse):
    """A clearing house that holds money and then does not let it be taken."""

    def capture(self, key: str, task: Capture) -> Answer:
        """Say no."""
        return self.temper.answer(key, lambda: Answer(False, "not today"))


def test_a_card_whose_capture_is_declined_is_let_go_of() -> None:
    """What is held on a card is free again when it cannot be taken, so that the buyer can pay otherwise."""
    cards = DecliningHouse(cards={"token": 100_00})
    made = trade(world(cards=cards), Card("token"))
    assert (made.fact.state, cards.held, cards.cards) == (DealState.AGREED, {}, {"token": 100_00})


def test_nobody_is_paid_into_the_account_of_a_pseudonym() -> None:
    """A payout that came back after its payee was forgotten is not sent anywhere: the broker can only keep it."""
    place = world()
    place.broker.office.members.add_reason("moved", "moving away")
    made = trade(place)
    made.transfer("92.00")
    place.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="c-1")
    made.bob.confirm(made.number)
    made.ann.account.withdraw("moved")
    place.broker.office.members.forget(made.ann.number)
    place.broker.advise_bounce(f"payout:{made.number}:0", amount="88.00", currency="USD", notice="b-1")

    cases = place.broker.office.cases
    [bounced] = cases.open()
    cases.repeat(bounced.number)
    [declined] = cases.open()
    assert (declined.reason, len(place.bank.paid)) == ("payout declined: the payee was forgotten", 1)
    cases.write_off(declined.number, "nobody is there to be paid")
    assert list(cases.open()) == []
    assert place.broker.office.balance(REVENUE, "USD") == Money(-92_00, "USD")


def test_a_payout_that_can_be_made_is_not_kept() -> None:
    """The broker may keep only what nobody can be paid."""
    place = world()
    made = trade(place)
    made.transfer("92.00")
    place.broker.advise_delivery(made.number, DeliveryStep.DELIVERED, notice="c-1")
    made.bob.confirm(made.number)
    place.broker.advise_bounce(f"payout:{made.number}:0", amount="88.00", currency="USD", notice="b-1")
    [bounced] = place.broker.office.cases.open()
    with pytest.raises(UnknownCase):
        place.broker.office.cases.write_off(bounced.number, "it is ours")


def test_no_payment_goes_back_twice_where_another_is_charged_back() -> None:
    """What a part refund sent back of a payment is not sent back again when the card is charged back after it."""
    place = world(immediate(payout_on=PayoutOn.ORDER))
    made = trade(place)
    place.cards.cards["token"] = 10_00
    made.transfer("81.00", "n-1")
    made.transfer("1.00", "n-2")
    made.bob.pay(made.number, Card("token"))
    made.bob.claims.dispute(made.number, "it is not what was said")
    place.broker.office.cases.refund(made.number, "11.00")
    place.broker.advise_bounce(f"payout:{made.number}:0", amount="88.00", currency="USD", notice="b-1")
    [captured] = place.cards.captured
    place.broker.advise_chargeback(captured.authorisation, amount="10.00", currency="USD", notice="c-1")
    assert made.fact.state is DealState.CHARGED_BACK
    assert [(refund.payment[1], refund.units) for refund in place.bank.refunded] == [("n-2", 1_00), ("n-1", 67_48)]
