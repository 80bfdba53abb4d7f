"""Measures what one more reservation and one more bid cost, beside few others and beside very many.

Both are O(log n): a reservation is counted into the pooled demand, a bid into its tender, and neither looks at the
others. The engine alone is measured: how the figures beside many differ from those beside few is the point.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.runs import BLOCKS, Step, cost_of
from benchmarks.timing import collector_off
from benchmarks.work import CURRENCY
from brokerage import Brokerage, MemberDesk, Policy
from brokerage.adapters.system import ManualClock
from brokerage.records.numbers import ItemNumber, TenderNumber

__all__ = ["measure_reserving"]

_TIMES = 100
_MEMBERS, _AT_ONCE, _BIDS_AT_ONCE = 2_000, 200, 50
_LOWEST, _HIGHEST = 10_000, 90_000
_START, _BIDDING = datetime(2026, 3, 1, tzinfo=UTC), timedelta(days=30)
_DELIVERY = (_START + 3 * _BIDDING).date()


def measure_reserving(many: int = 100_000) -> Iterator[Step]:
    """Reserve two items, few of one and many of the other, call for bids on both, and measure one more of each.

    Args:
        many: how many reservations of the second item stand; of the first a hundredth of that. So many bids stand in
            the second item's tender, in the first's a hundredth of that.
    """
    few = max(1, many // _TIMES)
    counts = max(1, few // _TIMES), few
    chance = Random("2026 reserving")
    broker = Brokerage(Policy(open_offer_count=None), clock=ManualClock(_START))
    broker.office.add_category("new items", rate="0.1")
    with collector_off():
        desks = [_member(broker, at) for at in range(max(_MEMBERS, few + BLOCKS * _BIDS_AT_ONCE))]
        items = [_item(broker, name) for name in ("few", "many")]
        for item, count in zip(items, (few, many), strict=True):
            _reservations(desks, item, count, chance)()
    for _ in range(BLOCKS):
        for item, count in zip(items, (few, many), strict=True):
            with collector_off():
                work = _reservations(desks, item, _AT_ONCE, chance)
            yield f"reserve, beside {count:,}", cost_of(work, _AT_ONCE)
    tenders = [_called(broker, item) for item in items]
    with collector_off():
        for tender, count in zip(tenders, counts, strict=True):
            _bids(desks[:count], tender, chance)()
    for block in range(BLOCKS):
        for tender, count in zip(tenders, counts, strict=True):
            first = count + block * _BIDS_AT_ONCE
            work = _bids(desks[first : first + _BIDS_AT_ONCE], tender, chance)
            yield f"bid, beside {count:,}", cost_of(work, _BIDS_AT_ONCE)


def _member(broker: Brokerage, at: int) -> MemberDesk:
    return broker.register(
        name=f"member {at}",
        address=f"member {at}'s address",
        telephone=f"555 {at}",
        email=f"{at}@member.example",
        bank_account=f"account {at}",
    )


def _item(broker: Brokerage, name: str) -> ItemNumber:
    release = _START + 2 * _BIDDING
    return broker.office.items.register("new items", name, currency=CURRENCY, release_at=release)


def _called(broker: Brokerage, item: ItemNumber) -> TenderNumber:
    return broker.office.tenders.call_supply(item, bids_until=_START + _BIDDING).tender.number


def _reservations(desks: list[MemberDesk], item: ItemNumber, count: int, chance: Random) -> Callable[[], None]:
    """Prepare some reservations by members in turn, each of another price."""
    turns = (desks[at % len(desks)] for at in range(count))
    wanted = [(desk, chance.randrange(1, 10), chance.randrange(_LOWEST, _HIGHEST)) for desk in turns]

    def run() -> None:
        for desk, quantity, price in wanted:
            desk.buyer.reserve(item, quantity=quantity, max_price=price)

    return run


def _bids(desks: list[MemberDesk], tender: TenderNumber, chance: Random) -> Callable[[], None]:
    """Prepare a bid with two tiers of each of some members."""
    offered = [(desk, chance.randrange(_LOWEST, _HIGHEST)) for desk in desks]

    def run() -> None:
        for desk, price in offered:
            desk.seller.bid(tender, tiers={1: price, 100: price - 500}, delivery=_DELIVERY)

    return run
