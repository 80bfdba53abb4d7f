"""What buyers and sellers answer in a story when an order waits for them."""

from brokerage.errors import BrokerageError
from brokerage.records.deals import DealState
from brokerage.records.orders import OrderState
from brokerage.records.reservations import Reservation, ReservationState
from brokerage.testing.story.invariants import Broken, Invariant
from brokerage.testing.story.tender_actions import accept
from brokerage.testing.story.world import Death, World, told

__all__ = ["confirm_order", "confirm_purchase", "decline_order", "decline_purchase", "reply"]


def reply(world: World, pick: int, shift: int) -> str:
    """One of all who are asked accepts, or confirms: a bidder, a buyer or a seller."""
    agreements = world.chronicle.agreements
    questions = sum(tender.question is not None for tender in agreements.tenders.values())
    buyers = sum(_is_asked(world, one) for one in agreements.reservations.values())
    sellers = sum(order.state is OrderState.SELLER for order in agreements.orders.values())
    if not questions + buyers + sellers:
        return "nobody is asked for anything"
    at = pick % (questions + buyers + sellers)
    if at < questions:
        return accept(world, 10 * at + 1, shift)
    if at < questions + buyers:
        return confirm_purchase(world, 10 * (at - questions) + 1, shift)
    return confirm_order(world, 10 * (at - questions - buyers) + 1, shift)


def confirm_purchase(world: World, pick: int, shift: int) -> str:
    """A buyer confirms what is shown; one time in eight at another total."""
    reservation = world.reservation(pick, lambda one: _is_asked(world, one))
    if reservation is None:
        return "there is nothing to confirm"
    number, box = reservation.number, reservation.box
    view = world.ask(box, lambda desk: desk.buyer.reservation(number))
    if isinstance(view, BrokerageError | Death):
        return f"member {box} would confirm reservation {number}: {told(view)}"
    world.onlooker.look(box, view)
    total = (0 if view.total is None else view.total.units) + (shift % 8 == 0)
    if world.chronicle.agreements.reservations[number].state is ReservationState.ASKED:
        world.chronicle.agreements.stated[number] = total
    request = f"confirmation of {number}" if shift % 3 else None
    made = world.ask(box, lambda desk: desk.buyer.confirm(number, total=total, request_id=request))
    return f"member {box} confirms reservation {number} at {total}: {told(made)}"


def decline_purchase(world: World, pick: int, own: int) -> str:
    """A buyer declines what an order would deliver, once in ten times for somebody else."""
    reservation = world.reservation(pick, lambda one: one.state is ReservationState.ASKED)
    if reservation is None:
        return "there is nothing to decline"
    number, box = reservation.number, reservation.box if own % 10 else world.member(own // 10)
    made = world.ask(box, lambda desk: desk.buyer.decline(number))
    return f"member {box} declines reservation {number}: {told(made)}"


def confirm_order(world: World, pick: int, own: int) -> str:
    """A seller confirms an order; one time in ten somebody else does."""
    order = world.order(pick, lambda one: one.state is OrderState.SELLER)
    if order is None:
        return "there is no order"
    number, box = order.number, order.seller if own % 10 else world.member(own // 10)
    request = f"order {number}" if own % 3 else None
    world.saying = f"member {box} confirms order {number}"
    made = world.ask(box, lambda desk: desk.seller.confirm_order(number, request_id=request))
    agreed = world.check().agreed
    if any(deal.state is not DealState.AGREED or deal.seller != box for deal in agreed):
        raise Broken(Invariant.BOTH_CONFIRMED, f"{world.saying}, and others get deals")
    return f"{world.saying}, which makes {len(agreed)} deals: {told(made)}"


def decline_order(world: World, pick: int, own: int) -> str:
    """A seller declines an order; one time in ten somebody else does."""
    order = world.order(pick, lambda one: one.state is OrderState.SELLER)
    if order is None:
        return "there is no order"
    number, box = order.number, order.seller if own % 10 else world.member(own // 10)
    made = world.ask(box, lambda desk: desk.seller.decline_order(number))
    return f"member {box} declines order {number}: {told(made)}"


def _is_asked(world: World, reservation: Reservation) -> bool:
    if reservation.state is not ReservationState.ASKED or reservation.order is None:
        return False
    return world.chronicle.agreements.orders[reservation.order].state is OrderState.BUYERS
