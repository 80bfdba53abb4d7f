"""A process that decides, one deal after the other, in a market that others decide in at the same time.

It is given its decisions in a line of JSON, says that it is ready, and begins when a line comes in.
"""

import json
import sys
import time

from benchmarks.sql_markets import START
from brokerage import BankTransfer, Brokerage, ManualClock, OfferNumber
from brokerage.adapters.sql import SqlStore
from brokerage.records.numbers import BoxNumber

__all__ = ["main"]


def main(arguments: list[str]) -> None:
    """Decide in the market of a URL; say how many seconds of the processor that took."""
    broker = Brokerage(clock=ManualClock(START), store=SqlStore(arguments[0]))
    pairs = json.loads(sys.stdin.readline())
    desks = {box: broker.desk(BoxNumber(box)) for box, *_ in pairs}
    pay_by = BankTransfer()
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    before = time.process_time()
    for box, purchase, sale, price in pairs:
        desks[box].decide(OfferNumber(purchase), OfferNumber(sale), price=price, pay_by=pay_by)
    print(time.process_time() - before, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
