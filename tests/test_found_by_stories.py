"""What simulated stories found, each as a test of its own."""

from brokerage import Card
from brokerage.adapters.memory import PretendCardHouse
from brokerage.ports import Answer
from brokerage.records.deals import DealState
from brokerage.records.effects import Capture
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
