"""What happens to the deals of a story when all goes well: money and goods come, and more or less of them."""

from brokerage.records.categories import Fulfilment
from brokerage.records.deals import Deal, DealState
from brokerage.records.notices import DeliveryNotice, DeliveryStep, PaymentNotice
from brokerage.testing.story.news import advise
from brokerage.testing.story.world import World, pick_of, told

__all__ = ["confirm", "move_goods", "perform", "transfer"]

_HOW = ("exact", "exact", "exact", "exact", "short", "short", "over", "unknown", "foreign")
_STEPS = (DeliveryStep.COLLECTED, DeliveryStep.DELIVERED) * 6 + tuple(DeliveryStep)
_STEPS_BACK = (DeliveryStep.RETURNED, DeliveryStep.RETURNED, DeliveryStep.LOST)
_PART = 1_000_000


def _is_unpaid(deal: Deal) -> bool:
    return deal.state is DealState.AGREED


def _is_to_be_carried(deal: Deal) -> bool:
    return deal.fulfilment is Fulfilment.CARRIER and deal.state in (
        DealState.PAID,
        DealState.COLLECTED,
        DealState.RETURNING,
    )


def _is_to_be_performed(deal: Deal) -> bool:
    return deal.fulfilment is Fulfilment.PERFORMED and deal.state is DealState.PAID


def _is_inspected(deal: Deal) -> bool:
    return deal.state is DealState.DELIVERED


def transfer(world: World, pick: int, how: int, fate: int) -> str:
    """Somebody transfers money to the broker: rightly, short, over, under no known reference, in another currency."""
    deal = world.deal(pick, _is_unpaid)
    if deal is None:
        return "there is nothing to pay for"
    way = pick_of(_HOW, how)
    owed = max(deal.owed - deal.received, 0)
    units = max(1000, {"short": owed - _PART, "over": owed + _PART}.get(way, owed))
    reference = "nobody knows" if way == "unknown" else deal.reference
    currency = deal.currency if way != "foreign" else "EUR"
    bank = world.outside.bank
    notice = PaymentNotice("bank", bank.next_id(), reference, units, currency)
    is_for_deal = way not in ("unknown", "foreign")
    world.outside.till.came[notice.source, notice.id] = units
    world.outside.books.move(notice, units, currency, deal.number if is_for_deal else None)
    return f"{units} {currency} in minor units come for deal {deal.number} ({way}): {advise(world, notice, fate)}"


def move_goods(world: World, pick: int, step: int, fate: int) -> str:
    """The carrier does something with the goods of a deal, or says so."""
    deal = world.deal(pick, _is_to_be_carried)
    if deal is None:
        return "there is nothing to carry"
    reports = world.outside.carrier.reports
    steps = _STEPS if deal.state is not DealState.RETURNING else _STEPS_BACK
    notice = DeliveryNotice("carrier", reports.next_id(), deal.number, pick_of(steps, step))
    return f"the goods of deal {deal.number} are {notice.step.value}: {advise(world, notice, fate)}"


def perform(world: World, pick: int, who: int) -> str:
    """A seller says that services were performed; one time in eight the buyer does."""
    deal = world.deal(pick, _is_to_be_performed)
    if deal is None:
        return "there is nothing to perform"
    box = deal.seller if who % 8 else deal.buyer
    made = world.ask(box, lambda desk: desk.performed(deal.number))
    return f"member {box} says that deal {deal.number} is performed: {told(made)}"


def confirm(world: World, pick: int, who: int) -> str:
    """A buyer confirms what was delivered; one time in eight the seller does."""
    deal = world.deal(pick, _is_inspected)
    if deal is None:
        return "there is nothing to confirm"
    box = deal.buyer if who % 8 else deal.seller
    made = world.ask(box, lambda desk: desk.confirm(deal.number))
    return f"member {box} confirms deal {deal.number}: {told(made)}"
