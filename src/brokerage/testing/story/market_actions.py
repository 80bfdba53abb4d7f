"""What members do in the market of a story: they join, offer, change their minds, look, and decide."""

from datetime import timedelta

from attrs import evolve

from brokerage.boxes import BuyersDeal
from brokerage.desks import MemberDesk
from brokerage.errors import BrokerageError, RequestReused
from brokerage.pages import Page
from brokerage.records.deals import DealState
from brokerage.records.numbers import BoxNumber, OfferNumber
from brokerage.records.offers import PurchaseOffer, SaleOffer
from brokerage.services.market.decisions import AccountCharge, BankTransfer, Card, PayBy
from brokerage.testing.story.invariants import Broken, Invariant
from brokerage.testing.story.looking import canary
from brokerage.testing.story.world import CODES, CURRENCIES, Asked, Death, World, pick_of, told

__all__ = ["acknowledge", "amend", "buy", "cancel", "decide", "decide_again", "look", "pay", "register", "sell"]

_MOST_MEMBERS = 12
_LIVES = (None, None, None, timedelta(hours=3), timedelta(days=2), timedelta(days=20))
_MEANS = ("transfer", "transfer", "card", "account", "unknown card")


def register(world: World, pick: int, shared: int, mail: int) -> str:
    """Somebody becomes a member, who may be the person that another member is."""
    members = world.chronicle.members
    if len(members) >= _MOST_MEMBERS:
        return "nobody else comes"
    world.newcomers += 1
    own = world.newcomers
    contact = {
        "telephone": canary("555", own),
        "email": canary("mail", own).replace(" ", "") + "@story.example",
        "bank_account": canary("account", own),
    }
    if members and shared % 6 == 0:
        other = members[pick_of(list(members), pick)]
        name = pick_of(("telephone", "email", "bank_account"), shared // 6)
        known = world.store.read(lambda tx: tx.contacts.get(other.contact))
        contact[name] = getattr(known, name)
    desk = world.attempt(
        None,
        lambda: world.broker.register(
            name=canary("Name", own),
            address=canary("Address", own),
            telephone=contact["telephone"],
            email=contact["email"],
            bank_account=contact["bank_account"],
            request_id=f"join {own}",
        ),
    )
    if isinstance(desk, MemberDesk):
        box = desk.number
        world.outside.till.cards[f"card of {box}"] = 30_000_000
        world.outside.till.accounts[f"account of {box}"] = 12_000_000
        world.check()
        world.attempt(box, lambda: desk.account.choose_mail(candidates=bool(mail % 2), deals=bool(mail // 2 % 2)))
        if mail % 3:
            world.attempt(box, lambda: world.broker.desk(box).account.allow_charging(f"account of {box}"))
        return f"member {box} comes"
    return "somebody wants to become a member, and nobody hears of it"


def sell(world: World, who: int, category: int, currency: int, price: int, life: int) -> str:
    """A member offers something for sale."""
    return _offer(world, True, who, category, currency, price, life)


def buy(world: World, who: int, category: int, currency: int, price: int, life: int) -> str:
    """A member offers to buy something."""
    return _offer(world, False, who, category, currency, price, life)


def _offer(world: World, is_sale: bool, who: int, category: int, currency: int, price: int, life: int) -> str:
    if not world.chronicle.members:
        return "nobody is there to offer anything"
    desk, units = world.desk(who), world.limit(price, is_sale)
    world.onlooker.limits[units] = desk.number
    code, money = pick_of(CODES, category), pick_of(CURRENCIES, currency)
    span = pick_of(_LIVES, life)
    until = None if span is None else world.clock.now() + span
    if is_sale:
        made = world.attempt(
            desk.number,
            lambda: desk.sell(code, "Thing", min_price=units, currency=money, limit=until),
        )
    else:
        made = world.attempt(desk.number, lambda: desk.buy(code, max_price=units, currency=money, limit=until))
    what = "offers for sale" if is_sale else "wants to buy"
    return f"member {desk.number} {what} {code} at {units} {money}: {told(made)}"


def amend(world: World, pick: int, price: int, life: int) -> str:
    """A member changes the price or the time limit of an offer."""
    offer = world.offer(pick)
    if offer is None:
        return "there is nothing to amend"
    desk, is_sale = world.broker.desk(offer.box), isinstance(offer, SaleOffer)
    units = world.limit(price, is_sale)
    span = pick_of(_LIVES, life)
    changes = {} if span is None else {"limit": world.clock.now() + span}
    world.onlooker.limits[units] = offer.box
    made = world.attempt(offer.box, lambda: desk.amend(offer.number, price=units, **changes))
    return f"member {offer.box} amends offer {offer.number} to {units}: {told(made)}"


def cancel(world: World, pick: int, own: int) -> str:
    """A member takes an offer back, once in ten times somebody else's."""
    offer = world.offer(pick)
    if offer is None:
        return "there is nothing to cancel"
    desk = world.broker.desk(offer.box) if own % 10 else world.desk(own // 10)
    made = world.attempt(desk.number, lambda: desk.cancel(offer.number))
    return f"member {desk.number} cancels offer {offer.number}: {told(made)}"


def acknowledge(world: World, who: int) -> str:
    """A member has looked."""
    if not world.chronicle.members:
        return "nobody looks"
    desk = world.desk(who)
    world.attempt(desk.number, desk.acknowledge)
    return f"member {desk.number} has looked"


def look(world: World, who: int, category: int) -> str:
    """A member looks at everything there is to see; an onlooker looks, too."""
    if not world.chronicle.members:
        return "nobody looks"
    desk = world.desk(who)
    code = pick_of(CODES, category)
    for shown in (desk.box, lambda: desk.unsold(code, size=5)):
        seen = world.attempt(desk.number, shown)
        if not isinstance(seen, BrokerageError | Death):
            world.onlooker.look(desk.number, seen)
    return f"member {desk.number} looks into the box"


def decide(world: World, pick: int, choice: int, means: int, shift: int, request: int) -> str:
    """A buyer takes a candidate; one time in eight at another total than is shown."""
    wanted = world.open_offers(PurchaseOffer)
    if not wanted:
        return "nobody wants anything"
    number, page = OfferNumber(0), None
    for turn in range(min(12, len(wanted))):
        number = pick_of(wanted, pick + turn)
        desk = world.broker.desk(world.chronicle.offers[number].box)
        page = world.attempt(desk.number, lambda: desk.candidates(number, size=4))  # noqa: B023
        if isinstance(page, Page):
            world.onlooker.look(desk.number, page)
            if page.items:
                break
    if not isinstance(page, Page) or not page.items:
        return f"purchase {number} has no candidate"
    candidate = pick_of(page.items, choice)
    world.requests += 1
    asked = Asked(
        desk.number,
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
    desk = world.broker.desk(asked.box)
    made = world.attempt(
        asked.box,
        lambda: desk.decide(
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
        if isinstance(made, BrokerageError) and (is_same or not isinstance(made, RequestReused)):
            raise Broken(Invariant.ONE_DEAL_A_REQUEST, f"{said}, and gets {type(made).__name__}")
    elif asked.request_id is not None:
        world.asked.append(evolve(asked, deal=agreed[0].number if agreed else None))
    return f"{said}: {told(made)}"


def pay(world: World, pick: int, means: int) -> str:
    """A buyer pays later than the decision."""
    deal = world.deal(pick, lambda deal: deal.state is DealState.AGREED)
    if deal is None:
        return "there is nothing to pay"
    desk = world.broker.desk(deal.buyer)
    how = pick_of(_MEANS, means)
    made = world.attempt(deal.buyer, lambda: desk.pay(deal.number, _way(how, deal.buyer)))
    return f"member {deal.buyer} pays deal {deal.number} by {how}: {told(made)}"


def _way(means: str, box: BoxNumber) -> PayBy:
    if means == "transfer":
        return BankTransfer()
    if means == "account":
        return AccountCharge()
    return Card(f"card of {box}" if means == "card" else "no card")
