"""What the journal tells of items, reservations, tenders, bids and orders, up to the deals that come of them.

It is the part of the chronicle that is about what is not yet on the market; as the rest of it, it knows nothing of the
store but its journal, and compares what it made up with what is stored.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

from attrs import define, evolve, field

from brokerage.ports import Transaction
from brokerage.records.contractors import Contractor, Trade
from brokerage.records.deals import Deal
from brokerage.records.events import Event, EventKind
from brokerage.records.items import ITEM_MOVES, Item, ItemState
from brokerage.records.numbers import BoxNumber, ItemNumber, OfferNumber, OrderNumber, TenderNumber
from brokerage.records.orders import ORDER_MOVES, Order, OrderState
from brokerage.records.reservations import RESERVATION_MOVES, Reservation, ReservationState
from brokerage.records.tenders import TENDER_MOVES, Bid, Tender, TenderState
from brokerage.testing.story.invariants import Broken, Invariant
from brokerage.testing.story.tidings import News

__all__ = ["AGREEMENT_MOVES", "Agreements"]

_S = ReservationState
_LIVE = _S.OPEN, _S.ASKED, _S.CONFIRMED
_ORDERED = _S.ASKED, _S.CONFIRMED
_UNDER_WAY = TenderState.CALLED, TenderState.AWARDING
_ITEM_TARGETS = frozenset((row.source, row.target) for row in ITEM_MOVES)
_RESERVATION_TARGETS = frozenset((row.source, row.target, row.outcome) for row in RESERVATION_MOVES)
_TENDER_TARGETS = frozenset((row.source, row.target) for row in TENDER_MOVES)
_ORDER_TARGETS = frozenset((row.source, row.target) for row in ORDER_MOVES)
AGREEMENT_MOVES: frozenset[tuple[object, ...]] = _ITEM_TARGETS | _RESERVATION_TARGETS | _TENDER_TARGETS | _ORDER_TARGETS
"""Every row of the tables of items, reservations, tenders and orders: from where, to where, and with which outcome."""

_NO_BOX, _KINDS = BoxNumber(0), 6
_Key = TypeVar("_Key")
_Fact = TypeVar("_Fact")


@define(eq=False)
class Agreements:
    """How items, reservations, tenders and orders stand, and the laws about what may follow what.

    ``stated`` is, by reservation, the total at which its buyer was last asked to confirm; ``moves`` are the rows of
    the tables that were walked.
    """

    items: dict[ItemNumber, Item] = field(factory=dict)
    announced: dict[ItemNumber, None] = field(factory=dict)
    reservations: dict[OfferNumber, Reservation] = field(factory=dict)
    live: dict[OfferNumber, None] = field(factory=dict)
    tenders: dict[TenderNumber, Tender] = field(factory=dict)
    under_way: dict[TenderNumber, None] = field(factory=dict)
    bids: dict[OfferNumber, Bid] = field(factory=dict)
    orders: dict[OrderNumber, Order] = field(factory=dict)
    undecided: dict[OrderNumber, None] = field(factory=dict)
    contractors: dict[tuple[BoxNumber, Trade], Contractor] = field(factory=dict)
    stated: dict[OfferNumber, int] = field(factory=dict)
    moves: set[tuple[object, ...]] = field(factory=set)
    _turn: int = 0

    def take(self, event: Event, news: News) -> None:
        """Take in an event; raises :class:`Broken` where it cannot follow what was before."""
        match event.fact:
            case Item():
                self._item(event, event.fact, news)
            case Reservation():
                self._reservation(event, event.fact, news)
            case Tender():
                self._tender(event, event.fact, news)
            case Bid():
                self._bid(event, event.fact, news)
            case Order():
                self._order(event, event.fact, news)
            case Contractor():
                key = event.fact.box, event.fact.trade
                self.contractors.pop(key, None)
                if event.kind is EventKind.CONTRACTOR_REGISTERED:
                    self.contractors[key] = event.fact

    def agreed(self, deal: Deal) -> None:
        """Hold a deal that was made of a reservation against what both sides have confirmed."""
        reservation, bid = self.reservations.get(deal.purchase), self.bids.get(deal.sale)
        order = None if reservation is None or reservation.order is None else self.orders[reservation.order]
        if reservation is None or bid is None or order is None or order.state is not OrderState.MADE:
            raise _unagreed(deal, "and no order of it is made")
        if reservation.state is not ReservationState.AGREED or reservation.deal != deal.number:
            raise _unagreed(deal, f"and reservation {reservation.number} is {reservation.state.value}")
        if (order.bid, order.seller, reservation.box) != (bid.number, deal.seller, deal.buyer):
            raise _unagreed(deal, "between others than those who confirmed")
        if deal.quantity != reservation.quantity:
            raise _unagreed(deal, f"of {deal.quantity} units where {reservation.quantity} were confirmed")
        if (deal.selling_price, deal.buying_price) != (order.share * deal.quantity, order.price * deal.quantity):
            raise _unagreed(deal, "at other prices than the order says")
        if deal.owed != self.stated.get(reservation.number):
            raise _unagreed(deal, f"at {deal.owed} where {self.stated.get(reservation.number)} was confirmed")

    def check_counts(self, news: News) -> None:
        """Hold what orders count against the reservations in them, for those that a step was about."""
        touched = dict.fromkeys(news.orders)
        touched |= {one.order: None for one in news.reservations.values() if one.order is not None}
        for number in touched:
            order = self.orders[number]
            served = [self.reservations[one] for one in self.live if self.reservations[one].order == number]
            if not order.is_undecided:
                if served:
                    seen = f"order {number} is {order.state.value}, and reservation {served[0].number} waits for it"
                    raise Broken(Invariant.SERVED, seen)
                continue
            confirmed = sum(one.quantity for one in served if one.state is ReservationState.CONFIRMED)
            waiting = sum(one.state is ReservationState.ASKED for one in served)
            counts = sum(one.quantity for one in served), waiting, confirmed
            if counts != (order.units, order.open, order.confirmed):
                seen = f"order {number} counts {order.units}, {order.open} and {order.confirmed}, where {counts} are"
                raise Broken(Invariant.SERVED, seen)

    def compare(self, tx: Transaction, news: News) -> None:
        """Compare what the events say with what is stored: all that is new, and one of the others by turns."""
        self._turn += 1
        for item in self._some(0, news.items, self.items):
            stored = tx.items.get(item.number)
            if stored is None or (stored is not item and _plain(stored) != _plain(item)):
                raise Broken(Invariant.EVERY_CHANGE_TOLD, f"item {item.number} is stored otherwise")
        for reservation in self._some(1, news.reservations, self.reservations):
            if tx.reservations.get(reservation.number) != reservation:
                seen = f"reservation {reservation.number} is stored otherwise"
                raise Broken(Invariant.EVERY_CHANGE_TOLD, seen)
        for tender in self._some(2, news.tenders, self.tenders):
            kept = tx.tenders.get(tender.number)
            if kept is None or (kept is not tender and _unmailed(kept) != _unmailed(tender)):
                raise Broken(Invariant.EVERY_CHANGE_TOLD, f"tender {tender.number} is stored otherwise")
        for bid in self._some(3, news.bids, self.bids):
            if tx.bids.get(bid.number) != bid:
                raise Broken(Invariant.EVERY_CHANGE_TOLD, f"bid {bid.number} is stored otherwise")
        for order in self._some(4, news.orders, self.orders):
            if tx.orders.get(order.number) != order:
                raise Broken(Invariant.EVERY_CHANGE_TOLD, f"order {order.number} is stored otherwise")
        reserved = {one.item: self.items[one.item] for one in news.reservations.values()}
        for item in self._some(5, reserved, self.items):
            self._pool(tx, item.number)

    def check_deadlines(self, now: datetime) -> None:
        """Hold deadlines and days against the time, after a round that nothing disturbed."""
        for number in self.announced:
            if self.items[number].release_at <= now:
                raise Broken(Invariant.DEADLINES_KEPT, f"item {number} is announced behind its release")
        for tender in self.under_way:
            due = self.tenders[tender].deadline
            if due is not None and due <= now:
                seen = f"tender {tender} is {self.tenders[tender].state.value} behind its deadline"
                raise Broken(Invariant.DEADLINES_KEPT, seen)
        for order in self.undecided:
            due = self.orders[order].deadline
            if due is not None and due <= now:
                seen = f"order {order} is {self.orders[order].state.value} behind its deadline"
                raise Broken(Invariant.DEADLINES_KEPT, seen)
        for one in self.live:
            reservation = self.reservations[one]
            day = reservation.wanted_by
            if reservation.state is ReservationState.OPEN and day is not None and day < now.astimezone(UTC).date():
                raise Broken(Invariant.DEADLINES_KEPT, f"reservation {one} is open behind its last day")

    def check_end(self) -> None:
        """Hold the end against what must have ended."""
        for tender in self.under_way:
            raise Broken(Invariant.ALL_ENDS, f"tender {tender} stays {self.tenders[tender].state.value}")
        for order in self.undecided:
            raise Broken(Invariant.ALL_ENDS, f"order {order} stays {self.orders[order].state.value}")
        for number in self.live:
            reservation = self.reservations[number]
            if reservation.state in _ORDERED or self.items[reservation.item].state is not ItemState.ANNOUNCED:
                raise Broken(Invariant.ALL_ENDS, f"reservation {number} stays {reservation.state.value}")

    @property
    def is_busy(self) -> bool:
        """Whether something has to end that only waits for time."""
        if self.under_way or self.undecided:
            return True
        kept = (self.items[self.reservations[number].item] for number in self.live)
        return any(item.state is not ItemState.ANNOUNCED for item in kept)

    def next_deadline(self) -> tuple[datetime, bool] | None:
        """Return when the next call, question or order has waited long enough, and whether somebody is to answer it.

        A call waits for a bid at least.
        """
        tenders = [self.tenders[number] for number in self.under_way if self.tenders[number].bids]
        times = [(one.deadline, one.state is not TenderState.CALLED) for one in tenders if one.deadline is not None]
        orders = [self.orders[number].deadline for number in self.undecided]
        return min((*times, *((due, True) for due in orders if due is not None)), default=None)

    def count(self, box: BoxNumber) -> int:
        """Return how many items and reservations of a member count as open offers."""
        reserved = sum(self.reservations[number].box == box for number in self.live)
        return reserved + sum(self.items[number].box == box for number in self.announced)

    def _item(self, event: Event, item: Item, news: News) -> None:
        before = self.items.get(item.number)
        if before is None:
            if event.kind is not EventKind.ITEM_REGISTERED or item.state is not ItemState.ANNOUNCED:
                raise Broken(Invariant.ITEM_MOVES, f"item {item.number} begins as {item.state.value}")
        elif item.state is not before.state:
            self._moved(Invariant.ITEM_MOVES, f"item {item.number}", (before.state, item.state), _ITEM_TARGETS)
        elif before.state is not ItemState.ANNOUNCED:
            raise Broken(Invariant.ITEM_MOVES, f"item {item.number} changes when it is {item.state.value}")
        self.items[item.number] = news.items[item.number] = item
        _note(self.announced, item.number, item.state is ItemState.ANNOUNCED)

    def _reservation(self, event: Event, new: Reservation, news: News) -> None:
        before, name = self.reservations.get(new.number), f"reservation {new.number}"
        if before is None:
            if event.kind is not EventKind.RESERVATION_MADE or new.state is not ReservationState.OPEN:
                raise Broken(Invariant.RESERVATION_MOVES, f"{name} begins as {new.state.value}")
        else:
            _check_version(name, before.version, new.version)
            if new.state is not before.state:
                moved = before.state, new.state, new.outcome
                self._moved(Invariant.RESERVATION_MOVES, name, moved, _RESERVATION_TARGETS)
            if before.order is not None and new.order not in (None, before.order):
                raise Broken(Invariant.SERVED, f"{name} goes from order {before.order} to order {new.order}")
            if new.state is ReservationState.CONFIRMED and before.state is ReservationState.ASKED:
                self._confirmed(new)
        self.reservations[new.number] = news.reservations[new.number] = new
        _note(self.live, new.number, new.state in _LIVE)

    def _confirmed(self, reservation: Reservation) -> None:
        assert reservation.order is not None
        order = self.orders[reservation.order]
        total = order.price * reservation.quantity + sum(fee.units for fee in reservation.fees)
        stated = self.stated.get(reservation.number)
        if stated != total:
            raise Broken(
                Invariant.WRONG_PRICE, f"reservation {reservation.number} is confirmed at {stated}, and costs {total}"
            )

    def _tender(self, event: Event, tender: Tender, news: News) -> None:
        before, name = self.tenders.get(tender.number), f"tender {tender.number}"
        if before is None:
            if event.kind is not EventKind.TENDER_CALLED or tender.state is not TenderState.CALLED:
                raise Broken(Invariant.TENDER_MOVES, f"{name} begins as {tender.state.value}")
        else:
            if tender.version <= before.version:
                raise Broken(Invariant.EVERY_CHANGE_TOLD, f"{name} goes back to version {tender.version}")
            if tender.state is not before.state:
                moved = before.state, tender.state
                self._moved(Invariant.TENDER_MOVES, name, moved, _TENDER_TARGETS)
            if tender.sealed and tender.bids != before.bids and isinstance(event.by, int):
                raise Broken(Invariant.SEALED, f"the journal says that member {event.by} bids in sealed {name}")
        self.tenders[tender.number] = news.tenders[tender.number] = tender
        _note(self.under_way, tender.number, tender.state in _UNDER_WAY)

    def _bid(self, event: Event, bid: Bid, news: News) -> None:
        tender = self.tenders[bid.tender]
        if tender.sealed and event.at < tender.bids_until:
            raise Broken(
                Invariant.SEALED, f"the journal has bid {bid.number} in tender {tender.number}, not yet opened"
            )
        self.bids[bid.number] = news.bids[bid.number] = bid

    def _order(self, event: Event, order: Order, news: News) -> None:
        before, name = self.orders.get(order.number), f"order {order.number}"
        if before is None:
            if event.kind is not EventKind.ORDER_MADE or order.state is not OrderState.SERVICES:
                raise Broken(Invariant.ORDER_MOVES, f"{name} begins as {order.state.value}")
            self._within_terms(order, order.units)
        else:
            _check_version(name, before.version, order.version)
            if order.state is not before.state:
                self._moved(Invariant.ORDER_MOVES, name, (before.state, order.state), _ORDER_TARGETS)
                if order.state is OrderState.MADE:
                    self._within_terms(order, order.confirmed)
        self.orders[order.number] = news.orders[order.number] = order
        _note(self.undecided, order.number, order.is_undecided)

    def _within_terms(self, order: Order, units: int) -> None:
        """Hold what an order would serve, and what both sides have confirmed, against the bid that it is made of."""
        terms = self.bids[order.bid].terms
        least = min((tier.quantity for tier in terms.tiers if tier.price == order.price), default=units + 1)
        if units < max(least, terms.least, order.least) or (terms.most is not None and units > terms.most):
            seen = f"order {order.number} is made of {units} units at {order.price}, of {terms.least} to {terms.most}"
            raise Broken(Invariant.WITHIN_TERMS, f"{seen}, by {[(tier.quantity, tier.price) for tier in terms.tiers]}")
        for number in self.live:
            reservation = self.reservations[number]
            if reservation.order == order.number and not _suits(reservation, order):
                raise Broken(Invariant.WITHIN_TERMS, f"order {order.number} serves reservation {number} as it cannot")

    def _moved(
        self, invariant: Invariant, name: str, moved: tuple[object, ...], targets: frozenset[tuple[object, ...]]
    ) -> None:
        if moved not in targets:
            raise Broken(invariant, f"{name} goes " + " to ".join(str(each) for each in moved if each is not None))
        self.moves.add(moved)

    def _some(self, kind: int, new: dict[_Key, _Fact], known: dict[_Key, _Fact]) -> Sequence[_Fact]:
        """Return what is new, and one of the others by turns, where it is the turn of its kind."""
        if self._turn % _KINDS != kind or not known:
            return tuple(new.values())
        at = self._turn // _KINDS % len(known)
        return [*new.values(), *islice(known.values(), at, at + 1)]

    def _pool(self, tx: Transaction, number: ItemNumber) -> None:
        """Hold the demand that is kept of an item against its open reservations."""
        kept = [self.reservations[one] for one in self.live if self.reservations[one].item == number]
        standing = [one for one in kept if one.state is ReservationState.OPEN]
        pooled: dict[int, int] = {}
        for one in standing:
            pooled[one.max_price] = pooled.get(one.max_price, 0) + one.quantity
        demand = tx.demands.get(number)
        counted = None if demand is None else (demand.reservations, demand.units)
        if counted != (len(standing), sum(pooled.values())):
            seen = f"{len(standing)} reservations of {sum(pooled.values())} units of item {number} are open"
            raise Broken(Invariant.POOLED, f"{seen}, and {counted} are kept")
        if dict(tx.reservations.pooled(number)) != pooled:
            raise Broken(Invariant.POOLED, f"the demand of item {number} is not that of its open reservations")


def _note(among: dict[_Key, None], key: _Key, is_in: bool) -> None:
    if is_in:
        among[key] = None
    else:
        among.pop(key, None)


def _check_version(name: str, before: int, after: int) -> None:
    if after != before + 1:
        raise Broken(Invariant.EVERY_CHANGE_TOLD, f"{name} goes from version {before} to {after}")


def _unagreed(deal: Deal, how: str) -> Broken:
    return Broken(Invariant.BOTH_CONFIRMED, f"deal {deal.number} is made of reservation {deal.purchase}, {how}")


def _suits(reservation: Reservation, order: Order) -> bool:
    day = reservation.wanted_by
    return reservation.max_price >= order.price and (day is None or order.delivery <= day)


def _plain(item: Item) -> Item:
    """Leave out what is kept of an item for mailing and sweeping: nobody is told of that."""
    return evolve(item, mailing=False, mailed=_NO_BOX, closing=False, version=0)


def _unmailed(tender: Tender) -> Tender:
    return evolve(tender, mailing=False, mailed=_NO_BOX, version=0)
