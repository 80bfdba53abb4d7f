"""What simulated stories found, each as a test of its own."""

import pytest

from brokerage import Card, DeliveryStep, Money
from brokerage.adapters.memory import PretendCardHouse
from brokerage.errors import UnknownCase
from brokerage.ports import Answer
from brokerage.records.deals import DealState
from brokerage.records.effects import Capture
from brokerage.records.ledger import REVENUE
from builders import trade, world


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
