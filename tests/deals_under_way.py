"""Deals on their way, at 88.00 for Ann, who sells, and 92.00 for Bob, who buys."""

from brokerage import Card, DeliveryStep
from brokerage.policy import PayoutOn
from builders import Trade, World, immediate, trade, world

__all__ = [
    "CARD",
    "by_card",
    "carried",
    "charged_back",
    "completed",
    "completed_by_card",
    "delivered",
    "disputed",
    "early",
    "paid",
]

CARD = Card("token")


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


def disputed(made: Trade, *speakers: str) -> Trade:
    """Some say what they have to say; the first begins the dispute."""
    desks = {"ann": made.ann, "bob": made.bob}
    for at, name in enumerate(speakers):
        claims = desks[name].claims
        (claims.answer if at else claims.dispute)(made.number, f"{name} says so")
    return made


def charged_back(made: Trade) -> Trade:
    """The clearing house takes everything back."""
    key = made.fact.attempts[-1].removeprefix("capture:") if made.fact.attempts else "unknown"
    made.world.cards.charge_back(key, 9200, "USD")
    made.world.broker.run_due()
    return made


def completed_by_card() -> Trade:
    """A deal paid by card that ended well."""
    made = carried(by_card(), DeliveryStep.COLLECTED, DeliveryStep.DELIVERED)
    made.bob.confirm(made.number)
    return made
