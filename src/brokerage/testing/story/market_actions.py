"""What members do in the market of a story: they offer, change their minds, look, and decide."""

from datetime import timedelta

from attrs import evolve

from brokerage.boxes import BuyersDeal
from brokerage.errors import BrokerageError, RequestReused, UnknownMember
from brokerage.pages import Page
from brokerage.records.deals import DealState
from brokerage.records.numbers import BoxNumber
from brokerage.records.offers import PurchaseOffer, SaleOffer
from brokerage.services.market.decisions import AccountCharge, BankTransfer, Card, PayBy
from brokerage.testing.story.invariants import Broken, Invariant
from brokerage.testing.story.world import CODES, CURRENCIES, Asked, Death, World, pick_of, told

__all__ = ["acknowledge", "amend", "buy", "cancel", "decide", "decide_again", "look", "pay", "sell"]

_LIVES = (None, None, None, timedelta(hours=3), timedelta(days=2), timedelta(days=20))
_MEANS = ("transfer", "transfer", "card", "account", "unknown card")


def sell(world: World, who: int, category: int, currency: int, price: int, life: int) -> str:
    """A member offers something for sale."""
    return _offer(world, True, who, category, currency, price, life)


def buy(world: World, who: int, category: int, currency: int, price: int, life: int) -> str:
    """A member offers to buy something."""
    return _offer(world, False, who, category, currency, price, life)


def _offer(world: World, is_sale: bool, who: int, category: int, currency: int, price: int, life: int) -> str:
    box, units = world.member(who), world.limit(price, is_sale)
    world.onlooker.limits[units] = box
    code, money = pick_of(CODES, category), pick_of(CURRENCIES, currency)
    span = pick_of(_LIVES, life)
    until = None if span is None else world.clock.now() + span
    if is_sale:
        made = world.ask(box, lambda desk: desk.sell(code, "Thing", min_price=units, currency=money, limit=until))
    else:
        made = world.ask(box, lambda desk: desk.buy(code, max_price=units, currency=money, limit=until))
    what = "offers for sale" if is_sale else "wants to buy"
    return f"member {box} {what} {code} at {units} {money}: {told(made)}"


def amend(world: World, pick: int, price: int, life: int) -> str:
    """A member changes the price or the time limit of an offer."""
    offer = world.offer(pick)
    if offer is None:
        return "there is nothing to amend"
    units = world.limit(price, isinstance(offer, SaleOffer))
    span = pick_of(_LIVES, life)
    changes = {} if span is None else {"limit": world.clock.now() + span}
    world.onlooker.limits[units] = offer.box
    made = world.ask(offer.box, lambda desk: desk.amend(offer.number, price=units, **changes))
    return f"member {offer.box} amends offer {offer.number} to {units}: {told(made)}"


