"""What can go wrong with goods, between both sides, and after the payout, each as a short story."""

from appointed import Fees
from brokerage import DeliveryStep
from brokerage.policy import PayoutOn
from brokerage.records.numbers import CaseNumber
from builders import DAY, Trade, immediate, trade, world
from deals_under_way import (
    by_card,
    carried,
    charged_back,
    completed_by_card,
    delivered,
    disputed,
    early,
    paid,
)
from gone_wrong_money import STORIES, Story, story_called

__all__ = ["STORIES", "Story"]

ONE = CaseNumber(1)


# goods (A2, A9)


@story_called("the goods are not collected in time")
def _() -> Trade:
    made = paid()
    made.world.wait(14 * DAY)
    return made


@story_called("the services are not performed in time")
def _() -> Trade:
    made = trade(world(), category="services")
    made.transfer("92.00")
    made.world.wait(14 * DAY)
    return made


@story_called("the goods are lost")
def _() -> Trade:
    return carried(paid(), DeliveryStep.COLLECTED, DeliveryStep.LOST)


@story_called("the goods are lost after an early payout")
def _() -> Trade:
    return carried(paid(early()), DeliveryStep.COLLECTED, DeliveryStep.LOST)


@story_called("the goods are refused at the door")
def _() -> Trade:
    return carried(paid(), DeliveryStep.COLLECTED, DeliveryStep.REFUSED)


@story_called("the goods are not delivered in time, and both are silent")
def _() -> Trade:
    made = carried(paid(), DeliveryStep.COLLECTED)
    made.world.wait(30 * DAY)
    made.world.wait(7 * DAY)
    return made


@story_called("the goods are sent back")
def _() -> Trade:
    made = delivered()
    made.bob.claims.send_back(made.number)
    return made


@story_called("the goods are returned")
def _() -> Trade:
    made = delivered()
    made.bob.claims.send_back(made.number)
    return carried(made, DeliveryStep.RETURNED)


@story_called("the goods are returned, and carriage and a payment fee were paid")
def _() -> Trade:
    made = Fees().delivered()
    made.bob.claims.send_back(made.number)
    return carried(made, DeliveryStep.RETURNED)


@story_called("the goods are returned after an early payout")
def _() -> Trade:
    made = delivered(early())
    made.bob.claims.send_back(made.number)
    return carried(made, DeliveryStep.RETURNED)


@story_called("the return does not arrive in time, and both are silent")
def _() -> Trade:
    made = delivered()
    made.bob.claims.send_back(made.number)
    made.world.wait(14 * DAY)
    made.world.wait(7 * DAY)
    return made


# both sides, disputes (A8, A9)


@story_called("both call it off before it is paid")
def _() -> Trade:
    made = trade(world())
    made.transfer("50.00")
    made.ann.claims.call_off(made.number)
    made.bob.claims.call_off(made.number)
    return made


@story_called("both call it off after it is paid")
def _() -> Trade:
    made = paid()
    made.bob.claims.call_off(made.number)
    made.ann.claims.call_off(made.number)
    return made


@story_called("both call it off after an early payout")
def _() -> Trade:
    made = paid(world(immediate(payout_on=PayoutOn.ORDER)))
    made.bob.claims.call_off(made.number)
    made.ann.claims.call_off(made.number)
    return made


@story_called("disputed, and the seller is silent")
def _() -> Trade:
    made = disputed(delivered(), "bob")
    made.world.wait(7 * DAY)
    return made


@story_called("disputed, and the buyer is silent")
def _() -> Trade:
    made = disputed(delivered(), "ann")
    made.world.wait(7 * DAY)
    return made


@story_called("disputed undelivered, and nobody decides")
def _() -> Trade:
    made = disputed(carried(paid(), DeliveryStep.COLLECTED), "bob", "ann")
    made.world.wait(30 * DAY)
    return made


@story_called("disputed when delivered, and nobody decides")
def _() -> Trade:
    made = disputed(delivered(), "bob", "ann")
    made.world.wait(30 * DAY)
    return made


@story_called("the manager refunds in full")
def _() -> Trade:
    made = disputed(delivered(), "bob", "ann")
    made.world.broker.office.cases.refund(made.number)
    return made


@story_called("the manager refunds a quarter")
def _() -> Trade:
    made = disputed(delivered(), "bob", "ann")
    made.world.broker.office.cases.refund(made.number, "23.00")
    return made


@story_called("the manager refunds more than the price of what was not delivered")
def _() -> Trade:
    made = Fees().made()
    made.transfer("101.00")
    disputed(made, "bob", "ann")
    made.world.broker.office.cases.refund(made.number, "96.50")
    return made


@story_called("the manager refunds a quarter after an early payout")
def _() -> Trade:
    made = disputed(delivered(early()), "bob", "ann")
    made.world.broker.office.cases.refund(made.number, "23.00")
    return made


@story_called("the manager releases")
def _() -> Trade:
    made = disputed(delivered(), "bob", "ann")
    made.world.broker.office.cases.release(made.number)
    return made


# chargebacks and claims (A8)


@story_called("charged back before any payout")
def _() -> Trade:
    return charged_back(carried(by_card(), DeliveryStep.COLLECTED))


@story_called("charged back after the payout")
def _() -> Trade:
    return charged_back(completed_by_card())


@story_called("charged back after a refund")
def _() -> Trade:
    made = by_card()
    made.world.wait(14 * DAY)
    return charged_back(made)


@story_called("charged back what was never captured")
def _() -> Trade:
    return charged_back(paid())


@story_called("the seller pays what he owes")
def _() -> Trade:
    made = charged_back(completed_by_card())
    made.transfer("88.00", reference="what I owe")
    made.world.broker.office.cases.pay_claim(CaseNumber(2), ONE)
    return made


@story_called("nobody will pay the claim")
def _() -> Trade:
    made = charged_back(completed_by_card())
    made.world.broker.office.cases.write_off(ONE, "gone abroad")
    return made


@story_called("a payout comes back from a seller who owes as much")
def _() -> Trade:
    made = charged_back(completed_by_card())
    made.world.bank.bounce("payout:1:0", 8800, "USD")
    made.world.broker.run_due()
    return made
