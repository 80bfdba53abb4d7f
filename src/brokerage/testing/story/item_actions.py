"""What happens in a story around items that are not yet on the market, before anybody bids to deliver them."""

from datetime import timedelta
from typing import Any

from brokerage.errors import BrokerageError
from brokerage.records.numbers import ItemNumber
from brokerage.records.reservations import ReservationState
from brokerage.records.watches import When
from brokerage.testing.story.world import CODES, CURRENCIES, Death, World, pick_of, told

__all__ = [
    "amend_reservation",
    "browse",
    "cancel_reservation",
    "move_release",
    "offer_item",
    "reserve",
    "watch",
    "withdraw_item",
]

_RELEASES = tuple(timedelta(hours=hours) for hours in (480, 960, 1440, 480, 216, 72, 5))
_QUANTITIES = (1, 1, 2, 3, 5)
_DAYS = (*(None,) * 12, 30, 30, 30, 12, 12, 12, 2, -1)
_MOST_ITEMS = 4


def offer_item(world: World, who: int, category: int, currency: int, release: int, request: int) -> str:
    """A seller, or one time in four the manager, registers an item; one time in ten somebody asks again for it."""
    if len(world.chronicle.agreements.announced) >= _MOST_ITEMS:
        return "there are enough items"
    code, money = pick_of(CODES, category), pick_of(CURRENCIES, currency)
    at = world.clock.now() + pick_of(_RELEASES, release)
    box = None if who % 4 == 3 else world.member(who // 4)
    world.requests += request % 10 != 9
    given: dict[str, Any] = {"currency": money, "release_at": at, "request_id": f"item {world.requests}"}
    made: object
    if box is None:
        made = world.attempt(None, lambda: world.broker.office.items.register(code, "Novelty", **given))
    else:
        made = world.ask(box, lambda desk: desk.seller.offer_item(code, "Novelty", **given))
    who_said = "the manager" if box is None else f"member {box}"
    return f"{who_said} registers an item in {code}, in {money}, for {at:%Y-%m-%d %H:%M}: {told(made)}"


def move_release(world: World, pick: int, release: int, own: int) -> str:
    """An item is to be released earlier or later, says its seller or the manager, once in ten times somebody else."""
    item = world.item(pick if pick % 4 else pick // 4 * 10)
    if item is None:
        return "there is no item to move"
    at, number = world.clock.now() + pick_of(_RELEASES, release), item.number
    box = item.box if own % 10 else world.member(own // 10)
    made: object
    if box is None:
        made = world.attempt(None, lambda: world.broker.office.items.move_release(number, at))
    else:
        made = world.ask(box, lambda desk: desk.seller.move_release(number, at))
    return f"{_who(box)} moves the release of item {number} to {at:%Y-%m-%d %H:%M}: {told(made)}"


def withdraw_item(world: World, pick: int, own: int) -> str:
    """An item is taken back by its seller or the manager, once in ten times by somebody else."""
    item = world.item(pick)
    if item is None:
        return "there is no item to take back"
    number, box = item.number, item.box if own % 10 else world.member(own // 10)
    made: object
    if box is None or own % 10 == 5:
        box, made = None, world.attempt(None, lambda: world.broker.office.items.withdraw(number))
    else:
        made = world.ask(box, lambda desk: desk.seller.withdraw_item(number))
    return f"{_who(box)} takes item {number} back: {told(made)}"


def watch(world: World, who: int, topic: int, category: int, when: int) -> str:
    """A member wants to hear of items, or of the demand for them, or no more."""
    box, code = world.member(who), pick_of(CODES, category)
    how, is_items = pick_of(tuple(When), when), topic % 2 == 0
    made: object
    if when % 5 == 4:
        made = world.ask(box, lambda desk: (desk.buyer if is_items else desk.seller).unwatch(code))
        said = "nothing more"
    elif is_items:
        made, said = world.ask(box, lambda desk: desk.buyer.watch_items(code, how)), how.value
    else:
        made, said = world.ask(box, lambda desk: desk.seller.watch_demand(code, how)), how.value
    return f"member {box} wants to hear {said} of {'items' if is_items else 'demand'} in {code}: {told(made)}"


def browse(world: World, who: int, pick: int, category: int) -> str:
    """A member looks at all that there is of items, reservations, calls, bids and orders; an onlooker looks, too."""
    box, code = world.member(who), pick_of(CODES, category)
    item = world.item(pick)
    number = ItemNumber(1) if item is None else item.number
    for seen in (
        world.ask(box, lambda desk: desk.buyer.items(code, size=5)),
        world.ask(box, lambda desk: desk.buyer.item(number)),
        world.ask(box, lambda desk: desk.buyer.reservations(size=5)),
        world.ask(box, lambda desk: desk.seller.items(size=5)),
        world.ask(box, lambda desk: desk.seller.calls(size=5)),
        world.ask(box, lambda desk: desk.seller.bids(size=5)),
        world.ask(box, lambda desk: desk.seller.orders(size=5)),
        world.ask(box, lambda desk: desk.carrier.calls(size=5)),
        world.ask(box, lambda desk: desk.carrier.bids(size=5)),
        world.ask(box, lambda desk: desk.carrier.appointments(size=5)),
        world.ask(box, lambda desk: desk.provider.calls(size=5)),
        world.ask(box, lambda desk: desk.provider.bids(size=5)),
    ):
        if not isinstance(seen, BrokerageError | Death):
            world.onlooker.look(box, seen)
    demand = world.ask(box, lambda desk: desk.seller.demand(number))
    if not isinstance(demand, BrokerageError | Death):
        world.onlooker.look(box, demand, is_pooled=True)
    return f"member {box} looks at items, calls and orders"


def reserve(world: World, who: int, pick: int, price: int, quantity: int, day: int) -> str:
    """A member reserves some of an item, if there is any; one time in thirty a request is repeated."""
    item, box, units = world.item(pick), world.member(who), world.limit(price, False)
    world.onlooker.limits[units] = box
    if item is None:
        return offer_item(world, who, price, pick, quantity, day)
    world.requests += quantity % 30 != 29
    given: dict[str, Any] = {
        "quantity": pick_of(_QUANTITIES, quantity),
        "max_price": units,
        "wanted_by": world.day(pick_of(_DAYS, day)),
        "request_id": f"reservation {world.requests}",
    }
    made = world.ask(box, lambda desk: desk.buyer.reserve(item.number, **given))
    return f"member {box} reserves {given['quantity']} of item {item.number} at {units}: {told(made)}"


def amend_reservation(world: World, pick: int, price: int, quantity: int, day: int) -> str:
    """A buyer changes a reservation."""
    reservation = world.reservation(pick, lambda one: one.state is ReservationState.OPEN)
    if reservation is None:
        return "there is no reservation to amend"
    units, number = world.limit(price, False), reservation.number
    world.onlooker.limits[units] = reservation.box
    given: dict[str, Any] = {
        "max_price": units,
        "quantity": pick_of(_QUANTITIES, quantity),
        "wanted_by": world.day(pick_of(_DAYS, day)),
    }
    changes = {name: given[name] for at, name in enumerate(given) if quantity >> at & 4 or not at}
    made = world.ask(reservation.box, lambda desk: desk.buyer.amend(number, **changes))
    return f"member {reservation.box} amends reservation {number} to {units}: {told(made)}"


def cancel_reservation(world: World, pick: int, own: int) -> str:
    """A buyer takes a reservation back, once in ten times somebody else's."""
    reservation = world.reservation(pick, lambda one: one.state is ReservationState.OPEN)
    if reservation is None:
        return "there is no reservation to cancel"
    number, box = reservation.number, reservation.box if own % 10 else world.member(own // 10)
    made = world.ask(box, lambda desk: desk.buyer.cancel(number))
    return f"member {box} cancels reservation {number}: {told(made)}"


def _who(box: object) -> str:
    return "the manager" if box is None else f"member {box}"
