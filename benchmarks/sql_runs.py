"""What the SQL store costs beside the bare driver, which says the same to the same tables.

The engine works for a block while what its store says is put on a tape; then the bare driver plays the tape, where it
writes in a copy of the market. So both write the same rows in the same transactions, one block after the other.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

from benchmarks.markets import Pair
from benchmarks.sql_databases import Database
from benchmarks.sql_markets import SqlMarket, request
from benchmarks.tape import Tape, play, recorded
from benchmarks.work import Work
from brokerage import BankTransfer, Buy, MemberDesk, OfferNumber, Sell

__all__ = ["BLOCKS", "PairedStep", "accepted_in_bulk", "decided", "first_pages"]

BLOCKS = 7

PairedStep = tuple[str, float, float]
"""What was done, and what one of it cost in microseconds: by the engine, and by the bare driver."""

_PAGES, _DECISIONS = 100, 50


def _spent(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return (time.perf_counter() - before) * 1e6


def accepted_in_bulk(database: Database, members: int, offers: int, rows: int) -> Iterator[PairedStep]:
    """Accept offers, so many in a call, in a market without any; the bare driver inserts the same rows.

    Args:
        database: where.
        members: how many there are.
        offers: how many are accepted in all.
        rows: how many in a call.
    """
    database.empty("accepting")
    market = SqlMarket(database, "accepting")
    market.join(members)
    market.close()
    database.copy("accepting", "inserting")
    market = SqlMarket(database, "accepting")
    bare = database.connection("inserting")
    work = Work(offers, members, rows)
    calls = max(1, work.calls // (BLOCKS + 1))
    with recorded() as taken:
        for block in range(BLOCKS + 1):
            given = [work.call(block * calls + at) for at in range(calls)]
            asked = [(market.desk(offered[0].box), [request(row) for row in offered]) for offered in given]
            taken()
            ours = _spent(partial(_accept, asked))
            tape = taken().inserts()
            theirs = _spent(partial(play, tape, bare))
            if block:  # the first one warms up
                yield f"accept, {rows:,} in a call", ours / calls / rows, theirs / calls / rows
    bare.close()
    market.close()


def first_pages(database: Database, market: SqlMarket, work: Work) -> Iterator[PairedStep]:
    """Read first pages of ten; the bare driver asks the same of the same market, and reads the answers."""
    bare = database.connection("standing")
    wanted = list(islice(_with_pages(market, work), (BLOCKS + 1) * _PAGES))
    size = len(wanted) // (BLOCKS + 1)
    with recorded() as taken:
        for block in range(BLOCKS + 1):
            purchases = wanted[block * size : (block + 1) * size]
            taken()
            _read(market, purchases)
            tape = taken()
            ours, theirs = _spent(partial(_read, market, purchases)), _spent(partial(play, tape, bare))
            if block:
                yield "first page of ten", ours / size, theirs / size
    bare.close()


def _read(market: SqlMarket, purchases: Sequence[tuple[int, int]]) -> None:
    for box, number in purchases:
        market.desk(box).candidates(OfferNumber(number))


def _with_pages(market: SqlMarket, work: Work) -> Iterator[tuple[int, int]]:
    """Yield purchases that have ten candidates at least, as (box, number)."""
    for number in work.picked("pages", is_sale=False):
        box = work.box_of(number)
        if len(market.desk(box).candidates(OfferNumber(number))) == 10:
            yield box, number


def decided(database: Database, work: Work) -> Iterator[PairedStep]:
    """Decide one at a time; the bare driver writes the same in a copy, in the same transactions."""
    market = SqlMarket(database, "standing")
    pairs = market.pairs(work, "decide", (BLOCKS + 1) * _DECISIONS)
    size = len(pairs) // (BLOCKS + 1)
    market.close()
    database.copy("standing", "deciding")
    database.copy("standing", "played")
    market, bare = SqlMarket(database, "deciding"), database.connection("played")
    with recorded() as taken:
        for block in range(BLOCKS + 1):
            some = pairs[block * size : (block + 1) * size]
            for box, *_ in some:
                market.desk(box)
            taken()
            ours = _spent(partial(_decide, market, some))
            tape: Tape = taken()
            theirs = _spent(partial(play, tape, bare))
            if block:
                yield "decide, one at a time", ours / size, theirs / size
    bare.close()
    market.close()


def _accept(asked: Sequence[tuple[MemberDesk, Sequence[Sell | Buy]]]) -> None:
    for desk, rows in asked:
        desk.offer_many(rows)


def _decide(market: SqlMarket, pairs: Sequence[Pair]) -> None:
    pay_by = BankTransfer()
    for box, purchase, sale, price in pairs:
        market.desk(box).decide(OfferNumber(purchase), OfferNumber(sale), price=price, pay_by=pay_by)
