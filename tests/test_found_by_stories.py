"""What simulated stories found, each as a test of its own."""

import pytest

from brokerage import Card, DeliveryStep, Money
from brokerage.adapters.memory import PretendCardHouse
from brokerage.errors import UnknownCase
from brokerage.policy import Carriage, PayoutOn
from brokerage.ports import Answer
from brokerage.records.deals import DealState
from brokerage.records.effects import Capture
from brokerage.records.events import EventKind
from brokerage.records.ledger import REVENUE
from brokerage.records.reservations import ReservationState
from builders import DAY, START, balance, immediate, trade, world
from orders_under_way import BIDDING, fair


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


def test_what_the_broker_bore_is_its_own_when_it_comes_back() -> None:
    """A claim is written off, then the payout that it was about bounces: nothing of that is the buyer's."""
    place = world(immediate(payout_on=PayoutOn.ORDER))
    made = trade(place, Card("token"))
    made.ann.claims.dispute(made.number, "it is not what was said")
    cases = place.broker.office.cases
    cases.refund(made.number, "11.00")
    [claim] = cases.open()
    cases.write_off(claim.number, "nobody will pay")
    place.broker.advise_bounce(f"payout:{made.number}:0", amount="88.00", currency="USD", notice="b-1")
    [captured] = place.cards.captured
    place.broker.advise_chargeback(captured.authorisation, amount="92.00", currency="USD", notice="c-1")
    assert balance(place, made.number)["refunds"] == balance(place, made.number)["escrow"] == "0.00"
    assert balance(place, made.number)["bank"] == "-11.00"
    assert balance(place, made.number)["revenue"] == "0.00"


def test_the_journal_tells_what_a_buyer_is_asked_to_pay() -> None:
    """The fees of a reservation are written down when its buyer is asked: the last event has it as it is stored."""
    policy = immediate(carriage=Carriage("Post", "account of the carrier", {"USD": "5.00"}))
    place = fair(policy, bob=(3, "90.00"))
    tender = place.call()
    place.bid("sue", tender, {1: "80.00"})
    place.world.wait(BIDDING)
    place.accept("sue", tender)
    events = place.world.broker.office.events(size=100)
    told = [event.fact for _, event in events if event.kind is EventKind.RESERVATION_CHANGED]
    assert told[-1] == place.fact("bob")
    assert [fee.units for fee in place.fact("bob").fees] == [5_00]


def test_nothing_waits_for_the_next_round_that_the_removal_of_a_seller_brought_about() -> None:
    """A dormant seller is removed, whose order falls: its reservation ends in that round, as the item is released."""
    place = fair(immediate(dormant_after=10 * DAY, dormant_grace=5 * DAY))
    place.desk("sue")
    place.world.wait(10 * DAY)
    place.world.clock.set(START + 11.5 * DAY)
    place.world.broker.office.items.move_release(place.item, START + 14 * DAY)
    place.reserve("bob", 1, "90.00")
    tender = place.call()
    place.bid("sue", tender, {1: "80.00"})
    place.world.clock.set(START + 13.5 * DAY)
    order = place.accept("sue", tender)
    assert place.fact("bob").state is ReservationState.ASKED
    place.world.wait(1.5 * DAY)
    assert place.order(order).outcome == "its seller has left"
    assert place.fact("bob").state is ReservationState.CLOSED
