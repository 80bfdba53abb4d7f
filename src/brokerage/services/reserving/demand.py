"""The demand that is reserved for an item: one guarded record, and what sellers are shown of it (spec N2).

Whoever opens or ends a reservation, or takes it out of the pool and puts it back, replaces the record of its item: two
works that would together serve a reservation twice, or reserve what is on the market, cannot both succeed.
"""

from datetime import UTC, datetime

from brokerage.ports import Series, Transaction
from brokerage.records.items import Demand, Item, ItemState, is_announced
from brokerage.records.numbers import BoxNumber, ItemNumber
from brokerage.records.tenders import TenderState
from brokerage.records.watches import Topic
from brokerage.reserving_views import DemandView, demand_view

__all__ = ["change_demand", "demand_of", "guard_demand", "is_standing", "pooled_demand"]

_NO_BOX = BoxNumber(0)


def demand_of(tx: Transaction, item: ItemNumber) -> Demand:
    """Return the record of an item's demand; it is made when the item is registered."""
    demand = tx.demands.get(item)
    assert demand is not None
    return demand


def is_standing(tx: Transaction, item: Item, now: datetime) -> bool:
    """Say whether an item's open reservations can still be served: before its release, or by a tender under way.

    Nobody reserves any more once the item is released, but what is reserved stays until the tenders on it end.
    O(tenders under way on the item).
    """
    if item.state is ItemState.WITHDRAWN or item.closing:
        return False
    return is_announced(item, now) or has_tenders(tx, item)


def has_tenders(tx: Transaction, item: Item) -> bool:
    """Say whether tenders on an item's supply are called or awarding."""
    under_way = TenderState.CALLED, TenderState.AWARDING
    return any(tender.state in under_way for tender in tx.tenders.of_item(item.number))


def change_demand(
    tx: Transaction, item: Item, reservations: int, units: int, now: datetime, seen: Demand | None = None
) -> None:
    """Count open reservations in or out of an item's demand; it is news while the item can be had. O(log n).

    Args:
        tx: the unit of work.
        item: whose demand.
        reservations: how many more.
        units: how many more units they want.
        now: the present instant.
        seen: the record as it was before the item was looked at, for whoever must be sure that the item was not
            released or withdrawn since; ``None``: as it is now.
    """
    demand = demand_of(tx, item.number) if seen is None else seen
    counts = {"reservations": demand.reservations + reservations, "units": demand.units + units}
    if is_standing(tx, item, now):
        change = tx.numbers.next(Series.ITEM_CHANGE)
        mailing = bool(tx.watches.at_once(Topic.DEMAND, item.category, _NO_BOX, 1))
        tx.demands.replace(demand, demand.changed(**counts, change=change, mailing=mailing, mailed=_NO_BOX))
    else:
        tx.demands.replace(demand, demand.changed(**counts, mailing=False))


def guard_demand(tx: Transaction, item: ItemNumber) -> None:
    """Make whoever meanwhile reserves an item, calls for it, or looks whether its tenders are over, meet a conflict.

    Call it before looking at what the decision rests on.
    """
    demand = demand_of(tx, item)
    tx.demands.replace(demand, demand.changed())


def pooled_demand(tx: Transaction, item: Item, now: datetime) -> DemandView:
    """Return how many units of an item are reserved at each limit, without names.

    What is past its day counts no more, swept or not. O(different limits + the item's reservations past their day).
    """
    pool = dict(tx.reservations.pooled(item.number)) if is_standing(tx, item, now) else {}
    if pool:
        for past in tx.reservations.past_of(item.number, now.astimezone(UTC).date()):
            pool[past.max_price] -= past.quantity
    return demand_view(item, [(price, units) for price, units in pool.items() if units])
