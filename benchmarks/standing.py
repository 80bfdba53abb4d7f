"""Measures a market of very many members that stands: what a scheduler calls, and what a member opens.

Each member has ten offers. What is due costs by how much of it there is: offers past their limits, deals whose buyers
did not pay, pauses that are over.
"""

from collections.abc import Iterator
from itertools import islice

from benchmarks.markets import EngineMarket, Market
from benchmarks.runs import BLOCKS, IDLE_CALLS, Step, cost_of, often, pairs_of
from benchmarks.timing import collector_off, seconds
from benchmarks.work import CATEGORIES, VALUES, Offered, Work
from brokerage import Policy, Report

__all__ = ["OFFERS_OF_A_MEMBER", "THINGS", "WAIT", "measure_standing"]

OFFERS_OF_A_MEMBER = 10
THINGS = 1_000
"""How much falls due in one call, if the market is large enough for it."""

WAIT = Policy().payment
"""How long buyers have to pay; everything that is to fall due does so after this time."""

_BOXES = 20
_PURCHASES = 10
_EVER_HIGHER = 3


def measure_standing(market: Market, work: Work) -> Iterator[Step]:
    """Build a market and measure a scheduler's calls and members' boxes.

    Args:
        market: an empty one that matches in rounds. The engine has a clock that is set, and a pause as long as the
            time to pay; the floor has nothing that could fall due, and is measured in the rest.
        work: what it is given; readers of boxes come as members behind its own.
    """
    with collector_off():
        market.join(work.members + BLOCKS * _BOXES)
        for first in range(0, work.calls, 20):
            market.bulk([work.call(at) for at in range(first, min(first + 20, work.calls))])()()
        for block in range(BLOCKS):
            market.singles([row for at in range(_BOXES) for row in _wishes(work, block * _BOXES + at)])()
    market.round()
    market.idle()
    for _ in range(BLOCKS):
        yield "run_due, nothing due, ten offers a member", cost_of(lambda: often(market.idle), IDLE_CALLS)
    for block in range(BLOCKS):
        first = work.members + block * _BOXES + 1
        prepared = market.boxes(range(first, first + _BOXES))
        yield "a box of ten purchases", cost_of(prepared, _BOXES)
    if isinstance(market, EngineMarket):
        things = min(THINGS, work.members)
        for block in range(BLOCKS):
            with collector_off():
                _prepare(market, work, block, things)
            yield "run_due, for 1,000 things due", _spent(market, things) / things * THINGS * 1e6


def _wishes(work: Work, reader: int) -> list[Offered]:
    """Ten purchases of a reader, each far above what most sellers ask."""
    at = reader % len(CATEGORIES)
    box = work.members + reader + 1
    return [
        Offered(box, False, CATEGORIES[at], f"wish {wish}", _EVER_HIGHER * VALUES[at] + wish)
        for wish in range(_PURCHASES)
    ]


def _prepare(market: EngineMarket, work: Work, block: int, things: int) -> None:
    """Let four tenths of the things be offers that expire, three deals that are not paid, the rest pauses."""
    expiring, deals = things * 4 // 10, things * 3 // 10
    pauses = things - expiring - deals
    market.sell_until(work.singles(block, expiring), WAIT)
    market.round()
    pairs = islice(pairs_of(market, work, f"due {block}", set()), deals)  # the last block's sales are open again
    market.decisions(list(pairs), from_account=False)()
    market.try_out(range(1, pauses + 1), CATEGORIES[block % len(CATEGORIES)])
    market.round()
    market.clock.set(market.clock.now() + WAIT)


def _spent(market: EngineMarket, things: int) -> float:
    """Return the seconds that the call takes which does what is due, and see that it does all of it."""
    reports: list[Report] = []
    spent = seconds(lambda: reports.append(market.broker.run_due()))
    done = reports[0].expired + reports[0].deadlines + reports[0].pauses
    if done != things:
        raise SystemExit(f"{things} things were to fall due, and {done} did: {reports[0]}")
    return spent
