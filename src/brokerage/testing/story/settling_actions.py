"""What happens to the deals of a story: money and goods come, and notices twice, late, out of order or never."""

from brokerage.records.categories import Fulfilment
from brokerage.records.deals import Deal, DealState
from brokerage.records.notices import DeliveryNotice, DeliveryStep, PaymentNotice
from brokerage.testing.story.world import World, pick_of, told

__all__ = ["bank_tells", "carrier_tells", "confirm", "contradict", "move_goods", "perform", "tell_all", "transfer"]

_HOW = ("exact", "exact", "exact", "exact", "short", "short", "over", "unknown", "foreign")
_FATES = ("reported", "reported", "told", "told", "kept back")
_STEPS = tuple(DeliveryStep)
_PART = 1_000_000


def _is_unpaid(deal: Deal) -> bool:
    return deal.state is DealState.AGREED


def _is_to_be_carried(deal: Deal) -> bool:
    return deal.fulfilment is Fulfilment.CARRIER and deal.state in (DealState.PAID, DealState.COLLECTED)


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
    bank.untold.append(notice)
    said = f"{units} {currency} in minor units come for deal {deal.number} ({way})"
    return f"{said}: {_advise_payment(world, notice, pick_of(_FATES, fate))}"


def bank_tells(world: World, pick: int, fate: int) -> str:
    """The bank tells of money: of what it kept back, or once more of what it told before."""
    bank = world.outside.bank
    among = bank.untold if bank.untold and pick % 3 else bank.told
    if not among:
        return "the bank has nothing to tell"
    notice = pick_of(among, pick // 3)
    return f"the bank tells of {notice.id!r}: {_advise_payment(world, notice, pick_of(_FATES[:4], fate))}"


def _advise_payment(world: World, notice: PaymentNotice, fate: str) -> str:
    bank = world.outside.bank
    if fate == "kept back":
        return "and the bank keeps it to itself"
    bank.tell(notice)
    if fate == "reported":
        bank.report(notice)
        return "the bank is going to report it"
    made = world.attempt(
        None,
        lambda: world.broker.advise_payment(
            reference=notice.reference,
            amount=notice.units,
            currency=notice.currency,
            notice=notice.id,
            source=notice.source,
        ),
    )
    if not isinstance(made, str):
        bank.report(notice)  # nobody answered, so it is told again
    return told(made)


def move_goods(world: World, pick: int, step: int, fate: int) -> str:
    """The carrier does something with the goods of a deal, or says so."""
    deal = world.deal(pick, _is_to_be_carried)
    if deal is None:
        return "there is nothing to carry"
    reports = world.outside.carrier.reports
    notice = DeliveryNotice("carrier", reports.next_id(), deal.number, pick_of(_STEPS, step))
    reports.untold.append(notice)
    said = f"the goods of deal {deal.number} are {notice.step.value}"
    return f"{said}: {_advise_delivery(world, notice, pick_of(_FATES, fate))}"


def carrier_tells(world: World, pick: int, fate: int) -> str:
    """The carrier tells what it kept back, or once more what it told before."""
    reports = world.outside.carrier.reports
    among = reports.untold if reports.untold and pick % 3 else reports.told
    if not among:
        return "the carrier has nothing to tell"
    notice = pick_of(among, pick // 3)
    return f"the carrier tells {notice.id!r}: {_advise_delivery(world, notice, pick_of(_FATES[:4], fate))}"


def contradict(world: World, pick: int, step: int) -> str:
    """The carrier says something else under an id that it used before."""
    reports = world.outside.carrier.reports
    if not reports.told:
        return "the carrier has said nothing yet"
    before = pick_of(reports.told, pick)
    notice = DeliveryNotice(before.source, before.id, before.deal, pick_of(_STEPS, step))
    made = world.attempt(
        None,
        lambda: world.broker.advise_delivery(notice.deal, notice.step, notice=notice.id, source=notice.source),
    )
    return f"the carrier says under {notice.id!r} that deal {notice.deal} is {notice.step.value}: {told(made)}"


def _advise_delivery(world: World, notice: DeliveryNotice, fate: str) -> str:
    reports = world.outside.carrier.reports
    if fate == "kept back":
        return "and the carrier says nothing"
    reports.tell(notice)
    if fate == "reported":
        reports.report(notice)
        return "the carrier is going to report it"
    made = world.attempt(
        None,
        lambda: world.broker.advise_delivery(notice.deal, notice.step, notice=notice.id, source=notice.source),
    )
    if not isinstance(made, str):
        reports.report(notice)
    return told(made)


def tell_all(world: World) -> str:
    """Bank and carrier report everything that they kept back, the latest first."""
    outside = world.outside
    for notice in reversed(tuple(outside.bank.untold)):
        outside.bank.tell(notice)
        outside.bank.report(notice)
    for step in reversed(tuple(outside.carrier.reports.untold)):
        outside.carrier.reports.tell(step)
        outside.carrier.reports.report(step)
    return "bank and carrier are going to report everything that they kept back"


def perform(world: World, pick: int, who: int) -> str:
    """A seller says that services were performed; one time in eight the buyer does."""
    deal = world.deal(pick, _is_to_be_performed)
    if deal is None:
        return "there is nothing to perform"
    desk = world.broker.desk(deal.seller if who % 8 else deal.buyer)
    made = world.attempt(desk.number, lambda: desk.performed(deal.number))
    return f"member {desk.number} says that deal {deal.number} is performed: {told(made)}"


def confirm(world: World, pick: int, who: int) -> str:
    """A buyer confirms what was delivered; one time in eight the seller does."""
    deal = world.deal(pick, _is_inspected)
    if deal is None:
        return "there is nothing to confirm"
    desk = world.broker.desk(deal.buyer if who % 8 else deal.seller)
    made = world.attempt(desk.number, lambda: desk.confirm(deal.number))
    return f"member {desk.number} confirms deal {deal.number}: {told(made)}"
