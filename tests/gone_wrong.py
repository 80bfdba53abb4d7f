"""Everything that can go wrong with the money of a deal, each as a short story on a world of its own.

Every story is about a deal at 88.00 for Ann, who sells, and 92.00 for Bob, who buys; the broker's commission is 4.00.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from brokerage import AccountCharge, Card, DeliveryStep
from brokerage.adapters.memory.gateways import Mood
from brokerage.errors import NoAnswer, PaymentDeclined
from brokerage.policy import PayoutOn
from brokerage.records.notices import PaymentNotice
from brokerage.records.numbers import CaseNumber
from builders import DAY, Trade, World, immediate, trade, world

__all__ = ["STORIES", "Story"]

Story = Callable[[], Trade]
STORIES: dict[str, Story] = {}
"""Every story by its name, which is the first cell of its row in the documents."""

CARD = Card("token")
ONE = CaseNumber(1)
HOUR = timedelta(hours=1)


def _story(name: str) -> Callable[[Story], Story]:
    def keep(story: Story) -> Story:
        STORIES[name] = story
        return story

    return keep


def paid(place: World | None = None) -> Trade:
    """A deal that is paid by transfer."""
    made = trade(world() if place is None else place)
    made.transfer("92.00")
    return made


def carried(made: Trade, *steps: DeliveryStep) -> Trade:
    """The carrier reports some steps."""
    for step in steps:
        made.world.broker.advise_delivery(made.number, step, notice=step.value)
    return made


def delivered(place: World | None = None) -> Trade:
    """A deal whose goods are being inspected."""
    return carried(paid(place), DeliveryStep.COLLECTED, DeliveryStep.DELIVERED)


def completed(place: World | None = None) -> Trade:
    """A deal that ended well."""
    made = delivered(place)
    made.bob.confirm(made.number)
    return made


def early() -> World:
    """A broker that pays sellers when the goods are collected."""
    return world(immediate(payout_on=PayoutOn.COLLECTION))


def by_card(place: World | None = None) -> Trade:
    """A deal paid by card."""
    return trade(world() if place is None else place, CARD)


# payments (A1)


@_story("paid in two parts")
def _() -> Trade:
    made = trade(world())
    made.transfer("50.00", "n-1")
    made.transfer("42.00", "n-2")
    return made


@_story("paid too much")
def _() -> Trade:
    made = trade(world())
    made.transfer("95.00")
    return made


@_story("paid too little until the deadline")
def _() -> Trade:
    made = trade(world())
    made.transfer("50.00")
    made.world.wait(7 * DAY)
    return made


@_story("not paid until the deadline")
def _() -> Trade:
    made = trade(world())
    made.world.wait(7 * DAY)
    return made


@_story("paid after the deal has lapsed")
def _() -> Trade:
    made = trade(world())
    made.world.wait(7 * DAY)
    made.transfer("92.00")
    return made


@_story("paid again after the end")
def _() -> Trade:
    made = completed()
    made.transfer("92.00", "n-2")
    return made


@_story("paid under an unknown reference")
def _() -> Trade:
    made = trade(world())
    made.transfer("92.00", reference="nobody's")
    return made


@_story("paid in another currency")
def _() -> Trade:
    made = trade(world())
    made.transfer("92.00", currency="EUR")
    return made


@_story("money in suspense turns out to be for the deal")
def _() -> Trade:
    made = trade(world())
    made.transfer("92.00", reference="nobody's")
    made.world.broker.office.cases.assign(ONE, made.number)
    return made


@_story("money in suspense is nobody's")
def _() -> Trade:
    made = trade(world())
    made.transfer("92.00", reference="nobody's")
    made.world.broker.office.cases.send_back(ONE)
    return made


@_story("the bank reports a payment twice")
def _() -> Trade:
    made = paid()
    made.transfer("92.00")
    return made


@_story("the bank reports another payment under the same id")
def _() -> Trade:
    made = paid()
    made.transfer("90.00")
    return made


@_story("the bank reports what is no amount")
def _() -> Trade:
    made = trade(world())
    odd = PaymentNotice("bank", "odd", made.deal.reference, -5, "USD")
    made.world.bank._notices["odd"] = odd
    made.world.broker.run_due()
    return made


# cards and charged accounts (S4)


def declining(place: World, by: Card | AccountCharge, error: type[Exception]) -> Trade:
    """A deal by transfer that a buyer then tries to pay otherwise."""
    made = trade(place)
    with pytest.raises(error):
        made.bob.pay(made.number, by)
    return made


@_story("the card is declined")
def _() -> Trade:
    return declining(world(), Card("unknown"), PaymentDeclined)


@_story("no answer whether the card is good")
def _() -> Trade:
    place = world()
    place.cards.cards["token"] = 1_000_000
    place.cards.temper.expect(Mood.SLOW)
    return declining(place, CARD, NoAnswer)


@_story("no answer whether the card was charged")
def _() -> Trade:
    place = world()
    place.cards.temper.expect(Mood.WELL, Mood.SLOW, Mood.LOST, Mood.FAILING)
    made = by_card(place)
    for _ in range(4):
        place.wait(HOUR)
    return made


@_story("the card is good and yet not charged")
def _() -> Trade:
    place = world()
    place.cards.cards["token"] = 1_000_000
    place.cards.temper.expect(Mood.WELL, Mood.LOST)
    made = by_card(place)
    place.cards.held.clear()
    place.wait(HOUR)
    return made


@_story("the card is charged after the deal has lapsed")
def _() -> Trade:
    place = world(immediate(retry=8 * DAY, longest_retry=8 * DAY))
    place.cards.temper.expect(Mood.WELL, Mood.SLOW)
    made = by_card(place)
    place.wait(7 * DAY)
    place.wait(DAY)
    return made


@_story("the account has not enough in it")
def _() -> Trade:
    place = world()
    place.accounts.accounts["A-1"] = 5
    made = trade(place)
    made.bob.account.allow_charging("A-1")
    made.bob.pay(made.number, AccountCharge())
    return made


# payouts and refunds (A3, A7)


@_story("no answer whether the seller was paid")
def _() -> Trade:
    place = world(immediate(tries_before_case=3))
    made = delivered(place)
    place.bank.temper.expect(Mood.SLOW, Mood.LOST, Mood.LOST, Mood.LOST)
    made.bob.confirm(made.number)
    for _ in range(3):
        place.wait(HOUR)
    return made


def declining_bank(made: Trade) -> Trade:
    """The bank is going to say no to one payout or refund."""
    made.world.bank.temper.expect(Mood.DECLINING)
    return made


@_story("the payout is declined")
def _() -> Trade:
    made = declining_bank(delivered())
    made.bob.confirm(made.number)
    return made


@_story("the payout is declined, and then repeated")
def _() -> Trade:
    made = declining_bank(delivered())
    made.bob.confirm(made.number)
    made.world.broker.office.cases.repeat(ONE)
    return made


@_story("the payout comes back")
def _() -> Trade:
    made = completed()
    made.world.bank.bounce("payout:1:0", 8800, "USD")
    made.world.broker.run_due()
    return made


@_story("the payout comes back, and is repeated")
def _() -> Trade:
    made = completed()
    made.world.bank.bounce("payout:1:0", 8800, "USD")
    made.world.broker.run_due()
    made.world.broker.office.cases.repeat(ONE)
    return made


@_story("a payout comes back that was never made")
def _() -> Trade:
    made = paid()
    made.world.bank.bounce("payout:1:0", 8800, "USD")
    made.world.broker.run_due()
    return made


@_story("the refund is declined, and then repeated")
def _() -> Trade:
    made = declining_bank(trade(world()))
    made.transfer("95.00")
    made.world.broker.office.cases.repeat(ONE)
    return made


# goods (A2, A9)


@_story("the goods are not collected in time")
def _() -> Trade:
    made = paid()
    made.world.wait(14 * DAY)
    return made


@_story("the services are not performed in time")
def _() -> Trade:
    made = trade(world(), category="services")
    made.transfer("92.00")
    made.world.wait(14 * DAY)
    return made


@_story("the goods are lost")
def _() -> Trade:
    return carried(paid(), DeliveryStep.COLLECTED, DeliveryStep.LOST)


@_story("the goods are lost after an early payout")
def _() -> Trade:
    return carried(paid(early()), DeliveryStep.COLLECTED, DeliveryStep.LOST)


@_story("the goods are refused at the door")
def _() -> Trade:
    return carried(paid(), DeliveryStep.COLLECTED, DeliveryStep.REFUSED)


@_story("the goods are not delivered in time, and both are silent")
def _() -> Trade:
    made = carried(paid(), DeliveryStep.COLLECTED)
    made.world.wait(30 * DAY)
    made.world.wait(7 * DAY)
    return made


@_story("the goods are sent back")
def _() -> Trade:
    made = delivered()
    made.bob.claims.send_back(made.number)
    return made


@_story("the goods are returned")
def _() -> Trade:
    made = delivered()
    made.bob.claims.send_back(made.number)
    return carried(made, DeliveryStep.RETURNED)


@_story("the goods are returned after an early payout")
def _() -> Trade:
    made = delivered(early())
    made.bob.claims.send_back(made.number)
    return carried(made, DeliveryStep.RETURNED)


@_story("the return does not arrive in time, and both are silent")
def _() -> Trade:
    made = delivered()
    made.bob.claims.send_back(made.number)
    made.world.wait(14 * DAY)
    made.world.wait(7 * DAY)
    return made


# both sides, disputes (A8, A9)


@_story("both call it off before it is paid")
def _() -> Trade:
    made = trade(world())
    made.transfer("50.00")
    made.ann.claims.call_off(made.number)
    made.bob.claims.call_off(made.number)
    return made


@_story("both call it off after it is paid")
def _() -> Trade:
    made = paid()
    made.bob.claims.call_off(made.number)
    made.ann.claims.call_off(made.number)
    return made


@_story("both call it off after an early payout")
def _() -> Trade:
    made = paid(world(immediate(payout_on=PayoutOn.ORDER)))
    made.bob.claims.call_off(made.number)
    made.ann.claims.call_off(made.number)
    return made


def disputed(made: Trade, *speakers: str) -> Trade:
    """Some say what they have to say; the first begins the dispute."""
    desks = {"ann": made.ann, "bob": made.bob}
    for at, name in enumerate(speakers):
        claims = desks[name].claims
        (claims.answer if at else claims.dispute)(made.number, f"{name} says so")
    return made


@_story("disputed, and the seller is silent")
def _() -> Trade:
    made = disputed(delivered(), "bob")
    made.world.wait(7 * DAY)
    return made


@_story("disputed, and the buyer is silent")
def _() -> Trade:
    made = disputed(delivered(), "ann")
    made.world.wait(7 * DAY)
    return made


@_story("disputed undelivered, and nobody decides")
def _() -> Trade:
    made = disputed(carried(paid(), DeliveryStep.COLLECTED), "bob", "ann")
    made.world.wait(30 * DAY)
    return made


@_story("disputed when delivered, and nobody decides")
def _() -> Trade:
    made = disputed(delivered(), "bob", "ann")
    made.world.wait(30 * DAY)
    return made


@_story("the manager refunds in full")
def _() -> Trade:
    made = disputed(delivered(), "bob", "ann")
    made.world.broker.office.cases.refund(made.number)
    return made


@_story("the manager refunds a quarter")
def _() -> Trade:
    made = disputed(delivered(), "bob", "ann")
    made.world.broker.office.cases.refund(made.number, "23.00")
    return made


@_story("the manager refunds a quarter after an early payout")
def _() -> Trade:
    made = disputed(delivered(early()), "bob", "ann")
    made.world.broker.office.cases.refund(made.number, "23.00")
    return made


@_story("the manager releases")
def _() -> Trade:
    made = disputed(delivered(), "bob", "ann")
    made.world.broker.office.cases.release(made.number)
    return made


# chargebacks and claims (A8)


def charged_back(made: Trade) -> Trade:
    """The clearing house takes everything back."""
    key = made.fact.attempts[-1].removeprefix("capture:") if made.fact.attempts else "unknown"
    made.world.cards.charge_back(key, 9200, "USD")
    made.world.broker.run_due()
    return made


@_story("charged back before any payout")
def _() -> Trade:
    return charged_back(carried(by_card(), DeliveryStep.COLLECTED))


def completed_by_card() -> Trade:
    """A deal paid by card that ended well."""
    made = carried(by_card(), DeliveryStep.COLLECTED, DeliveryStep.DELIVERED)
    made.bob.confirm(made.number)
    return made


@_story("charged back after the payout")
def _() -> Trade:
    return charged_back(completed_by_card())


@_story("charged back after a refund")
def _() -> Trade:
    made = by_card()
    made.world.wait(14 * DAY)
    return charged_back(made)


@_story("charged back what was never captured")
def _() -> Trade:
    return charged_back(paid())


@_story("the seller pays what he owes")
def _() -> Trade:
    made = charged_back(completed_by_card())
    made.transfer("88.00", reference="what I owe")
    made.world.broker.office.cases.pay_claim(CaseNumber(2), ONE)
    return made


@_story("nobody will pay the claim")
def _() -> Trade:
    made = charged_back(completed_by_card())
    made.world.broker.office.cases.write_off(ONE, "gone abroad")
    return made


@_story("a payout comes back from a seller who owes as much")
def _() -> Trade:
    made = charged_back(completed_by_card())
    made.world.bank.bounce("payout:1:0", 8800, "USD")
    made.world.broker.run_due()
    return made
