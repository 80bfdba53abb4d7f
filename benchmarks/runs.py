"""Gives a market its work and times each kind of it in blocks, so that a figure is a median with its spread.

Every function here yields after each block, so that contestants can take turns: what is compared was measured within
the same moments, however fast the machine is just then.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from benchmarks.markets import Market, Pair, Timed
from benchmarks.timing import collector_off, resident_bytes, seconds, timed
from benchmarks.work import CATEGORIES, Offered, Work

__all__ = ["BLOCKS", "IDLE_CALLS", "Step", "cost_of", "decide_with_losers", "measure", "often", "pairs_of"]

BLOCKS = 7
"""Blocks of what is done when the market stands; building it is timed in tenths, of which the last half counts."""

IDLE_CALLS = 20
"""Calls in a block of those that have nothing to do."""

Step = tuple[str, float]
"""What was measured, and what one of it cost in microseconds, or in bytes; without a name it does not count."""

_TENTHS, _COUNTED = 10, 5
_CALLS_AT_ONCE = 20
_LOSERS_BLOCK = 50
_FEW = 10


def cost_of(work: Timed, count: int) -> float:
    """Return the microseconds that one of some things takes that are done together."""
    return seconds(work) / max(count, 1) * 1e6


def measure(market: Market, work: Work, at_once: bool, suffix: str = "") -> Iterator[Step]:
    """Build a market and measure accepting and rounds; without a suffix also everything that comes after.

    Args:
        market: an empty one.
        work: what it is given.
        at_once: whether it matches immediately, so that there is nothing for rounds to do.
        suffix: is put behind every name, where the scene is a variant that makes accepting different and no more.
    """
    with collector_off():
        market.join(work.members)
    before = resident_bytes()
    for name, cost in _build(market, work, at_once):
        yield name and name + suffix, cost
    yield "memory an open offer" + suffix, (resident_bytes() - before) / work.offers
    size = _block(work.offers // 10, 2_000)
    for block in range(BLOCKS):
        with collector_off():
            prepared = market.singles(work.singles(block, size))
        yield "accept one by one" + suffix, cost_of(prepared, size)
    if suffix:
        return
    market.round()
    yield from _standing(market, work)
    for _ in range(BLOCKS):
        yield "a round, nothing new", cost_of(lambda: often(market.round), IDLE_CALLS)
    market.idle()
    for _ in range(BLOCKS):
        yield "run_due, nothing due", cost_of(lambda: often(market.idle), IDLE_CALLS)


def _build(market: Market, work: Work, at_once: bool) -> Iterator[Step]:
    """Accept all offers in bulk, with a round after each tenth."""
    done = 0
    for tenth in range(1, _TENTHS + 1):
        making, accepting, first, last = 0.0, 0.0, done, work.calls * tenth // _TENTHS
        while done < last:
            some = min(_CALLS_AT_ONCE, last - done)
            with collector_off():
                make = market.bulk([work.call(done + at) for at in range(some)])
            spent, accept = timed(make)
            making += spent
            accepting += seconds(accept)
            done += some
        arrivals = (done - first) * work.rows
        counts = tenth > _TENTHS - _COUNTED
        yield "accept in bulk" if counts else "", accepting / arrivals * 1e6
        yield "accept in bulk, requests made too" if counts else "", (making + accepting) / arrivals * 1e6
        if not at_once:
            yield "a round, for each arrival" if counts else "", cost_of(market.round, arrivals)


def _standing(market: Market, work: Work) -> Iterator[Step]:
    """Measure what is done with offers that stand in the books."""
    size = _block(work.offers // 20, 500)
    wanted = (number for number in work.picked("pages", is_sale=False) if _has_page(market, work, number))
    for _ in range(BLOCKS):
        with collector_off():
            prepared = market.pages([(work.box_of(number), number) for number in islice(wanted, size)])
        yield "first page of ten", cost_of(prepared, size)
    size = _block(work.offers // 200, 200)
    used: set[int] = set()
    for name, from_account in (("decide", False), ("decide, paid from an account", True)):
        for block in range(BLOCKS):
            with collector_off():
                pairs = list(islice(pairs_of(market, work, f"{name} {block}", used), size))
                prepared = market.decisions(pairs, from_account)
            yield name, cost_of(prepared, len(pairs))
    size = _block(work.offers // 100, 1_000)
    sides = [(number for number in work.picked("cancel", side) if number not in used) for side in (True, False)]
    for _ in range(BLOCKS):
        with collector_off():
            picked = [number for side in sides for number in islice(side, size // 2)]
            prepared = market.cancels([(work.box_of(number), number) for number in picked])
        yield "cancel", cost_of(prepared, size)


def decide_with_losers(market: Market, most: int) -> Iterator[Step]:
    """Measure deciding where few and where many others wanted the sale, in one market.

    Purchases stand a cent apart. Sales below all of them are wanted by everyone, those near the top by ten others.

    Args:
        market: an empty one that matches at once.
        most: how many purchases there are besides those that decide.
    """
    count, lowest = most + 2 * BLOCKS * _LOSERS_BLOCK, 1_000_000
    seller, number, top = count // 50 + 2, count, count
    with collector_off():
        market.join(seller)
        for first in range(0, count, 50):
            rows = range(first, min(first + 50, count))
            offered = [Offered(at // 50 + 1, False, CATEGORIES[0], f"wanted {at}", lowest + at) for at in rows]
            market.bulk([offered])()()
    for block in range(2 * BLOCKS):
        losers = most if block % 2 else _FEW
        with collector_off():
            pairs: list[Pair] = []
            sales: list[Offered] = []
            for _ in range(_LOSERS_BLOCK):
                top, number = top - 1, number + 1
                least = lowest - 1 if block % 2 else lowest + top - _FEW
                sales.append(Offered(seller, True, CATEGORIES[0], f"sold {top}", least))
                pairs.append((top // 50 + 1, top + 1, number, _price(least, lowest + top)))
            market.singles(sales)()
            prepared = market.decisions(pairs, from_account=False)
        yield f"decide, {losers:,} losers", cost_of(prepared, _LOSERS_BLOCK)


def _price(least: int, most: int) -> int:
    """Return the buying price at a rate of 0.10: the middle and a tenth of the spread, rounded half-even."""
    numerator = 10 * (least + most) + 2 * (most - least)
    whole, rest = divmod(numerator, 20)
    return whole + (rest > 10 or (rest == 10 and whole % 2 == 1))


def pairs_of(market: Market, work: Work, purpose: str, used: set[int]) -> Iterator[Pair]:
    """Yield decisions: a purchase, and its cheapest candidate that no other decision takes."""
    for number in work.picked(purpose, is_sale=False):
        if number in used:
            continue
        for sale, price in market.candidates(work.box_of(number), number, 100):
            if sale not in used:
                used |= {number, sale}
                yield work.box_of(number), number, sale, price
                break


def _has_page(market: Market, work: Work, number: int) -> bool:
    return len(market.candidates(work.box_of(number), number, 10)) == 10


def _block(share: int, most: int) -> int:
    """The size of a block: an even number, and no more than a market can give."""
    return max(2, min(share // 2 * 2, most))


def often(work: Callable[[], object]) -> None:
    """Do something that costs next to nothing as often as a block has it."""
    for _ in range(IDLE_CALLS):
        work()
