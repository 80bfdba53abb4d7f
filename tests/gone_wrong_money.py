"""What can go wrong with payments, cards, payouts and refunds, each as a short story on a world of its own."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from brokerage import AccountCharge, Card
from brokerage.adapters.memory.gateways import Mood
from brokerage.errors import NoAnswer, PaymentDeclined
from brokerage.records.notices import PaymentNotice
from brokerage.records.numbers import CaseNumber
from builders import DAY, Trade, World, immediate, trade, world
from deals_under_way import CARD, by_card, completed, delivered, paid

__all__ = ["STORIES", "Story", "story_called"]

Story = Callable[[], Trade]
STORIES: dict[str, Story] = {}
"""Every story by its name, which is the first cell of its row in the documents."""

ONE = CaseNumber(1)
HOUR = timedelta(hours=1)


def story_called(name: str) -> Callable[[Story], Story]:
    """Keep a story under its name."""

    def keep(story: Story) -> Story:
        STORIES[name] = story
        return story

    return keep


# payments (A1)


@story_called("paid in two parts")
def _() -> Trade:
    made = trade(world())
    made.transfer("50.00", "n-1")
    made.transfer("42.00", "n-2")
    return made


@story_called("paid too much")
def _() -> Trade:
    made = trade(world())
    made.transfer("95.00")
    return made


@story_called("paid too little until the deadline")
def _() -> Trade:
    made = trade(world())
    made.transfer("50.00")
    made.world.wait(7 * DAY)
    return made


@story_called("not paid until the deadline")
def _() -> Trade:
    made = trade(world())
    made.world.wait(7 * DAY)
    return made


@story_called("paid after the deal has lapsed")
def _() -> Trade:
    made = trade(world())
    made.world.wait(7 * DAY)
    made.transfer("92.00")
    return made


@story_called("paid again after the end")
def _() -> Trade:
    made = completed()
    made.transfer("92.00", "n-2")
    return made


@story_called("paid under an unknown reference")
def _() -> Trade:
    made = trade(world())
    made.transfer("92.00", reference="nobody's")
    return made


@story_called("paid in another currency")
def _() -> Trade:
    made = trade(world())
    made.transfer("92.00", currency="EUR")
    return made


@story_called("money in suspense turns out to be for the deal")
def _() -> Trade:
    made = trade(world())
    made.transfer("92.00", reference="nobody's")
    made.world.broker.office.cases.assign(ONE, made.number)
    return made


@story_called("money in suspense is nobody's")
def _() -> Trade:
    made = trade(world())
    made.transfer("92.00", reference="nobody's")
    made.world.broker.office.cases.send_back(ONE)
    return made


@story_called("the bank reports a payment twice")
def _() -> Trade:
    made = paid()
    made.transfer("92.00")
    return made


@story_called("the bank reports another payment under the same id")
def _() -> Trade:
    made = paid()
    made.transfer("90.00")
    return made


@story_called("the bank reports what is no amount")
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


@story_called("the card is declined")
def _() -> Trade:
    return declining(world(), Card("unknown"), PaymentDeclined)


@story_called("no answer whether the card is good")
def _() -> Trade:
    place = world()
    place.cards.cards["token"] = 1_000_000
    place.cards.temper.expect(Mood.SLOW)
    return declining(place, CARD, NoAnswer)


@story_called("no answer whether the card was charged")
def _() -> Trade:
    place = world()
    place.cards.temper.expect(Mood.WELL, Mood.SLOW, Mood.LOST, Mood.FAILING)
    made = by_card(place)
    for _ in range(4):
        place.wait(HOUR)
    return made


@story_called("the card is good and yet not charged")
def _() -> Trade:
    place = world()
    place.cards.cards["token"] = 1_000_000
    place.cards.temper.expect(Mood.WELL, Mood.LOST)
    made = by_card(place)
    place.cards.held.clear()
    place.wait(HOUR)
    return made


@story_called("the card is charged after the deal has lapsed")
def _() -> Trade:
    place = world(immediate(retry=8 * DAY, longest_retry=8 * DAY))
    place.cards.temper.expect(Mood.WELL, Mood.SLOW)
    made = by_card(place)
    place.wait(7 * DAY)
    place.wait(DAY)
    return made


@story_called("the account has not enough in it")
def _() -> Trade:
    place = world()
    place.accounts.accounts["A-1"] = 5
    made = trade(place)
    made.bob.account.allow_charging("A-1")
    made.bob.pay(made.number, AccountCharge())
    return made


# payouts and refunds (A3, A7)


@story_called("no answer whether the seller was paid")
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


@story_called("the payout is declined")
def _() -> Trade:
    made = declining_bank(delivered())
    made.bob.confirm(made.number)
    return made


@story_called("the payout is declined, and then repeated")
def _() -> Trade:
    made = declining_bank(delivered())
    made.bob.confirm(made.number)
    made.world.broker.office.cases.repeat(ONE)
    return made


@story_called("the payout comes back")
def _() -> Trade:
    made = completed()
    made.world.bank.bounce("payout:1:0", 8800, "USD")
    made.world.broker.run_due()
    return made


@story_called("the payout comes back, and is repeated")
def _() -> Trade:
    made = completed()
    made.world.bank.bounce("payout:1:0", 8800, "USD")
    made.world.broker.run_due()
    made.world.broker.office.cases.repeat(ONE)
    return made


@story_called("a payout comes back that was never made")
def _() -> Trade:
    made = paid()
    made.world.bank.bounce("payout:1:0", 8800, "USD")
    made.world.broker.run_due()
    return made


@story_called("the refund is declined, and then repeated")
def _() -> Trade:
    made = declining_bank(trade(world()))
    made.transfer("95.00")
    made.world.broker.office.cases.repeat(ONE)
    return made
