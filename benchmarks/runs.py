"""Gives a market its work and times each kind of it in blocks, so that a figure is a median with its spread."""

from collections.abc import Callable, Iterator
from itertools import islice

from benchmarks.markets import Market, Pair, Timed
from benchmarks.timing import Figure, collector_off, resident_bytes, seconds
from benchmarks.work import CATEGORIES, Offered, Work

__all__ = ["BLOCKS", "IDLE_CALLS", "Figures", "decide_with_losers", "measure"]

BLOCKS = 7
"""Blocks of what is done when the market stands; building it is timed in tenths, of which the last half counts."""

IDLE_CALLS = 20
_TENTHS, _COUNTED = 10, 5
_CALLS_AT_ONCE = 20
_MICRO = 1e6

Figures = dict[str, Figure]


def measure(market: Market, work: Work, at_once: bool) -> Figures:
    """Build a market and measure everything that its policy makes different.

    Args:
        market: an empty one.
        work: what it is given.
        at_once: whether it matches immediately. Only accepting is then measured, for the rest is the same.
    """
    with collector_off():
        market.join(work.members)
    before = resident_bytes()
    figures = _build(market, work, at_once)
    memory = (resident_bytes() - before) / work.offers
    figures["memory an open offer"] = Figure.of([memory])
    size = _block(work.offers // 10, 2_000)
    with collector_off():
        blocks = [market.singles(work.singles(block, size)) for block in range(BLOCKS)]
    figures["accept one by one"] = _each(blocks, size)
    if at_once:
        return {f"{name}, matched at once": figure for name, figure in figures.items()}
    market.round()
    figures |= _standing(market, work)
    figures["a round, nothing new"] = _each([lambda: _often(market.round)] * BLOCKS, IDLE_CALLS)
    market.idle()
    figures["run_due, nothing due"] = _each([lambda: _often(market.idle)] * BLOCKS, IDLE_CALLS)
    return figures


def _build(market: Market, work: Work, at_once: bool) -> Figures:
    """Accept all offers in bulk, a round after each tenth, and return what an offer and an arrival cost in the end."""
    accepted: list[float] = []
    rounds: list[float] = []
    done = 0
    for tenth in range(1, _TENTHS + 1):
        spent, first = 0.0, done
        while done < work.calls * tenth // _TENTHS:
            some = min(_CALLS_AT_ONCE, work.calls * tenth // _TENTHS - done)
            with collector_off():
                prepared = market.bulk([work.call(done + at) for at in range(some)])
            spent += seconds(prepared)
            del prepared
            done += some
        arrivals = (done - first) * work.rows
        accepted.append(spent / max(arrivals, 1) * _MICRO)
        if not at_once:
            rounds.append(seconds(market.round) / max(arrivals, 1) * _MICRO)
    figures = {"accept in bulk": Figure.of(accepted[-_COUNTED:])}
    if rounds:
        figures["a round, for each arrival"] = Figure.of(rounds[-_COUNTED:])
    return figures


def _standing(market: Market, work: Work) -> Figures:
    """Measure what is done with offers that stand in the books."""
    figures: Figures = {}
    size = _block(work.offers // 20, 500)
    with collector_off():
        wanted = (number for number in work.picked("pages", is_sale=False) if _has_page(market, work, number))
        blocks = [
            market.pages([(work.box_of(number), number) for number in islice(wanted, size)]) for _ in range(BLOCKS)
        ]
    figures["first page of ten"] = _each(blocks, size)
    size = _block(work.offers // 200, 200)
    used: set[int] = set()
    for name, from_account in (("decide", False), ("decide, paid from an account", True)):
        costs = []
        for block in range(BLOCKS):
            with collector_off():
                pairs = list(islice(_pairs(market, work, f"{name} {block}", used), size))
                prepared = market.decisions(pairs, from_account)
            costs.append(seconds(prepared) / max(len(pairs), 1) * _MICRO)
        figures[name] = Figure.of(costs)
    size = _block(work.offers // 100, 1_000)
    sides = [(number for number in work.picked("cancel", side) if number not in used) for side in (True, False)]
    with collector_off():
        blocks = [
            market.cancels([(work.box_of(number), number) for side in sides for number in islice(side, size // 2)])
            for _ in range(BLOCKS)
        ]
    figures["cancel"] = _each(blocks, size)
    return figures


def decide_with_losers(market: Market, most: int) -> Figures:
    """Measure deciding where few and where many others wanted the sale, in one market.

    Purchases stand a cent apart. Sales below all of them are wanted by everyone, those near the top by ten others.

    Args:
        market: an empty one that matches at once.
        most: how many purchases there are besides those that decide.
    """
    size, few, lowest = 50, 10, 1_000_000
    decided = 2 * BLOCKS * size
    count = most + decided
    with collector_off():
        market.join(count // 50 + 2)
        boxes = [at // 50 + 1 for at in range(count)]
        offered = [Offered(box, False, CATEGORIES[0], f"wanted {at}", lowest + at) for at, box in enumerate(boxes)]
        for first in range(0, count, 50):
            market.bulk([offered[first : first + 50]])()
        seller, number = count // 50 + 2, count
        costs: dict[str, list[float]] = {}
        top = count
        for block in range(2 * BLOCKS):
            pairs: list[Pair] = []
            sales: list[Offered] = []
            for _ in range(size):
                top -= 1
                least = lowest + top - few if block % 2 else lowest - 1
                sales.append(Offered(seller, True, CATEGORIES[0], f"sold {top}", least))
                number += 1
                pairs.append((boxes[top], top + 1, number, _price(least, lowest + top)))
            market.singles(sales)()
            prepared = market.decisions(pairs, from_account=False)
            spent = seconds(prepared) / size * _MICRO
            costs.setdefault(f"decide, {few if block % 2 else most} losers", []).append(spent)
    return {name: Figure.of(values) for name, values in costs.items()}


def _price(least: int, most: int) -> int:
    """The buying price at a rate of 0.10, half-even: nine twentieths below, eleven above, for the spread taken."""
    numerator = 10 * (least + most) + 2 * (most - least)
    whole, rest = divmod(numerator, 20)
    return whole + (rest > 10 or (rest == 10 and whole % 2 == 1))


def _pairs(market: Market, work: Work, purpose: str, used: set[int]) -> Iterator[Pair]:
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


def _each(blocks: list[Timed], size: int) -> Figure:
    return Figure.of([seconds(block) / size * _MICRO for block in blocks])


def _often(work: Callable[[], object]) -> None:
    for _ in range(IDLE_CALLS):
        work()