def cancel(world: World, pick: int, own: int) -> str:
    """A member takes an offer back, once in ten times somebody else's."""
    offer = world.offer(pick)
    if offer is None:
        return "there is nothing to cancel"
    box = offer.box if own % 10 else world.member(own // 10)
    made = world.ask(box, lambda desk: desk.cancel(offer.number))
    return f"member {box} cancels offer {offer.number}: {told(made)}"


def acknowledge(world: World, who: int) -> str:
    """A member has looked."""
    box = world.member(who)
    world.ask(box, lambda desk: desk.acknowledge())
    return f"member {box} has looked"


def look(world: World, who: int, category: int) -> str:
    """A member looks at everything there is to see; an onlooker looks, too."""
    box, code = world.member(who), pick_of(CODES, category)
    for seen in (
        world.ask(box, lambda desk: desk.box()),
        world.ask(box, lambda desk: desk.unsold(code, size=5)),
        world.ask(box, lambda desk: desk.account.show()),
        world.ask(box, lambda desk: desk.account.history(size=3)),
        world.ask(box, lambda desk: desk.news(size=3)),
    ):
        if not isinstance(seen, BrokerageError | Death):
            world.onlooker.look(box, seen)
    return f"member {box} looks into the box"


def decide(world: World, pick: int, choice: int, means: int, shift: int, request: int) -> str:
    """A buyer takes a candidate; one time in eight at another total than is shown."""
    wanted = world.open_offers(PurchaseOffer)
    if not wanted:
        return "nobody wants anything"
    number, box, page = wanted[0], BoxNumber(0), None
    for turn in range(min(12, len(wanted))):
        number = pick_of(wanted, pick + turn)
        box = world.chronicle.offers[number].box
        page = world.ask(box, lambda desk: desk.candidates(number, size=4))  # noqa: B023
        if isinstance(page, Page):
            world.onlooker.look(box, page)
            if page.items:
                break
    if not isinstance(page, Page) or not page.items:
        return f"purchase {number} has no candidate"
    candidate = pick_of(page.items, choice)
    world.requests += 1
    asked = Asked(
        box,
        f"decision {world.requests}" if request % 2 else None,
        number,
        candidate.sale,
        candidate.total.units + (shift % 8 == 0),
        pick_of(_MEANS, means),
    )
    return _decide(world, asked, candidate.total.units)


def decide_again(world: World, pick: int, other: int) -> str:
    """A buyer repeats a decision that had a request id; one time in three with something else in it."""
    if not world.asked:
        return "nobody has decided anything"
    asked = world.asked[-1 - pick % min(len(world.asked), 8)]
    if other % 3 == 0:
        asked = evolve(asked, price=asked.price + 1, deal=None)
    return _decide(world, asked, None)


def _decide(world: World, asked: Asked, total: int | None) -> str:
    """Ask for a decision, and hold its outcome against what a request id and a price stand for."""
    said = f"member {asked.box} decides on sale {asked.sale} for purchase {asked.purchase}"
    said += f" at {asked.price} by {asked.means}"
    said += "" if asked.request_id is None else f" ({asked.request_id})"
    world.saying = said
    before = next((each for each in world.asked if each.names(asked) and each.deal is not None), None)
    made = world.ask(
        asked.box,
        lambda desk: desk.decide(
            asked.purchase,
            asked.sale,
            price=asked.price,
            pay_by=_way(asked.means, asked.box),
            request_id=asked.request_id,
        ),
    )
    agreed = world.check().agreed
    if agreed and total is not None and asked.price != total:
        raise Broken(Invariant.WRONG_PRICE, f"{said}, where {total} is shown")
    if before is not None:
        is_same = before.arguments() == asked.arguments()
        if agreed:
            raise Broken(Invariant.ONE_DEAL_A_REQUEST, f"{said}, which made deal {before.deal} before")
        if isinstance(made, BuyersDeal) and not (is_same and made.number == before.deal):
            raise Broken(Invariant.ONE_DEAL_A_REQUEST, f"{said}, and gets deal {made.number} instead of {before.deal}")
        has_left = isinstance(made, UnknownMember)
        if isinstance(made, BrokerageError) and not has_left and (is_same or not isinstance(made, RequestReused)):
            raise Broken(Invariant.ONE_DEAL_A_REQUEST, f"{said}, and gets {type(made).__name__}")
    elif asked.request_id is not None:
        world.asked.append(evolve(asked, deal=agreed[0].number if agreed else None))
    return f"{said}: {told(made)}"


def pay(world: World, pick: int, means: int) -> str:
    """A buyer pays later than the decision."""
    deal = world.deal(pick, lambda deal: deal.state is DealState.AGREED)
    if deal is None:
        return "there is nothing to pay"
    how = pick_of(_MEANS, means)
    made = world.ask(deal.buyer, lambda desk: desk.pay(deal.number, _way(how, deal.buyer)))
    return f"member {deal.buyer} pays deal {deal.number} by {how}: {told(made)}"


def _way(means: str, box: BoxNumber) -> PayBy:
    if means == "transfer":
        return BankTransfer()
    if means == "account":
        return AccountCharge()
    return Card(f"card of {box}" if means == "card" else "no card")
