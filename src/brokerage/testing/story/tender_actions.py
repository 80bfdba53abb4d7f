"""What happens in a story around tenders: contractors, calls, bids, and the answers of those who are asked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from brokerage.errors import BrokerageError
from brokerage.records.contractors import Trade, zone_words
from brokerage.records.numbers import BoxNumber, ItemNumber, TenderNumber
from brokerage.records.tenders import ItemSupply, Tender, TenderState
from brokerage.testing.story.world import CODES, CURRENCIES, JUDGES, ZONES, Death, World, pick_of, told

__all__ = [
    "accept",
    "bid",
    "call_service",
    "call_supply",
    "enlist",
    "look_in_file",
    "refuse",
    "take_back",
    "withdraw_bid",
]

_SERVICES = Trade.CARRIER, Trade.PROVIDER
_TIMES = tuple(timedelta(hours=hours) for hours in (24, 48, 48, 96, 3))
_ANSWERS = None, timedelta(days=1), timedelta(days=5)
_TERMS = tuple(timedelta(days=days) for days in (90, 30, 60))
_DELIVERIES = (10, 30, 30, 25, 3)
_FIXED, _EACH, _RATES = (250, 730, 1210), (0, 10, 40), ("0", "0", "0.01")
_VALID = (None, None, None, timedelta(hours=2), timedelta(days=3))


def enlist(world: World, who: int, trade: int, how: int) -> str:
    """The manager registers a carrier or a payment provider, or one time in eight takes one out."""
    office, chosen = world.broker.office.contractors, pick_of(_SERVICES, trade)
    known = [box for box, kept in world.chronicle.agreements.contractors if kept is chosen]
    if how % 8 == 7 and known:
        gone = pick_of(known, who)
        made = world.attempt(None, lambda: office.remove(gone, chosen))
        return f"the manager takes {chosen.value} {gone} out: {told(made)}"
    box = world.member(who)
    made = world.attempt(None, lambda: office.register(box, chosen))
    return f"the manager registers member {box} as a {chosen.value}: {told(made)}"


def call_supply(world: World, pick: int, until: int, sealed: int, judge: int, invited: int) -> str:
    """The manager calls sellers to bid for what is reserved of an item, mostly of one that is reserved."""
    agreements = world.chronicle.agreements
    called = {_item(agreements.tenders[number]) for number in agreements.under_way}
    wanted = dict.fromkeys(agreements.reservations[number].item for number in agreements.live)
    among = [number for number in wanted if number not in called]
    if not among and pick % 8:
        return "there is nothing to call for"
    item = agreements.items[pick_of(among, pick // 8)] if pick % 8 else world.item(pick)
    number, ends = ItemNumber(1) if item is None else item.number, world.clock.now() + pick_of(_TIMES, until)
    boxes, name = _invited(world, invited), pick_of(JUDGES, judge)
    answer = pick_of(_ANSWERS, until // 5)
    made = world.attempt(
        None,
        lambda: world.broker.office.tenders.call_supply(
            number, bids_until=ends, invited=boxes, sealed=bool(sealed % 2), judge=name, answer=answer
        ),
    )
    return f"the manager calls for {'sealed ' if sealed % 2 else ''}bids on item {number} ({name}): {_called(made)}"


def call_service(world: World, trade: int, category: int, currency: int, until: int, how: int) -> str:
    """The manager calls carriers or payment providers to bid for standing terms."""
    chosen, code, money = pick_of(_SERVICES, trade), pick_of(CODES, category), pick_of(CURRENCIES, currency)
    now = world.clock.now()
    if trade % 8 > 1 and chosen not in (kept for _, kept in world.chronicle.agreements.contractors):
        return f"there is no {chosen.value} to call"
    zone = pick_of(ZONES, how) if world.policy.zoning is not None else ""
    since = now + pick_of(_TIMES, how // 2) if how % 3 else None
    made = world.attempt(
        None,
        lambda: world.broker.office.tenders.call_service(
            chosen,
            code,
            currency=money,
            since=since,
            until=now + pick_of(_TERMS, until // 5),
            amount=5_000_000,
            bids_until=now + pick_of(_TIMES, until),
            zone=zone,
            sealed=bool(how % 2),
            answer=pick_of(_ANSWERS, how // 4),
        ),
    )
    return f"the manager calls a {chosen.value} for {code} in {money} ({zone_words(zone)}): {_called(made)}"


def take_back(world: World, pick: int) -> str:
    """The manager takes a call back."""
    tender = world.tender(pick, lambda one: one.state is TenderState.CALLED)
    if tender is None:
        return "there is no call to take back"
    made = world.attempt(None, lambda: world.broker.office.tenders.take_back(tender.number))
    return f"the manager takes tender {tender.number} back: {_called(made)}"


def look_in_file(world: World, pick: int) -> str:
    """The manager looks into a tender: an onlooker sees that a sealed one shows no bid."""
    tender = world.tender(pick, lambda one: one.sealed and one.state is TenderState.CALLED)
    if tender is None:
        return "there is no tender to look at"
    made = world.attempt(None, lambda: world.broker.office.tenders.show(tender.number))
    world.check()
    if not isinstance(made, BrokerageError | Death):
        world.glances.check_sealed(world.chronicle.agreements.tenders[tender.number], made)
    return f"the manager looks into tender {tender.number}: {_called(made)}"


def bid(world: World, pick: int, who: int, price: int, terms: int, other: int) -> str:
    """Somebody bids, or amends a bid; mostly in a call that is open to the bidder. Where none is, there may be one."""
    tender = world.tender(pick, lambda one: one.state is TenderState.CALLED)
    if tender is None:
        return call_supply(world, pick, who, price, terms, other)
    box = _bidder(world, tender, who)
    if box is None:
        return "there is nobody who could bid"
    world.bidders.setdefault(tender.number, {})[box] = None
    mark, price = world.limit(price + 1, True), price % (400 if other % 8 == 7 else 120)
    world.onlooker.limits[mark] = box
    valid = pick_of(_VALID, other)
    until = None if valid is None else tender.bids_until + valid
    qualities, request = {"points": mark}, f"bid {world.requests}" if other % 7 == 6 else None
    if not isinstance(tender.asked, ItemSupply):
        world.glances.bid_in(tender.number, mark)
        fees: dict[str, Any] = {
            "fixed": pick_of(_FIXED, price),
            "each": pick_of(_EACH, terms),
            "rate": pick_of(_RATES, terms // 3),
        }
        made = world.ask(
            box,
            lambda desk: world.bidding(desk, tender.trade).bid(
                tender.number, **fees, valid_until=until, qualities=qualities, request_id=request
            ),
        )
        world.look_at(box, made)
        return f"member {box} bids {fees} in tender {tender.number}: {told(made)}"
    tiers = _tiers(world, box, price, terms)
    world.glances.bid_in(tender.number, mark, *tiers.values())
    least = 1 + terms % 7 // 4
    most = None if terms % 3 else max(least, min(tiers)) + terms // 3 % 4
    delivery = world.clock.now().date() + timedelta(days=pick_of(_DELIVERIES, terms))
    made = world.ask(
        box,
        lambda desk: desk.seller.bid(
            tender.number,
            tiers=tiers,
            delivery=delivery,
            least=least,
            most=most,
            valid_until=until,
            qualities=qualities,
            request_id=request,
        ),
    )
    world.look_at(box, made)
    said = f"member {box} bids {tiers} in tender {tender.number}, of {least} to {most or 'any number of'} units"
    return f"{said}: {told(made)}"


def withdraw_bid(world: World, pick: int, who: int) -> str:
    """A bidder takes a bid back."""
    tender = world.tender(pick, lambda one: one.state is TenderState.CALLED and one.number in world.bidders)
    if tender is None:
        return "there is no bid to take back"
    box = pick_of(list(world.bidders.get(tender.number, ())) or [world.member(who)], who)
    made = world.ask(box, lambda desk: world.bidding(desk, tender.trade).withdraw_bid(tender.number))
    world.look_at(box, made)
    return f"member {box} takes the bid in tender {tender.number} back: {told(made)}"


def accept(world: World, pick: int, shift: int) -> str:
    """Whoever is asked accepts the broker's terms; one time in eight at another price than the one that is shown."""
    tender = world.tender(pick, lambda one: one.question is not None)
    if tender is None:
        return "nobody is asked"
    box, number = _asked(world, tender, shift // 8), tender.number
    shown = world.ask(box, lambda desk: world.bidding(desk, tender.trade).question(number))
    world.look_at(box, shown)
    price = 0 if isinstance(shown, BrokerageError | Death) else shown.price.units
    if tender.trade is Trade.SELLER:
        price += shift % 8 == 0
        made = world.ask(box, lambda desk: desk.seller.accept(number, price=price))
    else:
        made = world.ask(box, lambda desk: world.bidding(desk, tender.trade).accept(number))
    world.look_at(box, made)
    return f"member {box} accepts in tender {number} at {price}: {told(made)}"


def refuse(world: World, pick: int, who: int) -> str:
    """Whoever is asked declines the broker's terms."""
    tender = world.tender(pick, lambda one: one.question is not None)
    if tender is None:
        return "nobody is asked"
    box = _asked(world, tender, who)
    made = world.ask(box, lambda desk: world.bidding(desk, tender.trade).decline(tender.number))
    return f"member {box} declines in tender {tender.number}: {told(made)}"


def _item(tender: Tender) -> ItemNumber | None:
    return tender.asked.item if isinstance(tender.asked, ItemSupply) else None


def _asked(world: World, tender: Tender, other: int) -> BoxNumber:
    """Return who is asked; one time in ten somebody else."""
    question = tender.question
    return world.member(other // 10) if question is None or other % 10 == 9 else question.box


def _bidder(world: World, tender: Tender, who: int) -> BoxNumber | None:
    """Return somebody who may bid, nine times in ten, if there is anybody."""
    among: Sequence[BoxNumber] = tender.invited or list(world.chronicle.members)
    if not tender.invited and tender.trade is not Trade.SELLER:
        among = [box for box, trade in world.chronicle.agreements.contractors if trade is tender.trade]
    if not who % 10:
        return world.member(who // 10)
    return pick_of(among, who // 10) if among else None


def _tiers(world: World, box: BoxNumber, price: int, terms: int) -> dict[int, int]:
    """Return prices by quantity that nobody had before, the most units for the lowest price."""
    prices: list[int] = []
    for turn in range(1 + terms % 3):
        prices.append(world.limit(price + 17 * turn + 1, True))
        world.onlooker.limits[prices[-1]] = box
    prices.sort(reverse=True)
    first = 1 if terms % 5 else 2
    return {first + 2 * at: units for at, units in enumerate(prices)}


def _invited(world: World, pick: int) -> tuple[BoxNumber, ...] | None:
    if pick % 4 or not world.chronicle.members:
        return None
    return tuple({world.member(pick // 4): None, world.member(pick // 16): None, world.member(pick // 64): None})


def _called(made: object) -> str:
    tender = getattr(made, "tender", None)
    return told(made) if tender is None else f"tender {_number(tender)}"


def _number(tender: Tender) -> TenderNumber:
    return tender.number
